# Sourced by the scenario scripts: asking both doors, and saying what was seen.
# shellcheck shell=bash
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Read by curl and redis-cli, and not meant for the servers asked here.
unset REDISCLI_AUTH http_proxy HTTP_PROXY all_proxy ALL_PROXY

# begin_scenario "more=options" "$@": reads the options that all scenarios share and these, and
# makes sure that somebody answers at every address.
begin_scenario() {
    local options="http=127.0.0.1:8080 resp=127.0.0.1:6380 redis=127.0.0.1:6379 $1"
    shift
    read_options "$options" "$@"
    ((${#operands[@]} == 0)) || die "takes only options (--help shows them)"
    require_programs curl redis-cli
    # Every key of a run begins with this, so that runs neither meet each other nor anybody's data.
    prefix="${script_name%.sh}:$$:$RANDOM$RANDOM:"
    workspace="$(mktemp -d)"
    trap end_scenario EXIT

    local said
    said="$(redis_cli PING 2>&1)" || true
    [[ "$said" == PONG ]] || die "no Redis answers at $option_redis (--redis): $said"
    said="$(proxy_cli PING 2>&1)" || true
    [[ "$said" == PONG ]] || die "nobody answers RESP at $option_resp (--resp): $said"
    http GET "/${prefix}nobody"
    [[ "$http_status" == 404 ]] ||
        die "no nearcache answers HTTP at $option_http (--http): status $http_status"
}

end_scenario() {
    local status=$?
    trap - EXIT
    local keys="$workspace/keys"
    if redis_cli --scan --pattern "$prefix*" >"$keys" 2>/dev/null; then
        # Through the proxy first, so that it forgets them too; then surely.
        xargs -r -n 200 timeout 10 redis-cli -h "$(host_of "$option_resp")" \
            -p "$(port_of "$option_resp")" DEL <"$keys" >/dev/null 2>&1 || true
        xargs -r -n 200 timeout 10 redis-cli -h "$(host_of "$option_redis")" \
            -p "$(port_of "$option_redis")" DEL <"$keys" >/dev/null 2>&1 || true
    fi
    rm -rf "$workspace"
    if ((status == 0)); then echo "passed: $script_name"; else echo "FAILED: $script_name"; fi
    exit "$status"
}

# --- Saying what was seen. The first surprise ends the script.

# Also from where standard output is read by somebody else.
exec {report}>&1

ok() { printf 'ok   %s\n' "$*" >&"$report"; }

fail() {
    printf 'FAIL %s\n' "$*" >&"$report"
    exit 1
}

expect() { # WHAT EXPECTED SEEN
    [[ "$3" == "$2" ]] || fail "$1: expected '$2', got '$3'"
    ok "$1"
}

expect_match() { # WHAT GLOB SEEN
    # shellcheck disable=SC2053  # the right side is a pattern
    [[ "$3" == $2 ]] || fail "$1: expected '$2', got '$3'"
    ok "$1"
}

# expect_bytes WHAT FORMAT: standard input must be what printf makes of FORMAT, NULs and all.
expect_bytes() {
    cat >"$workspace/seen"
    # shellcheck disable=SC2059  # the format carries the bytes
    printf "$2" >"$workspace/wanted"
    cmp -s "$workspace/wanted" "$workspace/seen" ||
        fail "$1: expected '$(cat -v "$workspace/wanted")', got '$(cat -v "$workspace/seen")'"
    ok "$1"
}

# --- Asking.

ask_cli() { # ADDRESS WORDS...
    local address="$1"
    shift
    timeout 20 redis-cli -h "$(host_of "$address")" -p "$(port_of "$address")" "$@"
}
redis_cli() { ask_cli "$option_redis" "$@"; }
proxy_cli() { ask_cli "$option_resp" "$@"; }

ask_curl() { curl -q --silent --show-error --noproxy '*' --max-time 20 "$@"; }

# http METHOD TARGET [curl's options]: sets http_status and http_body; http_header reads a field.
http() {
    local method="$1" target="$2" how=()
    shift 2
    : >"$workspace/body"
    if [[ "$method" == HEAD ]]; then how=(--head); else how=(--request "$method"); fi
    http_status="$(ask_curl "${how[@]}" --path-as-is --globoff --dump-header "$workspace/head" \
        --output "$workspace/body" --write-out '%{http_code}' \
        "$@" "http://$option_http$target")" || true
    http_body="$(tr -d '\0' <"$workspace/body" 2>/dev/null || true)"
}

http_header() {
    awk -v name="$1" 'BEGIN { FS = ": *" } tolower($1) == tolower(name) {
        sub(/^[^:]*: */, ""); sub(/\r$/, ""); print; exit }' "$workspace/head"
}

# get_by DOOR KEY: the value, or nothing when it is absent.
get_by() {
    if [[ "$1" == resp ]]; then
        proxy_cli GET "$2"
    else
        http GET "/$2"
        [[ "$http_status" == [24]0[04] ]] || fail "GET $2 over HTTP: $http_status"
        printf '%s' "$http_body"
    fi
}

# exchange ADDRESS FORMAT: sends what printf makes of FORMAT in one write, prints all that comes
# back until the other side closes.
exchange() {
    local socket
    exec {socket}<>"/dev/tcp/$(host_of "$1")/$(port_of "$1")" || fail "cannot connect to $1"
    # The builtin printf writes line by line; dd gathers.
    # shellcheck disable=SC2059  # the format carries the bytes
    printf "$2" | dd bs=1M iflag=fullblock status=none >&"$socket"
    timeout 20 cat <&"$socket" || fail "no end of answers from $1"
    exec {socket}>&-
}

# --- Many at once.

bursts=0

# burst COUNT DOOR: asks for the keys burst-1 .. burst-COUNT at once; DOOR is http, resp or mixed.
# Each client leaves one word in a file of its own in $burst_dir: served, refused, or what else it
# got.
burst() {
    local count="$1" door="$2" i client
    burst_dir="$(mktemp -d "$workspace/burst.XXXXXX")"
    for ((i = 1; i <= count; i++)); do
        client="$door"
        if [[ "$door" == mixed ]]; then ((i % 2)) && client=http || client=resp; fi
        "burst_client_$client" "$i" >"$burst_dir/.$i" 2>&1 && mv "$burst_dir/.$i" "$burst_dir/$i" &
    done
}

burst_client_resp() {
    local reply
    reply="$(proxy_cli GET "${prefix}burst-$1" 2>&1)" || true
    case "$reply" in
        "value of $1") echo served ;;
        "ERR max number of clients reached (proxy in-flight limit)") echo refused ;;
        *) echo "odd: $reply" ;;
    esac
}

