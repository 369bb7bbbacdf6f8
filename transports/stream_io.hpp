// Octets through a non-blocking descriptor: the reads and writes that TCP, serial lines and pseudo-terminals share.
#pragma once

#include "transports/real_loop.hpp"
#include "transports/transport.hpp"

#include <string_view>

namespace meterctl::transports {

/// What is there, at most the loop's scratch in size; waits for it until the deadline. The view is empty where the
/// deadline passed, and holds until anything else runs. Endpoint error at the end of the stream.
Task<Result<ByteView>> read_octets(Descriptor& descriptor, TimePoint deadline, std::string_view where);

/// All octets; waits at most `patience` for room. `where` must outlive the task.
Task<Result<void>> write_octets(Descriptor& descriptor, ByteView octets, Duration patience, std::string_view where);

} // namespace meterctl::transports
