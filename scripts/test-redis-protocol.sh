#!/usr/bin/env bash
# Checks that the RESP door is what a Redis client expects: what redis-cli does in its various ways,
# and replies byte for byte as Redis itself gives them.
#
#   scripts/test-redis-protocol.sh [--http HOST:PORT] [--resp HOST:PORT] [--redis HOST:PORT]
set -euo pipefail
# shellcheck source=scripts/lib-scenario.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-scenario.sh"
begin_scenario "" "$@"

expect_reply() { # EXPECTED WORDS...: by redis-cli
    local expected="$1"
    shift
    expect "$*" "$expected" "$(proxy_cli "$@" 2>&1)"
}

expect_error() { # GLOB WORDS...: refused, with a connection of its own for each
    local glob="$1"
    shift
    expect_match "$* is refused" "$glob" "$(exchange "$option_resp" "$*\r\nQUIT\r\n" | head -n 1)"
}

expect_exchange() { # WHAT REQUEST REPLY: all bytes until the close
    exchange "$option_resp" "$2" | expect_bytes "$1" "$3"
}

same_as_redis() { # WHAT REQUEST [KEYS...]: Redis and the proxy say the same; the keys go in between
    local what="$1" request="$2"
    shift 2
    exchange "$option_redis" "$request" >"$workspace/of-redis"
    redis_cli DEL "${prefix}none" "$@" >/dev/null
    exchange "$option_resp" "$request" >"$workspace/of-proxy"
    proxy_cli DEL "${prefix}none" "$@" >/dev/null
    cmp -s "$workspace/of-redis" "$workspace/of-proxy" ||
        fail "$what: Redis says '$(cat -v "$workspace/of-redis")', the proxy" \
            "'$(cat -v "$workspace/of-proxy")'"
    ok "$what (as Redis)"
}

array() { # WORDS... -> a RESP array, for exchange; a word may hold printf's escapes
    local word bytes
    printf '*%d\\r\\n' $#
    for word in "$@"; do
        # shellcheck disable=SC2059  # the word carries escapes
        bytes="$(printf "$word" | wc -c)"
        printf '$%d\\r\\n%s\\r\\n' "$bytes" "$word"
    done
}

commands() {
    local key="${prefix}a" other="${prefix}b"
    expect_reply PONG PING
    expect_reply hello PING hello
    expect_reply "two words" ECHO "two words"
    expect_reply OK SET "$key" one
    expect_reply one GET "$key"
    expect "Redis has it too" one "$(redis_cli GET "$key")"
    expect_reply one GET "$key"
    expect_reply OK SET "$key" two
    expect_reply two GET "$key"
    expect_reply 1 EXISTS "$key"
    expect_reply 2 EXISTS "$key" "$key" "$other"
    expect_reply OK SET "$other" three
    expect_reply $'two\nthree\n\ntwo' MGET "$key" "$other" "${prefix}none" "$key"
    expect_reply 7 APPEND "$other" "!!"
    expect_reply "three!!" GET "$other"
    expect_reply "" GET "${prefix}none"
    expect_reply 2 DEL "$key" "$other" "${prefix}none"
    expect_reply "" GET "$key"
    expect_reply 0 EXISTS "$key"
    expect "Redis has it no more" 0 "$(redis_cli EXISTS "$key")"
    expect_reply OK SELECT 0
    expect "redis-cli -n 3" $'OK\nthree' \
        "$(printf 'SET %s three\nGET %s\n' "$key" "$key" | proxy_cli -n 3)"
    expect_reply "" GET "$key"
    expect_reply 1 -n 3 DEL "$key"
    expect_match "redis-cli -3" "*field1*=> \"one\"*" "$(
        printf 'HSET %s field1 one\nHGETALL %s\n' "$key" "$key" | proxy_cli --no-raw -3
    )"
    expect_reply 1 DEL "$key"
    expect_match "CLIENT ID" "[0-9]*" "$(proxy_cli CLIENT ID)"
    expect "CLIENT SETNAME and GETNAME" $'OK\nme' \
        "$(printf 'CLIENT SETNAME me\nCLIENT GETNAME\n' | proxy_cli)"
    expect_match "CONFIG GET save" "save*" "$(proxy_cli CONFIG GET save)"
}

