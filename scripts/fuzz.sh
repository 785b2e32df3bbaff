#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs them side by side, each for so many seconds. Fails
# when one finds something, and names the input that shows it. docs/testing.md says what they check.
#
#   scripts/fuzz.sh [SECONDS]     60 unless told
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_options "" "$@"
((${#operands[@]} <= 1)) || die "takes one number: for how many seconds"
seconds="${operands[0]:-60}"
require_number "SECONDS" "$seconds"

bash "$project_root/scripts/install-deps.sh" build fuzz
if ! command -v clang++ >/dev/null; then
    echo "skipped: no clang here"
    exit 0
fi

cd "$project_root"
parsers=(request_parser reply_framer http_request)
dir=build/fuzz
mkdir -p "$dir"
if ! { cmake --preset fuzz && cmake --build --preset fuzz --parallel "$(build_jobs)"; } \
    >"$dir/build.log" 2>&1; then
    tail -n 40 "$dir/build.log" >&2
    die "the build failed; all of it: $dir/build.log"
fi

# What is found is kept beside the program, and taken up by the next run; what is in the project
# stays as it is.
fuzz() { # PARSER
    mkdir -p "$dir/found/$1" "$dir/crashes"
    "$dir/$1_fuzz" -max_total_time="$seconds" -max_len=512 -timeout=10 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="$dir/crashes/$1-" \
        "$dir/found/$1" "tests/fuzz/corpus/$1" >"$dir/$1.log" 2>&1
}

declare -A running
for parser in "${parsers[@]}"; do
    fuzz "$parser" &
    running[$parser]=$!
done
trap 'kill "${running[@]}" 2>/dev/null || true' EXIT

failed=0
for parser in "${parsers[@]}"; do
    if wait "${running[$parser]}"; then
        runs="$(awk '/^stat::number_of_executed_units:/ { print $2 }' "$dir/$parser.log")"
        echo "$parser: ok, ${runs:-0} inputs in $seconds s"
    else
        failed=1
        grep -E '^(violated:|SUMMARY:|.*ERROR:)' "$dir/$parser.log" || tail -n 20 "$dir/$parser.log"
        input="$(sed -n 's/.*Test unit written to //p' "$dir/$parser.log" | tail -n 1)"
        echo "$parser: FAILED; $dir/${parser}_fuzz ${input:-FILE} shows it again"
    fi
done
trap - EXIT
exit $failed
