// Times of the M-Bus link layer, all in bit times. EN 13757-2, clauses 5.5 and 5.7: a slave answers after 11 to 330 bit
// times and 50 ms, and leaves no more than 33 bit times between the octets of a frame (22 at higher rates are usual).
#pragma once

#include "transports/endpoint.hpp"
#include "transports/loop.hpp"

#include <optional>

namespace meterctl::sessions::mbus {

using transports::Duration;

/// Where nothing says the rate of the line behind a socket, the slowest one.
inline constexpr unsigned slowest_baud = 300;

/// How long `octets` take on the line; zero where nothing says its rate.
Duration line_time(const std::optional<transports::LineSettings>& line, std::size_t octets);
/// From the request's end to the answer's start at the latest, with what adapters and gateways add.
Duration answer_time(const std::optional<transports::LineSettings>& line);
/// The silence behind which a frame has ended, with what adapters and gateways add.
Duration frame_gap(const std::optional<transports::LineSettings>& line);
/// The longest that one answer keeps the line busy.
Duration longest_answer(const std::optional<transports::LineSettings>& line);

} // namespace meterctl::sessions::mbus
