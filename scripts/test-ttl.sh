#!/usr/bin/env bash
# Checks that a value is served from the cache for the time to live and no longer, over both doors,
# and that a key which expires sooner in Redis disappears on time. What a change made straight in
# Redis shows before that depends on how the server keeps up with such changes:
#
#   ttl        still the cached value until the time is over
#   tracking   the new value soon, whatever is left of the time; what was not changed is still a hit
#
#   scripts/test-ttl.sh [--http HOST:PORT] [--resp HOST:PORT] [--redis HOST:PORT] [--ttl TIME]
#       [--coherence ttl|tracking|any]
#
# --ttl (1s) is the server's: 500ms, 5s, 2m, or a number of seconds; with tracking at least 1s, and
# better 4s: a change has half of it to show, so that it cannot be the ttl that brings the new value.
# Takes about three times as long. --coherence (any: whichever the server says) gives up unless the
# server does just that.
set -euo pipefail
# shellcheck source=scripts/lib-coherence.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-coherence.sh"
begin_scenario "ttl=1s coherence=any" "$@"

# Milliseconds a client may see the change late, on a busy machine; and early, for coarse clocks.
late_ms=400
early_ms=20

case "$option_ttl" in
    *ms) ttl_ms="${option_ttl%ms}" ;;
    *s) ttl_ms="${option_ttl%s}000" ;;
    *m) ttl_ms="$((${option_ttl%m} * 60))000" ;;
    *) ttl_ms="${option_ttl}000" ;;
esac
require_number "--ttl" "$ttl_ms"
((ttl_ms >= 400)) || die "--ttl must be at least 400ms: a shorter one passes while programs start"

require_coherence "$option_coherence"
if [[ "$coherence" == tracking ]]; then
    ((ttl_ms >= 1000)) || die "--ttl must be at least 1s where the server does tracking"
    ((patience_ms <= ttl_ms / 2)) || patience_ms=$((ttl_ms / 2))
fi

# watch DOOR KEY OLD NEW BORN: asks until OLD gives way to NEW, and sets lived_ms: how long after
# BORN (a moment before the value was cached) OLD was still seen, and when NEW was seen first.
watch() {
    local door="$1" key="$2" old="$3" new="$4" born="$5" asked seen
    seen_old_ms=0
    while :; do
        asked="$(now_ms)"
        seen="$(get_by "$door" "$key")"
        if [[ "$seen" == "$new" ]]; then break; fi
        [[ "$seen" == "$old" ]] || fail "$key by $door: expected '$old' or '$new', got '$seen'"
        seen_old_ms=$((asked - born))
        ((seen_old_ms < ttl_ms * 3 + 5000)) || fail "$key by $door: '$old' never gave way"
        sleep 0.01
    done
    seen_new_ms=$(($(now_ms) - born))
}

expect_lifetime() { # WHAT MILLISECONDS CACHED_LATEST
    ((seen_new_ms >= $2 - early_ms)) || fail "$1: gone after $seen_new_ms ms already"
    ((seen_old_ms <= $2 + $3 + late_ms)) || fail "$1: still there after $seen_old_ms ms"
    ok "$1 (gone between $seen_old_ms and $seen_new_ms ms)"
}

check_ttl() { # DOOR [EX seconds]: a value without, or with a long expiry of its own in Redis
    local door="$1" other=http key="$prefix$1$#" born cached
    [[ "$door" == resp ]] || other=resp
    shift
    redis_cli SET "$key" old "$@" >/dev/null

    born="$(now_ms)"
    expect "a first read by $door brings the value from Redis" old "$(get_by "$door" "$key")"
    cached=$(($(now_ms) - born))
    redis_cli SET "$key" new "$@" >/dev/null
    expect "changed in Redis, it is still the cached one by $other" old "$(get_by "$other" "$key")"
    watch "$door" "$key" old new "$born"
    expect_lifetime "by $door it is cached for $option_ttl" "$ttl_ms" "$cached"
    expect "and the new value by $other" new "$(get_by "$other" "$key")"
}

# watch_hits KEY BORN: asks by HTTP until KEY is no hit any more, and sets when it was seen as one
# last, and not as one first.
watch_hits() {
    local key="$1" born="$2" asked
    seen_old_ms=0
    while :; do
        asked="$(now_ms)"
        if [[ "$(cache_says "$key")" != "HIT "* ]]; then break; fi
        seen_old_ms=$((asked - born))
        ((seen_old_ms < ttl_ms * 3 + 5000)) || fail "$key was a hit for too long"
        sleep 0.01
    done
    seen_new_ms=$(($(now_ms) - born))
}

check_change() { # DOOR [EX seconds]: what is changed shows soon, what is not stays for its time
    local door="$1" other=http key="$prefix$1$#" born cached
    [[ "$door" == resp ]] || other=resp
    shift
    redis_cli MSET "$key" old "$key-same" same >/dev/null
    if (($#)); then redis_cli EXPIRE "$key-same" "$2" >/dev/null; fi
    settle

    expect "a first read by $door brings the value from Redis" old "$(get_by "$door" "$key")"
    born="$(now_ms)"
    expect "and that of another key" same "$(get_by "$door" "$key-same")"
    cached=$(($(now_ms) - born))
    expect "both are cached" "HIT old HIT same" \
        "$(cache_says "$key") $(cache_says "$key-same")"
    redis_cli SET "$key" new "$@" >/dev/null
    await "changed in Redis, it shows the new value by $door" new get_by "$door" "$key"
    expect "and by $other" new "$(get_by "$other" "$key")"
    expect "the new value is cached" "HIT new" "$(cache_says "$key")"
    expect "the other key was not changed and is still a hit" "HIT same" \
        "$(cache_says "$key-same")"
    redis_cli DEL "$key" >/dev/null
    await "deleted in Redis, it is absent by $other" "" get_by "$other" "$key"
    expect "and by $door" "" "$(get_by "$door" "$key")"
    watch_hits "$key-same" "$born"
    expect_lifetime "the other one is a hit for $option_ttl" "$ttl_ms" "$cached"
}

check_expiry() { # DOOR: half the ttl left in Redis
    local door="$1" key="${prefix}short-$1" born took left_ms=$((ttl_ms / 2))
    born="$(now_ms)"
    redis_cli SET "$key" soon-gone PX "$left_ms" >/dev/null
    took=$(($(now_ms) - born))
    expect "a key with $left_ms ms left in Redis is read by $door" \
        soon-gone "$(get_by "$door" "$key")"
    watch "$door" "$key" soon-gone "" "$born"
    expect_lifetime "it disappears by $door when Redis lets go of it" "$left_ms" "$took"
    expect "and is absent by resp" "" "$(get_by resp "$key")"
    expect "and is absent by http" "" "$(get_by http "$key")"
}

if [[ "$coherence" == tracking ]]; then check=check_change; else check=check_ttl; fi
"$check" resp
"$check" http EX $((ttl_ms / 100 + 100))
check_expiry resp
check_expiry http
