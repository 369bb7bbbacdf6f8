// The echo of a transceiver that hears itself: what was sent comes back before the answer, and is taken out.
#pragma once

#include "src/core/bytes.hpp"
#include "transports/transport.hpp"

namespace meterctl::transports {

class EchoFilter {
public:
    /// These octets are expected back first.
    void sent(ByteView octets);
    /// Takes the echo out of `chunk`. Octets that begin like the echo are held back until it is whole; when it turns
    /// out to be none, they are given back in front, and nothing more is expected.
    void strip(Chunk& chunk);
    /// What is held back, when no more comes: it was no echo.
    [[nodiscard]] Chunk give_up();
    [[nodiscard]] bool expects() const { return !expected_.empty(); }
    /// Octets that begin like the echo are held back.
    [[nodiscard]] bool holds() const { return !held_.octets.empty(); }
    /// What was sent last came back whole.
    [[nodiscard]] bool heard() const { return heard_; }

private:
    Bytes expected_;
    Chunk held_;
    bool heard_ = false;
};

} // namespace meterctl::transports
