#!/usr/bin/env bash
# Checks that the cache evicts what was used least recently, and nothing else, over both doors:
# fills it beyond its capacity, changes all values in Redis, and then sees new values for the keys
# that had to go and the cached ones for the rest.
#
#   scripts/test-lru.sh [--http HOST:PORT] [--resp HOST:PORT] [--redis HOST:PORT] [--cache-size N]
#
# --cache-size (10) is the server's; up to 4096 the order of eviction is exact. The server's ttl
# must be longer than the test takes (seconds), and nobody else should be using it.
set -euo pipefail
# shellcheck source=scripts/lib-scenario.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-scenario.sh"
begin_scenario "cache-size=10" "$@"
capacity="$option_cache_size"
require_number "--cache-size" "$capacity"
((capacity >= 2 && capacity <= 4096)) || die "--cache-size must be 2 .. 4096 for an exact order"

store() { # VALUE FIRST LAST: gives these keys values in Redis, behind the cache's back
    local i
    for ((i = $2; i <= $3; i++)); do printf 'SET %s%d %s-%d\n' "$prefix" "$i" "$1" "$i"; done |
        redis_cli >/dev/null
}

read_keys() { # DOOR FIRST LAST: reads them in this order
    local i
    if [[ "$1" == http ]]; then
        ask_curl --fail --write-out '\n' "http://$option_http/${prefix}[$2-$3]"
    else
        for ((i = $2; i <= $3; i++)); do printf 'GET %s%d\n' "$prefix" "$i"; done | proxy_cli
    fi
}

values() { seq -f "$1-%.0f" "$2" "$3"; } # VALUE FIRST LAST

expect_values() { # WHAT DOOR VALUE FIRST LAST
    expect "$1 (by $2)" "$(values "$3" "$4" "$5")" "$(read_keys "$2" "$4" "$5")"
}

extra=$((capacity / 2))
last=$((capacity + extra))
middle=$((last / 2))
kept=$((extra + 1))     # the oldest key that is still cached, until it is used again
victim=$((extra + 2))   # and the one that then becomes the oldest
newcomer=$((last + 1))

store old 1 "$newcomer"
expect_values "keys 1..$middle come from Redis" http old 1 "$middle"
expect_values "keys $((middle + 1))..$last come from Redis" resp old "$((middle + 1))" "$last"

http GET "/$prefix$kept"
expect "key $kept, the oldest of the $capacity most recent, is a hit" "HIT" "$(http_header X-Cache)"
expect_values "one more key takes the place of key $victim" resp old "$newcomer" "$newcomer"

store new 1 "$newcomer"
for door in resp http; do
    expect_values "key $kept was used again and is still cached" "$door" old "$kept" "$kept"
    if ((victim < newcomer - 1)) || ((capacity > 2)); then
        expect_values "keys $((victim + 1))..$newcomer are still cached" \
            "$door" old "$((victim + 1))" "$newcomer"
    fi
done

http GET "/$prefix$victim"
expect "key $victim had to go: a miss" "MISS" "$(http_header X-Cache)"
expect "key $victim shows its new value" "new-$victim" "$http_body"
expect_values "keys 1..$extra had to go and show new values" resp new 1 "$extra"
expect_values "the new values are cached for the other door" http new 1 "$extra"
