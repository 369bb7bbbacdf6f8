# One static library a floor, each linked to the floors below it only.
function(meterctl_floor name folder)
    cmake_parse_arguments(ARG "" "" "BELOW;LIBRARIES" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    add_library(meterctl_${name} STATIC ${sources})
    target_link_libraries(meterctl_${name} PUBLIC meterctl_options ${ARG_BELOW} ${ARG_LIBRARIES})
    add_dependencies(meterctl_${name} meterctl_house)
endfunction()

meterctl_floor(core src/core LIBRARIES fmt::fmt tl::expected Boost::headers)
meterctl_floor(catalogue src/catalogue BELOW meterctl_core LIBRARIES nlohmann_json::nlohmann_json)
meterctl_floor(output src/output BELOW meterctl_catalogue meterctl_core)
meterctl_floor(codecs codecs BELOW meterctl_catalogue meterctl_core LIBRARIES OpenSSL::Crypto)
meterctl_floor(simulators simulators BELOW meterctl_codecs)
meterctl_floor(transports transports BELOW meterctl_simulators LIBRARIES Threads::Threads ${CMAKE_DL_LIBS})
# Loaded when they are needed; only their headers are compiled in.
target_include_directories(meterctl_transports SYSTEM PRIVATE ${LibArchive_INCLUDE_DIRS} ${GPIOD_INCLUDE_DIR})
meterctl_floor(sessions sessions BELOW meterctl_transports)
meterctl_floor(commands commands BELOW meterctl_sessions meterctl_output)

set_source_files_properties(${PROJECT_SOURCE_DIR}/commands/version.cpp PROPERTIES
    COMPILE_DEFINITIONS METERCTL_VERSION="${PROJECT_VERSION}")
add_executable(meterctl commands/main.cpp)
target_link_libraries(meterctl PRIVATE meterctl_commands)
