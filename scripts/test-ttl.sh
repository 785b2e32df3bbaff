#!/usr/bin/env bash
# Checks that a value is served from the cache for the time to live and no longer, over both doors,
# and that a key which expires sooner in Redis disappears on time.
#
#   scripts/test-ttl.sh [--http HOST:PORT] [--resp HOST:PORT] [--redis HOST:PORT] [--ttl TIME]
#
# --ttl (1s) is the server's: 500ms, 5s, 2m, or a number of seconds. Takes about three times as
# long.
set -euo pipefail
# shellcheck source=scripts/lib-scenario.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-scenario.sh"
begin_scenario "ttl=1s" "$@"

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

now_ms() { echo $(($(now_us) / 1000)); }

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

check_ttl resp
check_ttl http EX $((ttl_ms / 100 + 100))
check_expiry resp
check_expiry http
