# The headers that nearly every file includes, parsed once: a quarter of the time that building everything takes. Off by
# default, so that a file which forgets an #include does not build in a developer's own folder; clang-tidy sees each file
# without them too.
set(meterctl_precompiled
    <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <deque> <functional> <limits> <map> <memory> <optional>
    <set> <span> <string> <string_view> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# The headers are compiled for `target`, with those that are given besides.
function(meterctl_precompile target)
    if(METERCTL_PRECOMPILED)
        target_precompile_headers(${target} PRIVATE ${meterctl_precompiled} ${ARGN})
    endif()
endfunction()

# What is compiled with the same options as `other` takes those of `other`.
function(meterctl_precompiled_with target other)
    if(METERCTL_PRECOMPILED)
        target_precompile_headers(${target} REUSE_FROM ${other})
    endif()
endfunction()
