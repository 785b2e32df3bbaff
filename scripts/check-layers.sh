#!/usr/bin/env bash
# Fails on an include that the floor plan does not allow. Each folder's CMakeLists.txt says in its
# add_layer(NAME ... USES ...) line which folders it stands on; what it includes must be its own or
# theirs (not theirs' neighbours), and USES itself must stay within the floor plan, without a cycle.
# Outside libraries have one place each.
#
#   scripts/check-layers.sh [--root DIR]     checks the project, or another copy of it
#   scripts/check-layers.sh --self-test      plants faults in a copy, sees each found
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
rules="$project_root/scripts/check-layers.awk"

list_files() {
    find . \( -path ./build -o -path ./tests -o -path ./cmake -o -path './.?*' \) -prune -o \
        -type f \( -name "$1" -o -name "${2:-$1}" \) -print | sed 's|^\./||' | sort
}

# CMakeLists.txt files go in first: the rules need every layer before they see an include.
check() {
    cd "$1"
    local builds sources
    mapfile -t builds < <(list_files CMakeLists.txt)
    mapfile -t sources < <(list_files '*.hpp' '*.cpp')
    ((${#builds[@]} && ${#sources[@]})) || die "no layers in $1"
    awk -f "$rules" "${builds[@]}" "${sources[@]}"
}

# plant FILE LINE WHY: with the line added to that file, the check must fail and say why.
plant() {
    local file="$copy/$1" line="$2" why="$3" said
    mkdir -p "$(dirname "$file")"
    if [[ -e "$file" ]]; then cp "$file" "$copy.kept"; else rm -f "$copy.kept"; fi
    printf '%s\n' "$line" >>"$file"
    if said="$(check "$copy" 2>&1)" || [[ "$said" != *"$1:"*"$why"* ]]; then
        printf '%s\n' "$said"
        die "self-test: '$line' in $1 was not found out ($why)"
    fi
    rm "$file"
    [[ ! -e "$copy.kept" ]] || mv "$copy.kept" "$file"
    planted=$((planted + 1))
}

self_test() {
    workspace="$(mktemp -d)"
    trap 'rm -rf "$workspace"' EXIT
    copy="$workspace/copy" planted=0
    mkdir "$copy"
    (cd "$project_root" && { list_files '*.hpp' '*.cpp' && list_files CMakeLists.txt; } |
        tar -cf - -T -) | tar -xf - -C "$copy"
    check "$copy" >/dev/null || die "self-test: the project itself does not pass"

    plant base/planted.hpp '#include "cache/config.hpp"' "base may not include cache"
    plant net/planted.hpp '#include "resp/reply_writer.hpp"' "net may not include resp"
    plant cache/store/planted.cpp '#include "cache/config.hpp"' "cache_store may not include cache"
    plant http/planted.cpp '#include "resp_server/config.hpp"' "http may not include resp_server"
    plant resp_server/planted.cpp '#include "backend/backend.hpp"' "may not include backend"
    plant http/planted.cpp '#include "cache/single_flight.hpp"' "may include of cache only"
    plant cache/planted.cpp '#include "backend/config.hpp"' "only backend.hpp and invalidation.hpp"
    plant backend/planted.cpp '#include "link.hpp"' "no such file"
    plant backend/planted.cpp '#include <base/error.hpp>' "in quotes"
    plant net/planted.cpp '#  include <boost/beast/http.hpp>' "Beast"
    plant resp/planted.cpp '#include <boost/asio/buffer.hpp>' "Asio"
    plant backend/redis/planted.cpp '#include <hiredis/hiredis.h>' "hiredis"
    plant http/planted.cpp '#include <yaml-cpp/yaml.h>' "yaml-cpp"
    plant net/planted.cpp '#include <openssl/ssl.h>' "OpenSSL"
    plant http/planted.cpp '#include <boost/asio/ssl.hpp>' "OpenSSL"
    plant resp_server/planted.cpp '#include <boost/json.hpp>' "Boost.JSON"
    plant net/planted.cpp '#include <spdlog/spdlog.h>' "spdlog"
    plant cache/planted.cpp '#include <xxhash.h>' "xxHash"
    plant base/planted.cpp '#include <boost/container/small_vector.hpp>' "Boost.System"
    plant app/planted.cpp '#include <doctest/doctest.h>' "tests"
    plant attic/planted.cpp '#include <string>' "no layer"
    plant base/CMakeLists.txt 'add_layer(base SOURCES error.cpp USES net)' "a cycle"
    plant net/CMakeLists.txt 'add_layer(net SOURCES asio.cpp USES base resp)' "floor plan"
    plant resp/CMakeLists.txt 'add_layer(resp USES base PCH <boost/asio.hpp>)' "Asio"
    echo "ok: $planted planted faults, all found"
}

case "${1:-}" in
    "") check "$project_root" ;;
    --root) check "${2:?--root needs a directory}" ;;
    --self-test) self_test ;;
    -h | --help) print_manual ;;
    *) die "unknown argument: $1" ;;
esac
