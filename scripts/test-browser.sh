#!/usr/bin/env bash
# Opens pages in a real browser, headless Chromium: the front page, and a page of another origin that
# uses a nearcache by fetch(), which CORS allows or not. The page of another origin is itself a value
# that a nearcache serves. Servers are its own, on free ports of 127.0.0.1, and the browser finds no
# other host than this.
#
#   scripts/test-browser.sh [--binary PROGRAM] [--pictures DIRECTORY]
#
# --binary: default build/release/nearcache.  --pictures: where to put pictures of the front page,
# light and dark and as wide as a phone, for people to look at.
# Without Chromium (Ubuntu has it as a snap alone) nothing is tested; with CI=true in the environment
# that is a failure where the distribution offers it.
set -euo pipefail
# shellcheck source=scripts/lib-servers.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-servers.sh"
read_options "binary=$project_root/build/release/nearcache pictures=" "$@"
passed=0 failed=0

finish() {
    echo "browser: $passed passed, $failed failed"
    ((failed == 0)) || exit 1
    exit 0
}

if ! command -v chromium >/dev/null; then
    echo "chromium skipped: it is not installed"
    offered="$(apt-cache policy chromium 2>/dev/null | awk '$1 == "Candidate:" { print $2 }')"
    if [[ "${CI:-}" == true && -n "$offered" && "$offered" != "(none)" ]]; then failed=1; fi
    finish
fi
require_programs curl
[[ -x "$option_binary" ]] || die "no program at $option_binary (scripts/build.sh makes one)"

# browse URL [chromium's options]: prints the page as it is once it has come to rest.
browse() {
    local url="$1" profile status=0
    shift
    profile="$(mktemp -d -p "$servers_dir")"
    timeout -k 5 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --disable-quic --no-first-run --disable-background-networking --disable-component-update \
        --disable-sync --disable-default-apps --disable-extensions --no-proxy-server \
        --host-resolver-rules='MAP * ~NOTFOUND, EXCLUDE 127.0.0.1' --user-data-dir="$profile" \
        --virtual-time-budget=5000 "$@" "$url" 2>"$servers_dir/chromium.log" </dev/null || status=$?
    rm -rf "$profile"
    if ((status != 0)); then
        tail -n 5 "$servers_dir/chromium.log" >&2
        die "chromium ends with status $status"
    fi
}

# expect WHAT GLOB SEEN
expect() {
    # shellcheck disable=SC2053  # the right side is a pattern
    if [[ "$3" == $2 ]]; then
        printf 'ok   %s\n' "$1"
        passed=$((passed + 1))
    else
        printf "FAIL %s: expected '%s', got '%s'\n" "$1" "$2" "$3"
        failed=$((failed + 1))
    fi
}

ask() { curl -q --silent --show-error --noproxy '*' --max-time 20 "$@"; }

# What a page of another origin does with a key, a line for each thing.
write_page() { # ADDRESS
    cat <<PAGE
<!DOCTYPE html>
<title>elsewhere</title>
<pre id="seen">nothing yet</pre>
<script>
const key = 'http://$1/greeting';
const seen = [];
async function attempt(name, options, show) {
    try {
        const response = await fetch(key, options);
        seen.push(name + ' ' + response.status + ' ' + String(await show(response)).trim());
    } catch (error) {
        seen.push(name + ' refused');
    }
}
(async () => {
    const field = name => response => response.headers.get(name);
    await attempt('get', {}, response => response.text());
    await attempt('tag', {}, field('ETag'));
    await attempt('cache', {}, field('X-Cache'));
    const tag = await fetch(key).then(field('ETag'), () => '"none"');
    await attempt('known', {headers: {'If-None-Match': tag}, cache: 'no-store'}, field('ETag'));
    await attempt('put', {method: 'PUT', body: 'changed', headers: {'If-Match': tag}}, field('ETag'));
    await attempt('post', {method: 'POST', body: 'posted'}, field('ETag'));
    await attempt('token', {headers: {Authorization: 'Bearer secret'}}, response => response.text());
    await attempt('delete', {method: 'DELETE'}, () => '');
    document.getElementById('seen').textContent = seen.join(';');
})();
</script>
PAGE
}

