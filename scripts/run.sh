#!/usr/bin/env bash
# Installs what is missing, builds nearcache and runs it: on its own in-process store, or in front
# of a Redis when given one. Prints the addresses and three commands to try.
#
#   scripts/run.sh [--backend redis://HOST:PORT] [any other flag of nearcache; --help shows them]
set -euo pipefail
here="$(dirname "${BASH_SOURCE[0]}")"

program="$(bash "$here/build.sh" | tail -n 1)"
exec "$program" --banner "$@"
