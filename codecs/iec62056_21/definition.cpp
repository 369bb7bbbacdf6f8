#include "codecs/iec62056_21/point.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "codecs/settings.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::string_view code = "iec62056_21.definition";

tl::unexpected<Error> wrong(std::string what, std::string where, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), std::move(where), std::move(hints), std::string(code));
}

constexpr unsigned longest_wait = 60'000; ///< milliseconds
constexpr std::size_t longest_password = 32;

Result<void> set_flag(bool& flag, std::string_view name, std::string_view text) {
    return flag_setting(name, text, code).map([&](bool said) { flag = said; });
}

Result<void> set_mode(Settings& settings, std::string_view text) {
    constexpr std::array<std::string_view, 6> modes{"auto", "a", "b", "c", "d", "e"};
    if (std::ranges::find(modes, text) == modes.end()) {
        return wrong(fmt::format("no mode '{}'", text), "mode", {"auto, a, b, c, d or e"});
    }
    settings.mode = text;
    return {};
}

Result<void> set_password(Settings& settings, std::string_view text) {
    if (text.size() > longest_password || text.find_first_of("()/!") != std::string_view::npos) {
        return wrong(fmt::format("a password of more than {} characters, or with a bracket", longest_password),
                     "password");
    }
    settings.password = text;
    return {};
}

Result<void> set_password_type(Settings& settings, std::string_view text) {
    if (text != "1" && text != "2") {
        return wrong(fmt::format("no password command P{}", text), "password_type", {"1 or 2"});
    }
    settings.password_type = text[0];
    return {};
}

Result<void> set_max_baud(Settings& settings, std::string_view text) {
    const auto rate = number_setting("max_baud", text, 300, 115'200, code);
    if (!rate) { return tl::unexpected(rate.error()); }
    if (!baud_character(*rate)) {
        return wrong(fmt::format("no baud rate {}", *rate), "max_baud", {"300, 600, ... 19200"});
    }
    settings.max_baud = *rate;
    return {};
}

Result<void> set_answer(Settings& settings, std::string_view text) {
    return number_setting("answer_ms", text, 1, longest_wait, code).map([&](unsigned number) {
        settings.answer = std::chrono::milliseconds(number);
    });
}

using Row = SettingRow<Settings>;

constexpr std::array rows{
    Row{"mode", set_mode},
    Row{"password", set_password},
    Row{"password_type", set_password_type},
    Row{"max_baud", set_max_baud},
    Row{"answer_ms", set_answer},
    Row{"wake_up", [](Settings& all, std::string_view text) { return set_flag(all.wake_up, "wake_up", text); }},
    Row{"ignore_block_check",
        [](Settings& all, std::string_view text) {
            return set_flag(all.ignore_block_check, "ignore_block_check", text);
        }},
};

Result<void> check_point(const catalogue::Point& point) {
    const auto at = point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    if (!point.type.empty()) {
        const auto type = value_type(point.type);
        if (!type) { return wrong(type.error().what, point.name, type.error().hints); }
    }
    if (point.scale.mantissa == 0) { return wrong("a scale of 0", point.name); }
    if (!point.order.empty()) { return wrong("a word order where values are text", point.name); }
    if (!point.bits.empty() && point.type != "hex") {
        return wrong("bits of a value that is no hex", point.name, {"type hex"});
    }
    for (const auto& pattern : point.invalid) {
        if (!from_hex(pattern)) { return wrong(fmt::format("the pattern '{}' is not hex", pattern), point.name); }
    }
    for (const auto& choice : point.choices) {
        if (auto encoded = encode_point(point, choice.value); !encoded) {
            return wrong("the choice " + encoded.error().what, point.name);
        }
    }
    return {};
}

/// A rule reads a data set, or the identification that the meter opens with.
Result<void> check_rule(const catalogue::IdentifyRule& rule) {
    constexpr std::array<std::string_view, 2> opening{"identification", "manufacturer"};
    if (std::ranges::find(opening, rule.address) != opening.end()) { return {}; }
    const auto point = ad_hoc_point(rule.address);
    return point ? Result<void>{} : wrong(point.error().what, "identify", {"identification, manufacturer, or an id"});
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
    for (const auto& profile : definition.profiles) {
        if (auto point = ad_hoc_point(profile.address); !point) {
            return wrong(point.error().what, profile.name, point.error().hints);
        }
    }
    for (const auto& set : definition.identify) {
        for (const auto& rule : set) {
            if (auto checked = check_rule(rule); !checked) { return checked; }
        }
    }
    return {};
}

} // namespace meterctl::codecs::iec62056_21
