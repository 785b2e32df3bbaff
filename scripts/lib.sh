# Sourced by every script here: where the project is, how options are read, how a script gives up.
# shellcheck shell=bash

project_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
script_name="$(basename "$0")"

note() { printf '%s\n' "$*" >&2; }

die() {
    note "$script_name: $*"
    exit 1
}

# The comment at the top of the running script is its manual.
print_manual() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0"; }

# read_options "http=127.0.0.1:8080 limit=5" "$@": sets option_http and option_limit from defaults
# and from "--http value" or "--http=value". A dash in a name becomes an underscore. What is no
# option is left in the array `operands`.
read_options() {
    local known=" $1 " pair name value
    shift
    for pair in $known; do
        name="${pair%%=*}"
        printf -v "option_${name//-/_}" '%s' "${pair#*=}"
    done
    operands=()
    while (($#)); do
        case "$1" in
            -h | --help) print_manual && exit 0 ;;
            --?*)
                name="${1#--}" && name="${name%%=*}"
                [[ "$known" == *" $name="* ]] ||
                    die "unknown option --$name (--help shows them all)"
                if [[ "$1" == *=* ]]; then
                    value="${1#*=}"
                else
                    (($# > 1)) || die "--$name needs a value"
                    value="$2" && shift
                fi
                printf -v "option_${name//-/_}" '%s' "$value"
                ;;
            -*) die "unknown option $1 (--help shows them all)" ;;
            *) operands+=("$1") ;;
        esac
        shift
    done
}

# HOST:PORT or [V6]:PORT -> its halves.
host_of() {
    local host="${1%:*}"
    host="${host#[}"
    printf '%s' "${host%]}"
}
port_of() { printf '%s' "${1##*:}"; }

require_number() {
    [[ "$2" =~ ^[1-9][0-9]{0,8}$ ]] || die "$1 must be a number from 1 on, not '$2'"
}

require_programs() {
    local program
    for program in "$@"; do
        command -v "$program" >/dev/null || die "$program is missing: scripts/install-deps.sh test"
    done
}

# Microseconds since some moment; needs no process, so it is cheap in a loop.
now_us() { printf '%s' "${EPOCHREALTIME//[!0-9]/}"; }

# As many compilers at once as there are cores, and memory for: one takes up to 1.5 GB.
build_jobs() {
    local cores by_memory
    cores="$(nproc 2>/dev/null || echo 1)"
    by_memory="$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null)" ||
        by_memory=""
    [[ -n "$by_memory" ]] || by_memory="$cores"
    ((by_memory >= 1)) || by_memory=1
    echo $((cores < by_memory ? cores : by_memory))
}
