#include "codecs/modbus/decoders.hpp"

#include "codecs/modbus/ascii_stream.hpp"
#include "codecs/modbus/names.hpp"
#include "codecs/modbus/rtu_stream.hpp"
#include "codecs/modbus/tcp_stream.hpp"
#include "codecs/recognition.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::modbus {
namespace {

/// Of a function that the standard names.
bool is_named(const DecodedFrame& frame) {
    const auto named = [](const Field& field) { return field.name == "function" && !field.text.empty(); };
    return frame.fields.size() > 1 && std::ranges::any_of(frame.fields, named);
}

template <class Stream>
int sureness_of(ByteView octets, int whole, int of_one) {
    octets = front_of(octets);
    return sureness(good_frames<Stream>(octets, is_named), octets.size(), whole, of_one);
}

int recognise_rtu(ByteView octets) {
    return sureness_of<RtuStream>(octets, 100, 45);
}

/// Without a checksum even a stream that fits whole is only likely.
int recognise_tcp(ByteView octets) {
    return sureness_of<TcpStream>(octets, 60, 10);
}

int recognise_ascii(ByteView octets) {
    return sureness_of<AsciiStream>(octets, 100, 45);
}

const std::array rows{
    Decoder{"modbus-rtu", "Modbus RTU", true, recognise_rtu, open_stream<RtuStream>, "mbrtu", {}, {}},
    Decoder{"modbus-tcp", "Modbus TCP", false, recognise_tcp, open_stream<TcpStream>, "mbtcp", {502}, {502}},
    Decoder{"modbus-ascii", "Modbus ASCII", true, recognise_ascii, open_stream<AsciiStream>, "", {}, {}},
};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::modbus
