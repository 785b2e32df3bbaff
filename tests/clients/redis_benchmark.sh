#!/usr/bin/env bash
# redis-benchmark with its whole default list of tests, as a transcript: which tests came to an end,
# and every complaint. Rates differ, and are left out: redis_benchmark.sh HOST PORT
set -u
# shellcheck source=tests/clients/lib-transcript.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-transcript.sh"

# Only what stands after the last carriage return of a line stays on the screen.
screen() { sed -E 's/.*\r//; /^$/d'; }

benchmark() {
    timeout 60 redis-benchmark -h "$host" -p "$port" "$@" 2>&1 </dev/null |
        screen | sed -E 's/[0-9]+\.[0-9]+/N/g; s/p50=N msec/p50/' | report "$*"
}

benchmark -q -n 2000 -c 10
benchmark -q -n 3200 -c 10 -P 16
benchmark -q -n 1000 -c 10 -3
# With threads every test takes a quarter of a second, however short it is.
benchmark -q -n 2000 -c 10 --threads 2 -t ping,set,get,lpush,lrange_300,mset
benchmark -q -n 1000 -c 10 --dbnum 1 -t set,get,lpush
benchmark -q -n 1000 -c 10 -k 0 -t ping,set,get
benchmark -q -n 2000 -c 10 -r 100 -d 2000 -t set,get,incr,hset,spop,zadd,zpopmin,mset
benchmark -q -n 2000 -c 10 --enable-tracking -3 -t set,get
benchmark -q -n 1000 -c 5 -P 50 eval 'return redis.call("incr", KEYS[1])' 1 counted
benchmark --csv -n 1000 -t ping,get | sed -E 's/"N"/N/g'
cli DBSIZE | sed -E 's/^[1-9][0-9]*$/keys are there/' | report DBSIZE
cli GET counted | report "GET counted"
cli -n 1 EXISTS key:__rand_int__ mylist | report "-n 1 EXISTS"
