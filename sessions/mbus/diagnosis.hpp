// What to tell the user when an M-Bus request got no answer or none that can be trusted. Pure: judges what was heard.
#pragma once

#include "sessions/mbus/timing.hpp"
#include "src/core/bytes.hpp"
#include "src/core/error.hpp"
#include "transports/transport.hpp"

#include <string>

namespace meterctl::sessions::mbus {

/// What was heard while an answer was awaited.
struct Evidence {
    Bytes octets;                ///< the first of them, at most `kept`
    std::size_t total = 0;       ///< how many there were
    std::size_t line_faults = 0; ///< parity and framing errors
    std::size_t breaks = 0;
    std::size_t echoes = 0;              ///< our own request, come back
    std::size_t damaged = 0;             ///< stretches that are no frame: overlapped, cut short, or noise
    std::optional<std::uint8_t> foreign; ///< the address of a frame that was not asked for
    bool other_master = false;           ///< a request that is not ours
    std::string mismatch;                ///< what an answer of the right meter got wrong: "E5 instead of data"

    static constexpr std::size_t kept = 256;
    void hear(const transports::Chunk& chunk);
    /// Octets that no single slave sent, as far as can be told.
    [[nodiscard]] bool collided() const;
};

/// What was asked, of whom, and how long for.
struct Attempt {
    std::string address;
    ByteView frame;    ///< as sent
    Duration waited{}; ///< the last time
    unsigned tries = 1;
    std::optional<transports::LineSettings> line;
    std::string where;   ///< address and endpoint
    bool shared = false; ///< asked at an address to which several meters answer
};

/// Category::timeout where nothing was heard, Category::untrusted with a guess at the cause where something was.
Error diagnose(const Evidence& evidence, const Attempt& attempt);
/// Whether it says that nobody answered, though the request may have come back.
bool is_silence(const Error& error);

} // namespace meterctl::sessions::mbus
