#include "src/output/rows.hpp"

#include "src/output/utf8.hpp"

#include <algorithm>
#include <utility>

namespace meterctl::output {

namespace {

/// Stands for itself, whatever is around it.
bool plain(char character) {
    return character >= ' ' && character < '\x7F' && character != ',' && character != '"';
}

} // namespace

void append_csv_cell(std::string& out, std::string_view text) {
    if (std::ranges::all_of(text, plain)) {
        out += text;
        return;
    }
    const std::string cell = repaired(text);
    if (cell.find_first_of(",\"\r\n") == std::string::npos) {
        out += cell;
        return;
    }
    out += '"';
    for (const char character : cell) {
        out += character;
        if (character == '"') { out += '"'; }
    }
    out += '"';
}

Rows::Rows(Sink& sink, Format format, std::span<const Column> columns, Pace pace, bool named)
    : sink_(sink), format_(format), columns_(columns), pace_(pace), header_written_(!named) {}

void Rows::row(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    if (format_ == Format::table && pace_ == Pace::gather) {
        gathered_.push_back(std::move(cells));
        return;
    }
    header();
    line(cells);
    if (pace_ == Pace::stream) {
        sink_.flush();
    } else {
        sink_.settle();
    }
}

void Rows::row_behind(std::string_view begin, std::span<const std::string> cells) {
    header();
    sink_.write(begin);
    line(cells);
    sink_.settle();
}

void Rows::end() {
    if (format_ == Format::csv) { header(); }
    sink_.write(table(columns_, std::move(gathered_)));
    gathered_.clear();
}

void Rows::header() {
    if (header_written_) { return; }
    header_written_ = true;
    std::vector<std::string> names;
    for (const Column& column : columns_) { names.emplace_back(column.name); }
    line(names);
}

void Rows::line(std::span<const std::string> cells) {
    if (format_ == Format::table) {
        std::vector<std::size_t> widths;
        for (const Column& column : columns_) { widths.push_back(std::max(column.width, column.name.size())); }
        sink_.write(table_line(columns_, widths, cells));
        return;
    }
    std::string& out = sink_.buffer();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) { out += ','; }
        append_csv_cell(out, cells[i]);
    }
    out += '\n';
}

} // namespace meterctl::output
