// How documents are written: what --format, --unit-scale and --raw ask for.
#pragma once

#include <optional>
#include <string_view>

namespace meterctl::output {

enum class Format { json, ndjson, csv, table };

/// nullopt for a name that is none.
constexpr std::optional<Format> parse_format(std::string_view name) {
    if (name == "json") { return Format::json; }
    if (name == "ndjson") { return Format::ndjson; }
    if (name == "csv") { return Format::csv; }
    if (name == "table") { return Format::table; }
    return std::nullopt;
}

constexpr bool is_json(Format format) {
    return format == Format::json || format == Format::ndjson;
}

struct Options {
    Format format = Format::json;
    bool base_units = false; ///< Wh instead of kWh, exactly
    bool raw = false;        ///< the octets and the point's own address with each value
    bool summary = false;    ///< `decode`: a line a frame, without its fields and readings
};

} // namespace meterctl::output