forwarded() {
    local list="${prefix}list" hash="${prefix}hash" zset="${prefix}zset" count="${prefix}count"
    expect_reply 3 LPUSH "$list" c b a
    expect_reply $'a\nb\nc' LRANGE "$list" 0 -1
    expect_reply 2 HSET "$hash" field1 one field2 two
    expect_reply $'field1\none\nfield2\ntwo' HGETALL "$hash"
    expect_reply 2 ZADD "$zset" 1 first 2.5 second
    expect_reply $'first\n1\nsecond\n2.5' ZRANGE "$zset" 0 -1 WITHSCORES
    expect_reply 1 INCR "$count"
    expect_reply 11 INCRBY "$count" 10
    expect_reply 11 GET "$count"
    expect_reply list TYPE "$list"
    expect_reply 1 EXPIRE "$list" 1000
    expect_match "TTL" "[1-9]*" "$(proxy_cli TTL "$list")"
    expect_reply $'k\n2' EVAL "return {KEYS[1], 2}" 1 k
    expect "--scan finds the keys" 4 "$(proxy_cli --scan --pattern "$prefix*" | sort -u | wc -l)"
}

same_bytes() {
    local a="${prefix}a" b="${prefix}b"
    same_as_redis "strings" \
        "SET $a 1\r\nGETSET $a 2\r\nSTRLEN $a\r\nSETRANGE $a 3 x\r\nGETRANGE $a 0 1\r\nQUIT\r\n" \
        "$a"
    same_as_redis "nested and empty replies" \
        "LPUSH $a x y\r\nLRANGE $a 0 -1\r\nLRANGE $b 0 -1\r\nSCAN 0 MATCH $b\r\nQUIT\r\n" "$a"
    same_as_redis "floats, sets and sorted sets" \
        "INCRBYFLOAT $a 0.5\r\nSADD $b m\r\nSMEMBERS $b\r\nZSCORE $a-none m\r\nQUIT\r\n" "$a" "$b"
    same_as_redis "a reply of the wrong kind" "LPUSH $a 1\r\nGET $a\r\nINCR $a\r\nQUIT\r\n" "$a"
    same_as_redis "MGET over a list and nothing" \
        "LPUSH $a 1\r\nSET $b v\r\nMGET $a $b none\r\nQUIT\r\n" "$a" "$b"
    same_as_redis "wrong numbers of arguments" "GET\r\nSET x\r\nECHO\r\nMGET\r\nDEL\r\nQUIT\r\n"
    same_as_redis "an unknown command" "NOSUCHCOMMAND with arguments\r\nQUIT\r\n"
    same_as_redis "syntax errors" "SET $a v NX XX\r\nEXPIRE $a soon\r\nINCRBY $a x\r\nQUIT\r\n" "$a"
    same_as_redis "inline quoting" \
        "SET $a \"a b\\\\x41\\\\n\"\r\nGET $a\r\nECHO 'a b'\r\nQUIT\r\n" "$a"
    same_as_redis "empty lines and empty arrays" "\r\n\n*0\r\nPING\r\nQUIT\r\n"
    same_as_redis "a bulk length that is no number" '*1\r\n$x\r\n'
    same_as_redis "a negative bulk length" '*2\r\n$3\r\nGET\r\n$-5\r\n'
    same_as_redis "a word that is no bulk string" '*1\r\n:1\r\n'
    same_as_redis "too many words" '*9999999999\r\n'
    same_as_redis "unbalanced quotes" 'SET "a b\r\n'
}

