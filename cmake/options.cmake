# Warnings and sanitizers for everything of ours.
add_library(meterctl_options INTERFACE)
target_compile_options(meterctl_options INTERFACE -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Werror)
# Optimising, g++ 12 sees overlapping copies in any `"literal" + std::string` (its bug 105651), and reads of empty optionals.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND (METERCTL_SANITIZE OR NOT CMAKE_BUILD_TYPE STREQUAL Debug))
    target_compile_options(meterctl_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
# A release build lost the values of a vector in a coroutine's frame, which no unoptimised build does and which this cures:
# g++ 12's vectorizer of straight code is taken to be the cause, as of the other faults that its coroutines have.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13 AND NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    target_compile_options(meterctl_options INTERFACE -fno-tree-slp-vectorize)
endif()
# A section a function, so that cmake/text_order.cmake can lay side by side what runs.
if(NOT CMAKE_BUILD_TYPE STREQUAL Debug)
    target_compile_options(meterctl_options INTERFACE -ffunction-sections)
endif()
# Relative relocations packed, where the C library can read them (glibc 2.36): a quarter of a megabyte less to map and to walk.
if(NOT CMAKE_BUILD_TYPE STREQUAL Debug AND NOT CMAKE_CROSSCOMPILING)
    include(CheckCXXSourceRuns)
    set(CMAKE_REQUIRED_LINK_OPTIONS -Wl,-z,pack-relative-relocs)
    check_cxx_source_runs("int main() {}" METERCTL_PACKED_RELOCATIONS)
    unset(CMAKE_REQUIRED_LINK_OPTIONS)
    if(METERCTL_PACKED_RELOCATIONS)
        target_link_options(meterctl_options INTERFACE -Wl,-z,pack-relative-relocs)
    endif()
endif()
target_include_directories(meterctl_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
if(METERCTL_SANITIZE)
    # In instrumented code g++ 12 warns of what is not there (bounds of a resize, signs of a shifted octet); that the
    # sources are free of warnings is for the plain builds to prove.
    # What the tests themselves do is not in question: to look for undefined behaviour there takes a third of their time.
    # Null is what the address sanitizer stops at anyway, and octets are never read through another type's pointer: both
    # together are a third of the time that compiling takes.
    target_compile_options(meterctl_options INTERFACE
                           -fsanitize=address$<$<NOT:$<BOOL:$<TARGET_PROPERTY:METERCTL_IS_TEST>>>:,undefined>
                           -fno-sanitize=null,alignment -fno-sanitize-recover=all
                           -fno-omit-frame-pointer -Wno-error -Wno-sign-conversion -Wno-stringop-overflow)
    target_link_options(meterctl_options INTERFACE -fsanitize=address,undefined)
endif()

find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tl-expected REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(LibArchive REQUIRED)
find_path(GPIOD_INCLUDE_DIR gpiod.h REQUIRED) # libgpiod-dev
