// Shapes: what a value is made of, as a text. "double-long-unsigned"; "structure(scaler: integer, unit: enum)";
// "array(structure(day_id: unsigned, ...))". Words beside the standard's types say what an octet-string holds: text,
// date-time, date-time-pattern, date, time, logical-name; keys is a file of new keys, image one of firmware,
// calendar a whole tariff calendar, clock-shift seconds. Values go into Data by their shape, and come out with names.
#pragma once

#include "codecs/dlms/data_value.hpp"

#include <memory>

namespace meterctl::codecs::dlms {

struct ShapeMember;

struct Shape {
    /// `any`: as the meter sends it; it cannot be written. `pattern`: a time with open fields, as a text.
    enum class Kind { any, plain, text, date_time, pattern, date, time, logical_name, array, structure };
    Kind kind = Kind::any;
    Type type = Type::null_data;      ///< of `plain`
    std::vector<ShapeMember> members; ///< one of an array
};

struct ShapeMember {
    std::string name; ///< of a structure's; may be empty
    Shape shape;
};

/// Usage error with the nearest words.
Result<Shape> parse_shape(std::string_view text);
/// All words, for help: the standard's types, and those beside them.
std::vector<std::string> shape_words();

/// As `to_value` of data_value.hpp; structures have the names of their shape, times with open fields are texts.
DataValue shaped_value(const Data& data, const Shape& shape, const std::optional<ScalerUnit>& scaling = std::nullopt);
/// Category::rejected where the value does not fit the shape; the error says where in it.
Result<Data> shaped_data(const Value& value, const Shape& shape, std::int8_t scaler = 0);

} // namespace meterctl::codecs::dlms