pipelines() {
    local a="${prefix}a" round
    for round in 1 2 3 4 5; do
        expect_exchange "SET, GET, INCR, GET in one write ($round)" \
            "SET $a 1\r\nGET $a\r\nINCR $a\r\nGET $a\r\nQUIT\r\n" \
            '+OK\r\n$1\r\n1\r\n:2\r\n$1\r\n2\r\n+OK\r\n'
    done
    redis_cli SET "${prefix}cold" c >/dev/null
    expect_exchange "answers at hand wait for the ones before them" \
        "GET ${prefix}cold\r\nPING\r\nGET $a\r\nECHO x\r\nDEL $a\r\nGET $a\r\nQUIT\r\n" \
        '$1\r\nc\r\n+PONG\r\n$1\r\n2\r\n$1\r\nx\r\n:1\r\n$-1\r\n+OK\r\n'
    local requests="" replies="" i
    for ((i = 1; i <= 300; i++)); do
        requests+="SET ${prefix}n$i $i\r\nECHO $i\r\nGET ${prefix}n$i\r\n"
        replies+="+OK\r\n\$${#i}\r\n$i\r\n\$${#i}\r\n$i\r\n"
    done
    expect_exchange "900 commands in one write, in order" "${requests}QUIT\r\n" "${replies}+OK\r\n"
}

binary() {
    local key="${prefix}"'\000\r\n\377key' value='a\000b\r\n\r\n$5\r\n\001\377'
    local request
    request="$(array SET "$key" "$value")$(array GET "$key")$(array STRLEN "$key")QUIT\r\n"
    same_as_redis "any byte in keys and values" "$request"
    expect_exchange "and it comes back whole, from the cache too" \
        "$(array GET "$key")$(array GET "$key")$(array DEL "$key")QUIT\r\n" \
        "\$13\r\n$value\r\n\$13\r\n$value\r\n:1\r\n+OK\r\n"
    request="$(array SET "${prefix}empty" "")$(array GET "${prefix}empty")QUIT\r\n"
    exchange "$option_resp" "$request" |
        expect_bytes "an empty value is a value" '+OK\r\n$0\r\n\r\n+OK\r\n'
}

refusals() {
    local command
    for command in "SHUTDOWN NOSAVE" "CONFIG SET save x" "CONFIG RESETSTAT" "REPLICAOF NO ONE" \
        "DEBUG SLEEP 0" "ACL SETUSER x" "CLIENT PAUSE 1" "SAVE"; do
        expect_error "-NOPERM '*resp.admin_commands is deny*" "$command"
    done
    for command in "SYNC" "PSYNC ? -1" "REPLCONF listening-port 1" "SCRIPT DEBUG YES"; do
        expect_error "-ERR '*" "$command"
    done
    expect "and Redis is still there" PONG "$(redis_cli PING)"
}

own_connections() {
    local a="${prefix}a" b="${prefix}b"
    same_as_redis "a transaction" \
        "MULTI\r\nSET $a 1\r\nINCR $a\r\nGET $a\r\nEXEC\r\nGET $a\r\nQUIT\r\n" "$a"
    same_as_redis "a transaction that is given up, and one that fails" \
        "MULTI\r\nSET $a 1\r\nDISCARD\r\nMULTI\r\nNOSUCH\r\nEXEC\r\nEXEC\r\nQUIT\r\n" "$a"
    same_as_redis "blocking commands, and what comes behind them" \
        "RPUSH $a x\r\nBLPOP $a $b 1\r\nBLPOP $a 0.01\r\nGET $b\r\nQUIT\r\n" "$a" "$b"
    same_as_redis "a subscription and its end" \
        "SUBSCRIBE $a $b\r\nPING\r\nGET $a\r\nUNSUBSCRIBE\r\nGET $a\r\nQUIT\r\n"
    same_as_redis "databases" \
        "SELECT 5\r\nSET $a five\r\nSELECT 0\r\nGET $a\r\nSELECT 5\r\nGET $a\r\nDEL $a\r\nSELECT 99\r\nQUIT\r\n"
    same_as_redis "no replies, but one" \
        "CLIENT REPLY OFF\r\nSET $a 1\r\nCLIENT REPLY ON\r\nGET $a\r\nQUIT\r\n" "$a"
}

