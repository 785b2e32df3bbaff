# Sourced by the scenario scripts that change values straight in Redis, behind the cache's back: how
# nearcache comes to know of that, and waiting until it does.
# shellcheck shell=bash
# shellcheck source=scripts/lib-scenario.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-scenario.sh"

# No change takes longer to show, and no channel to be armed, however busy the machine is.
patience_ms=2000

now_ms() { echo $(($(now_us) / 1000)); }

coherence_says() { proxy_cli INFO coherence | tr -d '\r' | sed -n "s/^coherence_$1://p"; }

# require_coherence ttl|tracking|any: sets coherence to what the server does (ttl or tracking), and
# gives up when that is not what is needed.
require_coherence() {
    [[ "$1" =~ ^(ttl|tracking|any)$ ]] || die "--coherence must be ttl, tracking or any, not '$1'"
    coherence="$(coherence_says mode)"
    case "$coherence" in
        ttl | tracking) ;;
        exclusive) die "this needs a nearcache before a Redis (--backend redis://$option_redis);" \
            "the one at $option_resp keeps everything itself" ;;
        *) die "this needs a nearcache that says in INFO coherence how it keeps up with changes;" \
            "the one at $option_resp says '$coherence'" ;;
    esac
    [[ "$1" == any || "$1" == "$coherence" ]] ||
        die "this needs a nearcache that runs with --coherence $1; the one at $option_resp" \
            "does $coherence"
    if [[ "$coherence" == tracking ]]; then
        await "the channel from Redis is armed" 1 coherence_says armed
    else
        ok "changes in Redis show when the ttl is over (coherence: $coherence)"
    fi
}

# await WHAT EXPECTED COMMAND...: asks again and again until that is what the command says.
await() {
    local what="$1" expected="$2" started seen
    shift 2
    started="$(now_ms)"
    while :; do
        seen="$("$@")"
        if [[ "$seen" == "$expected" ]]; then break; fi
        (($(now_ms) - started < patience_ms)) ||
            fail "$what: after $patience_ms ms still '$seen' and not '$expected'"
        sleep 0.01
    done
    ok "$what (after $(($(now_ms) - started)) ms)"
}

# cache_says KEY: HIT or MISS, and the value.
cache_says() {
    http GET "/$1"
    printf '%s %s' "$(http_header X-Cache)" "$http_body"
}

# Returns when Redis has told all that was written before, so that no late word drops what is read
# next. Words keep their order: the marker's come behind all others.
settle() {
    [[ "$coherence" == tracking ]] || return 0
    local marker="${prefix}marker-$RANDOM$RANDOM"
    redis_cli SET "$marker" before >/dev/null
    await "a new key is cached" "HIT before" cache_says "$marker"
    redis_cli SET "$marker" after >/dev/null
    await "its change is told, and all before it" after get_by http "$marker"
}
