"""The connection itself: names, lists, authentication, what the server says of itself."""

import re

from transcript import attempt, report, section, show

# Those fields of CLIENT LIST that say the same in every run.
TOLD = ("name", "flags", "db", "sub", "psub", "multi", "cmd", "user", "resp")


def run(connect):
    for use in (names, lists, kills, authentication, replies, introspection):
        section(use, connect)


def names(connect):
    with connect(client_name="from-the-start").client() as c:
        show(c.client_getname)
        show(c.client_setname, "tester")
        show(c.client_getname)
        show(c.client_setname, "with space")
        show(c.client_getname)
        show(c.client_setname, "")
        show(c.client_getname)
        show(c.ping)
        show(c.echo, "x")
        show(c.execute_command, "PING", "hello")
        show(c.execute_command, "PING", "a", "b")
        report("CLIENT ID", c.client_id() == c.client_id() > 0)
        show(c.execute_command, "CLIENT", "NO-EVICT", "ON")
        show(c.execute_command, "CLIENT", "NO-EVICT", "OFF")
        show(c.execute_command, "CLIENT", "NOSUCH")
        show(c.execute_command, "CLIENT")
        show(c.execute_command, "CLIENT", "REPLY", "ON")
        report("TIME", attempt(lambda: [type(part).__name__ for part in c.time()]))
    one, two = connect().client(), connect().client()
    report("each has an id of its own", one.client_id() < two.client_id())


def lists(connect):
    with connect(client_name="lister").client() as c, connect(client_name="idle").client() as o:
        o.ping()
        rows = attempt(c.client_list)
        if isinstance(rows, Exception):
            report("CLIENT LIST", rows)
            return
        mine = [row for row in rows if row["name"] in ("lister", "idle")]
        report("names", [row["name"] for row in mine])
        report("fields", list(mine[0]))
        report("they say", [{name: row.get(name) for name in TOLD} for row in mine])
        report("CLIENT INFO", {name: c.client_info().get(name) for name in TOLD})
        report("its own id", int(mine[0]["id"]) == c.client_id())
        report("by id", [row["name"] for row in c.client_list(client_id=[str(o.client_id())])])
        report("by type", len(c.client_list(_type="pubsub")))
        show(c.execute_command, "CLIENT", "LIST", "TYPE", "nonsense")


def kills(connect):
    r, victim = connect(), connect().client()
    number = victim.client_id()
    report("CLIENT KILL ID", attempt(r.client_kill_filter, _id=number))
    report("again", attempt(r.client_kill_filter, _id=number))
    victim.connection.send_command("PING")
    report("who was killed", type(attempt(victim.connection.read_response)).__name__)
    report("comes back", attempt(victim.ping))
    show(r.execute_command, "CLIENT", "KILL", "1.2.3.4:5")
    show(r.execute_command, "CLIENT", "KILL", "ID", "x")
    show(r.client_unblock, 987654321)


def authentication(connect):
    show(connect(password="wrong").ping)
    show(connect(username="nobody", password="wrong").ping)
    show(connect(username="default", password="wrong").get, "k")
    show(connect().execute_command, "AUTH")
    show(connect().execute_command, "AUTH", "a", "b", "c")
    show(connect().execute_command, "ACL", "WHOAMI")


def replies(connect):
    with connect().client() as c:
        c.ping()
        connection = c.connection
        connection.send_packed_command(connection.pack_commands([
            ("SET", "a", "1"), ("CLIENT", "REPLY", "SKIP"), ("SET", "a", "2"), ("GET", "a"),
            ("CLIENT", "REPLY", "OFF"), ("SET", "a", "3"), ("GET", "a"), ("NOSUCH",),
            ("CLIENT", "REPLY", "ON"), ("GET", "a")]))
        report("replies of ten commands", [attempt(connection.read_response) for _ in range(4)])
        report("QUIT", attempt(c.execute_command, "QUIT"))


def introspection(connect):
    r = connect()
    info = r.info()
    for field in ("redis_mode", "role", "maxmemory_policy", "cluster_enabled", "loading"):
        report(f"INFO {field}", info.get(field))
    report("INFO redis_version", bool(re.match(r"\d+\.\d+\.\d+$", str(info["redis_version"]))))
    r.set("a", 1)
    show(r.info, "keyspace")
    report("commands that INFO counts", "cmdstat_set" in r.info("commandstats"))
    show(r.config_get, "maxmemory-policy")
    show(r.config_get, "appendonly")
    show(r.config_get, "no-such-setting")
    report("many settings", len(r.config_get("*")) > 100)
    count = attempt(r.command_count)
    commands = attempt(r.command)
    report("COMMAND is as long as COMMAND COUNT says", len(commands) == count)
    report("GET in COMMAND", {name: commands["get"][name] for name in (
        "arity", "flags", "first_key_pos", "last_key_pos", "step_count")})
    show(r.command_getkeys, "MSET", "a", "1", "b", "2")
    raw(connect, "COMMAND", "INFO", "nosuch", "get")
    raw(connect, "COMMAND", "DOCS", "get")
    raw(connect, "COMMAND", "LIST", "FILTERBY", "PATTERN", "getr*")
    raw(connect, "COMMAND", "GETKEYS", "GET")
    show(r.execute_command, "COMMAND", "NOSUCH")
    report("SLOWLOG", attempt(lambda: isinstance(r.slowlog_len(), int)))
    report("LASTSAVE", type(attempt(r.lastsave)).__name__)
    show(r.execute_command, "ROLE")
    show(r.execute_command, "HELLO", "9")


def raw(connect, *words):
    """Asks without redis-py's own understanding of the reply."""
    with connect().client() as c:
        c.connection.send_command(*words)
        report(" ".join(words), attempt(c.connection.read_response))
