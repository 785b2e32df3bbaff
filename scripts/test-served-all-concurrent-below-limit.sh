#!/usr/bin/env bash
# Checks that as many requests at once as the server allows are all served, by each door and by both
# together: Redis is made to stall, so that all of them are in flight at the same time.
#
#   scripts/test-served-all-concurrent-below-limit.sh [--http HOST:PORT] [--resp HOST:PORT]
#       [--redis HOST:PORT] [--limit N] [--pause SECONDS]
#
# --limit (5) is the server's limits.max_in_flight (--max-connections). --pause (2) is how long
# Redis stalls: less than the server's patience with it (5 s), and long enough to start that many
# clients.
set -euo pipefail
# shellcheck source=scripts/lib-scenario.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-scenario.sh"
begin_scenario "limit=5 pause=2" "$@"
require_number "--limit" "$option_limit"
require_number "--pause" "$option_pause"

check_served() { # DOOR
    prepare_burst "$option_limit"
    redis_cli CLIENT PAUSE $((option_pause * 1000)) >/dev/null
    burst "$option_limit" "$1"
    await_burst 1 $((option_pause - 1))
    expect "$1: $option_limit at once all wait while Redis stalls" 0 "$(burst_finished)"
    await_burst "$option_limit" $((option_pause + 10))
    expect "$1: and are all served when it wakes" "$option_limit" "$(burst_count served)"
    wait
}

for door in http resp mixed; do check_served "$door"; done

# Nothing of a finished request is left behind: the same number fits again and again.
for round in 1 2 3; do
    prepare_burst "$option_limit"
    burst "$option_limit" mixed
    await_burst "$option_limit" 10
    expect "round $round without a stall: all served" "$option_limit" "$(burst_count served)"
    wait
done
