// Columns that line up, for people.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

struct Column {
    std::string_view name;
    std::size_t width = 0; ///< least width in a table that is written row by row
    bool right = false;    ///< numbers
};

/// One line with its end; cells that are too wide push the rest. The cells are tamed (utf8.hpp).
std::string table_line(std::span<const Column> columns, std::span<const std::size_t> widths,
                       std::span<const std::string> cells);

/// A header and the rows, each column as wide as its widest cell; columns that are empty in every row are left out.
std::string table(std::span<const Column> columns, std::vector<std::vector<std::string>> rows);

} // namespace meterctl::output
