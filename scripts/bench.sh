#!/usr/bin/env bash
# Measures both doors against redis-server in the same run and prints ratios: figures by themselves
# say more about the machine than about the server. Servers of its own on free ports of 127.0.0.1.
#
#   scripts/bench.sh [--binary PROGRAM] [--rounds N] [--requests N] [--seconds N] [--threads N]
#
# Rounds (3) alternate between the servers; medians count. --requests (100000) for each
# redis-benchmark, --seconds (2) for each wrk, --threads (1) of nearcache. redis-benchmark and wrk
# are slower than a good server, so ratios near 1 mean "at least as fast as the load".
set -euo pipefail
# shellcheck source=scripts/lib-servers.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-servers.sh"
read_options "binary= rounds=3 requests=100000 seconds=2 threads=1" "$@"
for name in rounds requests seconds threads; do
    value="option_$name"
    require_number "--$name" "${!value}"
done
bash "$project_root/scripts/install-deps.sh" bench
if [[ -z "$option_binary" ]]; then
    option_binary="$(bash "$project_root/scripts/build.sh" | tail -n 1)"
fi

keys=10000
clients=50
results="$servers_dir/results"

# record NAME FIGURE
record() {
    [[ "$2" =~ ^[0-9.]+$ ]] || die "no figure for $1"
    printf '%s %s\n' "$1" "$2" >>"$results"
}
median() { # NAME
    awk -v name="$1" '$1 == name { print $2 }' "$results" | sort -n |
        awk '{ value[NR] = $1 } END { print NR ? value[int((NR + 1) / 2)] : 0 }'
}

# Requests a second of one redis-benchmark run.
load_resp() { # ADDRESS TEST PIPELINE
    timeout 120 redis-benchmark -h "$(host_of "$1")" -p "$(port_of "$1")" -t "$2" -n \
        "$option_requests" -c "$clients" -P "$3" -d 64 -r "$keys" --csv 2>/dev/null |
        awk -F '","' 'NR == 2 { print $2 }'
}
load_http() { # URL
    timeout 120 wrk -t 1 -c "$clients" -d "${option_seconds}s" "$1" |
        awk '/^Requests\/sec:/ { print $2 }'
}

# Everything is in Redis, and in the cache: one reading is not measured.
warm_up() {
    awk -v keys="$keys" 'BEGIN {
        value = sprintf("%064d", 0)
        for (i = 0; i < keys; i++) printf "SET key:%012d %s\r\n", i, value
    }' | redis-cli -h 127.0.0.1 -p "$(port_of "$redis_address")" --pipe >/dev/null
    awk -v keys="$keys" 'BEGIN { for (i = 0; i < keys; i++) printf "GET key:%012d\r\n", i }' |
        redis-cli -h 127.0.0.1 -p "$(port_of "$resp_address")" --pipe >/dev/null
}

measure_round() {
    local pipeline
    for pipeline in 1 16 100; do
        record "redis-get-$pipeline" "$(load_resp "$redis_address" get "$pipeline")"
        record "nearcache-get-$pipeline" "$(load_resp "$resp_address" get "$pipeline")"
    done
    record "nearcache-http" "$(load_http "http://$http_address/key:000000000001")"
    record "redis-set-1" "$(load_resp "$redis_address" set 1)"
    record "nearcache-set-1" "$(load_resp "$resp_address" set 1)"
}

row() { # TITLE NAME NAME-OF-REDIS
    awk -v title="$1" -v ours="$(median "$2")" -v theirs="$(median "$3")" 'BEGIN {
        printf "%-34s %12.0f %12.0f %8.2f\n", title, ours, theirs, (theirs > 0 ? ours / theirs : 0)
    }'
}

start_redis
start_nearcache "$option_binary" --backend "redis://$redis_address" --threads "$option_threads" \
    --ttl 1h --log-level warn
for ((round = 1; round <= option_rounds; round++)); do
    note "round $round of $option_rounds"
    # Writes of the round before have dropped what was cached.
    warm_up
    measure_round
done

printf '%-34s %12s %12s %8s\n' "requests/s, medians of $option_rounds" nearcache redis ratio
row "RESP GET, cached" nearcache-get-1 redis-get-1
row "RESP GET, cached, 16 deep" nearcache-get-16 redis-get-16
row "RESP GET, cached, 100 deep" nearcache-get-100 redis-get-100
row "RESP SET, through to Redis" nearcache-set-1 redis-set-1
row "HTTP GET, cached (against RESP)" nearcache-http redis-get-1
