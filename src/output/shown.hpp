// A reading as it is shown: in the units asked for, what is no number as null with a flag, and the parts that every
// document writes in the same way.
#pragma once

#include "src/output/json_writer.hpp"
#include "src/output/options.hpp"
#include "src/output/records.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

struct Shown {
    Value value;
    Unit unit = Unit::none;
    std::vector<std::string> flags;
};

/// A null without a flag gets "not_available". With `base_units`, exactly the same quantity in its base unit; left in
/// its own where 128 bits do not hold that.
Shown shown(const Value& value, Unit unit, const std::vector<std::string>& flags, const Options& options);

/// The value itself, or null where it is no number to show.
const Value& shown_value(const Value& value);

/// All digits of a number that a reader which holds numbers as doubles (jq, JavaScript) would round: whole numbers
/// beyond 2^53, decimals of more than 15 digits. Empty for all others.
std::string exact_text(const Value& value);

/// "ok", or the flags parted by spaces.
std::string status_of(const std::vector<std::string>& flags);

/// The OBIS code or "".
std::string obis_text(const std::optional<Obis>& obis);

/// `left``between``right`, or the one that is not empty.
std::string joined(std::string_view left, std::string_view between, std::string_view right);

/// "pro380-mod at sim:, address 1, 2026-11-21T02:15:00Z", with its line end: what stands above a table.
std::string caption(const Head& head);

void write_reading(JsonWriter& json, const Reading& reading, const Options& options);
/// `readings` as the elements of a list under `name`.
void write_readings(JsonWriter& json, std::string_view name, std::span<const Reading> readings, const Options& options);
/// What failed under `key` (where it is known), then "category", "exit_code", "code", "what", "where", "hints".
void write_failure(JsonWriter& json, const Failure& failure, std::string_view key = "name");
/// The list under "errors".
void write_failures(JsonWriter& json, std::span<const Failure> failures, std::string_view key = "name");
/// "schema", "meter", "target", "address", "serial_number", "time": the first keys of a document.
void write_head(JsonWriter& json, std::string_view schema, const Head& head);
/// `name` and `value`, and `name`_text where the number needs all its digits; "text" for the name "value".
void write_value(JsonWriter& json, std::string_view name, const Value& value);

} // namespace meterctl::output
