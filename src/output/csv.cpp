#include "src/output/csv.hpp"

namespace meterctl::output {

std::string csv_line(std::initializer_list<std::string_view> fields) {
    std::string line;
    bool first = true;
    for (const std::string_view field : fields) {
        if (!first) { line += ','; }
        first = false;
        if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
            line += field;
            continue;
        }
        line += '"';
        for (const char character : field) {
            if (character == '"') { line += '"'; }
            line += character;
        }
        line += '"';
    }
    line += '\n';
    return line;
}

} // namespace meterctl::output
