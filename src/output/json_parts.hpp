// What the JSON documents have in common: readings, errors, frames' fields, and several documents in a row.
#pragma once

#include "src/core/reading.hpp"
#include "src/output/file.hpp"
#include "src/output/format.hpp"
#include "src/output/json_writer.hpp"

namespace meterctl::output {

/// {"name","obis","value","text","unit","label","time","flags","address","raw"}: on one line; what is empty is absent,
/// except the value. `text` is there where a reader that keeps numbers as doubles would round the value.
void write_reading(JsonWriter& json, const Reading& reading, const Style& style);

/// {"point","category","code","what","where","hints"}; `point` is absent where it is empty.
void write_error(JsonWriter& json, std::string_view point, const Error& error);

/// The key, the value, and its "text" twin where a double cannot hold it.
void write_number_member(JsonWriter& json, std::string_view key, const Value& value);

/// The reading in its base unit, exactly: 1.5 kWh -> 1500 Wh.
Reading in_base_unit(Reading reading);
/// The reading as the style wants it.
Reading styled(const Reading& reading, const Style& style);

/// What a reading's status is in CSV and tables: "ok", or its flags joined by ';'.
std::string status_of(const Reading& reading);

/// Documents one after the other: as they are, one a line, or as the items of one array.
class Documents {
public:
    Documents(File& file, Style style) : file_(&file), style_(style) {}
    /// The layout that documents are to be written in.
    [[nodiscard]] Layout layout() const { return style_.format == Format::ndjson ? Layout::line : Layout::lines; }
    void add(std::string_view document);
    /// Closes the array; an array without documents is "[]".
    void end();

private:
    File* file_;
    Style style_;
    bool first_ = true;
};

} // namespace meterctl::output
