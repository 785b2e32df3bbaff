# The rules of scripts/check-layers.sh: reads CMakeLists.txt files, then sources, and prints every
# breach as "file:line: what". Plain awk: bare systems have mawk.

BEGIN {
    # The most that a layer's USES may name. Layers not listed here are bound by their USES alone.
    plan["base"] = ""
    plan["resp"] = plan["net"] = plan["cache_store"] = "base"
    plan["backend"] = "resp net base"
    plan["cache"] = "cache_store backend resp net base"
    plan["http"] = plan["resp_server"] = "cache resp net base"

    # Of some layers a neighbour may include only these headers.
    part["cache", "backend"] = "backend.hpp invalidation.hpp"
    part["http", "cache"] = part["resp_server", "cache"] = "cache_service.hpp config.hpp directives.hpp"
}

function report(what, where) {
    printf "%s: %s\n", (where == "" ? FILENAME ":" FNR : where), what
    breaches++
}

function holds(list, word) { return index(" " list " ", " " word " ") > 0 }
function folder_of(path) { return sub(/\/[^\/]*$/, "", path) ? path : "." }
function matches(path, pattern) { return path ~ ("^" pattern) }

# The layer whose folder is the nearest above the path; "" when there is none.
function layer_of(path) {
    while (sub(/\/[^\/]*$/, "", path)) {
        if (path in layer_in) return layer_in[path]
    }
    return ""
}

function exists(path,    line, there) {
    if (!(path in known_files)) {
        there = (getline line < path)
        close(path)
        known_files[path] = (there >= 0)
    }
    return known_files[path]
}

# Outside libraries, each in its place.
function check_outside(header, layer, file) {
    if (header ~ /^boost\/beast/ && layer != "http") {
        report("Beast belongs in http")
    }
    if (header ~ /^boost\/asio/ && holds("base resp cache_store", layer)) {
        report("Asio stays out of " layer)
    }
    if (layer == "base" && header ~ /^boost\// && header !~ /^boost\/system\//) {
        report("of Boost, base may include Boost.System only")
    }
    if (header ~ /^hiredis\// && !matches(file, "backend/redis/codec[^/]*$")) {
        report("hiredis belongs in backend/redis/codec")
    }
    if (header ~ /^yaml-cpp\// && file !~ /^app\//) report("yaml-cpp belongs in app")
    if (header ~ /^CLI\// && file !~ /^app\//) report("CLI11 belongs in app")
    if (header ~ /^boost\/(json|url)/ && layer != "http") {
        report("Boost.JSON and Boost.URL belong in http")
    }
    if (header ~ /^(openssl\/|boost\/asio\/ssl)/ && !matches(file, "net/tls[^/]*$")) {
        report("OpenSSL belongs in net/tls")
    }
    if (header ~ /^spdlog\// && !matches(file, "base/log[^/]*$")) {
        report("spdlog belongs in base/log")
    }
    if (header ~ /^xxh/ && !matches(file, "base/hash[^/]*$")) {
        report("xxHash belongs in base/hash")
    }
    if (header ~ /^(doctest|benchmark)\//) report(header " belongs in tests")
}

function check_ours(header, layer,    owner, allowed, name) {
    if (!exists(header)) {
        report("no such file from the project's root: \"" header "\"")
        return
    }
    owner = layer_of(header)
    if (owner == layer) return
    if (owner == "") {
        report("\"" header "\" belongs to no layer")
        return
    }
    if (!holds(uses[layer], owner)) {
        report(layer " may not include " owner " (\"" header "\"; it uses: " uses[layer] ")")
        return
    }
    if (!((layer, owner) in part)) return
    allowed = part[layer, owner]
    name = substr(header, length(layer_folder[owner]) + 2)
    if (!holds(allowed, name)) {
        sub(/ /, " and ", allowed)
        report(layer " may include of " owner " only " allowed ", not \"" header "\"")
    }
}

# --- CMakeLists.txt: collects the words of add_layer(...), which may span lines.

function end_layer(text,    words, count, i, name, section) {
    count = split(text, words, /[ \t()]+/)
    name = ""
    section = ""
    for (i = 1; i <= count; i++) {
        if (words[i] == "" || words[i] == "add_layer") continue
        if (name == "") {
            name = words[i]
            uses[name] = ""
            layer_in[folder_of(FILENAME)] = name
            layer_folder[name] = folder_of(FILENAME)
            place[name] = FILENAME ":" FNR
        } else if (words[i] ~ /^(SOURCES|USES|LINKS|PCH)$/) {
            section = words[i]
        } else if (section == "USES") {
            uses[name] = uses[name] (uses[name] == "" ? "" : " ") words[i]
        } else if (section == "PCH" && words[i] ~ /^</) {
            gsub(/[<>]/, "", words[i])
            check_outside(words[i], name, FILENAME)
        }
    }
}

FILENAME ~ /CMakeLists\.txt$/ {
    sub(/#.*/, "")
    if (FILENAME != previous) {
        collecting = ""
        previous = FILENAME
    }
    if ($0 ~ /^[ \t]*add_layer[ \t]*\(/) collecting = " "
    if (collecting == "") next
    collecting = collecting " " $0
    if ($0 ~ /\)/) {
        end_layer(collecting)
        collecting = ""
    }
    next
}

# --- Sources.

FNR == 1 {
    own = layer_of(FILENAME)
    if (own == "") report("is in a folder of no layer (no add_layer in its CMakeLists.txt)")
}
own == "" { next }

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    check_ours(quoted[2], own)
    next
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    header = $0
    sub(/^[^<]*</, "", header)
    sub(/>.*/, "", header)
    if (layer_of(header) != "" && exists(header)) {
        report("ours are included in quotes: <" header ">")
    }
    check_outside(header, own, FILENAME)
}

# --- The graph of USES.

function visit(name,    i, count, next_ones) {
    if (state[name] == "done") return
    if (state[name] == "open") {
        report("USES has a cycle through " name, place[name])
        return
    }
    state[name] = "open"
    count = split(uses[name], next_ones, " ")
    for (i = 1; i <= count; i++) {
        if (next_ones[i] in uses) visit(next_ones[i])
    }
    state[name] = "done"
}

END {
    for (name in uses) {
        layers++
        visit(name)
        count = split(uses[name], neighbours, " ")
        for (i = 1; i <= count; i++) {
            if (!(neighbours[i] in uses)) {
                report("USES names no layer: " neighbours[i], place[name])
            } else if (name in plan && !holds(plan[name], neighbours[i])) {
                report("the floor plan does not let " name " use " neighbours[i], place[name])
            }
        }
    }
    if (breaches) exit 1
    printf "ok: %d layers, %d files\n", layers, ARGC - 1
}
