"""Every type of value, read and written in the usual ways."""

from transcript import report, section, show

EVERY_BYTE = bytes(range(256))


def run(connect):
    r = connect()
    for use in (strings, numbers, binary, big, bits, hashes, lists, sets, sorted_sets, streams,
                places):
        section(use, r)
    section(text, connect(decode_responses=True))


def strings(r):
    show(r.set, "s", "one")
    show(r.get, "s")
    show(r.get, "s")
    show(r.get, "none")
    show(r.get, "none")
    show(r.set, "s", "two", nx=True)
    show(r.set, "s", "two", xx=True, get=True)
    show(r.set, "none", "x", xx=True)
    show(r.getset, "s", "three")
    show(r.get, "s")
    show(r.append, "s", " and more")
    show(r.get, "s")
    show(r.strlen, "s")
    show(r.strlen, "none")
    show(r.getrange, "s", 0, 4)
    show(r.getrange, "s", -4, -1)
    show(r.getrange, "s", 5, 2)
    show(r.setrange, "s", 6, "OR")
    show(r.get, "s")
    show(r.mset, {"m1": "a", "m2": "b", "m3": "c"})
    show(r.mget, "m1", "none", "m2", "m3", "m1")
    show(r.mget, ["m3", "s", "m2"])
    show(r.msetnx, {"m1": "x", "m4": "y"})
    show(r.setnx, "m4", "first")
    show(r.getdel, "m4")
    show(r.get, "m4")
    show(r.setex, "m5", 1000, "with ttl")
    show(r.psetex, "m6", 1_000_000, "with ttl")
    show(r.getex, "m5", persist=True)
    show(r.ttl, "m5")
    show(r.set, "empty", "")
    show(r.get, "empty")
    show(r.get, "")
    show(r.set, "", "the empty key")
    show(r.get, "")
    show(r.execute_command, "LCS", "m1", "m2")
    show(r.execute_command, "SUBSTR", "s", "0", "2")


def numbers(r):
    show(r.incr, "n")
    show(r.get, "n")
    show(r.incrby, "n", 41)
    show(r.decr, "n")
    show(r.decrby, "n", 50)
    show(r.get, "n")
    show(r.incrbyfloat, "n", 0.5)
    show(r.get, "n")
    show(r.incr, "n")
    show(r.set, "n", "9223372036854775807")
    show(r.incr, "n")


def binary(r):
    key = b"\x00\r\n\xff*3\r\n$"
    show(r.set, key, EVERY_BYTE)
    report("every byte comes back", r.get(key) == EVERY_BYTE)
    report("every byte comes back again", r.get(key) == EVERY_BYTE)
    show(r.get, key)
    show(r.exists, key, b"\x00")
    # Longer ones would make it a table, in which fields have no order.
    odd = EVERY_BYTE[:32] + EVERY_BYTE[-32:]
    show(r.hset, "binary", mapping={odd: b"\r\n", b"\r\n": odd})
    show(r.hgetall, "binary")
    show(r.getrange, key, 8, 15)
    show(r.delete, key)
    show(r.get, key)


def big(r):
    value = b"0123456789abcdef" * 65536
    for length in (2047, 2048, 2049, 16 * 1024, 1024 * 1024 - 1, 1024 * 1024):
        show(r.set, "big", value[:length])
        show(r.get, "big")
        report("as it was written", r.get("big") == value[:length])
    show(r.append, "big", "tail")
    show(r.get, "big")
    report("the end of it", r.getrange("big", -8, -1))
    show(r.rpush, "big list", *[b"%06d" % i for i in range(20000)])
    report("a long list", len(r.lrange("big list", 0, -1)))
    report("its middle", r.lrange("big list", 9999, 10001))
    names = [f"many:{i}" for i in range(2000)]
    show(r.mset, {name: name.upper() for name in names})
    report("a wide MGET", r.mget(names) == [name.upper().encode() for name in names])
    report("a wide MGET again", r.mget(names) == [name.upper().encode() for name in names])
    report("a wide DEL", r.delete(*names))
    report("a wide MGET of nothing", set(r.mget(names)))


def bits(r):
    show(r.setbit, "bits", 7, 1)
    show(r.getbit, "bits", 7)
    show(r.get, "bits")
    show(r.bitcount, "bits")
    show(r.bitpos, "bits", 1)
    show(r.bitop, "NOT", "bits 2", "bits")
    show(r.get, "bits 2")
    show(r.execute_command, "BITFIELD", "bits", "INCRBY", "u8", "0", "255", "OVERFLOW", "FAIL",
         "INCRBY", "u8", "0", "255")
    show(r.pfadd, "pf", "a", "b", "c")
    show(r.pfcount, "pf")
    show(r.pfmerge, "pf 2", "pf")
    show(r.pfcount, "pf", "pf 2")


def hashes(r):
    show(r.hset, "h", "f", "v")
    show(r.hset, "h", mapping={"a": 1, "b": 2.5, "c": ""})
    show(r.hget, "h", "f")
    show(r.hget, "h", "none")
    show(r.hmget, "h", ["a", "none", "c"])
    show(r.hgetall, "h")
    show(r.hgetall, "none")
    show(r.hkeys, "h")
    show(r.hvals, "h")
    show(r.hlen, "h")
    show(r.hexists, "h", "a")
    show(r.hincrby, "h", "a", 5)
    show(r.hincrbyfloat, "h", "b", 0.25)
    show(r.hsetnx, "h", "a", 0)
    show(r.hstrlen, "h", "f")
    show(r.hdel, "h", "a", "none")
    show(r.hset, "one", "only", "field")
    show(r.hrandfield, "one", 1, withvalues=True)


