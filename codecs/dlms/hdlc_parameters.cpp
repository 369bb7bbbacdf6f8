#include "codecs/dlms/hdlc_parameters.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr std::uint8_t format_identifier = 0x81, group_identifier = 0x80;
constexpr std::uint8_t info_transmit_id = 5, info_receive_id = 6, window_transmit_id = 7, window_receive_id = 8;
constexpr std::uint8_t window_octets = 4;
constexpr std::size_t longest_value = 4;

void put_info(ByteWriter& writer, std::uint8_t id, std::uint16_t value) {
    if (value <= 0xFF) {
        writer.u8(id).u8(1).u8(static_cast<std::uint8_t>(value));
    } else {
        writer.u8(id).u8(2).u16be(value);
    }
}

tl::unexpected<Error> damaged() {
    return fail(Category::untrusted, "the parameters of the connection are no parameters", {}, {},
                "dlms.hdlc.parameters");
}

std::uint64_t number(ByteView octets) {
    std::uint64_t value = 0;
    for (const auto octet : octets) { value = (value << 8) | octet; }
    return value;
}

void set(Parameters& parameters, std::uint8_t id, std::uint64_t value) {
    const auto info = static_cast<std::uint16_t>(std::clamp<std::uint64_t>(value, least_info, most_info));
    const auto window = static_cast<std::uint8_t>(std::clamp<std::uint64_t>(value, 1, most_window));
    if (id == info_transmit_id) { parameters.max_info_transmit = info; }
    if (id == info_receive_id) { parameters.max_info_receive = info; }
    if (id == window_transmit_id) { parameters.window_transmit = window; }
    if (id == window_receive_id) { parameters.window_receive = window; }
}

} // namespace

Bytes encode(const Parameters& parameters) {
    ByteWriter group;
    put_info(group, info_transmit_id, parameters.max_info_transmit);
    put_info(group, info_receive_id, parameters.max_info_receive);
    group.u8(window_transmit_id).u8(window_octets).u32be(parameters.window_transmit);
    group.u8(window_receive_id).u8(window_octets).u32be(parameters.window_receive);
    ByteWriter writer;
    writer.u8(format_identifier).u8(group_identifier).u8(static_cast<std::uint8_t>(group.size())).bytes(group.view());
    return writer.take();
}

Result<Parameters> decode_parameters(ByteView information) {
    Parameters parameters;
    if (information.empty()) { return parameters; }
    ByteReader reader(information);
    if (reader.u8() != format_identifier || reader.u8() != group_identifier) { return damaged(); }
    ByteReader group(reader.take(reader.u8()));
    if (reader.failed()) { return damaged(); }
    while (!group.at_end()) {
        const auto id = group.u8();
        const auto value = group.take(group.u8());
        if (group.failed() || value.empty() || value.size() > longest_value) { return damaged(); }
        set(parameters, id, number(value));
    }
    return parameters;
}

Parameters negotiate(const Parameters& own, const Parameters& others) {
    return {std::min(own.max_info_transmit, others.max_info_receive),
            std::min(own.max_info_receive, others.max_info_transmit),
            std::min(own.window_transmit, others.window_receive), std::min(own.window_receive, others.window_transmit)};
}

std::string text(const Parameters& parameters) {
    return fmt::format("{}/{} octets, window {}/{}", parameters.max_info_transmit, parameters.max_info_receive,
                       parameters.window_transmit, parameters.window_receive);
}

} // namespace meterctl::codecs::dlms::hdlc
