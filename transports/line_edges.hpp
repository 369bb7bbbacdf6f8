// line: the edges of a serial port's input, from whatever tells of its state.
#pragma once

#include "transports/edges.hpp"
#include "transports/modem_inputs.hpp"
#include "transports/real_loop.hpp"

#include <memory>

namespace meterctl::transports {

struct LineEdgeOptions {
    std::string description;
    Signal signal = Signal::dcd;
    bool active_low = false;
    std::optional<Duration> poll; ///< looks so often rather than wait for the driver to tell
};

/// Looks at the input each `poll` (a millisecond unless said), on any loop. What keeps `inputs` alive is `owner`.
OpenedEdges make_polled_edges(Loop& loop, std::unique_ptr<ModemInputs> inputs, const LineEdgeOptions& options,
                              std::shared_ptr<void> owner = nullptr);
/// Waits for the driver in a thread; polls where the driver cannot.
Task<OpenedEdges> make_line_edges(RealLoop& loop, std::unique_ptr<ModemInputs> inputs, LineEdgeOptions options,
                                  std::shared_ptr<void> owner = nullptr);

} // namespace meterctl::transports
