#include "codecs/mbus/identity.hpp"

#include "codecs/mbus/data.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

struct Medium {
    std::uint8_t code;
    std::string_view name;
};

constexpr std::array media{
    Medium{0x00, "other"},
    Medium{0x01, "oil"},
    Medium{0x02, "electricity"},
    Medium{0x03, "gas"},
    Medium{0x04, "heat"},
    Medium{0x05, "steam"},
    Medium{0x06, "warm water"},
    Medium{0x07, "water"},
    Medium{0x08, "heat cost allocator"},
    Medium{0x09, "compressed air"},
    Medium{0x0A, "cooling, measured at the return"},
    Medium{0x0B, "cooling, measured at the flow"},
    Medium{0x0C, "heat, measured at the flow"},
    Medium{0x0D, "heat and cooling"},
    Medium{0x0E, "bus or system component"},
    Medium{0x0F, "unknown medium"},
    Medium{0x10, "irrigation water"},
    Medium{0x11, "water data logger"},
    Medium{0x12, "gas data logger"},
    Medium{0x13, "gas converter"},
    Medium{0x14, "calorific value"},
    Medium{0x15, "hot water"},
    Medium{0x16, "cold water"},
    Medium{0x17, "hot and cold water"},
    Medium{0x18, "pressure"},
    Medium{0x19, "A/D converter"},
    Medium{0x1A, "smoke detector"},
    Medium{0x1B, "room sensor"},
    Medium{0x1C, "gas detector"},
    Medium{0x1D, "carbon monoxide alarm"},
    Medium{0x1E, "heat alarm"},
    Medium{0x1F, "sensor"},
    Medium{0x20, "breaker (electricity)"},
    Medium{0x21, "valve (gas or water)"},
    Medium{0x22, "switching device"},
    Medium{0x25, "customer unit (display)"},
    Medium{0x26, "customer unit"},
    Medium{0x28, "waste water"},
    Medium{0x29, "garbage"},
    Medium{0x2A, "carbon dioxide"},
    Medium{0x2B, "environmental meter"},
    Medium{0x30, "service tool"},
    Medium{0x31, "communication controller"},
    Medium{0x32, "unidirectional repeater"},
    Medium{0x33, "bidirectional repeater"},
    Medium{0x36, "radio converter (system side)"},
    Medium{0x37, "radio converter (meter side)"},
    Medium{0x38, "bus converter (meter side)"},
    Medium{0xFF, "any medium"},
};

/// The lowest two bits of the status.
constexpr std::array application_states{
    std::string_view(""),
    std::string_view("application busy"),
    std::string_view("application error"),
    std::string_view("abnormal condition"),
};
constexpr std::array status_bits{
    std::string_view("power low"),
    std::string_view("permanent error"),
    std::string_view("temporary error"),
};

constexpr std::uint8_t any_octet = 0xFF;
constexpr std::uint16_t any_manufacturer = 0xFFFF;
constexpr std::uint32_t any_id = 0xFFFFFFFF;
/// DIF and VIF of the fabrication number behind a selection: eight digits, VIF 78.
constexpr std::uint8_t fabrication_dif = 0x0C, fabrication_vif = 0x78;
constexpr std::size_t selection_octets = 8, fabricated_octets = 14;

bool id_matches(std::uint32_t wanted, std::uint32_t id) {
    for (unsigned shift = 0; shift < 32; shift += 4) {
        const auto digit = (wanted >> shift) & 0x0FU;
        if (digit != 0x0F && digit != ((id >> shift) & 0x0FU)) { return false; }
    }
    return true;
}

template <class Number>
std::optional<Number> hex_number(std::string_view text, std::size_t digits) {
    Number number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number, 16);
    return text.size() == digits && error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

tl::unexpected<Error> no_selection(std::string_view text) {
    return fail(Category::usage, fmt::format("'{}' is no secondary address", text), {},
                {"eight digits, F for any: 12345678, 1234FFFF",
                 "with manufacturer, version and medium: 12345678-INM-01-02, * for any"},
                "mbus.secondary");
}

/// Two hex digits or "*".
std::optional<std::uint8_t> part_of(std::string_view text) {
    return text == "*" ? std::optional(any_octet) : hex_number<std::uint8_t>(text, 2);
}

std::string part_text(std::uint8_t part) {
    return part == any_octet ? "*" : fmt::format("{:02X}", part);
}

Identity read_identity(ByteView data) {
    ByteReader reader(data);
    Identity identity;
    identity.id = reader.u32le();
    identity.manufacturer = reader.u16le();
    identity.version = reader.u8();
    identity.medium = reader.u8();
    return identity;
}

} // namespace

std::string id_text(std::uint32_t id) {
    return fmt::format("{:08X}", id);
}

std::string manufacturer_text(std::uint16_t code) {
    std::string text;
    for (const unsigned shift : {10U, 5U, 0U}) { text += static_cast<char>('@' + ((code >> shift) & 0x1FU)); }
    return text;
}

