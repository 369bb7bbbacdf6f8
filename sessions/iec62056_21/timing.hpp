// How long things take: IEC 62056-21:2002, clause 6.3.14 (reaction and inter-character times) and annex B (wake-up).
#pragma once

#include "transports/endpoint.hpp"
#include "transports/loop.hpp"

#include <optional>

namespace meterctl::sessions::iec62056_21 {

using transports::Duration;

/// From the end of a message to the start of its answer, at the longest (tr).
inline constexpr Duration longest_reaction = std::chrono::milliseconds(1500);
/// Between two characters of one message, at the longest (ta).
inline constexpr Duration longest_gap = std::chrono::milliseconds(1500);
/// Serial adapters and sockets hold octets back for up to this.
inline constexpr Duration adapter_delay = std::chrono::milliseconds(250);
/// A meter that hears no option select sends its data at the rate of the sign-on, this long after its identification.
inline constexpr Duration longest_fallback = std::chrono::milliseconds(2200);

/// NULs for 2.1 to 2.3 s, then a pause of 1.5 to 1.7 s.
inline constexpr Duration wake_up_call = std::chrono::milliseconds(2200);
inline constexpr Duration wake_up_pause = std::chrono::milliseconds(1600);

/// A meter that pushes by itself (mode D, or one in the field) does so within this.
inline constexpr Duration push_patience = std::chrono::seconds(30);
/// A meter that talks at another rate than ours is let finish, within limits: 4 KB at 300 baud.
inline constexpr Duration longest_settling = std::chrono::seconds(140);

/// Every sign-on starts at 300 baud, 7E1 (clause 5.3 and 5.4).
transports::LineSettings standard_line();

/// Of so many octets; zero where there is no serial line.
Duration line_time(const std::optional<transports::LineSettings>& line, std::size_t octets);

} // namespace meterctl::sessions::iec62056_21