# visit ADDRESS: puts such a page on the other server, and prints what it saw.
visit() {
    write_page "$1" | ask -X PUT --data-binary @- "http://$elsewhere/page:visit" >/dev/null
    browse "http://$elsewhere/page:visit" --dump-dom |
        sed -n 's|.*<pre id="seen">\(.*\)</pre>.*|\1|p' | tr ';' '\n'
}

# saw NAME: the line of the last visit with that name.
saw() { grep "^$1 " <<<"$seen" || true; }

value_at() { ask "http://$1/greeting" -H 'Authorization: Bearer secret'; }

front_page() {
    local page pictures="$option_pictures"
    start_nearcache "$option_binary" --log-level debug
    page="$(browse "http://$http_address/" --dump-dom)"
    expect "the front page has a title" '*<title>nearcache</title>*' "$page"
    expect "it shows the address that was asked" "*curl -i http://$http_address/greeting<*" "$page"
    expect "it shows where Redis clients connect" \
        "*redis-cli -h 127.0.0.1 -p $(port_of "$resp_address") GET greeting<*" "$page"
    expect "no key is asked for, not even an icon" 0 \
        "$(grep -c 'key=' "$servers_dir/nearcache.log" || true)"
    if [[ -n "$pictures" ]]; then
        mkdir -p "$pictures"
        browse "http://$http_address/" --screenshot="$pictures/light.png" --window-size=1000,1300
        browse "http://$http_address/" --screenshot="$pictures/dark.png" --window-size=1000,1300 \
            --blink-settings=preferredColorScheme=0
        browse "http://$http_address/" --screenshot="$pictures/phone.png" --window-size=500,1500
    fi
    stop_server "$nearcache_pid"
}

allowed_origin() {
    start_nearcache "$option_binary" --http-cors-origin "http://$elsewhere"
    ask -X PUT --data-binary hello "http://$http_address/greeting"
    seen="$(visit "$http_address")"
    expect "a page of an allowed origin reads a value" 'get 200 hello' "$(saw get)"
    expect "and its ETag" 'tag 200 "????????????????"' "$(saw tag)"
    # The browser keeps it, too, with what was said of it then.
    expect "and where it came from" 'cache 200 [HM]I*' "$(saw cache)"
    expect "it asks whether a value has changed" 'known 304 "????????????????"' "$(saw known)"
    expect "it writes, after a preflight" 'put 204 "????????????????"' "$(saw put)"
    expect "it posts" 'post 204 "????????????????"' "$(saw post)"
    expect "it sends a token, after a preflight" 'token 200 posted' "$(saw token)"
    expect "it deletes" 'delete 204 ' "$(saw delete)"
    stop_server "$nearcache_pid"
}

guarded_by_token() {
    start_nearcache "$option_binary" --http-cors-origin '*' --http-token secret
    ask -X PUT --data-binary hello -H 'Authorization: Bearer secret' "http://$http_address/greeting"
    seen="$(visit "$http_address")"
    expect "where any origin is allowed a page may read why it is not" 'get 401 *token is needed' \
        "$(saw get)"
    expect "with the token it reads a value, for a preflight needs none" 'token 200 hello' \
        "$(saw token)"
    expect "what it wrote without the token is not there" hello "$(value_at "$http_address")"
    stop_server "$nearcache_pid"
}

other_origin() {
    start_nearcache "$option_binary" "$@"
    ask -X PUT --data-binary hello "http://$http_address/greeting"
    seen="$(visit "$http_address")"
    for what in get tag cache known put post token delete; do
        expect "a page of an origin that is not allowed (${*:-none is}): $what" "$what refused" \
            "$(saw "$what")"
    done
    expect "and nothing has changed" hello "$(value_at "$http_address")"
    stop_server "$nearcache_pid"
}

start_nearcache "$option_binary" --cache-rule 'prefix=page:,content_type=text/html'
elsewhere="$http_address"
front_page
allowed_origin
guarded_by_token
other_origin
other_origin --http-cors-origin https://app.example
finish
