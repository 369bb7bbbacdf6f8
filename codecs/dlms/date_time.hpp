// Date-time, date and time as COSEM has them (IEC 62056-6-2 clause 4.1.6.1): each field can be left open, the
// deviation and the clock status too.
#pragma once

#include "codecs/dlms/data.hpp"
#include "src/core/datetime.hpp"
#include "src/core/value.hpp"

namespace meterctl::codecs::dlms {

/// Bits of the clock status.
namespace clock_status {
inline constexpr std::uint8_t invalid = 0x01;
inline constexpr std::uint8_t doubtful = 0x02;
inline constexpr std::uint8_t different_base = 0x04;
inline constexpr std::uint8_t invalid_status = 0x08;
inline constexpr std::uint8_t summer_time = 0x80;
inline constexpr std::uint8_t not_specified = 0xFF;
} // namespace clock_status

/// The fields as they are sent; what is not specified has all its bits set.
struct CosemTime {
    static constexpr std::uint8_t any = 0xFF;
    static constexpr std::uint16_t any_year = 0xFFFF;
    static constexpr std::uint8_t dst_begin = 0xFE, dst_end = 0xFD; ///< of the month
    static constexpr std::uint8_t last_day = 0xFE, last_but_one = 0xFD;
    static constexpr std::int16_t any_deviation = -0x8000;

    std::uint16_t year = any_year;
    std::uint8_t month = any, day = any;
    std::uint8_t weekday = any; ///< 1 Monday to 7 Sunday; with a day: this weekday on or after that day
    std::uint8_t hour = any, minute = any, second = any, hundredths = any;
    std::int16_t deviation = any_deviation; ///< minutes from local time to UTC: UTC+2 is -120
    std::uint8_t status = clock_status::not_specified;

    friend bool operator==(const CosemTime&, const CosemTime&) = default;
};

inline constexpr std::size_t date_time_octets = 12, date_octets = 5, time_octets = 4;

/// nullopt unless there are 12, 5, 4 octets. What the fields say is not judged.
std::optional<CosemTime> decode_date_time(ByteView octets);
std::optional<CosemTime> decode_date(ByteView octets);
std::optional<CosemTime> decode_time(ByteView octets);
Bytes encode_date_time(const CosemTime& time);
Bytes encode_date(const CosemTime& time);
Bytes encode_time(const CosemTime& time);

/// What a CosemTime says: a DateTime, or null with the flag "invalid_date" (a month 13) or "not_available" (every
/// field open).
struct ShownTime {
    Value value;
    /// "local_time" without deviation, "unspecified_fields", "clock_invalid", "clock_doubtful", "clock_base",
    /// "clock_status_invalid", "summer_time"
    std::vector<std::string> flags;
    std::string text; ///< what no DateTime can say: "last Sunday of March", "begin of summer time"
};
ShownTime show_date_time(const CosemTime& time);
ShownTime show_date(const CosemTime& time);
/// A text: "08:30:15", with hundredths where they are not 0.
ShownTime show_time(const CosemTime& time);
/// "08:30:15", "08:30"; nullopt for others.
std::optional<CosemTime> parse_time(std::string_view text);

/// Open fields stay open. The status is as given: 00 tells a meter that the time is good.
CosemTime to_cosem(const DateTime& time, std::uint8_t status = 0);

/// "invalid, summer time"; "" for 00.
std::string clock_status_text(std::uint8_t status);

/// Whether 12 octets of an octet-string are a date-time for all that can be seen.
bool looks_like_date_time(ByteView octets);

/// A date-time in a Data: of the type date-time, or an octet-string of 12 octets.
std::optional<CosemTime> date_time_of(const Data& data);

} // namespace meterctl::codecs::dlms
