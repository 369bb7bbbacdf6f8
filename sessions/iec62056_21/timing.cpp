#include "sessions/iec62056_21/timing.hpp"

namespace meterctl::sessions::iec62056_21 {

transports::LineSettings standard_line() {
    transports::LineSettings line;
    line.baud = 300;
    line.data_bits = 7;
    line.parity = transports::Parity::even;
    return line;
}

Duration line_time(const std::optional<transports::LineSettings>& line, std::size_t octets) {
    if (!line || line->baud == 0) { return Duration::zero(); }
    const auto bits = static_cast<Duration::rep>(octets) * line->bits_per_octet();
    return Duration(bits * 1'000'000'000 / static_cast<Duration::rep>(line->baud));
}

} // namespace meterctl::sessions::iec62056_21
