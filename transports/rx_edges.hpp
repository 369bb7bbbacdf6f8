// rx: pulses that pull a serial port's data line, as simple S0-to-serial cables make them: each octet is what the
// receiver saw of a pulse, bit by bit from the start bit on.
#pragma once

#include "transports/edges.hpp"
#include "transports/transport.hpp"

#include <deque>
#include <memory>

namespace meterctl::transports {

/// The edges in what a receiver took for an octet (or a break) whose start bit came at `begin`: the line is pulled in
/// the start bit and in each 0.
void append_octet_edges(std::uint8_t octet, Duration begin, const LineSettings& line, std::deque<Edge>& edges);

/// `widths`: the baud rate was chosen for the pulses, and an octet's bits tell their widths.
std::unique_ptr<EdgeSource> make_rx_edges(std::unique_ptr<Transport> line, bool widths, std::string description);

} // namespace meterctl::transports
