# The schemas against the samples that test_output writes and, once it has all of these commands, against the program.
set(program $<TARGET_FILE:meterctl>)
foreach(command read write scan decode dump_profile pulse_test meters)
    if(NOT EXISTS ${PROJECT_SOURCE_DIR}/commands/${command}.cpp)
        set(program)
    endif()
endforeach()
add_test(NAME "output: documents are valid under their schemas"
    COMMAND ${METERCTL_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/schema_test.py
        $<TARGET_FILE:test_output> ${PROJECT_SOURCE_DIR}/docs ${program})
set_tests_properties("output: documents are valid under their schemas" PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120)