burst_client_http() {
    local head="$burst_dir/.head-$1" body="$burst_dir/.body-$1" status
    status="$(ask_curl --dump-header "$head" --output "$body" --write-out '%{http_code}' \
        "http://$option_http/${prefix}burst-$1")" || true
    if [[ "$status" == 200 && "$(cat "$body")" == "value of $1" ]]; then
        echo served
    elif [[ "$status" == 503 ]] && grep -qi '^retry-after:' "$head"; then
        echo refused
    else
        echo "odd: status $status"
    fi
}

burst_results() { cat /dev/null "$burst_dir"/[0-9]* 2>/dev/null || true; }
burst_count() { burst_results | grep -cx "$1" || true; }
burst_finished() { burst_results | wc -l; }

# Waits until so many clients of the burst are done, or so many seconds have passed.
await_burst() { # COUNT SECONDS
    local deadline=$(($(now_us) + $2 * 1000000))
    while (($(burst_finished) < $1 && $(now_us) < deadline)); do sleep 0.02; done
}

# Puts the keys that bursts ask for into Redis, under a new name, so that no cache has them.
prepare_burst() { # COUNT
    prefix_of_run="${prefix_of_run:-$prefix}"
    prefix="$prefix_of_run$((bursts += 1)):"
    local i
    for ((i = 1; i <= $1; i++)); do
        printf 'SET %sburst-%d "value of %d"\n' "$prefix" "$i" "$i"
    done | redis_cli >/dev/null
    # Both doors have a connection to Redis before it is made to stall.
    get_by resp "${prefix}warm" >/dev/null
    get_by http "${prefix}warm" >/dev/null
}
