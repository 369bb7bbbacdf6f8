#include "src/output/table.hpp"

#include "src/output/utf8.hpp"

#include <algorithm>

namespace meterctl::output {

std::string table_line(std::span<const Column> columns, std::span<const std::size_t> widths,
                       std::span<const std::string> cells) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (widths[i] == 0) { continue; }
        const std::string cell = tamed(cells[i]);
        const std::size_t width = display_width(cell);
        const std::string padding(widths[i] > width ? widths[i] - width : 0, ' ');
        if (!line.empty()) { line += "  "; }
        line += columns[i].right ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string table(std::span<const Column> columns, std::vector<std::vector<std::string>> rows) {
    if (rows.empty()) { return {}; }
    std::vector<std::size_t> widths(columns.size(), 0);
    std::vector<std::string> names;
    for (auto& row : rows) {
        row.resize(columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(tamed(row[i])));
        }
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        names.emplace_back(columns[i].name);
        if (widths[i] > 0) { widths[i] = std::max(widths[i], columns[i].name.size()); }
    }
    std::string text = table_line(columns, widths, names);
    for (const auto& row : rows) { text += table_line(columns, widths, row); }
    return text;
}

} // namespace meterctl::output
