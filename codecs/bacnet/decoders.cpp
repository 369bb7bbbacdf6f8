#include "codecs/bacnet/decoders.hpp"

#include "codecs/bacnet/bvlc.hpp"
#include "codecs/bacnet/ip_stream.hpp"
#include "codecs/bacnet/mstp_stream.hpp"
#include "codecs/recognition.hpp"

#include <array>

namespace meterctl::codecs::bacnet {
namespace {

template <class Stream>
int sureness_of(ByteView octets, int whole, int of_one) {
    octets = front_of(octets);
    const auto found = good_frames<Stream>(octets, [](const DecodedFrame&) { return true; });
    return sureness(found, octets.size(), whole, of_one);
}

int recognise_mstp(ByteView octets) {
    return sureness_of<MstpStream>(octets, 100, 45);
}

int recognise_ip(ByteView octets) {
    return sureness_of<IpStream>(octets, 85, 30);
}

/// Two octets tell little: only who asks for it gets it.
int recognise_npdu(ByteView octets) {
    return sureness_of<NpduStream>(octets, 40, 0);
}

const std::array rows{
    Decoder{"bacnet-mstp", "BACnet MS/TP", true, recognise_mstp, open_stream<MstpStream>, "mstp", {}, {}},
    Decoder{"bacnet-ip", "BACnet/IP", false, recognise_ip, open_stream<IpStream>, "bvlc", {}, {default_udp_port}},
    Decoder{"bacnet-npdu", "BACnet NPDU", false, recognise_npdu, open_stream<NpduStream>, "bacnet", {}, {}},
};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::bacnet
