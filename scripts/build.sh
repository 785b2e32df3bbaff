#!/usr/bin/env bash
# Builds nearcache (Release) after installing what that needs. Quiet: the program's path is the last
# line on standard output; what the compiler says goes to build/release/build.log.
#
#   scripts/build.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
read_options "" "$@"
((${#operands[@]} == 0)) || die "takes no arguments"

bash "$project_root/scripts/install-deps.sh" build
build_dir="$project_root/build/release"
log="$build_dir/build.log"
mkdir -p "$build_dir"
cd "$project_root"

# Only the program, not the tests: they would double the time until it runs.
build_program() {
    # A configured tree is left as it is, so that this and the tests share their object files.
    if [[ ! -f "$build_dir/build.ninja" ]]; then cmake --preset release || return; fi
    cmake --build "$build_dir" --target nearcache --parallel "$(build_jobs)"
}

[[ -x "$build_dir/nearcache" ]] ||
    note "building nearcache: takes some minutes (build/release/build.log)"
if ! build_program >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    die "the build failed; all of it: $log"
fi
printf '%s\n' "$build_dir/nearcache"
