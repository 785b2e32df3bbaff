#!/usr/bin/env bash
# Checks the HTTP door: statuses, which bytes a key is made of, what is cached, the limits, and that
# connections are kept and pipelined.
#
#   scripts/test-http.sh [--http HOST:PORT] [--resp HOST:PORT] [--redis HOST:PORT]
#
# The server's limits on sizes are taken to be the defaults.
set -euo pipefail
# shellcheck source=scripts/lib-scenario.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-scenario.sh"
begin_scenario "" "$@"

expect_http() { # WHAT STATUS METHOD TARGET [curl's options]
    local what="$1" status="$2"
    shift 2
    http "$@"
    expect "$what" "$status" "$http_status"
}

expect_raw_status() { # WHAT STATUS FORMAT: sent as it stands; the first line of the answer counts
    local answer
    answer="$(exchange "$option_http" "$3" | tr -d '\0' | head -n 1 | tr -d '\r')"
    expect_match "$1" "HTTP/1.? $2 *" "$answer"
}

reading() {
    local key="${prefix}read"
    redis_cli SET "$key" "the value" >/dev/null
    expect_http "GET of a key in Redis" 200 GET "/$key"
    expect "its bytes" "the value" "$http_body"
    expect "first time it is a miss" MISS "$(http_header X-Cache)"
    expect_match "Cache-Status says so" "*fwd=*" "$(http_header Cache-Status)"
    expect_http "GET again" 200 GET "/$key"
    expect "now it is a hit" HIT "$(http_header X-Cache)"
    expect_match "Cache-Status says so" "*hit*" "$(http_header Cache-Status)"
    expect_http "the same key by /proxy?key=" 200 GET "/proxy?key=$key"
    expect "its bytes" "the value" "$http_body"
    expect "from the same cache" HIT "$(http_header X-Cache)"
    expect "and by RESP" "the value" "$(proxy_cli GET "$key")"

    expect_http "HEAD" 200 HEAD "/$key"
    expect "HEAD says how long it is" 9 "$(http_header Content-Length)"
    expect_http "GET of a key that is nowhere" 404 GET "/${prefix}none"
    expect "has an empty body" "" "$http_body"
    expect_http "HEAD of a key that is nowhere" 404 HEAD "/${prefix}none"
    redis_cli SET "${prefix}empty" "" >/dev/null
    expect_http "an empty value is a value" 200 GET "/${prefix}empty"
    expect "of no bytes" 0 "$(http_header Content-Length)"
}

writing() {
    local key="${prefix}write"
    expect_http "PUT" 201 PUT "/$key" --data-binary "put here"
    expect "Redis has it" "put here" "$(redis_cli GET "$key")"
    expect_http "GET shows it" 200 GET "/$key"
    expect "its bytes" "put here" "$http_body"
    expect_http "POST" 204 POST "/$key" --data-binary "posted here"
    expect "at once visible by RESP" "posted here" "$(proxy_cli GET "$key")"
    expect "and by HTTP" "posted here" "$(get_by http "$key")"
    proxy_cli SET "$key" "set here" >/dev/null
    expect "a SET by RESP is at once visible by HTTP" "set here" "$(get_by http "$key")"

    expect_http "PUT with ?ttl=100" 204 PUT "/$key?ttl=100" --data-binary "for a while"
    expect_match "is a time to live in Redis" "[1-9]*" "$(redis_cli TTL "$key")"
    expect_http "PUT without one" 204 PUT "/$key" --data-binary "for ever"
    expect "ends it" -1 "$(redis_cli TTL "$key")"
    expect_http "a ttl that is none" 400 PUT "/$key?ttl=soon" --data-binary x

    expect_http "DELETE" 204 DELETE "/$key"
    expect "Redis has it no more" 0 "$(redis_cli EXISTS "$key")"
    expect_http "GET sees it gone" 404 GET "/$key"
    expect_http "DELETE again" 404 DELETE "/$key"
    expect_http "PUT of a key known to be absent" 201 PUT "/$key" --data-binary "back"
    expect "is seen at once" "back" "$(get_by http "$key")"
}

bytes() {
    local name
    expect_http "percent-encoded bytes" 201 PUT "/${prefix}a%20b%2Fc%25" --data-binary escaped
    expect "are decoded once" escaped "$(redis_cli GET "${prefix}a b/c%")"
    expect_http "a plus is a plus" 201 PUT "/${prefix}a+b" --data-binary plus
    expect "in the key" plus "$(redis_cli GET "${prefix}a+b")"
    expect_http "slashes" 201 PUT "/${prefix}a/b//c/" --data-binary slashes
    expect "belong to the key" slashes "$(redis_cli GET "${prefix}a/b//c/")"
    expect_http "dots" 201 PUT "/${prefix}a/../b" --data-binary dots
    expect "are no steps up" dots "$(redis_cli GET "${prefix}a/../b")"
    expect_http "a key in UTF-8" 201 PUT "/${prefix}%C3%A4" --data-binary umlaut
    expect "is its bytes" umlaut "$(redis_cli GET "${prefix}ä")"
    expect_http "a wrong escape" 400 GET "/${prefix}%zz"
    expect_http "half an escape" 400 GET "/${prefix}%4"

    name="${prefix}binary%00%0D%0A%FF"
    printf 'a\000b\r\n\377' >"$workspace/value"
    expect_http "any byte in a key" 201 PUT "/$name" --data-binary "@$workspace/value"
    http GET "/$name"
    expect_bytes "and any byte in a value" 'a\000b\r\n\377' <"$workspace/body"
    expect_http "that key deleted" 204 DELETE "/$name"

    head -c 3000000 /dev/urandom >"$workspace/value"
    expect_http "a value of 3 MB" 201 PUT "/${prefix}large" --data-binary "@$workspace/value" \
        --header "Content-Type: application/octet-stream"
    http GET "/${prefix}large"
    cmp -s "$workspace/value" "$workspace/body" || fail "3 MB came back changed"
    ok "comes back whole"
    expect_http "a body in chunks" 201 PUT "/${prefix}chunks" --data-binary "in pieces" \
        --header "Transfer-Encoding: chunked"
    expect "is put together" "in pieces" "$(redis_cli GET "${prefix}chunks")"
}

