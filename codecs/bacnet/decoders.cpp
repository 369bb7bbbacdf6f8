#include "codecs/bacnet/decoders.hpp"

#include "codecs/bacnet/bvlc.hpp"
#include "codecs/bacnet/ip_stream.hpp"
#include "codecs/bacnet/mstp_stream.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::size_t looked_at = 4096; ///< octets that are enough to tell

struct Found {
    unsigned frames = 0;
    std::size_t octets = 0; ///< in them
};

template <class Stream>
Found good_frames(ByteView octets) {
    Found found;
    const FrameSink sink = [&](DecodedFrame&& frame) {
        if (frame.error) { return; }
        ++found.frames;
        found.octets += frame.octets.size();
    };
    Stream stream{DecodeOptions{}};
    stream.feed(octets, {}, sink);
    stream.finish(sink);
    return found;
}

/// `whole`: how sure nothing but good frames makes; `of_one`: one among other octets.
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

int recognise_mstp(ByteView octets) {
    return sureness<MstpStream>(octets, 100, 45);
}

int recognise_ip(ByteView octets) {
    return sureness<IpStream>(octets, 85, 30);
}

/// Two octets tell little: only who asks for it gets it.
int recognise_npdu(ByteView octets) {
    return sureness<NpduStream>(octets, 40, 0);
}

template <class Stream>
std::unique_ptr<StreamDecoder> open(const DecodeOptions& options) {
    return std::make_unique<Stream>(options);
}

const std::array rows{
    Decoder{"bacnet-mstp", "BACnet MS/TP", true, recognise_mstp, open<MstpStream>, "mstp", {}, {}},
    Decoder{"bacnet-ip", "BACnet/IP", false, recognise_ip, open<IpStream>, "bvlc", {}, {default_udp_port}},
    Decoder{"bacnet-npdu", "BACnet NPDU", false, recognise_npdu, open<NpduStream>, "bacnet", {}, {}},
};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::bacnet
