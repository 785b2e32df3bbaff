#!/usr/bin/env bash
# Runs every scenario script against servers of its own: a redis-server, and for each script a
# nearcache in front of it with the settings that the script wants. Ports are free ones of
# 127.0.0.1.
#
#   scripts/test-all-scenarios.sh [--binary PROGRAM] [--only NAME] [--verbose yes]
#
# --binary: default build/release/nearcache.  --only: test-lru, say.  --verbose: shows every check.
set -euo pipefail
# shellcheck source=scripts/lib-servers.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-servers.sh"
read_options "binary=$project_root/build/release/nearcache only= verbose=no" "$@"
require_programs redis-server redis-cli curl
[[ -x "$option_binary" ]] || die "no program at $option_binary (scripts/build.sh makes one)"

passed=0 failed=0

# scenario NAME "flags of nearcache" "options of the script" [REMARK]
scenario() {
    local name="$1" log="$servers_dir/$1.log" title="$1${4:+ ($4)}" flags options
    [[ -z "$option_only" || "$option_only" == "$name" ]] || return 0
    read -ra flags <<<"$2"
    read -ra options <<<"$3"
    start_nearcache "$option_binary" --backend "redis://$redis_address" "${flags[@]}"
    if timeout -k 5 300 bash "$project_root/scripts/$name.sh" --http "$http_address" \
        --resp "$resp_address" --redis "$redis_address" "${options[@]}" >"$log" 2>&1 &&
        kill -0 "$nearcache_pid" 2>/dev/null; then
        printf '%-45s ok, %d checks\n' "$title" "$(grep -c '^ok ' "$log")"
        passed=$((passed + 1))
        if [[ "$option_verbose" == yes ]]; then cat "$log"; fi
    else
        printf '%-45s FAILED\n' "$title"
        failed=$((failed + 1))
        tail -n 40 "$log"
        tail -n 20 "$servers_dir/nearcache.log"
    fi
    stop_server "$nearcache_pid"
}

seeds() {
    [[ -z "$option_only" || "$option_only" == seed ]] || return 0
    if bash "$project_root/scripts/seed.sh" 1000 --redis "$redis_address" >/dev/null &&
        [[ "$(redis-cli -h 127.0.0.1 -p "$(port_of "$redis_address")" GET seeded_key1000)" == \
            seeded_value1000 ]]; then
        printf '%-45s ok\n' seed
        passed=$((passed + 1))
    else
        printf '%-45s FAILED\n' seed
        failed=$((failed + 1))
    fi
}

start_redis
seeds
scenario test-redis-protocol "" ""
scenario test-http "" ""
for mode in ttl tracking; do
    scenario test-lru "--cache-size 10 --ttl 5m --coherence $mode" \
        "--cache-size 10 --coherence $mode" "$mode"
done
scenario test-ttl "--ttl 1s --coherence ttl" "--ttl 1s --coherence ttl" ttl
scenario test-ttl "--ttl 4s --coherence tracking" "--ttl 4s --coherence tracking" tracking
scenario test-served-all-concurrent-below-limit "--max-connections 5" "--limit 5"
scenario test-denied-concurrent-above-limit "--max-connections 5" "--limit 5"

echo "scenarios: $passed passed, $failed failed"
((failed == 0 && passed > 0))
