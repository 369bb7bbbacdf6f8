// How long things take on the line: MODBUS over Serial Line V1.02, clause 2.5.1.1 (silences) and what meters need.
#pragma once

#include "transports/endpoint.hpp"
#include "transports/loop.hpp"

#include <optional>

namespace meterctl::sessions::modbus {

using transports::Duration;

/// The time that a meter gets to start its answer, where neither user nor definition says: under load some take more
/// than half a second.
inline constexpr Duration usual_answer_time = std::chrono::seconds(1);
/// An answer can come this much after the request, at the latest: until then it could pass for another's.
inline constexpr Duration latest_answer = std::chrono::seconds(2);
/// After a broadcast, which nobody answers (clause 2.4.1: 100 to 200 ms).
inline constexpr Duration turnaround = std::chrono::milliseconds(200);

/// Of so many octets; zero where there is no serial line.
Duration line_time(const std::optional<transports::LineSettings>& line, std::size_t octets);

/// t3.5, the silence between frames: three and a half characters up to 19200 baud, 1.75 ms above; zero without a line.
Duration frame_silence(const std::optional<transports::LineSettings>& line);

/// As many registers as are read in the time of a further request, so that reading on across a gap pays.
unsigned paying_gap(const std::optional<transports::LineSettings>& line);

} // namespace meterctl::sessions::modbus
