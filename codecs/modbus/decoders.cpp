#include "codecs/modbus/decoders.hpp"

#include "codecs/modbus/ascii_stream.hpp"
#include "codecs/modbus/names.hpp"
#include "codecs/modbus/rtu_stream.hpp"
#include "codecs/modbus/tcp_stream.hpp"

#include <array>

namespace meterctl::codecs::modbus {
namespace {

constexpr std::size_t looked_at = 4096; ///< octets that are enough to tell

struct Found {
    unsigned frames = 0;
    std::size_t octets = 0; ///< in them
};

/// Good frames of functions that the standard names.
template <class Stream>
Found good_frames(ByteView octets) {
    Found found;
    const FrameSink sink = [&](DecodedFrame&& frame) {
        const bool good = !frame.error && frame.fields.size() > 1;
        for (const auto& field : frame.fields) {
            if (good && field.name == "function" && !field.text.empty()) {
                ++found.frames;
                found.octets += frame.octets.size();
            }
        }
    };
    Stream stream{DecodeOptions{}};
    stream.feed(octets, {}, sink);
    stream.finish(sink);
    return found;
}

/// `of_one`: how sure a single good frame among other octets makes.
template <class Stream>
int sureness(ByteView octets, int whole, int of_one) {
    octets = octets.first(std::min(octets.size(), looked_at));
    const auto found = good_frames<Stream>(octets);
    if (found.frames == 0) { return 0; }
    if (found.octets == octets.size()) { return whole; }
    const int share = static_cast<int>(found.octets * 100 / octets.size());
    const int counted = of_one * static_cast<int>(std::min(found.frames, 2U));
    return std::min(whole - 1, std::max(counted, share * whole / 100));
}

int recognise_rtu(ByteView octets) {
    return sureness<RtuStream>(octets, 100, 45);
}

/// Without a checksum even a stream that fits whole is only likely.
int recognise_tcp(ByteView octets) {
    return sureness<TcpStream>(octets, 60, 10);
}

int recognise_ascii(ByteView octets) {
    return sureness<AsciiStream>(octets, 100, 45);
}

template <class Stream>
std::unique_ptr<StreamDecoder> open(const DecodeOptions& options) {
    return std::make_unique<Stream>(options);
}

const std::array rows{
    Decoder{"modbus-rtu", "Modbus RTU", true, recognise_rtu, open<RtuStream>, "mbrtu", {}, {}},
    Decoder{"modbus-tcp", "Modbus TCP", false, recognise_tcp, open<TcpStream>, "mbtcp", {502}, {502}},
    Decoder{"modbus-ascii", "Modbus ASCII", true, recognise_ascii, open<AsciiStream>, "", {}, {}},
};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::modbus
