#include "simulators/mbus_collision.hpp"

#include <algorithm>
#include <bit>

namespace meterctl::simulators {

namespace {

constexpr std::size_t data_bits = 8;
constexpr std::size_t character_bits = 11; ///< start, data, parity, stop

using Line = std::vector<bool>; ///< true: mark, the line at rest

void send(Line& line, const Talk& talk) {
    std::size_t at = talk.start_bit;
    const auto put = [&line, &at](bool mark) {
        line[at] = line[at] && mark;
        ++at;
    };
    for (const std::uint8_t octet : talk.octets) {
        put(false);
        for (std::size_t bit = 0; bit < data_bits; ++bit) { put((octet >> bit & 1U) != 0); }
        put(std::popcount(octet) % 2 != 0);
        put(true);
    }
}

/// A receiver waits for a space, takes the bits behind it, and looks for the next space; it delivers also what has a
/// wrong parity or stop bit.
Bytes hear(const Line& line) {
    Bytes octets;
    const auto at = [&line](std::size_t bit) { return bit >= line.size() || line[bit]; };
    for (std::size_t start = 0; start < line.size();) {
        if (line[start]) {
            ++start;
            continue;
        }
        unsigned octet = 0;
        for (std::size_t bit = 0; bit < data_bits; ++bit) { octet |= (at(start + 1 + bit) ? 1U : 0U) << bit; }
        octets.push_back(static_cast<std::uint8_t>(octet));
        start += character_bits;
    }
    return octets;
}

} // namespace

Bytes overlap(std::span<const Talk> talks) {
    std::size_t end = 0;
    for (const Talk& talk : talks) { end = std::max(end, talk.start_bit + talk.octets.size() * character_bits); }
    Line line(end, true);
    for (const Talk& talk : talks) { send(line, talk); }
    return hear(line);
}

} // namespace meterctl::simulators
