#include "src/core/obis.hpp"

#include "src/core/text.hpp"

#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace meterctl {

namespace {

std::optional<std::uint8_t> group(std::string_view text) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || value > 255) { return std::nullopt; }
    return static_cast<std::uint8_t>(value);
}

void append(std::string& text, std::string_view lead, std::uint8_t group) {
    const fmt::format_int digits(group);
    text.append(lead).append(digits.data(), digits.size());
}

/// A-B before the colon, C.D[.E] up to a star, F after it (or as a sixth group, as a logical name has it).
bool parse_groups(std::string_view text, Obis& obis) {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) {
        const auto medium = split(text.substr(0, colon), '-');
        if (medium.size() != 2) { return false; }
        const auto a = group(medium[0]);
        const auto b = group(medium[1]);
        if (!a || !b) { return false; }
        obis.a = *a;
        obis.b = *b;
        text.remove_prefix(colon + 1);
    }
    const auto star = text.find_first_of("*&");
    if (star != std::string_view::npos) {
        const auto f = group(text.substr(star + 1));
        if (!f) { return false; }
        obis.f = *f;
        text = text.substr(0, star);
    }
    auto parts = split(text, '.');
    const bool whole = colon == std::string_view::npos && star == std::string_view::npos && parts.size() == 6;
    const bool with_f = star == std::string_view::npos && parts.size() == 4;
    if (!whole && !with_f && parts.size() != 2 && parts.size() != 3) { return false; }
    const std::array<std::uint8_t*, 6> fields{&obis.a, &obis.b, &obis.c, &obis.d, &obis.e, &obis.f};
    std::size_t field = whole ? 0 : 2;
    for (const std::string_view part : parts) {
        const auto value = group(part);
        if (!value) { return false; }
        *fields.at(field++) = *value;
    }
    return true;
}

} // namespace

std::string Obis::to_string() const {
    std::string text;
    append(text, "", a);
    append(text, "-", b);
    append(text, ":", c);
    append(text, ".", d);
    append(text, ".", e);
    if (f != 255) { append(text, "*", f); }
    return text;
}

std::string Obis::to_logical_name() const {
    return fmt::format("{}-{}:{}.{}.{}.{}", a, b, c, d, e, f);
}

Result<Obis> Obis::parse(std::string_view text) {
    Obis obis;
    if (!parse_groups(trim(text), obis)) {
        return fail(Category::usage, fmt::format("'{}' is no OBIS code", text), {},
                    {"the form A-B:C.D.E, e.g. 1-0:1.8.0, each group 0 to 255"});
    }
    return obis;
}

} // namespace meterctl
