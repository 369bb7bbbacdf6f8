// Tests beside the definitions: tests/meters/<model>.json names frames as they go over the line and the readings they
// hold, or the value whose writing they are. A new meter needs such a file and no code.
#pragma once

#include "src/catalogue/json_tree.hpp"
#include "src/core/bytes.hpp"
#include "src/core/error.hpp"
#include "src/core/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meterctl::test {

struct ExpectedReading {
    std::string name;
    Value value; ///< a decimal, a text, a list, or null
    std::optional<std::string> unit, text;
    std::vector<std::string> flags;
};

struct WrittenValue {
    std::string point;
    std::string value; ///< as a user gives it: "10", "none"
};

/// One exchange. With `written` it writes, else it reads and `readings` are all that its answer holds.
struct MeterCase {
    std::string title;
    Bytes request;
    Bytes answer;
    std::vector<ExpectedReading> readings;
    std::optional<WrittenValue> written;
};

struct MeterCases {
    std::string model;
    std::vector<MeterCase> cases;
};

/// Throws std::runtime_error, naming the file and the line, where the text is not such a file.
MeterCases parse_meter_cases(std::string_view json, const std::string& origin);

/// Models that have a file in `folder`.
std::vector<std::string> models_with_cases(const std::string& folder);
MeterCases load_meter_cases(const std::string& folder, const std::string& model);

} // namespace meterctl::test
