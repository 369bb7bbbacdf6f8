#include "sessions/dlms/timing.hpp"

namespace meterctl::sessions::dlms {

namespace {

using namespace std::chrono_literals;

constexpr Duration default_inter_octet = 25ms;
constexpr Duration adapter_delay = 75ms;
constexpr Duration gateway_delay = 1s;

Duration line_time(const transports::LineSettings& line, std::size_t octets) {
    const auto bits = static_cast<Duration::rep>(octets) * line.bits_per_octet();
    return Duration(bits * 1'000'000'000 / static_cast<Duration::rep>(line.baud == 0 ? 1U : line.baud));
}

} // namespace

Duration response_time(const Line& line, std::size_t longest_frame) {
    return line ? line_response + line_time(*line, longest_frame) : network_response;
}

Duration inter_octet_time(const Line& line) {
    constexpr std::size_t some_octets = 4;
    if (!line) { return default_inter_octet + gateway_delay; }
    return default_inter_octet + adapter_delay + line_time(*line, some_octets);
}

} // namespace meterctl::sessions::dlms
