// A line of a trace: when, which way, the octets. `--trace` prints it and `decode` reads it back.
#pragma once

#include "src/core/bytes.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::transports {

/// "2026-11-21T02:15:00.123456Z > 01 03 50 02": UTC in microseconds, '>' for sent, '<' for received. A '#' behind the
/// octets may start a remark, which the reader passes over.
std::string trace_line(std::chrono::system_clock::time_point time, bool sent, ByteView octets);

/// Ends the remark that names the line, where what is sent answers what is received: a server's trace.
constexpr std::string_view as_server = ", as a server";

struct TraceLine {
    std::chrono::nanoseconds time{}; ///< since the Unix epoch
    bool sent = false;
    std::string_view octets; ///< what follows the direction, still as text
};

/// nullopt where the line is none of a trace. What stands for the octets is not looked at.
std::optional<TraceLine> parse_trace_line(std::string_view line);

} // namespace meterctl::transports
