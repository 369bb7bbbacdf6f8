#include "sessions/modbus/timing.hpp"

namespace meterctl::sessions::modbus {

namespace {

constexpr unsigned fastest_by_characters = 19200;
constexpr Duration fixed_silence = std::chrono::microseconds(1750);
constexpr Duration usual_reaction = std::chrono::milliseconds(50);
constexpr std::size_t request_and_answer_overhead = 13; ///< octets of a read request and of an answer without registers
constexpr unsigned socket_gap = 30;

Duration bits_time(unsigned baud, std::size_t half_bits) {
    const auto nanoseconds = half_bits * 500'000'000 / (baud == 0 ? 1 : baud);
    return Duration(static_cast<Duration::rep>(nanoseconds));
}

} // namespace

Duration line_time(const std::optional<transports::LineSettings>& line, std::size_t octets) {
    return line ? bits_time(line->baud, 2 * octets * line->bits_per_octet()) : Duration::zero();
}

Duration frame_silence(const std::optional<transports::LineSettings>& line) {
    if (!line) { return Duration::zero(); }
    return line->baud > fastest_by_characters ? fixed_silence
                                              : bits_time(line->baud, std::size_t{7} * line->bits_per_octet());
}

unsigned paying_gap(const std::optional<transports::LineSettings>& line) {
    if (!line || line->baud == 0) { return socket_gap; }
    const Duration request = line_time(line, request_and_answer_overhead) + 2 * frame_silence(line) + usual_reaction;
    return static_cast<unsigned>(request / line_time(line, 2));
}

} // namespace meterctl::sessions::modbus
