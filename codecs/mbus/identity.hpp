// Who a slave is: identification number, manufacturer, version and medium, which are its secondary address too.
// EN 13757-3:2018 clause 5.5; EN 13757-7:2018 clauses 7.3 to 7.6. Manufacturer codes are those of the FLAG association.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::codecs::mbus {

namespace medium {
inline constexpr std::uint8_t other = 0x00;
inline constexpr std::uint8_t electricity = 0x02;
inline constexpr std::uint8_t gas = 0x03;
inline constexpr std::uint8_t heat = 0x04;
inline constexpr std::uint8_t warm_water = 0x06;
inline constexpr std::uint8_t water = 0x07;
inline constexpr std::uint8_t heat_inlet = 0x0C;
} // namespace medium

struct Identity {
    std::uint32_t id = 0; ///< eight digits, a nibble each: 0x12345678 is 12345678
    std::uint16_t manufacturer = 0;
    std::uint8_t version = 0;
    std::uint8_t medium = 0;

    friend bool operator==(const Identity&, const Identity&) = default;
};

/// "12345678": the eight digits; makers' hexadecimal ones are kept.
std::string id_text(std::uint32_t id);
/// "INM" of 25CD.
std::string manufacturer_text(std::uint16_t code);
/// 25CD of "INM", in any case; nullopt where it is not three letters.
std::optional<std::uint16_t> manufacturer_code(std::string_view text);
/// "electricity", "heat", "water", ...; empty where reserved.
std::string_view medium_name(std::uint8_t medium);
/// The status octet in words: "no error", "busy", "application error", "power low", "permanent error", ..., parted by
/// ", "; makers' bits as "bit 5".
std::string status_text(std::uint8_t status);

/// Which slaves a selection means: a wildcard is nibble F of the id, FFFF of the manufacturer, FF of the others.
struct Selection {
    Identity wanted{0xFFFFFFFF, 0xFFFF, 0xFF, 0xFF};
    std::optional<std::uint32_t> fabrication; ///< eight digits, F a wildcard, of meters that take part in it

    friend bool operator==(const Selection&, const Selection&) = default;
};

bool matches(const Selection& selection, const Identity& identity);
/// "12345678", "1234FFFF", "12345678-INM-01-02" ("*" for a wildcard part), or sixteen hex digits as other tools write
/// them: id, manufacturer as sent, version, medium. Usage error.
Result<Selection> parse_selection(std::string_view text);
/// The shortest text that parse_selection reads back.
std::string selection_text(const Selection& selection);

/// The data of CI 52 (eight octets, and the fabrication number as a record); of CI 56 in mode 2.
Bytes encode_selection(const Selection& selection);
/// Untrusted where it is shorter than eight octets or ends in what is no fabrication number.
Result<Selection> decode_selection(ByteView data);

} // namespace meterctl::codecs::mbus
