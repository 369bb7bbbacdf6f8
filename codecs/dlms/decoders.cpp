#include "codecs/dlms/decoders.hpp"

#include "codecs/dlms/apdu_stream.hpp"
#include "codecs/dlms/hdlc_receiver.hpp"
#include "codecs/dlms/hdlc_stream.hpp"
#include "codecs/dlms/mbus_stream.hpp"
#include "codecs/dlms/wrapper.hpp"
#include "codecs/dlms/wrapper_stream.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::size_t looked_at = 4096; ///< octets that are enough to tell

struct Found {
    unsigned frames = 0;
    std::size_t octets = 0; ///< in them
};

/// `whole`: how sure nothing but good frames makes; `of_one`: one among other octets.
int sureness(const Found& found, std::size_t octets, int whole, int of_one) {
    if (found.frames == 0) { return 0; }
    if (found.octets >= octets) { return whole; }
    const int share = static_cast<int>(found.octets * 100 / octets);
    const int counted = of_one * static_cast<int>(std::min(found.frames, 2U));
    return std::min(whole - 1, std::max(counted, share * whole / 100));
}

/// Two checks and two flags in a frame: what has them is one. The octets may end within a frame.
int recognise_hdlc(ByteView octets) {
    using hdlc::Step;
    constexpr int whole = 100, of_one = 50;
    const bool cut = octets.size() > looked_at;
    octets = octets.first(std::min(octets.size(), looked_at));
    const auto total = octets.size();
    Found found;
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
    octets = octets.first(std::min(octets.size(), looked_at));
    const auto total = octets.size();
    Found found;
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

template <class Stream>
std::unique_ptr<StreamDecoder> open(const DecodeOptions& options) {
    return std::make_unique<Stream>(options);
}

const std::array rows{
    Decoder{"dlms-hdlc",
            "DLMS/COSEM over HDLC",
            true,
            recognise_hdlc,
            open<HdlcStream>,
            "",
            {wrapper::default_port},
            {wrapper::default_port}},
    Decoder{"dlms-wrapper",
            "DLMS/COSEM over TCP and UDP",
            false,
            recognise_wrapper,
            open<WrapperStream>,
            "",
            {wrapper::default_port},
            {wrapper::default_port}},
    Decoder{"dlms-mbus", "DLMS/COSEM over wired M-Bus", true, recognise_mbus, open<MbusStream>, "", {}, {}},
    Decoder{"dlms-apdu", "DLMS/COSEM APDUs", false, recognise_apdus, open<ApduStream>, "", {}, {}},
};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::dlms
