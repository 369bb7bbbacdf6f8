// Rows under named columns: as CSV (RFC 4180, LF), written row by row, or as a table for people.
#pragma once

#include "src/output/options.hpp"
#include "src/output/sink.hpp"
#include "src/output/table.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

class Rows {
public:
    enum class Pace {
        gather, ///< a table waits for `end()`, so that its columns fit
        stream, ///< each row is written, and flushed, as it comes
    };

    /// `named` false: CSV without its header, to go behind rows that are there already.
    Rows(Sink& sink, Format format, std::span<const Column> columns, Pace pace, bool named = true);
    void row(std::vector<std::string> cells);
    /// A row of CSV whose first cells, with the comma behind them, are written already: many rows begin alike.
    void row_behind(std::string_view begin, std::span<const std::string> cells);
    /// Writes a table that was gathered, or the header alone where there was no row (CSV).
    void end();

private:
    void header();
    void line(std::span<const std::string> cells);

    Sink& sink_;
    Format format_;
    std::span<const Column> columns_;
    Pace pace_;
    bool header_written_ = false;
    std::vector<std::vector<std::string>> gathered_;
};

/// A cell of CSV, quoted where it must be.
void append_csv_cell(std::string& out, std::string_view text);

} // namespace meterctl::output
