#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace meterctl {

namespace {

constexpr std::string_view digits = "0123456789ABCDEF";
constexpr std::string_view separators = " \t\r\n\v\f:-,;";

std::optional<std::uint8_t> digit(char character) {
    if (character >= '0' && character <= '9') { return static_cast<std::uint8_t>(character - '0'); }
    if (character >= 'A' && character <= 'F') { return static_cast<std::uint8_t>(character - 'A' + 10); }
    if (character >= 'a' && character <= 'f') { return static_cast<std::uint8_t>(character - 'a' + 10); }
    return std::nullopt;
}

bool is_prefix(std::string_view text, std::size_t at) {
    return text[at] == '0' && at + 1 < text.size() && (text[at + 1] == 'x' || text[at + 1] == 'X');
}

std::string printable(char character) {
    const auto octet = static_cast<unsigned char>(character);
    if (octet < 0x20 || octet > 0x7E) { return fmt::format("octet 0x{:02X}", octet); }
    return fmt::format("'{}'", character);
}

} // namespace

std::string to_hex(ByteView bytes, std::string_view separator) {
    if (bytes.empty()) { return {}; }
    std::string text(bytes.size() * (2 + separator.size()) - separator.size(), ' ');
    char* end = text.data();
    for (const std::uint8_t octet : bytes) {
        if (end != text.data()) { end = std::ranges::copy(separator, end).out; }
        *end++ = digits[octet >> 4U];
        *end++ = digits[octet & 0x0FU];
    }
    return text;
}

Result<Bytes> from_hex(std::string_view text) {
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    std::size_t at = 0;
    while (at < text.size()) {
        if (separators.find(text[at]) != std::string_view::npos) {
            ++at;
            continue;
        }
        if (is_prefix(text, at)) { at += 2; }
        const auto high = at < text.size() ? digit(text[at]) : std::nullopt;
        if (!high) {
            const std::string found = at < text.size() ? printable(text[at]) : "the end";
            return fail(Category::usage, fmt::format("{} is no hexadecimal digit", found),
                        fmt::format("offset {}", at));
        }
        const auto low = at + 1 < text.size() ? digit(text[at + 1]) : std::nullopt;
        if (!low) {
            return fail(Category::usage, fmt::format("half an octet: '{}' stands alone", text[at]),
                        fmt::format("offset {}", at), {"two digits for each octet, e.g. 03 for 3"});
        }
        bytes.push_back(static_cast<std::uint8_t>(*high << 4U | *low));
        at += 2;
    }
    return bytes;
}

} // namespace meterctl
