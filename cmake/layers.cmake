# One target a folder. A layer names its sources and its neighbours; scripts/check-layers.sh reads
# the same USES lines and fails on an include that they do not allow.

set(NEARCACHE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Woverloaded-virtual
    -Wcast-align -Wunused -Wconversion -Wsign-conversion -Wnull-dereference -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False alarms of g++: awaitable frames (12), inlined std::string and optional (12, 13).
    list(APPEND NEARCACHE_WARNINGS -Wno-mismatched-new-delete -Wno-maybe-uninitialized
        -Wno-null-dereference -Wno-stringop-overflow -Wno-array-bounds -Wno-restrict)
    if(NEARCACHE_SANITIZE MATCHES "thread")
        list(APPEND NEARCACHE_WARNINGS -Wno-tsan)
    endif()
endif()

# What every target of ours is compiled with, and nothing that is not ours.
add_library(nearcache_options INTERFACE)
target_compile_features(nearcache_options INTERFACE cxx_std_20)
target_compile_options(nearcache_options INTERFACE ${NEARCACHE_WARNINGS})
if(NEARCACHE_WERROR)
    target_compile_options(nearcache_options INTERFACE -Werror)
endif()
target_include_directories(nearcache_options INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(nearcache_options INTERFACE Threads::Threads)

# add_layer(NAME SOURCES a.cpp ... [USES other layers] [LINKS outside libraries] [PCH headers])
function(add_layer name)
    cmake_parse_arguments(LAYER "" "" "SOURCES;USES;LINKS;PCH" ${ARGN})
    add_library(${name} STATIC ${LAYER_SOURCES})
    target_link_libraries(${name} PUBLIC nearcache_options ${LAYER_USES} ${LAYER_LINKS})
    if(LAYER_PCH)
        target_precompile_headers(${name} PRIVATE ${LAYER_PCH})
    endif()
endfunction()
