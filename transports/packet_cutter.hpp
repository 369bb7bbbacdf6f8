// Cutting what a line gives into packets that end where frames end, for protocols whose stations speak one right after
// the other: a silence tells nothing there.
#pragma once

#include "transports/gatherer.hpp"
#include "transports/open.hpp"

namespace meterctl::transports {

/// Octets of the packet at the front of a buffer; 0: more must come.
using PacketLength = std::size_t (*)(ByteView);

class PacketCutter {
public:
    explicit PacketCutter(PacketLength length) : length_(length) {}

    /// What a silence parted is no packet together; `wall_clock` is when the chunk arrived.
    void take(const Chunk& chunk, TimePoint now, std::chrono::system_clock::time_point wall_clock);
    /// The next packet that is whole, or whatever a silence has left behind.
    std::optional<Gathered> next();
    /// What is left, whole or not.
    std::optional<Gathered> flush();

private:
    Gathered front(std::size_t octets);

    PacketLength length_;
    Gathered pending_;
    std::chrono::system_clock::time_point arrived_; ///< of the newest octets
    std::size_t broken_off_ = 0;                    ///< octets before the last silence
    TimePoint last_arrival_;
};

/// As make_captured without `packet`, but for what ends a packet.
std::unique_ptr<Transport> make_captured(std::unique_ptr<Transport> inner, std::shared_ptr<CaptureFile> file,
                                         std::string dissector, Side side, PacketLength packet);

} // namespace meterctl::transports
