"""Pipelines and transactions."""

from transcript import attempt, report, section, show


def run(connect):
    r, other = connect(), connect()
    section(pipelines, r)
    section(multi, r)
    section(watched, r, other)
    section(by_hand, connect)


def pipelines(r):
    r.mset({"a": "1", "b": "2"})
    show(r.get, "a")
    mixed = r.pipeline(transaction=False)
    mixed.get("a").set("a", "10").get("a").incr("a").get("a").get("b").delete("b").get("b")
    mixed.lpush("a", "wrong").mget("a", "b", "c").hset("h", "f", "v").hgetall("h").get("a")
    report("a mixed pipeline", attempt(mixed.execute, raise_on_error=False))
    long = r.pipeline(transaction=False)
    for i in range(3000):
        long.set(f"p{i % 50}", i).get(f"p{i % 50}").get(f"p{(i + 7) % 50}")
    answers = long.execute()
    report("its own writes, always", answers[1::3] == [b"%d" % i for i in range(3000)])
    report("other keys of it", answers[2::3][-3:])
    hits = r.pipeline(transaction=False)
    for i in range(2000):
        hits.get(f"p{i % 50}")
    report("hits only", set(hits.execute()) == {b"%d" % i for i in range(2950, 3000)})


def multi(r):
    r.flushdb()
    r.set("a", 1)
    show(r.get, "a")
    block = r.pipeline(transaction=True)
    block.incr("a").get("a").set("b", "x").get("b").mget("a", "b", "none").hset("h", "f", "v")
    report("a transaction", attempt(block.execute))
    show(r.get, "a")
    show(r.get, "b")
    block = r.pipeline(transaction=True)
    block.set("s", "text").incr("s").get("s")
    report("one that fails in the middle", attempt(block.execute, raise_on_error=False))
    block = r.pipeline(transaction=True)
    block.set("s", "never").execute_command("NOSUCH").get("s")
    report("one that is refused", attempt(block.execute))
    show(r.get, "s")
    report("a small function", attempt(r.transaction, lambda pipe: pipe.multi() or pipe.incr("a"),
                                       "a"))
    report("an empty one", attempt(r.pipeline(transaction=True).execute))


def watched(r, other):
    r.set("w", 1)
    with r.pipeline() as pipe:
        pipe.watch("w")
        seen = int(pipe.get("w"))
        pipe.multi()
        pipe.set("w", seen + 1)
        report("watched and quiet", attempt(pipe.execute))
    show(r.get, "w")
    with r.pipeline() as pipe:
        pipe.watch("w")
        seen = int(pipe.get("w"))
        show(other.set, "w", 100)
        report("read between WATCH and MULTI", pipe.get("w"))
        pipe.multi()
        pipe.set("w", seen + 1)
        report("watched and changed", attempt(pipe.execute))
    show(r.get, "w")
    with r.pipeline() as pipe:
        pipe.watch("w")
        other.set("w", 200)
        pipe.unwatch()
        pipe.multi()
        pipe.incr("w")
        report("changed and unwatched", attempt(pipe.execute))
    show(other.get, "w")
    with r.pipeline() as pipe:
        pipe.watch("expiring")
        pipe.multi()
        pipe.set("expiring", 1)
        report("an absent key watched", attempt(pipe.execute))


def by_hand(connect):
    with connect().client() as c:
        for words in (["EXEC"], ["DISCARD"], ["MULTI"], ["MULTI"], ["GET", "a"], ["WATCH", "a"],
                      ["SET", "a", "discarded"], ["DISCARD"], ["GET", "a"], ["MULTI"], ["GET"],
                      ["EXEC"], ["GET", "a"], ["WATCH", "a", "b"], ["UNWATCH"], ["MULTI"],
                      ["PING"], ["ECHO", "x"], ["SELECT", "2"], ["SET", "two", "2"],
                      ["CLIENT", "GETNAME"], ["EXEC"], ["GET", "two"], ["SELECT", "0"],
                      ["GET", "two"], ["MULTI"], ["RESET"], ["EXEC"]):
            # Not by redis-py's own methods: it parses an EXEC's reply by what it queued itself.
            connection = c.connection
            connection.send_command(*words)
            report(" ".join(words), attempt(connection.read_response))
