// How long a DLMS server may take: Blue Book, class 23, and what the field adds.
#pragma once

#include "transports/endpoint.hpp"
#include "transports/loop.hpp"

#include <optional>

namespace meterctl::sessions::dlms {

using transports::Duration;
using Line = std::optional<transports::LineSettings>;

/// Until an answer begins, on a line of its own.
inline constexpr Duration line_response = std::chrono::seconds(3);
/// The same behind a network: a modem, a power line and a concentrator take their time.
inline constexpr Duration network_response = std::chrono::seconds(10);
/// A connection that was silent for so long may be gone: half of what meters wait by default.
inline constexpr Duration doubtful_silence = std::chrono::seconds(60);
/// After the switch of mode E, before the first frame.
inline constexpr Duration binary_settling = std::chrono::milliseconds(300);

/// From the request's end to the answer's start at the latest. A meter may build a whole frame first.
Duration response_time(const Line& line, std::size_t longest_frame);
/// The silence that ends a frame: 25 ms by default, and what adapters and gateways add.
Duration inter_octet_time(const Line& line);

} // namespace meterctl::sessions::dlms
