#include "transports/echo.hpp"

#include <algorithm>
#include <utility>

namespace meterctl::transports {

namespace {

void append(Chunk& chunk, const Chunk& more) {
    for (LineFault fault : more.faults) {
        fault.index += chunk.octets.size();
        chunk.faults.push_back(fault);
    }
    chunk.octets.insert(chunk.octets.end(), more.octets.begin(), more.octets.end());
}

void drop_front(Chunk& chunk, std::size_t count) {
    chunk.octets.erase(chunk.octets.begin(), chunk.octets.begin() + static_cast<std::ptrdiff_t>(count));
    std::erase_if(chunk.faults, [count](const LineFault& fault) { return fault.index < count; });
    for (LineFault& fault : chunk.faults) { fault.index -= count; }
}

} // namespace

void EchoFilter::sent(ByteView octets) {
    heard_ = false;
    expected_.insert(expected_.end(), octets.begin(), octets.end());
}

void EchoFilter::strip(Chunk& chunk) {
    if (!expects()) { return; }
    append(held_, std::exchange(chunk, Chunk()));
    const std::size_t common = std::min(held_.octets.size(), expected_.size());
    const bool like_echo =
        std::equal(expected_.begin(), expected_.begin() + static_cast<std::ptrdiff_t>(common), held_.octets.begin());
    if (like_echo && common < expected_.size()) { return; }
    if (like_echo) { drop_front(held_, common); }
    heard_ = like_echo;
    chunk = give_up();
}

Chunk EchoFilter::give_up() {
    expected_.clear();
    return std::exchange(held_, Chunk());
}

} // namespace meterctl::transports
