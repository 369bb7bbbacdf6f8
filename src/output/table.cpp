#include "src/output/table.hpp"

#include <algorithm>

namespace meterctl::output {

namespace {

/// Control characters would break the columns, or the terminal.
std::string printable(std::string_view text) {
    std::string clean(text);
    std::ranges::replace_if(
        clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    return clean;
}

} // namespace

std::size_t display_width(std::string_view text) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; };
    return static_cast<std::size_t>(std::ranges::count_if(text, starts));
}

std::string table_row(std::span<const Column> columns, std::span<const std::string> cells) {
    std::string line;
    for (std::size_t index = 0; index < columns.size() && index < cells.size(); ++index) {
        const std::string cell = printable(cells[index]);
        const std::size_t width = display_width(cell);
        const std::string padding(columns[index].width > width ? columns[index].width - width : 0, ' ');
        if (index > 0) { line += "  "; }
        line += columns[index].right ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

std::string table_header(std::span<const Column> columns) {
    std::vector<std::string> titles;
    for (const Column& column : columns) { titles.emplace_back(column.title); }
    return table_row(columns, titles);
}

std::string Table::to_string() const {
    std::vector<Column> shown;
    std::vector<std::size_t> indices;
    for (std::size_t index = 0; index < columns_.size(); ++index) {
        Column column = columns_[index];
        std::size_t widest = 0;
        for (const auto& row : rows_) { widest = std::max(widest, display_width(row.at(index))); }
        if (widest == 0) { continue; }
        column.width = std::max({column.width, widest, display_width(column.title)});
        shown.push_back(column);
        indices.push_back(index);
    }
    std::string text = table_header(shown);
    for (const auto& row : rows_) {
        std::vector<std::string> cells;
        for (const std::size_t index : indices) { cells.push_back(row[index]); }
        text += table_row(shown, cells);
    }
    return text;
}

} // namespace meterctl::output
