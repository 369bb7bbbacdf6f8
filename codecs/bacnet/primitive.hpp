// The primitive data types as plain structs and their content octets (clause 20.2.2 to 20.2.14), the same under an
// application and under a context tag.
#pragma once

#include "codecs/bacnet/tag.hpp"
#include "src/core/value.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace meterctl::codecs::bacnet {

inline constexpr std::uint32_t max_instance = 0x3F'FFFE;
inline constexpr std::uint32_t any_instance = 0x3F'FFFF; ///< "whichever you are" in a read of the device object
inline constexpr std::uint8_t unspecified = 0xFF;        ///< any, in each field of a date and a time

struct Null {
    friend bool operator==(const Null&, const Null&) = default;
};

struct Enumerated {
    std::uint32_t value = 0;
    friend bool operator==(const Enumerated&, const Enumerated&) = default;
};

/// Clause 20.2.9: the octets as they stand, with the number of the character set before them.
struct CharacterString {
    enum : std::uint8_t { utf8 = 0, dbcs = 1, jis = 2, ucs4 = 3, ucs2 = 4, latin1 = 5 };
    std::uint8_t character_set = utf8;
    Bytes octets;

    CharacterString() = default;
    explicit CharacterString(std::string_view text) : octets(text.begin(), text.end()) {}
    /// As UTF-8; nullopt for character sets that are not converted (1, 2, unknown ones) and for damaged text.
    [[nodiscard]] std::optional<std::string> text() const;
    friend bool operator==(const CharacterString&, const CharacterString&) = default;
};

/// Bit 0 is the first one, the highest of the first octet.
struct BitString {
    std::vector<bool> bits;
    [[nodiscard]] bool test(std::size_t bit) const { return bit < bits.size() && bits[bit]; }
    /// "0110"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const BitString&, const BitString&) = default;
};

/// Clause 20.2.12, the octets as they stand: 13 and 14 odd and even months, day 32 the last one, 33 and 34 odd and
/// even.
struct Date {
    std::uint8_t year = unspecified; ///< since 1900
    std::uint8_t month = unspecified;
    std::uint8_t day = unspecified;
    std::uint8_t weekday = unspecified; ///< 1 Monday to 7 Sunday
    /// "2026-11-21", "1991-*-24", "*-odd-last"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Date&, const Date&) = default;
};

/// Clause 20.2.13.
struct Time {
    std::uint8_t hour = unspecified;
    std::uint8_t minute = unspecified;
    std::uint8_t second = unspecified;
    std::uint8_t hundredths = unspecified;
    /// "17:35:45.17", "17:*:*.*"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Time&, const Time&) = default;
};

struct ObjectId {
    std::uint16_t type = 0;     ///< 0 to 1023
    std::uint32_t instance = 0; ///< 0 to 4194303
    /// "analog-input:11", "130:4" for a proprietary type
    [[nodiscard]] std::string text() const;
    friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
};
ObjectId object_id(std::uint32_t packed);
std::uint32_t packed(ObjectId id);

using Primitive = std::variant<Null, bool, std::uint64_t, std::int64_t, float, double, Bytes, CharacterString,
                               BitString, Enumerated, Date, Time, ObjectId>;

/// The application tag of what a primitive holds.
Application type_of(const Primitive& value);

/// Content octets as a type. Untrusted where their number or form is not the type's; unsigned and signed numbers take 1
/// to 8 octets. A boolean is the one octet of a context tag here.
Result<Primitive> decode_content(Application type, ByteView content);
/// The value of an application-tagged element.
Result<Primitive> decode_application(const Element& element);
/// All values of octets that are application-tagged throughout: an array or a list of primitives.
Result<std::vector<Primitive>> decode_primitives(ByteView octets);

void write_application(ByteWriter& writer, const Primitive& value);
void write_context(ByteWriter& writer, std::uint8_t number, const Primitive& value);
/// Application-tagged octets of one value.
Bytes encode_primitive(const Primitive& value);

} // namespace meterctl::codecs::bacnet