std::optional<std::uint16_t> manufacturer_code(std::string_view text) {
    if (text.size() != 3) { return std::nullopt; }
    unsigned code = 0;
    for (const char letter : text) {
        const bool lower = letter >= 'a' && letter <= 'z';
        const char upper = lower ? static_cast<char>(letter - 'a' + 'A') : letter;
        if (upper < '@' || upper > '_') { return std::nullopt; }
        code = (code << 5U) | static_cast<unsigned>(upper - '@');
    }
    return static_cast<std::uint16_t>(code);
}

std::string_view medium_name(std::uint8_t medium) {
    const auto row = std::ranges::find(media, medium, &Medium::code);
    return row == media.end() ? std::string_view() : row->name;
}

std::string status_text(std::uint8_t status) {
    std::string text(application_states.at(status & 0x03U));
    const auto add = [&](std::string_view part) {
        if (!text.empty()) { text += ", "; }
        text += part;
    };
    for (unsigned index = 0; index < status_bits.size(); ++index) {
        if ((status >> (2U + index) & 1U) != 0) { add(status_bits.at(index)); }
    }
    for (unsigned bit = 5; bit < 8; ++bit) {
        if ((status >> bit & 1U) != 0) { add(fmt::format("bit {}", bit)); }
    }
    return text.empty() ? "no error" : text;
}

bool matches(const Selection& selection, const Identity& identity) {
    const auto& wanted = selection.wanted;
    return id_matches(wanted.id, identity.id) &&
           (wanted.manufacturer == any_manufacturer || wanted.manufacturer == identity.manufacturer) &&
           (wanted.version == any_octet || wanted.version == identity.version) &&
           (wanted.medium == any_octet || wanted.medium == identity.medium);
}

Result<Selection> parse_selection(std::string_view text) {
    Selection selection;
    if (text.size() == 16 && text.find('-') == std::string_view::npos) {
        const auto octets = from_hex(text);
        if (!octets || octets->size() != selection_octets) { return no_selection(text); }
        selection.wanted = read_identity(*octets);
        selection.wanted.id = hex_number<std::uint32_t>(text.substr(0, 8), 8).value_or(any_id);
        return selection;
    }
    const auto parts = split(text, '-');
    const auto id = hex_number<std::uint32_t>(parts[0], 8);
    if (!id || (parts.size() != 1 && parts.size() != 4)) { return no_selection(text); }
    selection.wanted.id = *id;
    if (parts.size() == 1) { return selection; }
    const auto manufacturer = parts[1] == "*" ? std::optional(any_manufacturer) : manufacturer_code(parts[1]);
    const auto version = part_of(parts[2]);
    const auto medium = part_of(parts[3]);
    if (!manufacturer || !version || !medium) { return no_selection(text); }
    selection.wanted = {*id, *manufacturer, *version, *medium};
    return selection;
}

std::string selection_text(const Selection& selection) {
    const auto& wanted = selection.wanted;
    const bool only_id =
        wanted.manufacturer == any_manufacturer && wanted.version == any_octet && wanted.medium == any_octet;
    if (only_id) { return id_text(wanted.id); }
    // Three letters hold fifteen bits; what has one more is told in hex.
    if (wanted.manufacturer != any_manufacturer && wanted.manufacturer > 0x7FFF) {
        return fmt::format("{}{:02X}{:02X}{:02X}{:02X}", id_text(wanted.id), wanted.manufacturer & 0xFFU,
                           wanted.manufacturer >> 8U, wanted.version, wanted.medium);
    }
    const auto manufacturer =
        wanted.manufacturer == any_manufacturer ? std::string("*") : manufacturer_text(wanted.manufacturer);
    return fmt::format("{}-{}-{}-{}", id_text(wanted.id), manufacturer, part_text(wanted.version),
                       part_text(wanted.medium));
}

Bytes encode_selection(const Selection& selection) {
    const auto& wanted = selection.wanted;
    ByteWriter writer;
    writer.u32le(wanted.id).u16le(wanted.manufacturer).u8(wanted.version).u8(wanted.medium);
    if (selection.fabrication) { writer.u8(fabrication_dif).u8(fabrication_vif).u32le(*selection.fabrication); }
    return writer.take();
}

Result<Selection> decode_selection(ByteView data) {
    const bool fabricated =
        data.size() == fabricated_octets && data[8] == fabrication_dif && data[9] == fabrication_vif;
    if (data.size() != selection_octets && !fabricated) {
        return fail(Category::untrusted, fmt::format("{} octets are no selection", data.size()), {}, {}, "mbus.length");
    }
    Selection selection;
    selection.wanted = read_identity(data);
    if (fabricated) {
        selection.fabrication = static_cast<std::uint32_t>(unsigned_of(data.subspan(10), ByteOrder::low_first));
    }
    return selection;
}

} // namespace meterctl::codecs::mbus
