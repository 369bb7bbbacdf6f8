#include "codecs/mbus/decoders.hpp"

#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/stream.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t looked_at = 4096; ///< octets that are enough to tell

struct Found {
    unsigned frames = 0;
    std::size_t octets = 0; ///< in them
    unsigned acks = 0;
    unsigned of_dlms = 0; ///< frames that another protocol's messages travel in
};

bool carries_dlms(ByteView frame) {
    constexpr std::size_t ci_at = 6;
    constexpr std::uint8_t last_ci = 0x1F;
    return frame.size() > ci_at && frame[0] == long_start && frame[ci_at] <= last_ci;
}

Found good_frames(ByteView octets) {
    Found found;
    Counters counters;
    while (!octets.empty()) {
        const auto step = next_frame(octets, true, counters);
        if (step.kind == Step::Kind::frame) {
            const bool ack = step.octets == 1;
            (ack ? found.acks : found.frames) += 1;
            found.octets += step.octets;
            if (carries_dlms(octets.first(step.octets))) { ++found.of_dlms; }
        }
        octets = octets.subspan(step.octets);
    }
    return found;
}

/// An ack alone is one octet that any other protocol may have.
int recognise(ByteView octets) {
    constexpr int whole = 100, of_one = 45, acks_only = 5;
    octets = octets.first(std::min(octets.size(), looked_at));
    const auto found = good_frames(octets);
    const bool all = found.octets == octets.size();
    if (found.frames == 0) { return found.acks > 0 && all ? acks_only : 0; }
    if (all) { return whole - (found.of_dlms > 0 ? 1 : 0); }
    const int share = static_cast<int>(found.octets * 100 / octets.size());
    return std::min(whole - 1, std::max(of_one * static_cast<int>(std::min(found.frames, 2U)), share));
}

std::unique_ptr<StreamDecoder> open(const DecodeOptions& options) {
    return std::make_unique<Stream>(options);
}

const std::array rows{Decoder{"mbus", "M-Bus", true, recognise, open, "", {}, {}}};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::mbus
