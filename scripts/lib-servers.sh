# Sourced by scripts that need servers of their own: starts redis-server and nearcache on free ports
# of 127.0.0.1, and ends exactly those again.
# shellcheck shell=bash
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

server_pids=()
servers_dir="$(mktemp -d)"
trap 'stop_servers; rm -rf "$servers_dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

stop_servers() {
    local pid
    for pid in "${server_pids[@]}"; do stop_server "$pid"; done
    server_pids=()
}

# Asks first; who has not gone after five seconds is made to.
stop_server() {
    local tries
    kill -TERM "$1" 2>/dev/null || return 0
    for ((tries = 0; tries < 100; tries++)); do
        if ! kill -0 "$1" 2>/dev/null; then break; fi
        sleep 0.05
    done
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# Sets redis_address. Ports are tried until one is free: redis-server cannot be given port 0.
start_redis() { # [redis-server's options]
    local port pid tries
    for ((tries = 0; tries < 20; tries++)); do
        port=$((20000 + RANDOM % 12000))
        redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no \
            --dir "$servers_dir" "$@" >"$servers_dir/redis.log" 2>&1 &
        pid=$!
        if await_redis "$port" "$pid"; then
            server_pids+=("$pid")
            redis_address="127.0.0.1:$port"
            return
        fi
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    tail -n 20 "$servers_dir/redis.log" >&2
    die "redis-server does not start"
}

# It is ours that answers there, and not another one that had the port before.
await_redis() { # PORT PID
    local tries
    for ((tries = 0; tries < 200; tries++)); do
        kill -0 "$2" 2>/dev/null || return 1
        if timeout 5 redis-cli -h 127.0.0.1 -p "$1" INFO server 2>/dev/null |
            tr -d '\r' | grep -qx "process_id:$2"; then return 0; fi
        sleep 0.02
    done
    return 1
}

# Sets http_address, resp_address and nearcache_pid. The caller's environment stays out of it:
# nearcache reads settings from there.
start_nearcache() { # PROGRAM [FLAGS...]
    local program="$1" said="$servers_dir/nearcache.out" tries
    shift
    # Here, and not by the child: it might still hold the addresses of the one before.
    : >"$said"
    env -i PATH="$PATH" "$program" --http-listen 127.0.0.1:0 --resp-listen 127.0.0.1:0 --banner \
        "$@" >"$said" 2>"$servers_dir/nearcache.log" &
    nearcache_pid=$!
    server_pids+=("$nearcache_pid")
    for ((tries = 0; tries < 1500; tries++)); do
        if grep -q '^Try:' "$said"; then
            http_address="$(sed -n 's|^HTTP  *http://||p' "$said")"
            resp_address="$(sed -n 's|^RESP  *redis://||p' "$said")"
            return
        fi
        kill -0 "$nearcache_pid" 2>/dev/null || break
        sleep 0.02
    done
    tail -n 20 "$said" "$servers_dir/nearcache.log" >&2
    die "nearcache does not start: $program $*"
}
