// Columns for people: aligned, parted by two spaces, numbers to the right.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

struct Column {
    std::string_view title;
    bool right = false;    ///< numbers
    std::size_t width = 0; ///< at least; rows that stream cannot know the widest
};

/// Columns a UTF-8 text takes on a terminal: one a code point.
std::size_t display_width(std::string_view text);

/// Gathers rows and prints them when all are known.
class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] bool empty() const { return rows_.empty(); }
    /// Header and rows, each with its line end; columns without any text are left out.
    [[nodiscard]] std::string to_string() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// One row at the columns' own widths, with its line end.
std::string table_row(std::span<const Column> columns, std::span<const std::string> cells);
/// The titles, likewise.
std::string table_header(std::span<const Column> columns);

} // namespace meterctl::output
