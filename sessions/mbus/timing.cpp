#include "sessions/mbus/timing.hpp"

#include "codecs/mbus/frame.hpp"

namespace meterctl::sessions::mbus {

namespace {

using namespace std::chrono_literals;
using Line = std::optional<transports::LineSettings>;

constexpr std::size_t answer_bits = 330, gap_bits = 33;
constexpr Duration answer_rest = 50ms;
/// USB adapters hold octets back for up to 16 ms, and the system takes some.
constexpr Duration adapter_delay = 25ms;
/// What a network and a gateway's buffer add.
constexpr Duration gateway_delay = 250ms;

Duration bits_time(unsigned baud, std::size_t bits) {
    const auto nanoseconds = bits * 1'000'000'000 / (baud == 0 ? 1 : baud);
    return Duration(static_cast<Duration::rep>(nanoseconds));
}

unsigned baud_of(const Line& line) {
    return line ? line->baud : slowest_baud;
}

Duration delay_of(const Line& line) {
    return line ? adapter_delay : gateway_delay;
}

} // namespace

Duration line_time(const Line& line, std::size_t octets) {
    return line ? bits_time(line->baud, octets * line->bits_per_octet()) : Duration::zero();
}

Duration answer_time(const Line& line) {
    return bits_time(baud_of(line), answer_bits) + answer_rest + delay_of(line);
}

Duration frame_gap(const Line& line) {
    return bits_time(baud_of(line), gap_bits) + delay_of(line);
}

Duration longest_answer(const Line& line) {
    constexpr std::size_t usual_bits = 11;
    return bits_time(baud_of(line), codecs::mbus::max_frame * usual_bits);
}

} // namespace meterctl::sessions::mbus
