#!/usr/bin/env bash
# Checks that the cache evicts what was used least recently, and nothing else, over both doors:
# fills it beyond its capacity, then changes values straight in Redis. What that shows depends on how
# the server keeps up with such changes:
#
#   ttl        new values for the keys that had to go, and the cached ones for the rest
#   tracking   misses for the keys that had to go and hits for the rest; and soon the new value of
#              each key that was changed, while the others are still hits
#
#   scripts/test-lru.sh [--http HOST:PORT] [--resp HOST:PORT] [--redis HOST:PORT] [--cache-size N]
#       [--coherence ttl|tracking|any]
#
# --cache-size (10) is the server's; up to 4096 the order of eviction is exact. The server's ttl
# must be longer than the test takes (seconds), and nobody else should be using it. --coherence
# (any: whichever the server says) gives up unless the server does just that.
set -euo pipefail
# shellcheck source=scripts/lib-coherence.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-coherence.sh"
begin_scenario "cache-size=10 coherence=any" "$@"
capacity="$option_cache_size"
require_number "--cache-size" "$capacity"
((capacity >= 2 && capacity <= 4096)) || die "--cache-size must be 2 .. 4096 for an exact order"
require_coherence "$option_coherence"

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

x_caches() { # FIRST LAST: what each of them is by HTTP, HIT or MISS
    ask_curl --fail --dump-header - --output /dev/null "http://$option_http/${prefix}[$1-$2]" |
        tr -d '\r' | sed -n 's/^X-Cache: //Ip'
}

expect_hits() { # WHAT FIRST LAST
    expect "$1" "$(seq "$2" "$3" | sed 's/.*/HIT/')" "$(x_caches "$2" "$3")"
}

extra=$((capacity / 2))
last=$((capacity + extra))
middle=$((last / 2))
kept=$((extra + 1))     # the oldest key that is still cached, until it is used again
victim=$((extra + 2))   # and the one that then becomes the oldest
newcomer=$((last + 1))

store old 1 "$newcomer"
settle
expect_values "keys 1..$middle come from Redis" http old 1 "$middle"
expect_values "keys $((middle + 1))..$last come from Redis" resp old "$((middle + 1))" "$last"

http GET "/$prefix$kept"
expect "key $kept, the oldest of the $capacity most recent, is a hit" "HIT" "$(http_header X-Cache)"
expect_values "one more key takes the place of key $victim" resp old "$newcomer" "$newcomer"

# The changes stay unseen, which shows what is cached.
check_by_old_values() {
    local door
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
}

# The changes are seen, and only they.
check_by_hits() {
    local door unchanged=$((capacity + 1)) changed=$((capacity + 2))
    expect_hits "key $kept was used again and is still a hit" "$kept" "$kept"
    ((victim == unchanged)) ||
        expect_hits "keys $((victim + 1))..$unchanged are still hits" "$((victim + 1))" "$unchanged"
    expect_hits "and so are keys $changed..$newcomer" "$changed" "$newcomer"

    store new "$changed" "$newcomer"
    for door in resp http; do
        await "changed in Redis, keys $changed..$newcomer show their new values (by $door)" \
            "$(values new "$changed" "$newcomer")" read_keys "$door" "$changed" "$newcomer"
    done
    expect_hits "the new values are cached" "$changed" "$newcomer"
    expect_hits "key $kept was not changed and is still a hit" "$kept" "$kept"
    expect_values "with its old value" resp old "$kept" "$kept"
    if ((victim < unchanged)); then
        expect_hits "nor were keys $((victim + 1))..$unchanged" "$((victim + 1))" "$unchanged"
        expect_values "with their old values" resp old "$((victim + 1))" "$unchanged"
    fi
    expect "key $victim had to go: a miss" "MISS old-$victim" "$(cache_says "$prefix$victim")"
    expect "the keys before it had to go, too" "MISS old-1" "$(cache_says "${prefix}1")"
}

if [[ "$coherence" == tracking ]]; then check_by_hits; else check_by_old_values; fi
