#include "codecs/modbus/answering.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {

std::string why_no_answer(const Adu& adu, std::uint8_t address, const Request& request) {
    if (adu.address != address) { return fmt::format("address {}, asked {}", adu.address, address); }
    // Before the decoding: the echo of a coil request can pass for an answer with coils in it.
    const auto asked = encode(request);
    const bool echo = asked && std::ranges::equal(*asked, adu.pdu);
    if (echo && !answer_may_equal_request(function_of(request))) { return "echo or another master"; }
    const auto answer = decode_response(adu.pdu, &request);
    return answer ? std::string{} : answer.error().what;
}

Step frame_of(std::size_t octets, codecs::Counters& counters) {
    counters.octets += octets;
    ++counters.frames;
    return {Step::Kind::frame, octets, {}};
}

Step skip_of(std::size_t octets, std::string why, codecs::Counters& counters) {
    counters.octets += octets;
    counters.skipped_octets += octets;
    return {Step::Kind::skip, octets, std::move(why)};
}

} // namespace meterctl::codecs::modbus