conditions() {
    local key="${prefix}version" first second
    expect_http "PUT if there is none" 201 PUT "/$key" --data-binary one --header 'If-None-Match: *'
    first="$(http_header ETag)"
    expect_http "PUT again if there is none" 412 PUT "/$key" --data-binary two \
        --header 'If-None-Match: *'
    expect_http "GET" 200 GET "/$key"
    expect "has the tag of what was put" "$first" "$(http_header ETag)"
    expect_http "GET of who has it" 304 GET "/$key" --header "If-None-Match: $first"
    expect "sends nothing" "" "$http_body"
    expect_http "PUT over what one has seen" 204 PUT "/$key" --data-binary two \
        --header "If-Match: $first"
    second="$(http_header ETag)"
    expect_http "PUT over what one has not" 412 PUT "/$key" --data-binary three \
        --header "If-Match: $first"
    expect "Redis has what was put last" two "$(redis_cli GET "$key")"
    expect_http "GET of who has an older one" 200 GET "/$key" --header "If-None-Match: $first"
    redis_cli SET "$key" "set elsewhere" >/dev/null
    expect_http "PUT over what somebody else has changed" 412 PUT "/$key" --data-binary three \
        --header "If-Match: $second"
    expect_http "DELETE of it" 412 DELETE "/$key" --header "If-Match: $second"
    expect_http "a range" 206 GET "/$key" --range 4-
    expect "is that part" elsewhere "$http_body"
    expect_http "a range that is not there" 416 GET "/$key" --range 100-
    expect_http "a write without a body" 411 PUT "/$key"
}

json_commands() {
    local key="${prefix}json"
    json() { http POST "$1" --header 'Content-Type: application/json' --data-binary "$2"; }
    json / "[\"SET\",\"$key\",\"said in JSON\"]"
    expect "SET in JSON" '{"result":"OK"}' "$http_body"
    expect "Redis has it" "said in JSON" "$(redis_cli GET "$key")"
    json /pipeline "[[\"GET\",\"$key\"],[\"STRLEN\",\"$key\"],[\"GET\",\"${prefix}none\"]]"
    expect "several" '[{"result":"said in JSON"},{"result":12},{"result":null}]' "$http_body"
    http GET "/?keys=$key,${prefix}none"
    expect "several keys" "{\"$key\":\"said in JSON\",\"${prefix}none\":null}" "$http_body"
}

errors() {
    local method long
    for method in PATCH TRACE; do
        expect_http "$method of a key is not allowed" 405 "$method" "/${prefix}x"
        expect_match "and the answer says what is" "*GET*" "$(http_header Allow)"
    done
    expect_http "OPTIONS tells what is" 204 OPTIONS "/${prefix}x"
    expect_match "in Allow" "*DELETE*" "$(http_header Allow)"
    redis_cli LPUSH "${prefix}list" x >/dev/null
    expect_http "GET of what is no string" 409 GET "/${prefix}list"
    expect_http "/proxy?... without a key" 400 GET "/proxy?other=x"

    expect_raw_status "nonsense" 400 'nonsense\r\n\r\n'
    expect_raw_status "a body above the limit" 413 \
        "PUT /${prefix}x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"
    long="$(printf '%010000d' 0)"
    expect_raw_status "a target above the limit" 414 "GET /$long HTTP/1.1\r\nHost: x\r\n\r\n"
    expect_raw_status "a header above the limit" 431 \
        "GET /${prefix}x HTTP/1.1\r\nHost: x\r\nX-A: $long$long\r\n\r\n"
    expect "nothing was stored by all that" 0 "$(redis_cli EXISTS "${prefix}x")"
}

connections() {
    local n url requests="" i bodies=""
    url="http://$option_http/${prefix}kept"
    redis_cli SET "${prefix}kept" yes >/dev/null
    n="$(ask_curl --output /dev/null --write-out '%{num_connects}\n' "$url" \
        --next --silent --noproxy '*' --output /dev/null --write-out '%{num_connects}\n' "$url" |
        awk '{ sum += $1 } END { print sum }')"
    expect "two requests share a connection" 1 "$n"

    for ((i = 1; i <= 20; i++)); do
        redis_cli SET "${prefix}p$i" "<value $i>" >/dev/null
        requests+="GET /${prefix}p$i HTTP/1.1\r\nHost: x\r\n\r\n"
        bodies+="<value $i>"
        # Hits between the misses must wait their turn.
        requests+="GET /${prefix}kept HTTP/1.1\r\nHost: x\r\n\r\n"
        bodies+="yes"
    done
    requests+="GET /${prefix}kept HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    expect "41 requests in one write are answered in order" "${bodies}yes" \
        "$(exchange "$option_http" "$requests" | grep -aoE '<value [0-9]+>|yes' | tr -d '\n')"
    expect_raw_status "HTTP/1.0 is answered and closed" 200 "GET /${prefix}kept HTTP/1.0\r\n\r\n"
}

reading
writing
bytes
conditions
json_commands
errors
connections