def lists(r):
    show(r.rpush, "l", "a", "b", "c")
    show(r.lpush, "l", "z")
    show(r.lrange, "l", 0, -1)
    show(r.lindex, "l", 1)
    show(r.llen, "l")
    show(r.linsert, "l", "BEFORE", "b", "between")
    show(r.lset, "l", 0, "Z")
    show(r.lrem, "l", 0, "c")
    show(r.lpos, "l", "b")
    show(r.lmove, "l", "l2", "LEFT", "RIGHT")
    show(r.rpoplpush, "l", "l2")
    show(r.lrange, "l2", 0, -1)
    show(r.lpop, "l")
    show(r.rpop, "l", 5)
    show(r.lpop, "l")
    show(r.lpushx, "l", "x")
    show(r.ltrim, "l2", 0, 0)
    show(r.lmpop, 2, "l", "l2", direction="LEFT", count=3)


def sets(r):
    show(r.sadd, "x", "a", "b", "c", "1")
    show(r.sadd, "y", "b", "c", "d")
    show(r.smembers, "x")
    show(r.sismember, "x", "a")
    show(r.smismember, "x", ["a", "q"])
    show(r.scard, "x")
    show(r.sinter, "x", "y")
    show(r.sunion, "x", "y")
    show(r.sdiff, "x", "y")
    show(r.sinterstore, "z", "x", "y")
    show(r.sintercard, 2, ["x", "y"])
    show(r.smove, "x", "y", "a")
    show(r.srem, "x", "a", "b", "c")
    show(r.srandmember, "x")
    show(r.spop, "x")
    show(r.smembers, "x")


def sorted_sets(r):
    show(r.zadd, "z1", {"a": 1, "b": 2.5, "c": 3})
    show(r.zadd, "z1", {"a": 5}, nx=True)
    show(r.zadd, "z1", {"a": 1.5}, xx=True, ch=True)
    show(r.zadd, "z1", {"b": 1}, incr=True)
    show(r.zadd, "z1", {"inf": float("inf"), "minus": float("-inf")})
    show(r.zscore, "z1", "b")
    show(r.zscore, "z1", "none")
    show(r.zmscore, "z1", ["a", "none"])
    show(r.zrange, "z1", 0, -1, withscores=True)
    show(r.zrevrange, "z1", 0, 1, withscores=True)
    show(r.zrangebyscore, "z1", 1, "(3.5", withscores=True, start=0, num=5)
    show(r.zrange, "z1", "-", "+", bylex=True)
    show(r.zrank, "z1", "b")
    show(r.zrank, "z1", "none")
    show(r.zincrby, "z1", 2, "a")
    show(r.zcount, "z1", "-inf", 4)
    show(r.zpopmin, "z1")
    show(r.zpopmax, "z1", 2)
    show(r.zunionstore, "z2", {"z1": 2})
    show(r.zrange, "z2", 0, -1, withscores=True)
    show(r.zdiff, ["z1", "z2"])
    show(r.zinter, ["z1", "z2"], withscores=True)
    show(r.zrem, "z1", "a", "b")
    show(r.zcard, "z1")
    show(r.zmpop, 1, ["z2"], max=True)


def streams(r):
    for i in range(1, 5):
        show(r.xadd, "x1", {"n": i, "twice": 2 * i}, id=f"{i}-1")
    show(r.xadd, "x1", {"too": "old"}, id="1-1")
    show(r.xlen, "x1")
    show(r.xrange, "x1", "2", "3")
    show(r.xrevrange, "x1", count=1)
    show(r.xread, {"x1": "2-1"}, count=1)
    show(r.xread, {"x1": "9-0"})
    show(r.xgroup_create, "x1", "g", id="0")
    show(r.xgroup_create, "x1", "g", id="0")
    show(r.xreadgroup, "g", "me", {"x1": ">"}, count=2)
    show(r.xreadgroup, "g", "me", {"x1": "0"})
    show(r.xpending, "x1", "g")
    show(r.xack, "x1", "g", "1-1")
    show(r.xclaim, "x1", "g", "you", 0, ["2-1"])
    show(r.xautoclaim, "x1", "g", "you", 0)
    show(r.xreadgroup, "none", "me", {"x1": ">"})
    show(r.xinfo_groups, "x1")
    show(r.xinfo_stream, "x1")
    show(r.xtrim, "x1", maxlen=2, approximate=False)
    show(r.xdel, "x1", "3-1")
    show(r.xrange, "x1")
    show(r.xgroup_destroy, "x1", "g")


def places(r):
    show(r.geoadd, "geo", [13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania"])
    show(r.geodist, "geo", "Palermo", "Catania", unit="km")
    show(r.geohash, "geo", "Palermo", "none")
    show(r.geopos, "geo", "Catania", "none")
    show(r.geosearch, "geo", longitude=15, latitude=37, radius=200, unit="km", sort="ASC",
         withdist=True)


def text(r):
    show(r.set, "text", "grüße, 世界")
    show(r.get, "text")
    show(r.hgetall, "h")
    show(r.lrange, "l2", 0, -1)
    show(r.getrange, "text", 0, 2)
