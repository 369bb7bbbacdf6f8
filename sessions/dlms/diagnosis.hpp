// What to tell the user when nothing that can be taken came from a DLMS server. Pure: judges what was heard.
#pragma once

#include "sessions/dlms/timing.hpp"
#include "src/core/bytes.hpp"
#include "src/core/error.hpp"
#include "transports/transport.hpp"

#include <string>

namespace meterctl::sessions::dlms {

/// What was heard since the last good frame.
struct Evidence {
    Bytes octets;                ///< the first of them, at most `kept`
    std::size_t total = 0;       ///< how many there were
    std::size_t line_faults = 0; ///< parity and framing errors
    std::size_t echoes = 0;      ///< our own frames, come back
    std::size_t damaged = 0;     ///< frames whose check was wrong
    std::size_t foreign = 0;     ///< frames of others

    static constexpr std::size_t kept = 64;
    void hear(const transports::Chunk& chunk);
};

struct Attempt {
    std::string where; ///< "client 16, server 1/17 at serial:///dev/ttyUSB0 9600 8N1"
    Duration waited{}; ///< each time
    unsigned tries = 1;
    bool wrapped = false;
    Line line;
};

/// Category::timeout where nothing was heard, Category::untrusted with a guess at the cause where something was.
Error diagnose(const Evidence& evidence, const Attempt& attempt);

} // namespace meterctl::sessions::dlms
