// What to tell the user when a request got no answer or none that can be trusted. Pure: judges what was heard.
#pragma once

#include "sessions/modbus/timing.hpp"
#include "sessions/modbus/wire.hpp"
#include "transports/transport.hpp"

#include <string>

namespace meterctl::sessions::modbus {

/// What was heard while an answer was awaited.
struct Evidence {
    Bytes octets;                ///< the first of them, at most `kept`
    std::size_t total = 0;       ///< how many there were
    std::size_t line_faults = 0; ///< parity and framing errors
    std::size_t breaks = 0;
    std::size_t echoes = 0;              ///< our own request, come back
    std::size_t damaged = 0;             ///< frames whose checksum was wrong
    std::optional<std::uint8_t> foreign; ///< the address of a frame that was not asked for
    std::string mismatch;                ///< what an answer of the right meter got wrong: "4 registers, asked 6"

    static constexpr std::size_t kept = 256;
    void hear(const transports::Chunk& chunk);
};

/// What was asked, of whom, and how long for.
struct Attempt {
    Framing framing = Framing::rtu;
    std::uint8_t address = 0;
    ByteView frame;    ///< as sent
    Duration waited{}; ///< the last time
    unsigned tries = 1;
    std::optional<transports::LineSettings> line;
    std::string where; ///< address and endpoint
};

/// Category::timeout where nothing was heard, Category::untrusted with a guess at the cause where something was.
Error diagnose(const Evidence& evidence, const Attempt& attempt);

} // namespace meterctl::sessions::modbus
