#include "codecs/modbus/names.hpp"
#include "codecs/modbus/point.hpp"
#include "codecs/modbus/point_text.hpp"
#include "codecs/settings.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

constexpr std::string_view code = "modbus.definition";

tl::unexpected<Error> wrong(std::string what, std::string where, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), std::move(where), std::move(hints), std::string(code));
}

/// "holding:0x4000+32".
Result<Block> parse_block(std::string_view text) {
    const auto plus = text.find('+');
    std::string_view rest;
    const auto location = parse_location(text.substr(0, plus), rest);
    const auto count = parse_register(plus == std::string_view::npos ? std::string_view() : text.substr(plus + 1));
    const bool fits = location && rest.empty() && count && *count > 0 && location->first + *count <= 0x10000;
    if (!fits) { return wrong(fmt::format("'{}' is no block", text), "readable", {"such as holding:0x4000+32"}); }
    return Block{location->table, location->first, *count};
}

Result<std::uint16_t> parse_setting(std::string_view name, std::string_view text, std::uint16_t least,
                                    std::uint16_t most) {
    const auto number = parse_register(text);
    if (!number || *number < least || *number > most) {
        return wrong(fmt::format("'{}' is outside {} to {}", text, least, most), std::string(name));
    }
    return *number;
}

Result<void> set_readable(Settings& settings, std::string_view text) {
    for (const auto part : split(text, ',')) {
        auto block = parse_block(trim(part));
        if (!block) { return tl::unexpected(block.error()); }
        settings.readable.push_back(*block);
    }
    return {};
}

constexpr std::uint16_t longest_wait = 60'000; ///< milliseconds

using Row = SettingRow<Settings>;

constexpr std::array rows{
    Row{"max_registers",
        [](Settings& settings, std::string_view text) {
            return parse_setting("max_registers", text, 1, max_read_registers).map([&](std::uint16_t number) {
                settings.max_registers = number;
            });
        }},
    Row{"max_gap",
        [](Settings& settings, std::string_view text) {
            return parse_setting("max_gap", text, 0, max_read_registers).map([&](std::uint16_t number) {
                settings.max_gap = number;
            });
        }},
    Row{"readable", set_readable},
    Row{"pause_ms",
        [](Settings& settings, std::string_view text) {
            return parse_setting("pause_ms", text, 0, longest_wait).map([&](std::uint16_t number) {
                settings.pause = std::chrono::milliseconds(number);
            });
        }},
    Row{"answer_ms",
        [](Settings& settings, std::string_view text) {
            return parse_setting("answer_ms", text, 1, longest_wait).map([&](std::uint16_t number) {
                settings.answer = std::chrono::milliseconds(number);
            });
        }},
};

bool is_identification(const catalogue::Point& point) {
    return point.address == "server-id" || point.address.starts_with("device-id:");
}

Result<void> check_write_with(const catalogue::Point& point, const PointAddress& at) {
    constexpr std::array for_bits{std::string_view{}, std::string_view{"fc05"}, std::string_view{"fc15"}};
    constexpr std::array for_registers{std::string_view{}, std::string_view{"fc06"}, std::string_view{"fc16"}};
    const auto& allowed = at.table == Table::coil ? for_bits : for_registers;
    if (std::ranges::find(allowed, point.write_with) == allowed.end()) {
        return wrong(fmt::format("write_with '{}' for a {}", point.write_with, table_name(at.table)), point.name,
                     {fmt::format("{} or {}", allowed[1], allowed[2])});
    }
    if (point.write_with == "fc06" && at.count != 1) {
        return wrong(fmt::format("fc06 writes one register, {} takes {}", at.type->name, at.count), point.name,
                     {"fc16"});
    }
    if (point.access != catalogue::Access::read && (at.table == Table::discrete || at.table == Table::input)) {
        return wrong(fmt::format("a {} cannot be written", table_name(at.table)), point.name, {"access read"});
    }
    return {};
}

Result<void> check_patterns(const catalogue::Point& point, const PointAddress& at) {
    for (const auto& pattern : point.invalid) {
        const auto octets = from_hex(pattern);
        if (!octets || octets->size() != 2 * std::size_t{at.count}) {
            return wrong(fmt::format("the pattern '{}' is not hex of {} octets", pattern, 2 * at.count), point.name);
        }
    }
    for (const auto& bit : point.bits) {
        if (bit.bit >= 16U * at.count) {
            return wrong(fmt::format("bit {} of a {}", bit.bit, at.type->name), point.name);
        }
    }
    return {};
}

Result<void> check_point(const catalogue::Point& point) {
    if (is_identification(point)) {
        const auto found = identify_address({point.address, {}, {}, {}, {}, {}});
        return found ? Result<void>{} : wrong(found.error().what, point.name, found.error().hints);
    }
    const auto at = point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    if (point.scale.mantissa == 0) { return wrong("a scale of 0", point.name); }
    if (auto checked = check_write_with(point, *at); !checked) { return checked; }
    if (auto checked = check_patterns(point, *at); !checked) { return checked; }
    for (const auto& choice : point.choices) {
        if (auto encoded = encode_point(point, choice.value); !encoded) {
            return wrong("the choice " + encoded.error().what, point.name);
        }
    }
    return {};
}

} // namespace

Result<Settings> settings(const catalogue::Definition& definition) {
    return read_settings(definition, rows, code);
}

Result<void> validate(const catalogue::Definition& definition) {
    if (const auto read = settings(definition); !read) { return tl::unexpected(read.error()); }
    for (const auto& point : definition.points) {
        if (auto checked = check_point(point); !checked) { return checked; }
    }
    for (const auto& set : definition.identify) {
        for (const auto& rule : set) {
            if (auto found = identify_address(rule); !found) {
                found.error().where = "identify: " + rule.address;
                return tl::unexpected(found.error());
            }
        }
    }
    return {};
}

} // namespace meterctl::codecs::modbus
