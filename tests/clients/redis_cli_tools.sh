#!/usr/bin/env bash
# What redis-cli does beyond single commands, as a transcript: redis_cli_tools.sh HOST PORT
set -u
# shellcheck source=tests/clients/lib-transcript.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-transcript.sh"

mass_insertion() {
    awk 'BEGIN { for (i = 0; i < 100000; i++) printf "SET key:%d value:%d\r\n", i, i }' |
        all_of cli --pipe | report "100000 SETs | --pipe"
    show DBSIZE
    show MGET key:0 key:50000 key:99999 key:100000
    awk 'BEGIN { for (i = 0; i < 20000; i++) {
            key = "key:" i
            printf "*2\r\n$4\r\nINCR\r\n$%d\r\n%s\r\n", length(key), key } }' |
        all_of cli --pipe | sort | uniq -c | sed 's/^ *//' | report "20000 INCRs of text | --pipe"
    printf 'SET a 1\r\nGET a\r\nMULTI\r\nINCR a\r\nEXEC\r\nSELECT 1\r\nSET a x\r\n' |
        all_of cli --pipe | report "a transaction | --pipe"
    show GET a
    show -n 1 GET a
    show FLUSHALL
}

# One key of each type is the largest by far.
fill() {
    awk 'BEGIN { for (i = 0; i < 500; i++) printf "SET str:%d v\r\nSADD set:%d a\r\n", i, i % 50
        printf "SET str:big %0100d\r\n", 7
        for (i = 0; i < 60; i++) printf "RPUSH list:big %d\r\nSADD set:big %d\r\n", i, i
        for (i = 0; i < 60; i++) printf "HSET hash:big f%d v\r\nZADD zset:big %d m\r\n", i, i
        for (i = 0; i < 60; i++) printf "ZADD zset:big %d m%d\r\n", i, i
        for (i = 1; i < 300; i++) printf "XADD stream:big %d-1 f v\r\n", i
        printf "RPUSH list:small a\r\nHSET hash:small f v\r\nZADD zset:small 1 m\r\n"
        printf "XADD stream:small 1-1 f v\r\n" }' | cli --pipe >/dev/null
}

# The summary alone: what is found on the way there depends on the order of the scan.
summary() { sed -n '/- summary -/,$p' | sort; }

walks() {
    fill
    cli --scan | sort | cksum | report "--scan"
    cli --scan --pattern 'str:12*' | sort | report "--scan --pattern"
    cli --scan --pattern 'none*' | report "--scan --pattern, nothing"
    cli --scan --quoted-pattern '"\x73tr:99"' | report "--scan --quoted-pattern"
    cli -3 --scan --pattern '*:big' | sort | report "-3 --scan"
    cli -n 1 --scan | report "-n 1 --scan"
    cli --bigkeys | summary | report "--bigkeys"
    cli -3 --bigkeys -i 0.001 | summary | report "-3 --bigkeys"
    cli --memkeys | summary | report "--memkeys"
    cli --memkeys-samples 0 | summary | report "--memkeys-samples 0"
    all_of cli --hotkeys | grep -v '^#' | sort -u | report "--hotkeys"
}

watching() {
    # It counts for ever; its output would sit in a buffer.
    stdbuf -oL timeout 5 redis-cli -h "$host" -p "$port" --stat -i 0.1 | head -n 4 |
        sed -E 's/ \(\+[0-9]+\)//; s/[0-9]+(\.[0-9]+)?[BKMG]?/N/g; s/ +/ /g' | report "--stat"
    cli --latency -i 0.2 | without_numbers | report "--latency"
    cli --latency -i 0.2 --csv | without_numbers | report "--latency --csv"
}

# Of what MONITOR shows only the writes: what a cache answers does not come to the server's eyes,
# and what the cache asks on its own account does. Times and addresses differ.
monitored() {
    sed -E 's/^[0-9.]+ \[([0-9]+) [^]]*\]/[\1]/' "$background_file" | grep -E '^OK|"(SET|INCR|H|L)'
}

monitor() {
    local dialect
    for dialect in -2 -3; do
        in_background "monitor" "$dialect" MONITOR
        until_says "$background_file" '^OK'
        cli SET k 'a "quoted" word' >/dev/null
        printf 'INCR n\nSELECT 1\nHSET h f v\nMULTI\nLPUSH l x\nEXEC\nSET last one\n' |
            cli >/dev/null
        until_says "$background_file" '"last"'
        monitored | report "$dialect MONITOR"
        stop_background
    done
}

subscribe() {
    local dialect
    for dialect in -2 -3; do
        in_background "subscribe" "$dialect" SUBSCRIBE news sports
        until_says "$background_file" '^2$'
        cli PUBLISH news hello | report "PUBLISH news"
        cli PUBLISH other unheard | report "PUBLISH other"
        cli PUBLISH sports 'two words' | report "PUBLISH sports"
        until_says "$background_file" 'two words'
        report "$dialect SUBSCRIBE news sports" <"$background_file"
        stop_background
        in_background "psubscribe" "$dialect" --csv PSUBSCRIBE 'n*'
        until_says "$background_file" 'psubscribe'
        cli PUBLISH news hello | report "PUBLISH news"
        until_says "$background_file" 'hello'
        report "$dialect --csv PSUBSCRIBE" <"$background_file"
        stop_background
    done
}

# What makes of redis-cli a replica or a debugger; see the list of differences.
replication() {
    cli --rdb "$workspace/dump.rdb" 2>&1 | tail -n 1 | tr -d '\r' | without_numbers |
        report "--rdb"
    cli --functions-rdb "$workspace/functions.rdb" 2>&1 | tail -n 1 | without_numbers |
        report "--functions-rdb"
    timeout 2 redis-cli -h "$host" -p "$port" --replica 2>&1 | grep -m 1 '^SYNC' | tr -d '\r' |
        report "--replica"
    printf 'return 1' >"$workspace/script.lua"
    printf 'continue\nquit\n' | timeout 5 redis-cli -h "$host" -p "$port" --ldb \
        --eval "$workspace/script.lua" 2>&1 | grep -c 'Stopped at' | report "--ldb, stops"
}

mass_insertion
walks
watching
monitor
subscribe
replication
