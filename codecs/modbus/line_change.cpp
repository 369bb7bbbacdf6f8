#include "codecs/modbus/line_change.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::codecs::modbus {

namespace {

struct Name {
    std::string_view name;
    LineSetting setting;
};
constexpr std::array names{
    Name{"modbus_id", LineSetting::address}, Name{"modbus_address", LineSetting::address},
    Name{"address", LineSetting::address},   Name{"baud_rate", LineSetting::baud},
    Name{"parity", LineSetting::parity},
};

struct ParityWord {
    std::string_view word;
    char letter;
};
constexpr std::array parity_words{ParityWord{"none", 'N'}, ParityWord{"even", 'E'}, ParityWord{"odd", 'O'}};

/// The label of the choice with this value, else the value itself.
std::string meaning(const catalogue::Point& point, const Value& value) {
    const auto number = value.number();
    for (const catalogue::Choice& choice : point.choices) {
        const auto chosen = choice.value.number();
        if (number && chosen && *number == *chosen && !choice.label.empty()) { return to_lower(choice.label); }
    }
    return to_lower(value.to_string());
}

std::optional<unsigned> leading_number(const std::string& text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end != text.data() ? std::optional(number) : std::nullopt;
}

} // namespace

std::optional<LineSetting> line_setting(const catalogue::Point& point) {
    const auto* row =
        std::find_if(names.begin(), names.end(), [&point](const Name& name) { return name.name == point.name; });
    if (!point.changes_line || row == names.end()) { return std::nullopt; }
    return row->setting;
}

LineChange line_change(const catalogue::Point& point, const Value& value) {
    LineChange change;
    const auto setting = line_setting(point);
    if (!setting) { return change; }
    const std::string text = meaning(point, value);
    if (*setting == LineSetting::parity) {
        for (const ParityWord& parity : parity_words) {
            if (text.starts_with(parity.word)) { change.parity = parity.letter; }
        }
        return change;
    }
    const auto number = leading_number(text);
    if (*setting == LineSetting::baud) { change.baud = number; }
    if (*setting == LineSetting::address && number && *number <= 255) {
        change.address = static_cast<std::uint8_t>(*number);
    }
    return change;
}

} // namespace meterctl::codecs::modbus
