// What a slave answers, by the CI field: variable data (72, 76, 78, 7A), fixed data (73, 77), application error (70),
// alarm (71). EN 13757-7:2018 clauses 5 and 7, EN 13757-3:2018 clause 6 and annexes D, G.
#pragma once

#include "codecs/mbus/identity.hpp"
#include "codecs/mbus/record.hpp"

#include <variant>

namespace meterctl::codecs::mbus {

namespace ci {
inline constexpr std::uint8_t application_reset = 0x50;
inline constexpr std::uint8_t data_send = 0x51; ///< 55 in mode 2
inline constexpr std::uint8_t selection = 0x52; ///< 56 in mode 2
inline constexpr std::uint8_t synchronize = 0x5C;
inline constexpr std::uint8_t application_error = 0x70;
inline constexpr std::uint8_t alarm = 0x71;
inline constexpr std::uint8_t variable_data = 0x72; ///< 76 in mode 2
inline constexpr std::uint8_t fixed_data = 0x73;    ///< 77 in mode 2
inline constexpr std::uint8_t no_header = 0x78;
inline constexpr std::uint8_t short_header = 0x7A;
inline constexpr std::uint8_t first_baud = 0xB8; ///< to BF: 300 to 38400 baud
inline constexpr std::uint8_t mode_2 = 0x04;     ///< the bit that tells mode 2 of 51, 52, 72 and 73
} // namespace ci

/// What a CI field announces: "variable data", "application reset", "set baud rate 9600"; empty where nothing is known.
std::string ci_name(std::uint8_t ci);
ByteOrder ci_byte_order(std::uint8_t ci);

struct Header {
    Identity identity; ///< without the manufacturer's and the other parts in a short header
    std::uint8_t access = 0;
    std::uint8_t status = 0;
    std::uint16_t configuration = 0; ///< "signature": 0 unless encrypted
};

struct VariableData {
    enum class Form : std::uint8_t { no_header, short_header, long_header };
    Form form = Form::long_header;
    Header header;
    std::size_t records_at = 0; ///< offset of the first record in the telegram's data
    Records content;
    bool encrypted = false; ///< a security mode is set: `content` is empty
};

struct FixedCounter {
    std::uint8_t unit_code = 0; ///< six bits
    std::string_view name;      ///< "energy", "volume", ...
    Unit unit = Unit::none;
    bool historic = false; ///< of the same quantity as the other counter, at an earlier date
    Value value;           ///< scaled; null where a flag says why
    std::vector<std::string> flags;
    std::string text; ///< BCD digits that are no number
    ByteView data{};
};

struct FixedData {
    std::uint32_t id = 0;
    std::uint8_t access = 0;
    std::uint8_t status = 0; ///< bit 0: the counters are binary, bit 1: stored at a fixed date; else as status_text
    std::uint8_t medium = 0; ///< in the words of variable data
    std::array<FixedCounter, 2> counters;
};

struct ApplicationError {
    std::optional<std::uint8_t> code; ///< none: unspecified
};

struct Alarm {
    std::uint8_t state = 0;
    bool present = false;
};

/// A CI field that is none of these: shown raw.
struct Unknown {
    std::uint8_t ci = 0;
    ByteView data{};
};

using Telegram = std::variant<Unknown, VariableData, FixedData, ApplicationError, Alarm>;

/// Untrusted where the octets are too few for the header of this CI field; damaged records are in `content.damage`.
Result<Telegram> decode_telegram(std::uint8_t ci, ByteView data);

/// "application too busy": EN 13757-7 clause 7.2; "unspecified error" without a code.
std::string application_error_text(std::optional<std::uint8_t> code);
/// The error that a session reports for an application error: Category::refused.
Error refusal(const ApplicationError& error);
/// Why a telegram with damage cannot be trusted as a whole; `at`: offset of its records.
Error damage_error(const Damage& damage, std::size_t at);

/// The 12 octets in front of the records of CI 72 (or 76).
Bytes encode_header(const Header& header, ByteOrder order = ByteOrder::low_first);
/// The data of CI 72: header and records; DIF 1F behind them where more telegrams follow.
Bytes encode_variable(const Header& header, ByteView records, bool more_follows = false);
/// The data of CI 73: counters as they are sent, of 4 octets each.
Bytes encode_fixed(std::uint32_t id, std::uint8_t access, std::uint8_t status, std::uint16_t medium_and_units,
                   std::uint32_t counter1, std::uint32_t counter2);

} // namespace meterctl::codecs::mbus
