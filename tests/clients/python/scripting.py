"""Lua: EVAL, EVALSHA, functions."""

from transcript import report, section, show

LIBRARY = """#!lua name=testing
redis.register_function('double', function(keys, args)
    return tostring(2 * (tonumber(redis.call('GET', keys[1])) or 0))
end)
redis.register_function{function_name='peek', flags={'no-writes'}, callback=function(keys)
    return redis.call('GET', keys[1])
end}
"""


def run(connect):
    r = connect()
    for use in (scripts, by_digest, functions):
        section(use, r)


def scripts(r):
    r.set("n", 20)
    show(r.get, "n")
    show(r.eval, "return redis.call('INCR', KEYS[1])", 1, "n")
    show(r.get, "n")
    show(r.eval, "return {1, 'two', {3, ARGV[1]}, false, 2.9}", 0, "four")
    show(r.eval, "return redis.status_reply('FINE')", 0)
    show(r.eval, "return redis.error_reply('MINE own error')", 0)
    show(r.eval, "return nosuch.thing", 0)
    show(r.eval, "return redis.call('LPUSH', KEYS[1], 'x')", 1, "n")
    show(r.eval, "return redis.pcall('LPUSH', KEYS[1], 'x').err", 1, "n")
    show(r.eval, "return redis.call('SET', 'hidden', 'written without naming it')", 0)
    show(r.get, "hidden")
    show(r.eval, "redis.call('SET', 'hidden', 'again')", 0)
    show(r.get, "hidden")
    show(r.execute_command, "EVAL_RO", "return redis.call('GET', KEYS[1])", "1", "n")
    show(r.execute_command, "EVAL_RO", "return redis.call('DEL', KEYS[1])", "1", "n")
    show(r.eval, "this is no lua", 0)
    show(r.execute_command, "EVAL", "return 1", "2", "k")


def by_digest(r):
    digest = show(r.script_load, "return redis.call('INCRBY', KEYS[1], ARGV[1])")
    show(r.script_exists, digest, "0" * 40)
    show(r.evalsha, digest, 1, "n", 5)
    show(r.get, "n")
    show(r.evalsha, "f" * 40, 0)
    double = r.register_script("return redis.call('GET', KEYS[1]) .. ARGV[1]")
    report("a script object", double(keys=["n"], args=["!"]))
    show(r.script_flush)
    show(r.script_exists, digest)
    report("a script object after a flush", double(keys=["n"], args=["?"]))
    show(r.evalsha, digest, 1, "n", 5)
    show(r.script_kill)


def functions(r):
    show(r.execute_command, "FUNCTION", "LOAD", LIBRARY)
    show(r.execute_command, "FUNCTION", "LOAD", LIBRARY)
    show(r.execute_command, "FCALL", "double", "1", "n")
    show(r.execute_command, "FCALL_RO", "peek", "1", "n")
    show(r.execute_command, "FCALL_RO", "double", "1", "n")
    show(r.execute_command, "FCALL", "nosuch", "0")
    report("libraries", len(r.execute_command("FUNCTION", "LIST")))
    show(r.execute_command, "FUNCTION", "DELETE", "testing")
