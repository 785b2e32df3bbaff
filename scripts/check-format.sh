#!/usr/bin/env bash
# Fails when a source file is not as clang-format 14 would write it; --fix rewrites instead.
# Other versions disagree in details, so where there is no version 14 nothing is checked.
#
#   scripts/check-format.sh [--fix]
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$project_root"

case "${1:-}" in
    "" | --fix) ;;
    -h | --help) print_manual && exit 0 ;;
    *) die "unknown argument: $1" ;;
esac

formatter=""
for candidate in clang-format-14 clang-format; do
    if "$candidate" --version 2>/dev/null | grep -qE 'version 14\.'; then
        formatter="$candidate"
        break
    fi
done
if [[ -z "$formatter" ]]; then
    echo "skipped: no clang-format 14 here"
    exit 0
fi

sources() {
    find . \( -path ./build -o -path './.*' \) -prune -o \
        \( -name '*.hpp' -o -name '*.cpp' \) -print0
}

if [[ "${1:-}" == --fix ]]; then
    sources | xargs -0 -r "$formatter" --style=file -i
    exit 0
fi
wrong="$(sources | xargs -0 -r "$formatter" --style=file --dry-run 2>&1 |
    awk -F: '/clang-format-violations/ { print $1 }' | sort -u)"
[[ -z "$wrong" ]] || die "not formatted (scripts/check-format.sh --fix does it):"$'\n'"$wrong"
echo "ok"
