// The information field of SNRM and UA: how long information fields may be, and how many I frames go before an answer.
// IEC 62056-46, clause 6.4.4.4.3.2. "Transmit" is the sender's own side, in both frames.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <string>

namespace meterctl::codecs::dlms::hdlc {

inline constexpr std::uint16_t default_info = 128, least_info = 32, most_info = 2030;
inline constexpr std::uint8_t default_window = 1, most_window = 7;

/// As one side sees them. What is not said is the default.
struct Parameters {
    std::uint16_t max_info_transmit = default_info, max_info_receive = default_info;
    std::uint8_t window_transmit = default_window, window_receive = default_window;
    friend bool operator==(const Parameters&, const Parameters&) = default;
};

/// `81 80 LL ...` with all four.
Bytes encode(const Parameters& parameters);
/// Empty octets are the defaults; unknown parameters are skipped, and values beyond the limits brought within.
/// Untrusted where the field is cut short or none.
Result<Parameters> decode_parameters(ByteView information);
/// What holds on the side of `own`, when the other sent `others`: the smaller of both.
Parameters negotiate(const Parameters& own, const Parameters& others);

/// "128/128 octets, window 1/1": transmit and receive
std::string text(const Parameters& parameters);

} // namespace meterctl::codecs::dlms::hdlc
