#include "transports/gatherer.hpp"

#include "transports/options.hpp"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace meterctl::transports {

namespace {

/// The timer of a USB adapter keeps octets back for up to 16 ms; a silence is what is longer than that.
constexpr Duration silence = std::chrono::milliseconds(20);
constexpr std::size_t most_pending = 4096;

std::string_view fault_name(LineFault::Kind kind) {
    constexpr std::array<std::string_view, 3> names{"parity or framing error", "break", "overrun"};
    return names[static_cast<std::size_t>(kind)];
}

} // namespace

std::optional<Gathered> Gatherer::take(const Chunk& chunk, Transport& transport) {
    const TimePoint now = transport.loop().now();
    const auto line = transport.line();
    const Duration arriving = line ? time_on_line(*line, chunk.octets.size()) : Duration(0);
    const bool parted = now - last_arrival_ - arriving > silence;
    std::optional<Gathered> before;
    if (parted || transport.datagrams() || pending_.octets.size() > most_pending) { before = flush(); }
    if (pending_.octets.empty()) { pending_.since = transport.loop().wall_clock(); }
    for (LineFault fault : chunk.faults) {
        fault.index += pending_.octets.size();
        pending_.faults.push_back(fault);
    }
    pending_.octets.insert(pending_.octets.end(), chunk.octets.begin(), chunk.octets.end());
    last_arrival_ = now;
    return before;
}

std::optional<Gathered> Gatherer::flush() {
    if (pending_.octets.empty()) { return std::nullopt; }
    return std::exchange(pending_, Gathered());
}

std::string describe_faults(const std::vector<LineFault>& faults) {
    std::string text;
    for (const LineFault& fault : faults) {
        text += fmt::format("{}{} at octet {}", text.empty() ? "" : ", ", fault_name(fault.kind), fault.index);
    }
    return text;
}

} // namespace meterctl::transports
