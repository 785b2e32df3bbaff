#!/usr/bin/env bash
# Starts nearcache under the names that older Redis proxies use, building it first where it is
# missing. Every flag goes to the program as it stands (see --help); among them, in any order and as
# "--name value" or "--name=value":
#
#   --proxy-host --proxy-port    where HTTP is served; an empty host means all addresses
#   --tcp-host --tcp-port        where RESP is served; the same
#   --redis-host --redis-port    the Redis behind it; without them the store inside the process
#   --cache-size N --ttl SECONDS --max-connections N
set -euo pipefail

root="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)"
program="$root/build/release/nearcache"

if [[ ! -x "$program" ]]; then
    program="$(bash "$root/scripts/build.sh" | tail -n 1)"
fi

exec "$program" "$@"
