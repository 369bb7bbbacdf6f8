# The floors are checked before anything is compiled: an include that runs upward fails the build.
# Debian's Python, whose modules the tests use; another python3 may come first in PATH.
find_program(METERCTL_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(NOT METERCTL_PYTHON)
    find_program(METERCTL_PYTHON NAMES python3 REQUIRED)
endif()

set(checker ${PROJECT_SOURCE_DIR}/tests/house/floors.py)
set(stamp ${PROJECT_BINARY_DIR}/floors.stamp)
file(GLOB_RECURSE housed CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
    src/*.[ch]pp codecs/*.[ch]pp simulators/*.[ch]pp transports/*.[ch]pp sessions/*.[ch]pp commands/*.[ch]pp
    tests/*.[ch]pp)
list(TRANSFORM housed PREPEND ${PROJECT_SOURCE_DIR}/)
add_custom_command(OUTPUT ${stamp}
    COMMAND ${METERCTL_PYTHON} -B ${checker} ${PROJECT_SOURCE_DIR} --stamp ${stamp}
    DEPENDS ${checker} ${housed}
    COMMENT "Checking the floors" VERBATIM)
add_custom_target(meterctl_house ALL DEPENDS ${stamp})
