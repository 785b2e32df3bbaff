#!/usr/bin/env bash
# Checks that of more requests at once than the server allows exactly the excess is refused, at
# once, and the others are served: by each door and by both together. Redis is made to stall, so
# that all are in flight at the same time.
#
#   scripts/test-denied-concurrent-above-limit.sh [--http HOST:PORT] [--resp HOST:PORT]
#       [--redis HOST:PORT] [--limit N] [--excess K] [--pause SECONDS]
#
# --limit (5) is the server's limits.max_in_flight (--max-connections), --excess (3) how many more
# come. --pause (3) is how long Redis stalls: less than the server's patience with it (5 s), and
# long enough to start that many clients.
set -euo pipefail
# shellcheck source=scripts/lib-scenario.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-scenario.sh"
begin_scenario "limit=5 excess=3 pause=3" "$@"
require_number "--limit" "$option_limit"
require_number "--excess" "$option_excess"
require_number "--pause" "$option_pause"
everyone=$((option_limit + option_excess))

check_denied() { # DOOR
    prepare_burst "$everyone"
    redis_cli CLIENT PAUSE $((option_pause * 1000)) >/dev/null
    local wakes=$(($(now_us) + option_pause * 1000000))
    burst "$everyone" "$1"
    await_burst "$option_excess" $((option_pause - 1))
    # Whoever else would be refused wrongly gets the time to be.
    sleep 0.3
    local refused finished
    refused="$(burst_count refused)" finished="$(burst_finished)"
    (($(now_us) < wakes)) ||
        fail "$1: Redis woke before $everyone clients were started: use --pause"
    expect "$1: of $everyone at once exactly $option_excess are refused at once" \
        "$option_excess" "$refused"
    expect "$1: and the other $option_limit wait for Redis" "$option_excess" "$finished"

    await_burst "$everyone" $((option_pause + 10))
    expect "$1: who are all served when it wakes" "$option_limit" "$(burst_count served)"
    expect "$1: nobody got anything else" "$option_excess" "$(burst_count refused)"
    wait
}

for door in http resp mixed; do check_denied "$door"; done

prepare_burst "$option_limit"
burst "$option_limit" mixed
await_burst "$option_limit" 10
expect "afterwards $option_limit at once are served again" "$option_limit" "$(burst_count served)"
