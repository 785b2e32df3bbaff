"""What waits for others: channels, blocking pops, MONITOR, being told of changes."""

import threading

from transcript import attempt, eventually, report, section, show

# What a line of MONITOR says beside the command. Only writes are looked at: what a cache answers
# never comes to the server's eyes, and what it asks on its own account does.
MONITORED = ("SET", "INCRBY", "HSET", "MSET")


def run(connect):
    for use in (channels, shards, blocking, gone, streams, monitor, redirected):
        section(use, connect)


def next_of(listener):
    """The next that comes over the listener's connection, or None after a while."""
    return listener.get_message(timeout=10)


def channels(connect):
    r, listener = connect(), connect().pubsub()
    show(r.publish, "news", "nobody listens")
    listener.subscribe("news", "sports")
    listener.psubscribe("n*", "user:[0-9]")
    for _ in range(4):
        report("told", next_of(listener))
    show(r.publish, "news", "first")
    show(r.publish, "user:7", b"\x00binary\r\n")
    show(r.publish, "other", "unheard")
    for _ in range(3):
        report("told", next_of(listener))
    report("channels", set(r.pubsub_channels()))
    show(r.pubsub_numsub, "news", "other")
    show(r.pubsub_numpat)
    listener.ping("still here")
    report("told", next_of(listener))
    report("a command meanwhile", attempt(ask, listener.connection, "GET", "k"))
    listener.unsubscribe("news")
    listener.punsubscribe()
    for _ in range(3):
        report("told", next_of(listener))
    show(r.publish, "news", "after")
    show(r.publish, "sports", "goal")
    report("told", next_of(listener))
    listener.unsubscribe()
    report("told", next_of(listener))
    show(r.publish, "sports", "nobody")
    many(r, listener)
    listener.close()
    again = connect()
    report("as many as before", eventually(lambda: again.pubsub_numsub("bulk")[0][1] == 0))


def ask(connection, *words):
    connection.send_command(*words)
    return connection.read_response()


def many(r, listener):
    listener.subscribe("bulk")
    report("told", next_of(listener))
    sender = r.pipeline(transaction=False)
    for i in range(2000):
        sender.publish("bulk", i)
    report("heard by", set(sender.execute()))
    heard = [next_of(listener)["data"] for _ in range(2000)]
    report("all in order", heard == [b"%d" % i for i in range(2000)])


def shards(connect):
    with connect().client() as c:
        connection = c.connection
        report("SSUBSCRIBE", attempt(ask, connection, "SSUBSCRIBE", "part"))
        report("SPUBLISH", connect().execute_command("SPUBLISH", "part", "to a shard"))
        report("told", attempt(connection.read_response))
        report("SUNSUBSCRIBE", attempt(ask, connection, "SUNSUBSCRIBE"))
        report("GET", attempt(ask, connection, "GET", "k"))


def blocked_clients(r):
    return r.info("clients")["blocked_clients"]


def while_blocked(connect, call, *args, then, **kwargs):
    """Calls in another thread; when that is seen to wait, shows what ends the waiting."""
    r, answer = connect(), []
    waiting = threading.Thread(target=lambda: answer.append(attempt(call, *args, **kwargs)))
    waiting.start()
    report("it waits", eventually(lambda: blocked_clients(r) == 1))
    show(*then)
    waiting.join()
    report(f"{call.__name__}{args}", answer[0])


def blocking(connect):
    r, patient = connect(), connect()
    show(r.rpush, "ready", "a", "b")
    show(patient.blpop, ["none", "ready"], timeout=1)
    show(patient.brpop, "ready", timeout=1)
    show(patient.blpop, "none", timeout=0.05)
    show(patient.bzpopmin, "none", timeout=0.05)
    while_blocked(connect, patient.blpop, "queue", timeout=10, then=(r.rpush, "queue", "x", "y"))
    while_blocked(connect, patient.brpoplpush, "queue 2", "done", timeout=10,
                  then=(r.lpush, "queue 2", "moved"))
    show(r.lrange, "done", 0, -1)
    while_blocked(connect, patient.blmove, "queue 3", "done", 10, "LEFT", "RIGHT",
                  then=(r.lpush, "queue 3", "moved too"))
    while_blocked(connect, patient.bzpopmax, "scores", timeout=10,
                  then=(r.zadd, "scores", {"low": 1, "high": 2}))
    while_blocked(connect, patient.blmpop, 10, 2, "q4", "q5", direction="LEFT", count=2,
                  then=(r.rpush, "q5", "1", "2", "3"))
    identified = patient.client_id()
    while_blocked(connect, patient.blpop, "queue 6", timeout=10,
                  then=unblocking(r, identified, "TIMEOUT"))
    while_blocked(connect, patient.blpop, "queue 7", timeout=10,
                  then=unblocking(r, identified, "ERROR"))
    show(patient.ping)
    show(patient.wait, 0, 10)
    show(patient.wait, 1, 20)


def unblocking(r, identified, how):
    """What ends the waiting of that client, without its id in the transcript."""
    def client_unblock(how):
        return r.execute_command("CLIENT", "UNBLOCK", identified, how)
    return client_unblock, how


def gone(connect):
    """A client that goes while it waits takes nothing with it."""
    r, leaving = connect(), connect().client()
    leaving.connection.send_command("BLPOP", "left", "0")
    report("it waits", eventually(lambda: blocked_clients(r) == 1))
    leaving.connection.disconnect()
    report("it is gone", eventually(lambda: blocked_clients(r) == 0))
    show(r.rpush, "left", "kept")
    show(r.lrange, "left", 0, -1)


def streams(connect):
    r, patient = connect(), connect()
    show(patient.xread, {"s": "0"}, block=20)
    while_blocked(connect, patient.xread, {"s": "$"}, block=10000,
                  then=(r.xadd, "s", {"f": "v"}, "1-1"))
    show(r.xgroup_create, "s", "g", "$")
    while_blocked(connect, patient.xreadgroup, "g", "me", {"s": ">"}, block=10000,
                  then=(r.xadd, "s", {"f": "w"}, "2-1"))
    show(r.xack, "s", "g", "2-1")


def monitor(connect):
    r = connect()
    with connect().monitor() as watching:
        seen = []
        show(r.set, "seen", "a b\r\n\x00\"")
        show(r.incr, "count")
        show(r.mset, {"x": "1", "y": "2"})
        show(connect(db=3).hset, "h", "f", "v")
        while len(seen) < 4:
            line = watching.next_command()
            if line["command"].split(" ")[0] in MONITORED:
                seen.append((line["db"], line["client_type"], line["command"]))
        report("MONITOR", seen)


def redirected(connect):
    """Being told which keys changed in RESP2: over another connection."""
    r, listener, reader = connect(), connect().pubsub(), connect().client()
    listener.execute_command("CLIENT", "ID")
    to = listener.connection.read_response()
    listener.subscribe("__redis__:invalidate")
    report("told", next_of(listener))
    report("CLIENT TRACKING", attempt(reader.execute_command, "CLIENT", "TRACKING", "ON",
                                      "REDIRECT", to))
    report("it is who is told", attempt(reader.client_getredir) == to)
    show(r.set, "tracked", "1")
    show(reader.get, "tracked")
    show(r.set, "tracked", "2")
    report("told", next_of(listener))
    show(reader.get, "tracked")
    show(reader.execute_command, "CLIENT", "TRACKING", "OFF")
    show(r.set, "tracked", "3")
    show(reader.get, "tracked")