expect_in_dump() { # WHAT MEMBER
    grep -qF -- "$2" <<<"$dump" || fail "$1: no $2 in the dump"
    ok "$1"
}

# What somebody sees who types into netcat.
lines() {
    local key="${prefix}put" dump
    expect_exchange "PUT and GET on lines" \
        "PUT $key=hello\nGET $key\nPUT \"$key=two words\"\nGET $key\nQUIT\n" \
        '+OK\r\n$5\r\nhello\r\n+OK\r\n$9\r\ntwo words\r\n+OK\r\n'
    expect "Redis has it too" "two words" "$(redis_cli GET "$key")"
    expect_match "a PUT without = says how it is written" "-ERR PUT is written PUT key=value*" \
        "$(exchange "$option_resp" "PUT $key\nQUIT\n" | head -n 1)"
    redis_cli RPUSH "${prefix}letters" b a >/dev/null
    redis_cli SET "${prefix}bytes" "$(printf '\377')" >/dev/null
    dump="$(exchange "$option_resp" "DUMP\nQUIT\n" | head -n 1 | tr -d '\r')"
    expect "DUMP is one JSON object" "+{ }" "${dump:0:2} ${dump: -1}"
    expect_in_dump "with strings" "\"$key\":\"two words\""
    expect_in_dump "and lists" "\"${prefix}letters\":[\"b\",\"a\"]"
    expect_in_dump "and any bytes" "\"${prefix}bytes\":\"base64:/w==\""
    expect_match "DUMP with a key is Redis's" "*$key*" \
        "$(exchange "$option_resp" "ECHO $key\nDUMP $key\nQUIT\n" | tr -d '\0')"
}

information() {
    local section info
    info="$(proxy_cli INFO | tr -d '\r')"
    for section in Server Clients Memory Stats Replication Keyspace Nearcache Cache Coherence; do
        expect_match "INFO has a section '$section'" "*# $section*" "$info"
    done
    expect "INFO server is Redis's" \
        "$(redis_cli INFO server | grep -E '^(run_id|process_id|redis_version):')" \
        "$(proxy_cli INFO server | grep -E '^(run_id|process_id|redis_version):')"
    expect "no field of INFO is there twice" "" \
        "$(grep -E '^[a-zA-Z_0-9]+:' <<<"$info" | cut -d: -f1 | sort | uniq -d)"
    expect_match "COMMAND COUNT" "[1-9][0-9]*" "$(proxy_cli COMMAND COUNT)"
}

client_modes() {
    local i
    expect_match "redis-cli --pipe" "*errors: 0, replies: 1000*" "$(
        for ((i = 1; i <= 1000; i++)); do printf 'SET %sp%d %d\r\n' "$prefix" "$i" "$i"; done |
            proxy_cli --pipe 2>&1
    )"
    expect "and all of it arrived" 1000 "$(redis_cli GET "${prefix}p1000")"
    expect "redis-cli reading commands" $'PONG\n7' "$(printf 'PING\nECHO 7\n' | proxy_cli)"
    if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
        expect_match "redis-cli on a terminal" "*PONG*" "$(on_a_terminal)"
    fi
    expect_match "redis-cli --latency" "[0-9]*" "$(proxy_cli --latency --raw -i 1 | head -n 1)"
}

# What redis-cli shows to somebody who types PING and quit; at its start it asks COMMAND DOCS.
on_a_terminal() {
    local command screen
    screen="$(mktemp)"
    printf -v command 'timeout --foreground 20 redis-cli -h %q -p %q' "$(host_of "$option_resp")" \
        "$(port_of "$option_resp")"
    # What is typed before redis-cli listens may be thrown away: so it is typed again.
    {
        for _ in {1..20}; do
            printf 'PING\r'
            sleep 0.5
            if grep -q PONG "$screen"; then break; fi
        done
        printf 'quit\r'
    } | TERM=dumb script -qefc "$command" /dev/null >"$screen"
    cat "$screen"
    rm -f "$screen"
}

commands
forwarded
same_bytes
pipelines
binary
refusals
own_connections
lines
information
client_modes
