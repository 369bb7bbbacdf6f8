#include "codecs/dlms/decoders.hpp"

#include "codecs/dlms/apdu_stream.hpp"
#include "codecs/dlms/hdlc_receiver.hpp"
#include "codecs/dlms/hdlc_stream.hpp"
#include "codecs/dlms/mbus_stream.hpp"
#include "codecs/dlms/wrapper.hpp"
#include "codecs/dlms/wrapper_stream.hpp"
#include "codecs/recognition.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::dlms {
namespace {

/// Two checks and two flags in a frame: what has them is one. The octets may end within a frame.
int recognise_hdlc(ByteView octets) {
    using hdlc::Step;
    constexpr int whole = 100, of_one = 50;
    const bool cut = octets.size() > looked_at;
    octets = front_of(octets);
    const auto total = octets.size();
    GoodFrames found;
    Counters counters;
    bool after_flag = false;
    while (!octets.empty()) {
        const auto step = hdlc::next_frame(octets, after_flag, !cut, counters);
        if (step.kind == Step::Kind::need_more) { return sureness(found, total - octets.size(), whole, of_one); }
        const bool fill = step.kind == Step::Kind::flags;
        if (step.kind == Step::Kind::frame) { ++found.frames; }
        if (fill || step.kind == Step::Kind::frame) { found.octets += step.octets; }
        after_flag = fill || step.kind == Step::Kind::frame;
        octets = octets.subspan(step.octets);
    }
    return sureness(found, total, whole, of_one);
}

/// No checksum, but a header whose version, length and the tag behind it fit from one PDU to the next.
int recognise_wrapper(ByteView octets) {
    using wrapper::Step;
    constexpr int whole = 92, of_one = 20;
    const bool cut = octets.size() > looked_at;
    octets = front_of(octets);
    const auto total = octets.size();
    GoodFrames found;
    while (!octets.empty()) {
        const auto step = wrapper::next_frame(octets);
        if (step.kind == Step::Kind::need_more) {
            return cut ? sureness(found, total - octets.size(), whole, of_one) : sureness(found, total, whole, of_one);
        }
        const bool named = octets.size() > wrapper::header_octets && !apdu_name(octets[wrapper::header_octets]).empty();
        if (step.kind == Step::Kind::skip || !named) { return sureness(found, total, whole, of_one); }
        ++found.frames;
        found.octets += step.octets;
        octets = octets.subspan(step.octets);
    }
    return sureness(found, total, whole, of_one);
}

const std::array rows{
    Decoder{"dlms-hdlc",
            "DLMS/COSEM over HDLC",
            true,
            recognise_hdlc,
            open_stream<HdlcStream>,
            "",
            {wrapper::default_port},
            {wrapper::default_port}},
    Decoder{"dlms-wrapper",
            "DLMS/COSEM over TCP and UDP",
            false,
            recognise_wrapper,
            open_stream<WrapperStream>,
            "",
            {wrapper::default_port},
            {wrapper::default_port}},
    Decoder{"dlms-mbus", "DLMS/COSEM over wired M-Bus", true, recognise_mbus, open_stream<MbusStream>, "", {}, {}},
    Decoder{"dlms-apdu", "DLMS/COSEM APDUs", false, recognise_apdus, open_stream<ApduStream>, "", {}, {}},
};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::dlms
