#include "tests/support/script_texts.hpp"

namespace nearcache::tests {

std::vector<std::string> script_texts() {
    return {
        "return 1",
        "return -3.99",
        "return 'text'",
        "return ''",
        "return '\\0\\r\\n\\255'",
        "return nil",
        "return true",
        "return false",
        "return {}",
        "return {1, 'two', {3, {4.5, false}}, true, nil, 'unseen'}",
        "return redis.status_reply('FINE')",
        "return redis.error_reply('MINE of its own')",
        "return redis.error_reply('no code')",
        "return {err = 'ERR an error table'}",
        "return {ok = 'a status table'}",
        "return {double = 3.25}",
        "return {map = {field = 'value'}}",
        "return {set = {member = true}}",
        "redis.setresp(3) return true",
        "redis.setresp(3) return false",
        "redis.setresp(3) return nil",
        "redis.setresp(3) return {double = -1e300}",
        "redis.setresp(3) return {double = 1/0}",
        "redis.setresp(3) return {big_number = '123456789012345678901234567890'}",
        "redis.setresp(3) return {big_number = 'line\\r\\nend'}",
        "redis.setresp(3) return {map = {field = {1, 2, {double = 0.5}}}}",
        "redis.setresp(3) return {set = {member = true}}",
        "redis.setresp(3) return {verbatim_string = {format = 'txt', string = 'some text'}}",
        "redis.setresp(3) return redis.call('ZSCORE', KEYS[2], 'm1')",
        "redis.setresp(3) return redis.call('HMGET', KEYS[2], 'f1', 'f2')",
        "redis.setresp(3) return redis.pcall('CONFIG', 'GET', 'nosuch')",
        "return redis.call('GET', KEYS[1])",
        "return redis.call('SET', KEYS[1], ARGV[1])",
        "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])",
        "redis.call('DEL', KEYS[1], KEYS[2]) return redis.call('EXISTS', KEYS[1])",
        "return redis.call('APPEND', KEYS[1], ARGV[1])",
        "return redis.call('RPUSH', KEYS[2], ARGV[1], 'x')",
        "return redis.call('HSET', KEYS[2], 'f1', ARGV[1])",
        "return redis.call('INCR', KEYS[1])",
        "return redis.pcall('INCR', KEYS[1])",
        "return redis.call('TYPE', KEYS[1])",
        "return redis.call('TYPE', KEYS[2])['ok']",
        "return redis.call('MGET', KEYS[1], KEYS[2], KEYS[1])",
        "return redis.call('EXPIREAT', KEYS[1], 2000000000)",
        "return redis.call('EXPIRETIME', KEYS[1])",
        "return redis.call('NOSUCH')",
        "return redis.pcall('NOSUCH')",
        "return redis.call('SELECT', '9')",
        "return redis.call('BLPOP', KEYS[2], 0)",
        "return redis.call('SUBSCRIBE', 'c1')",
        "return redis.call('PUBLISH', 'c1', ARGV[1] or 'nothing')",
        "return redis.call()",
        "return redis.sha1hex('')",
        "return cjson.encode({1, 'two', {three = 3}})",
        "return bit.band(255, 15)",
        "return #KEYS + #ARGV",
        "return {KEYS[1] or 'none', ARGV[1] or 'none'}",
        "return nosuch + 1",
        "nosuch = 1",
        "error('raised')",
        "error({err = 'MINE raised'})",
        "this is no Lua",
        "return string.rep('x', 70000)",
        "local t = {1} for i = 1, 20 do t = {t, i} end return t",
        "local t = {} for i = 1, 3000 do t[i] = i end return t",
        "#!lua\nreturn redis.call('GET', KEYS[1])",
        "#!lua flags=no-writes\nreturn redis.call('SET', KEYS[1], 'x')",
        "#!lua flags=allow-stale,no-cluster\nreturn 'flags'",
        "#!lua flags=nosuch\nreturn 1",
        "#!python\nreturn 1",
    };
}

std::vector<std::string> library_texts() {
    const std::string plain =
        "#!lua name=lib1\n"
        "redis.register_function('read', function(keys, args)"
        " return redis.call('GET', keys[1]) end)\n"
        "redis.register_function('write', function(keys, args)"
        " return redis.call('SET', keys[1], args[1] or 'x') end)\n";
    const std::string flagged =
        "#!lua name=lib2\n"
        "redis.register_function{function_name='look', flags={'no-writes'}, description='looks',"
        " callback=function(keys, args) return redis.call('EXISTS', keys[1]) end}\n"
        "redis.register_function{function_name='typed', callback=function(keys, args)"
        " redis.setresp(3) return {map = {answer = {double = 1.5}}} end}\n"
        "redis.register_function{function_name='fails', callback=function(keys, args)"
        " return redis.call('LPUSH', keys[1], 'x') end}\n";
    return {plain,
            flagged,
            "#!lua name=lib1\nredis.register_function('read', function() return 'another' end)",
            "#!lua name=lib3\nredis.register_function('read', function() return 'taken' end)",
            "#!lua name=bad name\nreturn 1",
            "#!lua name=empty\nreturn 1",
            "#!lua name=broken\nredis.register_function(",
            "#!nosuch name=lib4\n",
            "no shebang"};
}

}  // namespace nearcache::tests
