# Where Debian expects things, and the package: `cmake --install`, `cpack -G DEB`.
include(GNUInstallDirs)
install(TARGETS meterctl RUNTIME)

# Man pages of the commands are printed by the program itself, from the table that its parser uses.
set(man_folder ${PROJECT_BINARY_DIR}/man)
add_custom_command(TARGET meterctl POST_BUILD
    COMMAND meterctl __man --to ${man_folder}
    COMMENT "Writing the man pages" VERBATIM)
file(GLOB man_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.5)
install(CODE "
    file(GLOB pages1 \"${man_folder}/*.1\")
    set(pages5 \"${man_sources}\")
    foreach(section 1 5)
        set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man\${section}\")
        file(MAKE_DIRECTORY \"\${folder}\")
        foreach(page IN LISTS pages\${section})
            get_filename_component(name \"\${page}\" NAME)
            message(STATUS \"Installing: \${folder}/\${name}.gz\")
            execute_process(COMMAND gzip -9nc \"\${page}\" OUTPUT_FILE \"\${folder}/\${name}.gz\"
                            COMMAND_ERROR_IS_FATAL ANY)
        endforeach()
    endforeach()
")

set(completions ${PROJECT_SOURCE_DIR}/completions)
install(FILES ${completions}/meterctl.bash RENAME meterctl
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions OPTIONAL)
install(FILES ${completions}/_meterctl DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions OPTIONAL)
install(FILES ${completions}/meterctl.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/meterctl
        FILES_MATCHING PATTERN "*.json")
install(FILES ${PROJECT_SOURCE_DIR}/meters/schema.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/meterctl/meters OPTIONAL)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/meterctl)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/meterctl)
install(CODE "
    set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/doc/meterctl\")
    execute_process(COMMAND gzip -9nc \"${PROJECT_SOURCE_DIR}/CHANGELOG.md\" OUTPUT_FILE \"\${folder}/changelog.gz\"
                    COMMAND_ERROR_IS_FATAL ANY)
")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME meterctl)
set(CPACK_PACKAGE_CONTACT "The meterctl authors <authors@meterctl.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "reads, writes, scans, decodes and simulates electricity meters")
set(CPACK_PACKAGE_DESCRIPTION "meterctl talks to electricity meters over serial lines, TCP and UDP, and answers
 in JSON or CSV. It also decodes captured frames and stands in for a meter.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# What is loaded when it is needed, dpkg-shlibdeps does not see.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libarchive13")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "bash-completion, libgpiod2")
include(CPack)
