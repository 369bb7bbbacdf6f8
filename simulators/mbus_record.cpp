#include "simulators/mbus_record.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace meterctl::simulators {

namespace {

constexpr std::uint8_t extended = 0x80; ///< another DIFE or VIFE follows
constexpr std::uint8_t vif_mask = 0x7F;
constexpr std::uint8_t plain_text_vif = 0x7C;
constexpr std::uint8_t coding_mask = 0x0F;
constexpr std::uint8_t real32 = 0x05;
constexpr std::array<std::size_t, 16> coding_octets{0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0};
constexpr std::uint8_t first_bcd = 0x09;
constexpr int century = 2000;

/// A run of VIF codes of one quantity whose last bits count powers of ten.
struct Run {
    std::uint8_t table; ///< 0: the main table, else the extension's code
    std::uint8_t first, last;
    int exponent; ///< of the first
    bool counter;
};
constexpr std::array runs{
    Run{0, 0x00, 0x07, -3, true},     Run{0, 0x08, 0x0F, 0, true},      Run{0, 0x10, 0x17, -6, true},
    Run{0, 0x18, 0x1F, -3, true},     Run{0, 0x28, 0x2F, -3, false},    Run{0, 0x30, 0x37, 0, false},
    Run{0, 0x38, 0x3F, -6, false},    Run{0, 0x58, 0x5B, -3, false},    Run{0, 0x5C, 0x5F, -3, false},
    Run{0, 0x60, 0x63, -3, false},    Run{0xFD, 0x40, 0x4F, -9, false}, Run{0xFD, 0x50, 0x5F, -12, false},
    Run{0xFB, 0x2C, 0x2F, -3, false},
};

struct Scale {
    int exponent = 0;
    bool counter = false;
};

Scale scale_of(ByteView header) {
    std::size_t at = 0;
    while (at < header.size() && (header[at] & extended) != 0) { ++at; }
    if (++at >= header.size()) { return {}; }
    const bool extension = (header[at] == 0xFD || header[at] == 0xFB) && at + 1 < header.size();
    const std::uint8_t table = extension ? header[at] : 0;
    const auto code = static_cast<std::uint8_t>(header[extension ? at + 1 : at] & vif_mask);
    for (const Run& run : runs) {
        if (run.table == table && run.first <= code && code <= run.last) {
            return {run.exponent + code - run.first, run.counter};
        }
    }
    return {};
}

Bytes encode_integer(std::size_t octets, double raw) {
    const double limit = std::ldexp(1.0, static_cast<int>(8 * octets) - 1);
    const bool fits = raw < limit && raw >= -limit;
    const auto number = fits ? static_cast<std::int64_t>(raw) : std::int64_t{1} << (8 * octets - 1);
    Bytes out;
    for (std::size_t i = 0; i < octets; ++i) { out.push_back(static_cast<std::uint8_t>(number >> (8 * i) & 0xFF)); }
    return out;
}

/// Lowest digits first; a minus sign is an F in the highest digit.
Bytes encode_bcd(std::size_t octets, double raw) {
    const std::size_t digits = 2 * octets - (raw < 0 ? 1 : 0);
    double rest = std::abs(raw);
    if (rest >= std::pow(10.0, static_cast<double>(digits))) { return Bytes(octets, 0xFF); }
    Bytes out(octets, 0);
    for (std::size_t digit = 0; digit < digits; ++digit) {
        const auto worth = static_cast<unsigned>(std::fmod(rest, 10));
        out[digit / 2] = static_cast<std::uint8_t>(out[digit / 2] | worth << (digit % 2 * 4));
        rest = std::floor(rest / 10);
    }
    if (raw < 0) { out.back() = static_cast<std::uint8_t>(out.back() | 0xF0U); }
    return out;
}

Bytes encode_real(double value) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    return ByteWriter().u32le(bits).take();
}

} // namespace

std::size_t header_octets(ByteView record) {
    std::size_t at = 0;
    const auto skip_chain = [&record, &at] {
        while (at < record.size() && (record[at] & extended) != 0) { ++at; }
        return at++ < record.size();
    };
    if (!skip_chain()) { return 0; }
    const std::size_t vif = at;
    if (vif >= record.size()) { return 0; }
    if ((record[vif] & vif_mask) == plain_text_vif && vif + 1 < record.size()) {
        const std::size_t end = vif + 2 + record[vif + 1];
        return end <= record.size() ? end : 0;
    }
    return skip_chain() ? at : 0;
}

std::optional<std::size_t> data_octets(std::uint8_t dif) {
    const unsigned coding = dif & coding_mask;
    if (coding == 0x0D || coding == 0x0F) { return std::nullopt; }
    return coding_octets.at(coding);
}

Bytes encode_value(ByteView header, double value) {
    const unsigned coding = header.front() & coding_mask;
    const Scale scale = scale_of(header);
    const double scaled = value / std::pow(10.0, scale.exponent);
    if (coding == real32) { return encode_real(scaled); }
    // A counter shows the steps it has completed; the division must not lose one.
    const double raw = scale.counter ? std::floor(scaled + 1e-6) : std::round(scaled);
    const std::size_t octets = coding_octets.at(coding);
    return coding >= first_bcd ? encode_bcd(octets, raw) : encode_integer(octets, raw);
}

Bytes encode_time(std::size_t octets, const DateTime& time) {
    const auto part = [](const std::optional<int>& value) { return static_cast<unsigned>(value.value_or(0)); };
    const unsigned year = part(time.year) - century;
    const auto minute = static_cast<std::uint8_t>(part(time.minute));
    const auto hour = static_cast<std::uint8_t>(part(time.hour));
    const auto day = static_cast<std::uint8_t>(part(time.day) | (year & 7U) << 5U);
    const auto month = static_cast<std::uint8_t>(part(time.month) | (year >> 3U & 0xFU) << 4U);
    if (octets == 4) { return {minute, hour, day, month}; }
    return {static_cast<std::uint8_t>(part(time.second)), minute, hour, day, month, 0};
}

std::optional<DateTime> decode_time(ByteView data) {
    if (data.size() != 4 && data.size() != 6) { return std::nullopt; }
    const std::size_t at = data.size() == 6 ? 1 : 0;
    const unsigned low = data[at + 2], high = data[at + 3];
    const unsigned year = low >> 5U | (high >> 4U) << 3U;
    DateTime time;
    time.second = at == 1 ? data[0] & 0x3F : 0;
    time.minute = data[at] & 0x3F;
    time.hour = data[at + 1] & 0x1F;
    time.day = data[at + 2] & 0x1F;
    time.month = data[at + 3] & 0x0F;
    time.year = century + static_cast<int>(year);
    time.utc_offset_minutes = 0;
    const bool invalid = (data[at] & extended) != 0;
    return invalid || !time.complete() ? std::nullopt : std::optional(time);
}

} // namespace meterctl::simulators
