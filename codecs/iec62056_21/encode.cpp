#include "codecs/iec62056_21/messages.hpp"

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::string_view line_end = "\r\n";

Bytes with_check(ByteWriter& writer, std::uint8_t end) {
    writer.u8(end);
    const auto check = block_check(writer.view().subspan(1));
    return writer.u8(check).take();
}

struct Encoder {
    Bytes operator()(const Request& one) const {
        return ByteWriter{}.text("/?").text(one.address).text("!").text(line_end).take();
    }
    Bytes operator()(const Identification& one) const {
        ByteWriter writer;
        return writer.text("/")
            .text(one.manufacturer)
            .u8(static_cast<std::uint8_t>(one.baud))
            .text(one.text)
            .text(line_end)
            .take();
    }
    Bytes operator()(const OptionSelect& one) const {
        ByteWriter writer;
        writer.u8(ack);
        for (const char part : {one.protocol, one.baud, one.mode}) { writer.u8(static_cast<std::uint8_t>(part)); }
        return writer.text(line_end).take();
    }
    Bytes operator()(const Command& one) const {
        ByteWriter writer;
        writer.u8(soh).u8(static_cast<std::uint8_t>(one.command)).u8(static_cast<std::uint8_t>(one.type));
        if (one.data) { writer.u8(stx).text(*one.data); }
        return with_check(writer, one.partial ? eot : etx);
    }
    Bytes operator()(const Data& one) const {
        ByteWriter writer;
        writer.u8(stx).text(one.block);
        return with_check(writer, one.partial ? eot : etx);
    }
    Bytes operator()(const Acknowledge& /*one*/) const { return {ack}; }
    Bytes operator()(const Repeat& /*one*/) const { return {nak}; }
};

std::string data_set(std::string_view address, std::string_view value) {
    std::string text(address);
    return text.append("(").append(value).append(")");
}

} // namespace

std::uint8_t block_check(ByteView octets) {
    std::uint8_t check = 0;
    for (const std::uint8_t octet : octets) { check = static_cast<std::uint8_t>(check ^ octet); }
    return check;
}

Bytes encode(const Message& message) {
    return std::visit(Encoder{}, message);
}

Command password_command(std::string_view password, char type) {
    return {'P', type, data_set({}, password), false};
}

Command read_command(std::string_view address, std::string_view value, char type) {
    return {'R', type, data_set(address, value), false};
}

Command write_command(std::string_view address, std::string_view value, char type) {
    return {'W', type, data_set(address, value), false};
}

Command execute_command(std::string_view address, std::string_view value, char type) {
    return {'E', type, data_set(address, value), false};
}

Command break_command(char type) {
    return {'B', type, std::nullopt, false};
}

} // namespace meterctl::codecs::iec62056_21
