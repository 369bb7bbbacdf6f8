#include "codecs/dlms/hdlc_frame.hpp"

#include "src/core/crc.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr std::size_t format_octets = 2;
constexpr std::uint8_t format_type = 0xA0, format_type_mask = 0xF0, segmentation_bit = 0x08;
constexpr std::uint8_t poll_final_bit = 0x10;

struct Row {
    FrameType type;
    std::string_view name;
    std::uint8_t mask, value; ///< of the control octet
};
constexpr std::array rows{
    Row{FrameType::i, "I", 0x01, 0x00},       Row{FrameType::rr, "RR", 0x0F, 0x01},
    Row{FrameType::rnr, "RNR", 0x0F, 0x05},   Row{FrameType::snrm, "SNRM", 0xEF, 0x83},
    Row{FrameType::disc, "DISC", 0xEF, 0x43}, Row{FrameType::ua, "UA", 0xEF, 0x63},
    Row{FrameType::dm, "DM", 0xEF, 0x0F},     Row{FrameType::frmr, "FRMR", 0xEF, 0x87},
    Row{FrameType::ui, "UI", 0xEF, 0x03},
};

bool numbers_received(FrameType type) {
    return type == FrameType::i || type == FrameType::rr || type == FrameType::rnr;
}

tl::unexpected<Error> damaged(std::string what, std::string code) {
    return fail(Category::untrusted, std::move(what), {}, {}, "dlms.hdlc." + std::move(code));
}

std::uint16_t check_at(ByteView octets, std::size_t at) {
    return ByteReader(octets.subspan(at)).u16le();
}

} // namespace

std::string_view name(FrameType type) {
    const auto* const row = std::ranges::find(rows, type, &Row::type);
    return row == rows.end() ? "unknown" : row->name;
}

std::uint8_t encode(const Control& control) {
    const auto* const row = std::ranges::find(rows, control.type, &Row::type);
    if (row == rows.end()) { return control.octet; }
    unsigned octet = row->value;
    if (control.poll_final) { octet |= poll_final_bit; }
    if (numbers_received(control.type)) { octet |= (control.receive & 7U) << 5; }
    if (control.type == FrameType::i) { octet |= (control.send & 7U) << 1; }
    return static_cast<std::uint8_t>(octet);
}

Control decode_control(std::uint8_t octet) {
    Control control;
    control.octet = octet;
    control.poll_final = (octet & poll_final_bit) != 0;
    for (const auto& row : rows) {
        if ((octet & row.mask) == row.value) {
            control.type = row.type;
            break;
        }
    }
    if (numbers_received(control.type)) { control.receive = octet >> 5; }
    if (control.type == FrameType::i) { control.send = (octet >> 1) & 7U; }
    return control;
}

std::string text(const Control& control) {
    std::string said(name(control.type));
    if (control.type == FrameType::unknown) { said = fmt::format("unknown control {:02X}", control.octet); }
    if (control.type == FrameType::i) { said += fmt::format(", N(S) {}", control.send); }
    if (numbers_received(control.type)) { said += fmt::format(", N(R) {}", control.receive); }
    return control.poll_final ? said + ", P/F" : said;
}

Bytes encode(const Frame& frame) {
    const auto destination = encode(frame.destination), source = encode(frame.source);
    const bool informs = !frame.information.empty();
    const auto header = format_octets + destination.size() + source.size() + 1;
    const auto length = header + check_octets + (informs ? frame.information.size() + check_octets : 0);
    ByteWriter writer;
    const unsigned type = format_type | (frame.segmented ? segmentation_bit : 0U) | ((length >> 8) & 7U);
    writer.u8(flag).u8(static_cast<std::uint8_t>(type)).u8(static_cast<std::uint8_t>(length & 0xFFU));
    writer.bytes(destination).bytes(source).u8(encode(frame.control));
    if (informs) { writer.u16le(crc16_x25(writer.view().subspan(1))).bytes(frame.information); }
    writer.u16le(crc16_x25(writer.view().subspan(1))).u8(flag);
    return writer.take();
}

Header read_header(ByteView octets) {
    Header header;
    if (octets.empty()) { return header; }
    if ((octets[0] & format_type_mask) != format_type) {
        header.fault = "no format field of type 3";
        return header;
    }
    if (octets.size() < format_octets) { return header; }
    header.segmented = (octets[0] & segmentation_bit) != 0;
    header.length = static_cast<std::size_t>((octets[0] & 7U) << 8) | octets[1];
    if (header.length < min_frame) {
        header.fault = "too short a length";
        return header;
    }
    constexpr std::size_t longest_address = 4;
    auto at = format_octets;
    for (auto* const address : {&header.destination, &header.source}) {
        const auto rest = octets.subspan(std::min(at, octets.size()));
        const auto decoded = decode_address(rest);
        if (!decoded) {
            if (rest.size() >= longest_address ||
                std::ranges::any_of(rest, [](auto octet) { return (octet & 1U) != 0; })) {
                header.fault = "an address that has not 1, 2 or 4 octets";
            }
            return header;
        }
        *address = *decoded;
        at += decoded->size;
    }
    const auto left = static_cast<std::ptrdiff_t>(header.length) - static_cast<std::ptrdiff_t>(at) - 1;
    header.has_hcs = left > static_cast<std::ptrdiff_t>(check_octets);
    if (left < static_cast<std::ptrdiff_t>(check_octets) || left == check_octets + 1) {
        header.fault = "a length that the fields do not fill";
        return header;
    }
    if (octets.size() <= at) { return header; }
    header.octets = at + 1;
    if (octets.size() >= header.octets + check_octets) {
        header.hcs_good = crc16_x25(octets.first(header.octets)) == check_at(octets, header.octets);
    }
    return header;
}

Result<Frame> decode(ByteView octets) {
    const auto header = read_header(octets);
    if (!header.fault.empty()) {
        return damaged(std::string(header.fault), header.fault.starts_with("an address") ? "address" : "format");
    }
    if (header.octets == 0 || header.length != octets.size()) {
        return damaged(fmt::format("{} octets where the length says {}", octets.size(), header.length), "length");
    }
    if (header.has_hcs && !header.hcs_good) { return damaged("the header check (HCS) is wrong", "hcs"); }
    const auto end = octets.size() - check_octets;
    if (crc16_x25(octets.first(end)) != check_at(octets, end)) {
        return damaged("the frame check (FCS) is wrong", "fcs");
    }
    Frame frame;
    frame.destination = *header.destination;
    frame.source = *header.source;
    frame.control = decode_control(octets[header.octets - 1]);
    frame.segmented = header.segmented;
    if (header.has_hcs) {
        const auto information = octets.subspan(header.octets + check_octets).first(end - header.octets - check_octets);
        frame.information.assign(information.begin(), information.end());
    }
    return frame;
}

bool has_llc(ByteView information) {
    if (information.size() < llc_octets || information[0] != 0xE6 || information[2] != 0x00) { return false; }
    return information[1] == 0xE6 || information[1] == 0xE7;
}

} // namespace meterctl::codecs::dlms::hdlc
