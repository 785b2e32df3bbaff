#!/usr/bin/env bash
# Installs what nearcache needs from the distribution's own packages: Debian 12 and 13, Ubuntu
# 24.04. Says and does nothing when everything is there.
#
#   scripts/install-deps.sh [build] [test] [bench] [fuzz]
#
# build (the default): compiler and libraries.  test: redis-server, redis-cli, curl, clang-format,
# python3-redis, node and npm, Chromium.  bench: Google Benchmark and wrk.  fuzz: clang with its
# runtime libraries.  Needs root or sudo, but only when something is missing.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build_packages=(g++ cmake ninja-build pkg-config ca-certificates ccache libhiredis-dev
    libyaml-cpp-dev libcli11-dev libspdlog-dev libssl-dev libxxhash-dev doctest-dev)
test_packages=(redis-server redis-tools curl python3-redis)
bench_packages=(redis-server redis-tools libbenchmark-dev wrk)
oldest_boost=1.81
policy_file=/usr/sbin/policy-rc.d

wanted=()
wants_boost=false
wants_clang_format=false
wants_fuzzer=false
wants_node=false
wants_browser=false

choose_sets() {
    local set
    for set in "${@:-build}"; do
        case "$set" in
            build) wanted+=("${build_packages[@]}") && wants_boost=true ;;
            test)
                wanted+=("${test_packages[@]}")
                wants_clang_format=true
                wants_node=true
                wants_browser=true
                ;;
            bench) wanted+=("${bench_packages[@]}") ;;
            fuzz) wants_fuzzer=true ;;
            *) die "no such set: $set; there are build, test, bench and fuzz" ;;
        esac
    done
}

# Prints those of the named packages that are not installed.
not_installed() {
    local status
    status=" $(dpkg-query -W -f '${Package}=${db:Status-Status} ' "$@" 2>/dev/null || true)"
    local package
    for package in "$@"; do
        [[ "$status" == *" $package=installed "* ]] || printf '%s\n' "$package"
    done
}

at_least() { dpkg --compare-versions "$1" ge "$2"; }

# Boost's headers come in a package with the version in its name, and several may be on offer.
# Prints the version of one that is installed and will do.
installed_boost() {
    local name status
    while read -r name status; do
        [[ "$name" =~ ^libboost([0-9.]+)-dev$ && "$status" == installed ]] || continue
        if at_least "${BASH_REMATCH[1]}" "$oldest_boost"; then
            echo "${BASH_REMATCH[1]}"
            return
        fi
    done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 'libboost1.*-dev' 2>/dev/null)
}

# Since 1.82 Boost.URL is a library of its own. Prints its package for that version of Boost.
boost_url_package() {
    [[ "$1" =~ ^[0-9]+\.[0-9]+ ]] || return 0
    if at_least "${BASH_REMATCH[0]}" 1.82; then echo "libboost-url${BASH_REMATCH[0]}-dev"; fi
}

boost_is_installed() {
    local version url
    version="$(installed_boost)"
    [[ -n "$version" ]] || return 1
    url="$(boost_url_package "$version")"
    [[ -z "$url" || -z "$(not_installed "$url")" ]]
}

