// The formats records are written in, and what holds for all of them.
#pragma once

#include <string_view>

namespace meterctl::output {

enum class Format { json, ndjson, csv, table };

struct Style {
    Format format = Format::json;
    bool base_units = false; ///< Wh for kWh, exactly
    bool raw = false;        ///< with the octets each value came from
    bool many = false;       ///< several documents are expected: as JSON they are an array
};

/// "json", "ndjson", "csv"; any other name is the table.
constexpr Format format_named(std::string_view name) {
    if (name == "json") { return Format::json; }
    if (name == "ndjson") { return Format::ndjson; }
    return name == "csv" ? Format::csv : Format::table;
}

} // namespace meterctl::output
