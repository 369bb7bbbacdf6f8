// Data: what attributes, parameters and notifications are made of, in A-XDR (IEC 62056-6-2 clause 4, IEC 62056-5-3
// clause 9.5, IEC 61334-6). A value keeps its type, so that what was decoded encodes to the same octets again, but for
// lengths that were longer than they had to be.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meterctl::codecs::dlms {

/// How deep arrays and structures may nest; the Blue Book's own stay below 10.
inline constexpr unsigned max_data_depth = 64;

/// The tags of Data.
enum class Type : std::uint8_t {
    null_data = 0,
    array = 1,
    structure = 2,
    boolean = 3,
    bit_string = 4,
    double_long = 5,
    double_long_unsigned = 6,
    octet_string = 9,
    visible_string = 10,
    utf8_string = 12,
    bcd = 13,
    integer = 15,
    long_signed = 16,
    unsigned_integer = 17,
    long_unsigned = 18,
    compact_array = 19,
    long64 = 20,
    long64_unsigned = 21,
    enumerated = 22,
    float32 = 23,
    float64 = 24,
    date_time = 25,
    date = 26,
    time = 27,
    delta_integer = 28,
    delta_long = 29,
    delta_double_long = 30,
    delta_unsigned = 31,
    delta_long_unsigned = 32,
    delta_double_long_unsigned = 33,
    dont_care = 255,
};

/// As the standard spells it: "double-long-unsigned"; empty for a tag that is none.
std::string_view type_name(Type type);
/// The type of this tag; nullopt where the tag is reserved.
std::optional<Type> type_of(std::uint8_t tag);
/// The type of this name, spelled as the standard has it.
std::optional<Type> type_of(std::string_view name);

struct Data {
    /// nothing: null-data, dont-care · bool: boolean · int64: the signed types · uint64: the unsigned ones, enum, bcd
    /// (the octet as sent) · octets: strings of all kinds, date-time, date, time · elements: array, structure,
    /// compact-array (which is held expanded, each element with its type)
    using Content =
        std::variant<std::monostate, bool, std::int64_t, std::uint64_t, float, double, Bytes, std::vector<Data>>;

    Type type = Type::null_data;
    std::uint8_t unused_bits = 0; ///< of a bit-string's last octet
    std::uint32_t offset = 0;     ///< in the octets it was decoded from; not compared
    std::uint32_t length = 0;     ///< of tag and content; within a compact-array there is no tag
    Content content;

    /// Elements of an array, a structure or a compact-array; nullptr for others.
    [[nodiscard]] const std::vector<Data>* items() const { return std::get_if<std::vector<Data>>(&content); }
    /// Element `index` where it is the one of an array or structure; nullptr else.
    [[nodiscard]] const Data* at(std::size_t index) const;
    /// Octets of a string, a date or a time; nullptr for others.
    [[nodiscard]] const Bytes* octets() const { return std::get_if<Bytes>(&content); }
    /// Octets of a string as characters; empty for others.
    [[nodiscard]] std::string_view text() const;
    /// A whole number (enum, bcd's digits and boolean too) that fits; nullopt for others.
    [[nodiscard]] std::optional<std::int64_t> whole() const;
    [[nodiscard]] bool is_null() const { return type == Type::null_data || type == Type::dont_care; }

    static Data null() { return {}; }
    static Data boolean(bool value);
    static Data integer(std::int8_t value);
    static Data long_signed(std::int16_t value);
    static Data double_long(std::int32_t value);
    static Data long64(std::int64_t value);
    static Data unsigned_integer(std::uint8_t value);
    static Data long_unsigned(std::uint16_t value);
    static Data double_long_unsigned(std::uint32_t value);
    static Data long64_unsigned(std::uint64_t value);
    static Data enumerated(std::uint8_t value);
    static Data float32(float value);
    static Data float64(double value);
    static Data octet_string(ByteView value);
    static Data visible_string(std::string_view value);
    static Data utf8_string(std::string_view value);
    /// `bits` bits from the highest of the first octet on; octets that are too few are filled with zeros.
    static Data bit_string(Bytes octets, std::size_t bits);
    static Data array(std::vector<Data> items);
    static Data structure(std::vector<Data> items);
    static Data compact_array(std::vector<Data> items);

    friend bool operator==(const Data& a, const Data& b) {
        return a.type == b.type && a.unused_bits == b.unused_bits && a.content == b.content;
    }
};

/// Reads one Data and leaves the reader behind it. Untrusted, code "dlms.axdr", with the offset, where octets are
/// missing, a tag is reserved, a count leads past the end, or values nest too deep.
Result<Data> read_data(ByteReader& reader);
/// One Data that is all there is: what is left over is an error.
Result<Data> decode_data(ByteView octets);

/// How many octets the Data at the front has; nullopt where its end has not come yet. An error where it is no Data.
/// Takes no memory.
Result<std::optional<std::size_t>> data_extent(ByteView octets);

/// A compact-array whose elements are not of one type is written as an array.
void write_data(ByteWriter& writer, const Data& data);
Bytes encode(const Data& data);

/// An untrusted error at an offset.
Error octets_error(std::string what, std::size_t offset, std::string code = "dlms.axdr");

} // namespace meterctl::codecs::dlms
