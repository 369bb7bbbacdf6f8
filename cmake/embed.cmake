# Compiles meters/*.json into the catalogue, as texts: nothing is parsed before it is asked for.
# Run as a script (cmake -D... -P) it writes the source file; included, it arranges for that.
if(CMAKE_SCRIPT_MODE_FILE)
    set(rows "")
    list(SORT METERS)
    foreach(file IN LISTS METERS)
        get_filename_component(model ${file} NAME_WE)
        file(READ ${file} json)
        string(APPEND rows "    {\"${model}\", R\"~json~(${json})~json~\"},\n")
    endforeach()
    file(READ ${SCHEMA} schema)
    file(WRITE ${OUTPUT}.new
"#include \"src/catalogue/builtin.hpp\"

#include <array>

namespace meterctl::catalogue {
namespace {

constexpr auto texts = std::to_array<BuiltinText>({
${rows}});

} // namespace

constinit const std::span<const BuiltinText> builtin_texts = texts;
constinit const std::string_view builtin_schema = R\"~json~(${schema})~json~\";

} // namespace meterctl::catalogue
")
    file(COPY_FILE ${OUTPUT}.new ${OUTPUT})
    return()
endif()

file(GLOB meter_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/meters/*.json)
list(FILTER meter_files EXCLUDE REGEX "/schema\\.json$")
set(meter_schema ${PROJECT_SOURCE_DIR}/meters/schema.json)
set(meter_texts ${PROJECT_BINARY_DIR}/generated/builtin_meters.cpp)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/generated)
add_custom_command(
    OUTPUT ${meter_texts}
    COMMAND ${CMAKE_COMMAND} "-DMETERS=${meter_files}" -DSCHEMA=${meter_schema} -DOUTPUT=${meter_texts}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${meter_files} ${meter_schema} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    COMMENT "Embedding meters/*.json"
    VERBATIM)
target_sources(meterctl_catalogue PRIVATE ${meter_texts})
