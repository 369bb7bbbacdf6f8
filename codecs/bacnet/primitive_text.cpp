#include "codecs/bacnet/names.hpp"
#include "codecs/bacnet/primitive.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint32_t surrogates = 0xD800, low_surrogates = 0xDC00, after_surrogates = 0xE000;
constexpr std::uint32_t last_character = 0x10FFFF;

bool is_character(std::uint32_t code) {
    return code <= last_character && (code < surrogates || code >= after_surrogates);
}

void append(std::string& text, std::uint32_t code) {
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0U | (code >> 6U));
        tail(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0U | (code >> 12U));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0U | (code >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::size_t utf8_length(std::uint8_t lead) {
    if (lead < 0x80) { return 1; }
    if (lead >= 0xC2 && lead < 0xE0) { return 2; }
    if (lead >= 0xE0 && lead < 0xF0) { return 3; }
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

std::optional<std::string> from_utf8(ByteView octets) {
    for (std::size_t at = 0; at < octets.size();) {
        const auto length = utf8_length(octets[at]);
        if (length == 0 || length > octets.size() - at) { return std::nullopt; }
        std::uint32_t code = length == 1 ? octets[at] : octets[at] & (0x7FU >> length);
        for (std::size_t next = 1; next < length; ++next) {
            if ((octets[at + next] & 0xC0U) != 0x80U) { return std::nullopt; }
            code = (code << 6U) | (octets[at + next] & 0x3FU);
        }
        const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
        if (overlong || !is_character(code)) { return std::nullopt; }
        at += length;
    }
    return std::string(octets.begin(), octets.end());
}

std::optional<std::string> from_ucs2(ByteView octets) {
    if (octets.size() % 2 != 0) { return std::nullopt; }
    std::string text;
    ByteReader reader(octets);
    while (!reader.at_end()) {
        std::uint32_t code = reader.u16be();
        if (code >= surrogates && code < low_surrogates && !reader.at_end()) {
            const std::uint32_t low = reader.u16be();
            if (low < low_surrogates || low >= after_surrogates) { return std::nullopt; }
            code = 0x10000 + ((code - surrogates) << 10U) + (low - low_surrogates);
        }
        if (!is_character(code)) { return std::nullopt; }
        append(text, code);
    }
    return text;
}

std::optional<std::string> from_ucs4(ByteView octets) {
    if (octets.size() % 4 != 0) { return std::nullopt; }
    std::string text;
    ByteReader reader(octets);
    while (!reader.at_end()) {
        const auto code = reader.u32be();
        if (!is_character(code)) { return std::nullopt; }
        append(text, code);
    }
    return text;
}

std::string from_latin1(ByteView octets) {
    std::string text;
    for (const auto octet : octets) { append(text, octet); }
    return text;
}

std::string field(std::uint8_t value, unsigned width) {
    return value == unspecified ? "*" : fmt::format("{:0{}}", value, width);
}

std::string month_text(std::uint8_t month) {
    if (month == 13) { return "odd"; }
    return month == 14 ? "even" : field(month, 2);
}

std::string day_text(std::uint8_t day) {
    if (day == 32) { return "last"; }
    if (day == 33) { return "odd"; }
    return day == 34 ? "even" : field(day, 2);
}

} // namespace

std::optional<std::string> CharacterString::text() const {
    switch (character_set) {
    case utf8:
        return from_utf8(octets);
    case ucs4:
        return from_ucs4(octets);
    case ucs2:
        return from_ucs2(octets);
    case latin1:
        return from_latin1(octets);
    default:
        return std::nullopt;
    }
}

std::string BitString::text() const {
    std::string text;
    text.reserve(bits.size());
    for (const bool bit : bits) { text += bit ? '1' : '0'; }
    return text;
}

std::string Date::text() const {
    const std::string years = year == unspecified ? "*" : fmt::format("{}", 1900 + year);
    return years + "-" + month_text(month) + "-" + day_text(day);
}

std::string Time::text() const {
    return field(hour, 2) + ":" + field(minute, 2) + ":" + field(second, 2) + "." + field(hundredths, 2);
}

std::string ObjectId::text() const {
    const auto name = names::find(names::object_types, type);
    std::string text = name.empty() ? std::to_string(type) : std::string(name);
    text += ':';
    text += std::to_string(instance);
    return text;
}

ObjectId object_id(std::uint32_t packed) {
    return {static_cast<std::uint16_t>(packed >> 22U), packed & any_instance};
}

std::uint32_t packed(ObjectId id) {
    return (std::uint32_t{id.type} << 22U) | (id.instance & any_instance);
}

} // namespace meterctl::codecs::bacnet
