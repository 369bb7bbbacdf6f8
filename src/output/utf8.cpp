#include "src/output/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

/// A row of RFC 3629 section 4: which second octets may follow a first one; all further ones are 80 to BF.
struct Lead {
    std::uint8_t first, last;
    std::uint8_t second_first, second_last;
    std::size_t length;
};

constexpr std::array leads{
    Lead{0xC2, 0xDF, 0x80, 0xBF, 2}, Lead{0xE0, 0xE0, 0xA0, 0xBF, 3}, Lead{0xE1, 0xEC, 0x80, 0xBF, 3},
    Lead{0xED, 0xED, 0x80, 0x9F, 3}, Lead{0xEE, 0xEF, 0x80, 0xBF, 3}, Lead{0xF0, 0xF0, 0x90, 0xBF, 4},
    Lead{0xF1, 0xF3, 0x80, 0xBF, 4}, Lead{0xF4, 0xF4, 0x80, 0x8F, 4},
};

std::uint8_t octet(char character) {
    return static_cast<std::uint8_t>(character);
}

bool is_combining(std::string_view character) {
    return character.size() == 2 &&
           (octet(character[0]) == 0xCC || (octet(character[0]) == 0xCD && octet(character[1]) <= 0xAF));
}

/// Nearly all text: characters of one octet each that stand for themselves.
bool is_printable_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char one) { return one >= ' ' && one < '\x7F'; });
}

} // namespace

std::size_t utf8_character(std::string_view text) {
    if (text.empty()) { return 0; }
    const std::uint8_t first = octet(text[0]);
    if (first < 0x80) { return 1; }
    const auto* const lead =
        std::ranges::find_if(leads, [&](const Lead& row) { return first >= row.first && first <= row.last; });
    if (lead == leads.end() || text.size() < lead->length) { return 0; }
    if (octet(text[1]) < lead->second_first || octet(text[1]) > lead->second_last) { return 0; }
    for (std::size_t i = 2; i < lead->length; ++i) {
        if ((octet(text[i]) & 0xC0U) != 0x80U) { return 0; }
    }
    return lead->length;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8_character(text), 1);
        if (!is_combining(text.substr(0, length))) { ++width; }
        text.remove_prefix(length);
    }
    return width;
}

std::string repaired(std::string_view text) {
    if (is_printable_ascii(text)) { return std::string(text); }
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_character(text);
        result.append(length == 0 ? replacement : text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
}

std::string tamed(std::string_view text) {
    if (is_printable_ascii(text)) { return std::string(text); }
    std::string result;
    const std::string whole = repaired(text);
    std::string_view rest = whole;
    while (!rest.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8_character(rest), 1);
        const std::string_view character = rest.substr(0, length);
        const bool is_c0 = length == 1 && (octet(rest[0]) < 0x20 || octet(rest[0]) == 0x7F);
        const bool is_c1 = length == 2 && octet(rest[0]) == 0xC2 && octet(rest[1]) < 0xA0;
        if (is_c0 || is_c1) {
            result += fmt::format("\\x{:02x}", octet(character.back()));
        } else {
            result.append(character);
        }
        rest.remove_prefix(length);
    }
    return result;
}

} // namespace meterctl::output
