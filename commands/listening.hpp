// Listening to what others send: a serial line, or peers that connect.
#pragma once

#include "commands/io.hpp"
#include "transports/capture_reader.hpp"
#include "transports/open.hpp"

#include <functional>
#include <optional>

namespace meterctl::commands {

struct ListenOptions {
    transports::LineSettings line; ///< where the endpoint does not say
    std::optional<transports::Duration> duration;
    std::function<void(const transports::CapturedChunk&)> chunk;
    std::function<void(const transports::CapturedStream&)> paused; ///< nothing more has come for a while
    std::function<void(const transports::CapturedStream&)> closed;
};

/// Until the time is up or Ctrl-C; then an interrupted error.
Task<Result<void>> listen(transports::Loop& loop, transports::Endpoint endpoint, ListenOptions options, Io& io);

} // namespace meterctl::commands
