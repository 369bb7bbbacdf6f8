#include "codecs/modbus/fit.hpp"

#include "codecs/modbus/rtu.hpp"
#include "src/core/crc.hpp"

#include <algorithm>
#include <boost/crc.hpp>

namespace meterctl::codecs::modbus::rtu {
namespace {

ByteView after_address(ByteView buffer) {
    return buffer.empty() ? buffer : buffer.subspan(1);
}

} // namespace

bool crc_is_good(ByteView frame) {
    const auto body = frame.size() - 2;
    return crc16_modbus(frame.first(body)) == (frame[body] | (frame[body + 1] << 8));
}

Candidate fit(ByteView buffer, const Extent& extent) {
    if (extent.kind == Extent::Kind::unknown || extent.kind == Extent::Kind::implausible) { return {}; }
    const auto octets = extent.octets + overhead;
    if (extent.kind == Extent::Kind::need || buffer.size() < octets) { return {Fit::incomplete, octets}; }
    return {crc_is_good(buffer.first(octets)) ? Fit::good : Fit::bad_crc, octets};
}

Candidate fit_request(ByteView buffer) {
    return fit(buffer, request_extent(after_address(buffer)));
}

Candidate fit_response(ByteView buffer, const Request* request) {
    return fit(buffer, response_extent(after_address(buffer), request));
}

std::size_t shortest_good(ByteView buffer) {
    // A CRC taken over a frame and its own CRC ends in 0.
    boost::crc_optimal<16, 0x8005, 0xFFFF, 0, true, true> running;
    const auto longest = std::min(buffer.size(), max_frame);
    for (std::size_t octets = 1; octets <= longest; ++octets) {
        running.process_byte(buffer[octets - 1]);
        if (octets >= min_frame && running.checksum() == 0) { return octets; }
    }
    return 0;
}

} // namespace meterctl::codecs::modbus::rtu
