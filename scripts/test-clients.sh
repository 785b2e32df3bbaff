#!/usr/bin/env bash
# Runs ordinary clients of Redis against a redis-server, and against a nearcache with another
# redis-server behind it. Each client prints a transcript of what it did and what it was answered;
# the two must be equal, but for what tests/clients/differences lists. A client that speaks HTTP has
# no Redis to be compared with: it asserts what it is answered by nearcache.
#
#   scripts/test-clients.sh [--binary PROGRAM] [--against redis] [CLIENT...]
#
# --binary: default build/release/nearcache.  --against redis: two plain redis-servers, which shows
# whether a transcript is the same in every run.  Transcripts are kept in build/clients/transcripts.
# ioredis, node-redis and upstash come from the npm registry; where it cannot be reached they are
# skipped, but with CI=true in the environment that is a failure.
set -euo pipefail
# shellcheck source=scripts/lib-servers.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-servers.sh"
read_options "binary=$project_root/build/release/nearcache against=nearcache" "$@"

# The distribution's own: another one in the PATH has not its modules.
python=/usr/bin/python3
sources="$project_root/tests/clients"
build="$project_root/build/clients"
transcripts="$build/transcripts"
all_clients=(redis-cli redis-cli-tools redis-cli-terminal redis-cli-terminal-resp3 redis-benchmark
    redis-py ioredis node-redis node-redis-resp3 hiredis-sync hiredis-sync-resp3 hiredis-async
    upstash)
passed=0 failed=0

# Sets client_command, to which host and port are added, and client_dialect, which comes behind.
choose_client() {
    client_dialect=()
    case "$1" in
        *-resp3) client_dialect=(3) ;;
        node-redis) client_dialect=(2) ;;
    esac
    case "${1%-resp3}" in
        redis-cli) client_command=(bash "$sources/redis_cli.sh") ;;
        redis-cli-tools) client_command=(bash "$sources/redis_cli_tools.sh") ;;
        redis-cli-terminal) client_command=("$python" -B "$sources/redis_cli_terminal.py") ;;
        redis-benchmark) client_command=(bash "$sources/redis_benchmark.sh") ;;
        redis-py) client_command=("$python" -B "$sources/python/redis_py.py") ;;
        ioredis) client_command=(node "$sources/node/ioredis.js") ;;
        node-redis) client_command=(node "$sources/node/node_redis.js") ;;
        hiredis-sync | hiredis-async) client_command=("$build/$1") ;;
    esac
}

# Whether what the client needs is there; says why not on standard output.
prepare() {
    case "$1" in
        redis-py)
            "$python" -c 'import redis' 2>/dev/null ||
                { echo "python3-redis is not installed" && return 1; }
            ;;
        hiredis-sync-resp3)
            pkg-config --atleast-version=1.0 hiredis ||
                { echo "this hiredis has no RESP3" && return 1; }
            ;;
        *node-redis* | ioredis | upstash) install_node_modules || return 1 ;;
    esac
}

# What cannot be there with this distribution is skipped anywhere; the rest must be there in CI.
may_be_skipped() { [[ "${CI:-}" != true || "$1" == hiredis-sync-resp3 ]]; }

install_node_modules() {
    local into="$build/node"
    if [[ -d "$into/node_modules" ]] &&
        cmp -s "$sources/node/package-lock.json" "$into/package-lock.json"; then return 0; fi
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        echo "node or npm is not installed"
        return 1
    fi
    rm -rf "$into"
    mkdir -p "$into"
    cp "$sources/node/package.json" "$into/"
    cp "$sources/node/package-lock.json" "$into/package-lock.json.new"
    mv "$into/package-lock.json.new" "$into/package-lock.json"
    if ! (cd "$into" && timeout 120 npm ci --no-audit --no-fund --ignore-scripts \
        --fetch-retries 1) >"$into/npm.log" 2>&1; then
        rm -rf "$into/node_modules" "$into/package-lock.json"
        echo "npm ci did not succeed: $(grep -m 1 -i 'error' "$into/npm.log" | cut -c 1-100)"
        return 1
    fi
}

build_hiredis_clients() {
    local program flags source="$sources/hiredis"
    read -ra flags <<<"$(pkg-config --cflags --libs hiredis)"
    for program in sync async; do
        [[ -z "$(find "$source" -newer "$build/hiredis-$program" 2>/dev/null || echo missing)" ]] ||
            "${CXX:-g++}" -std=c++20 -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
                "$source/$program.cpp" "$source/transcript.cpp" -o "$build/hiredis-$program" \
                "${flags[@]}" || die "the hiredis client ${program} cannot be built"
    done
}

# transcript CLIENT ADDRESS FILE: the client's lines, and how it ended if not well.
transcript() {
    local status=0
    choose_client "$1"
    NODE_PATH="$build/node/node_modules" timeout -k 5 150 "${client_command[@]}" \
        127.0.0.1 "$(port_of "$2")" "${client_dialect[@]}" \
        </dev/null >"$3" 2>"$3.errors" || status=$?
    # Where the server is differs from run to run, and some answers name it.
    sed -i "s/127\.0\.0\.1:$(port_of "$2")/ADDRESS/g" "$3"
    if ((status != 0)); then
        echo "ended with status $status" >>"$3"
        tail -n 5 "$3.errors" >>"$3"
    fi
}

