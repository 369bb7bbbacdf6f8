// The openers of each kind of pulse input, which edges.cpp chooses among.
#pragma once

#include "transports/edges.hpp"

namespace meterctl::transports {

Task<OpenedEdges> open_line_edges(Loop& loop, Endpoint endpoint, EdgeOptions options);
Task<OpenedEdges> open_rx_edges(Loop& loop, Endpoint endpoint, EdgeOptions options);
Task<OpenedEdges> open_gpio_edges(Loop& loop, Endpoint endpoint, EdgeOptions options);
Task<OpenedEdges> open_recorded_edges(Loop& loop, Endpoint endpoint, EdgeOptions options);

} // namespace meterctl::transports
