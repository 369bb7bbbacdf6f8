# Tests of the program as a whole: golden outputs, the examples of help and documents, completions, man pages.
function(meterctl_system_test name)
    add_test(NAME "system: ${name}" COMMAND ${METERCTL_PYTHON} -B ${ARGN})
    set_tests_properties("system: ${name}" PROPERTIES
        SKIP_RETURN_CODE 77 TIMEOUT 300 COST 50
        ENVIRONMENT "METERCTL=$<TARGET_FILE:meterctl>;METERCTL_MAN=${PROJECT_BINARY_DIR}/man")
endfunction()

meterctl_system_test("golden outputs" ${CMAKE_CURRENT_LIST_DIR}/golden.py)
meterctl_system_test("every example runs" ${CMAKE_CURRENT_LIST_DIR}/run_examples.py)
meterctl_system_test("shells complete" ${CMAKE_CURRENT_LIST_DIR}/system/completions_test.py)
meterctl_system_test("options agree everywhere" ${CMAKE_CURRENT_LIST_DIR}/system/options_test.py)
meterctl_system_test("commands end as documented" ${CMAKE_CURRENT_LIST_DIR}/system/behaviour_test.py)
meterctl_system_test("BACnet on every link" ${CMAKE_CURRENT_LIST_DIR}/system/bacnet_links_test.py)
meterctl_system_test("profiles are fetched once" ${CMAKE_CURRENT_LIST_DIR}/system/profiles_test.py)
meterctl_system_test("DLMS profiles" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_profiles_test.py)
meterctl_system_test("BACnet by the command line" ${CMAKE_CURRENT_LIST_DIR}/system/bacnet_test.py)
meterctl_system_test("DLMS meters are written" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_write_test.py)
meterctl_system_test("pulse outputs are tested" ${CMAKE_CURRENT_LIST_DIR}/system/pulse_test.py)
meterctl_system_test("DLMS on every link" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_links_test.py)
meterctl_system_test("DLMS meters that refuse, lie or fall silent" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_errors_test.py)
meterctl_system_test("frame counters never come twice" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_counters_test.py)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release") # a thousand processes
    set_property(TEST "system: frame counters never come twice" APPEND PROPERTY ENVIRONMENT METERCTL_ASSOCIATIONS=100)
endif()
meterctl_system_test("every DLMS vector decodes" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_vectors_test.py)
set_property(TEST "system: every DLMS vector decodes" APPEND PROPERTY
    ENVIRONMENT "METERCTL_EXTRA_VECTORS=${METERCTL_EXTRA_VECTORS}")
meterctl_system_test("DLMS meters push" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_push_test.py)
meterctl_system_test("DLMS decodes wherever it comes from" ${CMAKE_CURRENT_LIST_DIR}/system/dlms_decode_test.py)