candidate_of() {
    apt-cache policy "$1" 2>/dev/null | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# The oldest that will do, then the distribution's own choice, then the newest there is.
boost_on_offer() {
    local name
    for name in "libboost$oldest_boost-dev" libboost-dev; do
        if at_least "$(candidate_of "$name")" "$oldest_boost"; then
            echo "$name"
            return
        fi
    done
    apt-cache pkgnames libboost1. | grep -E '^libboost1\.[0-9]+-dev$' | sort -V | tail -n 1 |
        while read -r name; do
            if at_least "$(candidate_of "$name")" "$oldest_boost"; then echo "$name"; fi
        done
}

# What is missing of Boost; nothing when there is none on offer that will do.
boost_packages() {
    local name version
    version="$(installed_boost)"
    if [[ -z "$version" ]]; then
        name="$(boost_on_offer || true)"
        [[ -n "$name" ]] || return 0
        echo "$name"
        version="$(candidate_of "$name")"
    fi
    boost_url_package "$version"
}

# The project's format is clang-format 14's; where that is not on offer the format is not checked.
clang_format_is_installed() { command -v clang-format-14 >/dev/null; }

# libFuzzer comes with clang's runtime libraries, in a package with clang's version in its name.
fuzzer_packages() {
    local version
    version="$(candidate_of clang)"
    version="${version#*:}"
    printf '%s\n' clang "libclang-rt-${version%%.*}-dev"
}
fuzzer_is_installed() {
    local packages
    mapfile -t packages < <(fuzzer_packages)
    [[ -z "$(not_installed "${packages[@]}")" ]]
}

# Known by their programs: a Node.js that does not come from the distribution has its own npm, and
# the distribution's package would be in its way.
node_is_installed() { command -v node >/dev/null && command -v npm >/dev/null; }

# Ubuntu has Chromium as a snap alone: there pages are not opened in a browser.
browser_is_lacking() {
    ! command -v chromium >/dev/null && [[ -n "$(candidate_of chromium)" ]]
}

as_root() {
    if ((EUID == 0)); then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

# Packages are wanted for their programs: what comes with a service must not start it.
forbid_services() {
    [[ ! -e "$policy_file" ]] || return 0
    trap 'as_root rm -f "$policy_file"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy_file" >/dev/null
    as_root chmod 755 "$policy_file"
}

install_packages() {
    local log
    log="$(mktemp)"
    note "installing: $*"
    # Nothing of the user's may be removed to make room; apt then says what stands in the way.
    if ! as_root apt-get install -y -qq --no-install-recommends --no-remove \
        -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "apt could not install: $*"
    fi
    rm -f "$log"
}

check_offers() {
    local package missing=()
    for package in "$@"; do
        [[ -n "$(candidate_of "$package")" ]] || missing+=("$package")
    done
    ((${#missing[@]} == 0)) ||
        die "apt does not offer: ${missing[*]} (Debian 12, 13, Ubuntu 24.04 with 'universe' do)"
}

main() {
    choose_sets "$@"
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        note "$script_name: no apt here; going on with what is installed"
        return
    fi

    local missing=() boost_missing=false clang_format_missing=false fuzzer_missing=false boost=()
    if ((${#wanted[@]} > 0)); then mapfile -t missing < <(not_installed "${wanted[@]}"); fi
    if $wants_fuzzer && ! fuzzer_is_installed; then fuzzer_missing=true; fi
    if $wants_boost && ! boost_is_installed; then boost_missing=true; fi
    # Worth a look at apt only when something else is missing as well: it may not exist.
    if $wants_clang_format && ! clang_format_is_installed; then clang_format_missing=true; fi
    if $wants_node && ! node_is_installed; then missing+=(nodejs npm); fi
    if $wants_browser && browser_is_lacking; then missing+=(chromium); fi
    if ((${#missing[@]} == 0)) && ! $boost_missing && ! $fuzzer_missing; then return; fi

    ((EUID == 0)) || command -v sudo >/dev/null ||
        die "needs root or sudo to install ${missing[*]}" \
            "$($boost_missing && echo Boost) $($fuzzer_missing && echo clang)"
    as_root apt-get update -qq -o DPkg::Lock::Timeout=300 >/dev/null ||
        note "$script_name: apt-get update failed; trying with the old lists"
    if $boost_missing; then
        mapfile -t boost < <(boost_packages)
        ((${#boost[@]} > 0)) || die "apt offers no Boost >= $oldest_boost"
        missing+=("${boost[@]}")
    fi
    if $clang_format_missing && [[ -n "$(candidate_of clang-format-14)" ]]; then
        missing+=(clang-format-14)
    fi
    # What is on offer may be known only now.
    if $wants_browser && browser_is_lacking && [[ " ${missing[*]} " != *" chromium "* ]]; then
        missing+=(chromium)
    fi
    if $fuzzer_missing; then mapfile -t -O "${#missing[@]}" missing < <(fuzzer_packages); fi
    check_offers "${missing[@]}"

    local brings_redis=false
    if [[ " ${missing[*]} " == *" redis-server "* ]]; then brings_redis=true && forbid_services; fi
    install_packages "${missing[@]}"
    if $brings_redis && command -v systemctl >/dev/null; then
        as_root systemctl disable redis-server >/dev/null 2>&1 || true
    fi
}

if [[ "${1:-}" == -h || "${1:-}" == --help ]]; then
    print_manual
    exit 0
fi
main "$@"
