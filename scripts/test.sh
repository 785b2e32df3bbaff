#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test: format and layers, unit tests, integration
# tests, scenario scripts, the clients of Redis and a browser, against a real redis-server. One line a
# step; the last line counts.
#
#   scripts/test.sh [--sanitizers]
#
# --sanitizers (also with CI=true in the environment) builds and runs unit and integration tests
# under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer, too, and fuzzes
# the parsers for a minute. Logs are kept in build/test-logs.
set -uo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

with_sanitizers=false
[[ "${CI:-}" != true ]] || with_sanitizers=true
for argument in "$@"; do
    case "$argument" in
        --sanitizers) with_sanitizers=true ;;
        -h | --help) print_manual && exit 0 ;;
        *) die "unknown argument: $argument" ;;
    esac
done

cd "$project_root" || exit 1
logs="$project_root/build/test-logs"
rm -rf "$logs"
mkdir -p "$logs"
passed=0 failed=0

# result STEP PASSED FAILED SECONDS [REMARK]
result() {
    local verdict=ok
    (($3 == 0)) || verdict=FAILED
    printf '%-28s %-6s %5d passed %3d failed %5d s  %s\n' "$1" "$verdict" "$2" "$3" "$4" "${5:-}"
    passed=$((passed + $2))
    failed=$((failed + $3))
    if (($3 > 0)); then show_log "$1"; fi
}

log_of() { printf '%s/%s.log' "$logs" "${1//[ \/]/-}"; }

# What a reader needs of a failed step's log: the failures when they can be told, else its end.
show_log() {
    local log excerpt
    log="$(log_of "$1")"
    excerpt="$(grep -nE 'error:|ERROR|FAIL|WARNING: ThreadSanitizer|SUMMARY:' "$log" | head -n 15)"
    printf '%s\n---\n%s\n' "$excerpt" "$(tail -n 25 "$log")" | sed 's/^/    | /'
    echo "    | all of it: ${log#"$project_root"/}"
}

# check STEP COMMAND...: one test, passed when the command succeeds.
check() {
    local step="$1" started=$SECONDS remark=""
    shift
    if "$@" >"$(log_of "$step")" 2>&1; then
        remark="$(grep -m 1 '^skipped' "$(log_of "$step")")"
        if [[ -n "$remark" ]]; then
            printf '%-28s %s\n' "$step" "$remark"
        else
            result "$step" 1 0 $((SECONDS - started))
        fi
    else
        result "$step" 0 1 $((SECONDS - started))
        return 1
    fi
}

# In CI a warning is an error. By hand it is not, so that scripts/run.sh and this share object files.
build() { # PRESET
    local werror=OFF
    [[ "${CI:-}" != true ]] || werror=ON
    cmake --preset "$1" -DNEARCACHE_WERROR="$werror" -DNEARCACHE_TESTS=ON &&
        cmake --build --preset "$1" --parallel "$(build_jobs)"
}

# Under ThreadSanitizer an address space laid out at random can be in its way.
without_random_layout() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        setarch "$(uname -m)" -R "$@"
    else
        "$@"
    fi
}

# doctest_program STEP LIMIT PROGRAM [ENVIRONMENT...]: counts its test cases. A crash, a time-out
# and a sanitizer's report (of the servers it starts, too) are failures even where no test noticed.
doctest_program() {
    local step="$1" limit="$2" program="$3" started=$SECONDS log reports summary ok=0 bad=0 status
    shift 3
    log="$(log_of "$step")"
    reports="$log.report"
    if [[ ! -x "$program" ]]; then
        echo "$program was not built" >"$log"
        result "$step" 0 1 0
        return
    fi
    local common="log_path=$reports:halt_on_error=1:second_deadlock_stack=1:print_stacktrace=1"
    without_random_layout env ASAN_OPTIONS="$common:detect_stack_use_after_return=1" \
        UBSAN_OPTIONS="$common" TSAN_OPTIONS="$common" LSAN_OPTIONS="log_path=$reports" "$@" \
        timeout -k 10 "$limit" "$program" --no-colors=true </dev/null >"$log" 2>&1
    status=$?
    summary="$(grep -E '^\[doctest\] test cases:' "$log" | tail -n 1)"
    if [[ "$summary" =~ \|\ *([0-9]+)\ passed\ *\|\ *([0-9]+)\ failed ]]; then
        ok="${BASH_REMATCH[1]}" bad="${BASH_REMATCH[2]}"
    fi
    if ((status != 0 && bad == 0)); then
        echo "ERROR: ended with status $status (124: after $limit s)" >>"$log"
        bad=1
    fi
    if compgen -G "$reports*" >/dev/null; then
        cat "$reports"* >>"$log"
        bad=$((bad + 1))
    fi
    if ((ok + bad == 0)); then
        echo "ERROR: no test ran" >>"$log"
        bad=1
    fi
    result "$step" "$ok" "$bad" $((SECONDS - started))
}

# Both test programs of one preset; sanitizers are slow, so there the loads are smaller and the
# patience is longer.
run_tests() { # PRESET SCALE SLOW
    local dir="$project_root/build/$1"
    check "$1 build" build "$1" || return
    doctest_program "$1 unit" $((300 * $3)) "$dir/nearcache_unit"
    doctest_program "$1 integration" $((400 * $3)) "$dir/nearcache_integration" \
        NEARCACHE_BINARY="$dir/nearcache" NEARCACHE_TEST_SCALE="$2" NEARCACHE_TEST_SLOW="$3"
}

# counted STEP SCRIPT: a script whose last line says how many "passed, ... failed".
counted() {
    local step="$1" started=$SECONDS log
    log="$(log_of "$step")"
    bash "scripts/$2.sh" --binary "$project_root/build/release/nearcache" >"$log" 2>&1
    local status=$? ok=0 bad=0
    if [[ "$(tail -n 1 "$log")" =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        ok="${BASH_REMATCH[1]}" bad="${BASH_REMATCH[2]}"
    fi
    if ((status != 0 && bad == 0)); then bad=1; fi
    result "$step" "$ok" "$bad" $((SECONDS - started)) "$(skipped_in "$log")"
}

# The names of those that a log says were skipped, in one remark.
skipped_in() {
    sed -n 's/^\([^ ]*\)  *skipped: .*/\1/p' "$1" | paste -s -d ' ' | sed 's/./skipped: &/'
}

bash scripts/install-deps.sh build test || die "cannot install what the tests need"
check "check-format" bash scripts/check-format.sh
check "check-layers" bash scripts/check-layers.sh
check "check-layers self-test" bash scripts/check-layers.sh --self-test
run_tests release 1 1
counted scenarios test-all-scenarios
counted clients test-clients
counted browser test-browser
if $with_sanitizers; then
    run_tests asan 10 3
    run_tests tsan 10 5
    check "fuzz" bash scripts/fuzz.sh
fi

echo "$passed passed, $failed failed"
((failed == 0))
