# Sourced by the clients that are shell scripts: runs Redis's own programs and prints, as lines that
# are the same in every run, what was asked and what came.
# shellcheck shell=bash

# The programs would read these, too.
unset REDISCLI_AUTH REDISCLI_HISTFILE REDISCLI_RCFILE
export HOME=/nonexistent LC_ALL=C

[[ $# -ge 2 ]] || {
    echo "usage: $0 HOST PORT" >&2
    exit 2
}
host="$1" port="$2"
workspace="$(mktemp -d)"
trap 'rm -rf "$workspace"' EXIT
trap 'exit 143' TERM

cli() { timeout 30 redis-cli -h "$host" -p "$port" "$@"; }

# Answers of one line stand behind the arrow, others below it. redis-cli says how long it waited for
# one when that was half a second, which is the machine's fault.
report() { # WHAT, and the answer on standard input
    local answer
    answer="$(cut -c 1-300 | tr -d '\0' | cat -v | grep -vxE '\([0-9]+\.[0-9]+s\)')"
    if [[ "$answer" == *$'\n'* ]]; then
        printf '%s ->\n' "$1"
        printf '    %s\n' "${answer//$'\n'/$'\n    '}"
    else
        printf '%s -> %s\n' "$1" "$answer"
    fi
}

# all_of COMMAND...: what it writes, its errors after its output, and how it ends if not well.
all_of() {
    local status=0
    "$@" 2>"$workspace/errors" || status=$?
    sed 's/^/stderr: /' "$workspace/errors"
    ((status == 0)) || echo "exit status $status"
}

show() { # redis-cli's words
    all_of cli "$@" </dev/null | report "$*"
}

show_input() { # TEXT redis-cli's words: the text comes by standard input
    local text="$1"
    shift
    # shellcheck disable=SC2059  # the text carries escapes
    printf "$text" | all_of cli "$@" | report "$text | $*"
}

# Numbers that depend on time and machine become N.
without_numbers() { sed -E 's/[0-9]+(\.[0-9]+)?/N/g'; }

# until_says FILE PATTERN: waits for what another process writes, but not for ever.
until_says() {
    local tries
    for ((tries = 0; tries < 500; tries++)); do
        if grep -qE -- "$2" "$1" 2>/dev/null; then return 0; fi
        sleep 0.02
    done
    echo "gave up waiting for $2" | report "$1"
}

# Starts redis-cli in the background with its output in a file; stop_background ends it.
in_background() { # NAME redis-cli's words
    background_file="$workspace/$1"
    shift
    # Here, and not by the child: it might still hold what an earlier one said.
    : >"$background_file"
    # Without timeout in between: it is to be ended by its own process id.
    redis-cli -h "$host" -p "$port" "$@" >"$background_file" 2>&1 </dev/null &
    background_pid=$!
}

stop_background() {
    kill "$background_pid" 2>/dev/null
    wait "$background_pid" 2>/dev/null
    return 0
}
