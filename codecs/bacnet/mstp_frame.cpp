#include "codecs/bacnet/mstp_frame.hpp"

#include "codecs/bacnet/names.hpp"
#include "src/core/crc.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace meterctl::codecs::bacnet::mstp {
namespace {

constexpr std::uint8_t preamble1 = 0x55, preamble2 = 0xFF;
constexpr std::size_t crc_octets = 2;
constexpr std::uint8_t first_proprietary = 128;

constexpr names::Name type_rows[] = {{0, "token"},
                                     {1, "poll-for-master"},
                                     {2, "reply-to-poll-for-master"},
                                     {3, "test-request"},
                                     {4, "test-response"},
                                     {5, "data-expecting-reply"},
                                     {6, "data-not-expecting-reply"},
                                     {7, "reply-postponed"},
                                     {32, "extended-data-expecting-reply"},
                                     {33, "extended-data-not-expecting-reply"},
                                     {34, "ipv6-encapsulation"}};

Error frame_error(std::string what, std::size_t offset, std::string_view code = "bacnet.mstp") {
    return octets_error(std::move(what), offset, std::string(code));
}

Result<Bytes> plain_data(ByteView rest) {
    const auto data = rest.first(rest.size() - crc_octets);
    const auto given = ByteReader(rest.last(crc_octets)).u16le();
    const auto expected = crc16_x25(data);
    if (given != expected) {
        return tl::unexpected(frame_error(fmt::format("the data CRC is {:02X} {:02X}, not {:02X} {:02X}", given & 0xFFU,
                                                      given >> 8U, expected & 0xFFU, expected >> 8U),
                                          frame_header + data.size(), "bacnet.data_crc"));
    }
    return Bytes(data.begin(), data.end());
}

} // namespace

std::string type_text(std::uint8_t type) {
    return names::text(type_rows, type, first_proprietary);
}

Frame frame(FrameType type, std::uint8_t destination, std::uint8_t source, Bytes data) {
    return {static_cast<std::uint8_t>(type), destination, source, std::move(data)};
}

Frame data_frame(std::uint8_t destination, std::uint8_t source, Bytes npdu, bool expecting_reply) {
    const bool extended = npdu.size() > max_data;
    const auto type =
        expecting_reply
            ? (extended ? FrameType::extended_data_expecting_reply : FrameType::data_expecting_reply)
            : (extended ? FrameType::extended_data_not_expecting_reply : FrameType::data_not_expecting_reply);
    return frame(type, destination, source, std::move(npdu));
}

Bytes encode(const Frame& frame) {
    const bool cobs = frame.type >= first_cobs_type && frame.type <= last_cobs_type;
    const Bytes body = cobs ? cobs_encode(frame.data) : frame.data;
    const std::size_t length = cobs ? body.size() - crc_octets : body.size();
    ByteWriter header;
    header.u8(frame.type).u8(frame.destination).u8(frame.source).u16be(static_cast<std::uint16_t>(length));
    ByteWriter writer;
    writer.u8(preamble1).u8(preamble2).bytes(header.view()).u8(crc8_mstp(header.view())).bytes(body);
    if (!cobs && !body.empty()) { writer.u16le(crc16_x25(body)); }
    return writer.take();
}

std::string Header::fault() const {
    if (source == broadcast) { return "source is broadcast"; }
    const bool extended = type == static_cast<std::uint8_t>(FrameType::extended_data_expecting_reply) ||
                          type == static_cast<std::uint8_t>(FrameType::extended_data_not_expecting_reply);
    const std::size_t most = extended ? max_extended_length : cobs() ? max_cobs_length : max_data;
    return length > most ? fmt::format("length {} above {}", length, most) : std::string();
}

Header read_header(ByteView octets) {
    ByteReader reader(octets.subspan(2));
    Header header;
    header.type = reader.u8();
    header.destination = reader.u8();
    header.source = reader.u8();
    header.length = reader.u16be();
    header.crc = reader.u8();
    header.crc_good = crc8_mstp(octets.subspan(2, frame_header - 3)) == header.crc;
    return header;
}

std::size_t packet_octets(ByteView octets) {
    const bool begins = octets.size() >= 2 && octets[0] == preamble1 && octets[1] == preamble2;
    if (begins && octets.size() < frame_header) { return 0; }
    if (begins) {
        const auto header = read_header(octets);
        const std::size_t whole = header.frame_octets();
        if (header.crc_good && header.fault().empty()) { return whole <= octets.size() ? whole : 0; }
    }
    constexpr std::array preamble{preamble1, preamble2};
    const auto next = std::ranges::search(octets.subspan(std::min<std::size_t>(1, octets.size())), preamble);
    if (!next.empty()) { return static_cast<std::size_t>(next.begin() - octets.begin()); }
    const bool half = !octets.empty() && octets.back() == preamble1;
    return octets.size() - (half ? 1U : 0U);
}

Result<Frame> decode(ByteView octets) {
    if (octets.size() < 2 || octets[0] != preamble1 || octets[1] != preamble2) {
        return tl::unexpected(frame_error("no preamble 55 FF", 0));
    }
    if (octets.size() < frame_header) {
        return tl::unexpected(
            frame_error(fmt::format("incomplete: {} of {} octets", octets.size(), frame_header), octets.size()));
    }
    const auto header = read_header(octets);
    if (!header.crc_good) {
        return tl::unexpected(frame_error(fmt::format("the header CRC is {:02X}, not {:02X}", header.crc,
                                                      crc8_mstp(octets.subspan(2, frame_header - 3))),
                                          frame_header - 1, "bacnet.header_crc"));
    }
    if (auto fault = header.fault(); !fault.empty()) { return tl::unexpected(frame_error(std::move(fault), 2)); }
    if (octets.size() != header.frame_octets()) {
        return tl::unexpected(
            frame_error(octets.size() < header.frame_octets()
                            ? fmt::format("incomplete: {} of {} octets", octets.size(), header.frame_octets())
                            : std::string("octets behind the frame"),
                        octets.size()));
    }
    Frame frame{header.type, header.destination, header.source, {}};
    if (header.length == 0) { return frame; }
    const auto rest = octets.subspan(frame_header);
    auto data = header.cobs() ? cobs_decode(rest) : plain_data(rest);
    if (!data) { return tl::unexpected(data.error()); }
    frame.data = std::move(*data);
    return frame;
}

} // namespace meterctl::codecs::bacnet::mstp