# The differences of two transcripts that are not in the list, as diff prints them, with what the
# list has and the transcripts have not.
surprises() { # CLIENT REDIS NEARCACHE
    local listed="$servers_dir/listed" seen="$servers_dir/seen"
    : >"$listed"
    if [[ "$option_against" == nearcache ]]; then
        sed -n "s/^$1 \([<>] \)/\1/p" "$sources/differences" >"$listed"
    fi
    diff "$2" "$3" | grep '^[<>]' >"$seen" || true
    if cmp -s "$listed" "$seen"; then return 0; fi
    if [[ -s "$listed" ]]; then
        diff -U 0 --label "listed differences" --label "differences" "$listed" "$seen" || true
    else
        diff -U 2 --label "Redis" --label "$option_against" "$2" "$3" || true
    fi
}

# Both sides run at once, each with servers of its own that nobody has used before.
run_client() {
    local name="$1" ours="$transcripts/$1.$option_against" redis="$transcripts/$1.redis"
    local started=$SECONDS plain behind said difference
    # A replica that asks for the data is served at once, not after the usual wait for others.
    start_redis --repl-diskless-sync-delay 0
    plain="$redis_address"
    start_redis --repl-diskless-sync-delay 0
    behind="$redis_address"
    if [[ "$option_against" == nearcache ]]; then
        start_nearcache "$option_binary" --backend "redis://$behind"
        behind="$resp_address"
    else
        ours="$transcripts/$1.redis-again"
    fi
    transcript "$name" "$plain" "$redis" &
    said=$!
    transcript "$name" "$behind" "$ours"
    wait "$said"

    difference="$(surprises "$name" "$redis" "$ours")"
    if grep -q '^ended with status' "$redis"; then
        difference+=$'\n'"against Redis itself: $(tail -n 6 "$redis")"
    elif [[ "$option_against" == nearcache ]] && ! kill -0 "$nearcache_pid" 2>/dev/null; then
        difference+=$'\n'"nearcache is gone: $(tail -n 20 "$servers_dir/nearcache.log")"
    fi
    stop_servers
    if [[ -z "$difference" ]]; then
        printf '%-26s ok      %4d lines  %3d s\n' "$name" "$(wc -l <"$redis")" \
            $((SECONDS - started))
        passed=$((passed + 1))
    else
        printf '%-26s FAILED  %4d differences\n' "$name" "$(grep -c '^[-+][^-+]' <<<"$difference")"
        cut -c 1-200 <<<"$difference" | awk 'NR <= 60 { print "    | " $0 }'
        failed=$((failed + 1))
    fi
}

# Of those that compare nothing: what they expect is in them.
is_asserting() { [[ "$1" == upstash ]]; }

run_asserting_client() {
    local name="$1" said="$transcripts/$1.nearcache" token=s3cret started=$SECONDS status=0
    start_redis
    start_nearcache "$option_binary" --backend "redis://$redis_address" --http-token "$token"
    NODE_PATH="$build/node/node_modules" timeout -k 5 150 node "$sources/node/$name.js" \
        127.0.0.1 "$(port_of "$http_address")" "$token" </dev/null >"$said" 2>&1 || status=$?
    if ! kill -0 "$nearcache_pid" 2>/dev/null; then
        { echo "nearcache is gone:" && tail -n 20 "$servers_dir/nearcache.log"; } >>"$said"
        status=1
    fi
    stop_servers
    if ((status == 0)); then
        printf '%-26s ok      %4d lines  %3d s\n' "$name" "$(wc -l <"$said")" \
            $((SECONDS - started))
        passed=$((passed + 1))
    else
        printf '%-26s FAILED  with status %d\n' "$name" "$status"
        grep -v ': as expected$' "$said" | cut -c 1-200 | awk 'NR <= 60 { print "    | " $0 }'
        failed=$((failed + 1))
    fi
}

skip_client() { # CLIENT WHY
    if may_be_skipped "$1"; then
        printf '%-26s skipped: %s\n' "$1" "$2"
    else
        printf '%-26s FAILED  %s\n' "$1" "$2"
        failed=$((failed + 1))
    fi
}

main() {
    local name why
    require_programs redis-server redis-cli redis-benchmark pkg-config "${CXX:-g++}"
    [[ "$option_against" == redis || "$option_against" == nearcache ]] ||
        die "--against must be nearcache or redis, not '$option_against'"
    [[ "$option_against" == redis || -x "$option_binary" ]] ||
        die "no program at $option_binary (scripts/build.sh makes one)"
    mkdir -p "$transcripts"
    ((${#operands[@]})) || operands=("${all_clients[@]}")
    for name in "${operands[@]}"; do
        [[ " ${all_clients[*]} " == *" $name "* ]] ||
            die "no such client: $name; there are ${all_clients[*]}"
    done
    if [[ " ${operands[*]} " == *" hiredis"* ]]; then build_hiredis_clients; fi
    for name in "${operands[@]}"; do
        if ! why="$(prepare "$name")"; then
            skip_client "$name" "$why"
        elif ! is_asserting "$name"; then
            run_client "$name"
        elif [[ "$option_against" == nearcache ]]; then
            run_asserting_client "$name"
        fi
    done
    echo "clients: $passed passed, $failed failed"
    ((failed == 0 && passed > 0))
}
main
