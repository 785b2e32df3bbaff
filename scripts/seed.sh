#!/usr/bin/env bash
# Puts the keys seeded_key1 .. seeded_keyN into Redis, with the values seeded_value1 ..
# seeded_valueN.
#
#   scripts/seed.sh N [--redis HOST:PORT]      default: 127.0.0.1:6379
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_options "redis=127.0.0.1:6379" "$@"
((${#operands[@]} == 1)) || die "how many keys? (--help)"
count="${operands[0]}"
require_number "the number of keys" "$count"
require_programs redis-cli

said="$(awk -v count="$count" 'BEGIN {
    for (i = 1; i <= count; i++) printf "SET seeded_key%d seeded_value%d\r\n", i, i
}' | redis-cli -h "$(host_of "$option_redis")" -p "$(port_of "$option_redis")" --pipe 2>&1)" ||
    die "Redis at $option_redis: $said"
[[ "$said" == *"errors: 0, replies: $count"* ]] || die "Redis at $option_redis: $said"
echo "$count keys are in Redis at $option_redis: seeded_key1 .. seeded_key$count"
