#include "codecs/bacnet/point.hpp"
#include "codecs/settings.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::string_view code = "bacnet.definition";

tl::unexpected<Error> wrong(std::string what, std::string where, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), std::move(where), std::move(hints), std::string(code));
}

using Row = SettingRow<Settings>;

constexpr std::uint32_t longest_wait = 60'000; ///< milliseconds
constexpr std::string_view write_property_multiple_bit = "16";

/// Whether "12, 14, 15" holds it.
bool lists(std::string_view text, std::string_view number) {
    const auto parts = split(text, ',');
    return std::ranges::any_of(parts, [number](std::string_view part) { return trim(part) == number; });
}

constexpr std::array rows{
    Row{"max_apdu",
        [](Settings& settings, std::string_view text) {
            return number_setting("max_apdu", text, 50, 1476, code).map([&](std::uint32_t number) {
                settings.max_apdu = static_cast<std::uint16_t>(number);
            });
        }},
    Row{"read_property_multiple",
        [](Settings& settings, std::string_view text) {
            return flag_setting("read_property_multiple", text, code).map([&](bool flag) {
                settings.read_property_multiple = flag;
            });
        }},
    Row{"write_settles_ms",
        [](Settings& settings, std::string_view text) {
            return number_setting("write_settles_ms", text, 0, longest_wait, code).map([&](std::uint32_t number) {
                settings.write_settles_ms = number;
            });
        }},
    Row{"services",
        [](Settings& settings, std::string_view text) -> Result<void> {
            settings.write_property_multiple = lists(text, write_property_multiple_bit);
            return {};
        }},
    Row{"not_a_number",
        [](Settings& settings, std::string_view text) -> Result<void> {
            settings.not_a_number = text;
            return {};
        }},
};

/// What the simulator alone takes.
constexpr std::array<std::string_view, 5> of_simulators{"behaviour", "instance", "vendor", "vendor_name", "model_name"};

Result<void> check_address(std::string_view address, const std::string& where) {
    const auto parsed = parse_point_address(address);
    if (!parsed) { return wrong(parsed.error().what, where, parsed.error().hints); }
    return {};
}

Result<void> check_type(const catalogue::Point& point) {
    const auto address = parse_point_address(point.address);
    if (address && address->service) {
        const auto argument = row_of(*address->service).argument;
        if (point.type == argument) { return {}; }
        return wrong(argument.empty() ? std::string("this service takes no argument")
                                      : fmt::format("the argument of this service is of type '{}'", argument),
                     point.name);
    }
    const auto types = value_types();
    const bool known = point.type.empty() || std::ranges::find(types, point.type) != types.end();
    if (!known) {
        const std::vector<std::string> all(types.begin(), types.end());
        return wrong(fmt::format("no type '{}'", point.type), point.name, nearest(point.type, all));
    }
    if (point.type.empty() && point.access != catalogue::Access::read && !point.method) {
        return wrong("a point that is written needs its type", point.name, {"real, unsigned, enumerated, text, ..."});
    }
    return {};
}

Result<void> check_point(const catalogue::Point& point) {
    if (auto checked = check_address(point.address, point.name); !checked) { return checked; }
    if (auto checked = check_type(point); !checked) { return checked; }
    if (point.scale.mantissa == 0) { return wrong("a scale of 0", point.name); }
    if (!point.order.empty()) { return wrong("BACnet values have no word order", point.name); }
    if (point.access == catalogue::Access::read) { return {}; }
    for (const auto& choice : point.choices) {
        if (const auto encoded = encode_point(point, choice.value); !encoded) {
            return wrong("the choice " + encoded.error().what, point.name);
        }
    }
    return {};
}

} // namespace

Result<Settings> settings(const catalogue::Definition& definition) {
    return read_settings(definition, rows, code, of_simulators);
}

Result<void> validate(const catalogue::Definition& definition) {
    if (const auto read = settings(definition); !read) { return tl::unexpected(read.error()); }
    for (const auto& point : definition.points) {
        if (auto checked = check_point(point); !checked) { return checked; }
    }
    for (const auto& set : definition.identify) {
        for (const auto& rule : set) {
            if (auto checked = check_address(rule.address, "identify: " + rule.address); !checked) { return checked; }
        }
    }
    return {};
}

} // namespace meterctl::codecs::bacnet
