#include "codecs/dlms/wrapper.hpp"

#include <array>

namespace meterctl::codecs::dlms::wrapper {
namespace {

/// The version, high octet first.
constexpr std::array<std::uint8_t, 2> opening{0x00, 0x01};

} // namespace

Bytes encode(std::uint16_t source, std::uint16_t destination, ByteView apdu) {
    ByteWriter writer;
    writer.u16be(version).u16be(source).u16be(destination).u16be(static_cast<std::uint16_t>(apdu.size()));
    return writer.bytes(apdu).take();
}

Header read_header(ByteView octets) {
    ByteReader reader(octets);
    Header header;
    header.version = reader.u16be();
    header.source = reader.u16be();
    header.destination = reader.u16be();
    header.length = reader.u16be();
    return header;
}

std::string_view fault(const Header& header) {
    if (header.version != version) { return "a version that is not 1"; }
    return header.length == 0 ? "length 0" : "";
}

Step next_frame(ByteView buffer) {
    using Kind = Step::Kind;
    for (std::size_t at = 0; at < opening.size(); ++at) {
        if (buffer.size() <= at) { return {Kind::need_more, header_octets - at}; }
        if (buffer[at] != opening.at(at)) { return {Kind::skip, 1}; }
    }
    if (buffer.size() < header_octets) { return {Kind::need_more, header_octets - buffer.size()}; }
    const auto header = read_header(buffer);
    if (!fault(header).empty()) { return {Kind::skip, 1}; }
    const auto whole = header_octets + header.length;
    if (buffer.size() < whole) { return {Kind::need_more, whole - buffer.size()}; }
    return {Kind::frame, whole};
}

} // namespace meterctl::codecs::dlms::wrapper
