#include "transports/packet_cutter.hpp"

#include <algorithm>

namespace meterctl::transports {

namespace {

/// Longer than any protocol lets a frame pause, and than adapters hold octets back.
constexpr Duration silence = std::chrono::milliseconds(100);

} // namespace

void PacketCutter::take(const Chunk& chunk, TimePoint now, std::chrono::system_clock::time_point wall_clock) {
    if (now - last_arrival_ > silence) { broken_off_ = pending_.octets.size(); }
    if (pending_.octets.empty()) { pending_.since = wall_clock; }
    for (LineFault fault : chunk.faults) {
        fault.index += pending_.octets.size();
        pending_.faults.push_back(fault);
    }
    pending_.octets.insert(pending_.octets.end(), chunk.octets.begin(), chunk.octets.end());
    arrived_ = wall_clock;
    last_arrival_ = now;
}

Gathered PacketCutter::front(std::size_t octets) {
    Gathered packet;
    packet.since = pending_.since;
    const auto end = pending_.octets.begin() + static_cast<std::ptrdiff_t>(octets);
    packet.octets.assign(pending_.octets.begin(), end);
    pending_.octets.erase(pending_.octets.begin(), end);
    const auto rest =
        std::ranges::partition(pending_.faults, [octets](const LineFault& fault) { return fault.index >= octets; });
    packet.faults.assign(rest.begin(), rest.end());
    pending_.faults.erase(rest.begin(), rest.end());
    for (LineFault& fault : pending_.faults) { fault.index -= octets; }
    broken_off_ -= std::min(broken_off_, octets);
    pending_.since = arrived_;
    return packet;
}

std::optional<Gathered> PacketCutter::next() {
    if (pending_.octets.empty()) { return std::nullopt; }
    if (broken_off_ > 0) { return front(broken_off_); }
    const std::size_t octets = std::min(length_(pending_.octets), pending_.octets.size());
    return octets == 0 ? std::nullopt : std::optional(front(octets));
}

std::optional<Gathered> PacketCutter::flush() {
    if (pending_.octets.empty()) { return std::nullopt; }
    return front(pending_.octets.size());
}

} // namespace meterctl::transports
