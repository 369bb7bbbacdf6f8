#include "codecs/mbus/decoders.hpp"

#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/stream.hpp"
#include "codecs/recognition.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::mbus {
namespace {

struct Found : GoodFrames {
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
    octets = front_of(octets);
    const auto found = good_frames(octets);
    const bool all = found.octets == octets.size();
    if (found.frames == 0) { return found.acks > 0 && all ? acks_only : 0; }
    if (all) { return whole - (found.of_dlms > 0 ? 1 : 0); }
    return sureness(found, octets.size(), whole, of_one);
}

const std::array rows{Decoder{"mbus", "M-Bus", true, recognise, open_stream<Stream>, "", {}, {}}};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::mbus
