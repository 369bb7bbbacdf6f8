#include "codecs/iec62056_21/decoders.hpp"

#include "codecs/iec62056_21/stream.hpp"
#include "codecs/iec62056_21/telegram_stream.hpp"
#include "codecs/recognition.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::size_t telling = 5; ///< octets of a message that chance does not make
constexpr int whole = 100, likely = 92, partly = 50, barely = 30;

struct Found {
    unsigned good = 0;
    std::size_t octets = 0; ///< in good messages
    bool checked = false;   ///< one of them carries a check
    bool damaged = false;   ///< a data message has data sets, though its check is wrong
};

/// A message is text between a few controls (SOH, STX, ETX, the check), whether its parity bits are still there or not:
/// a check of eight bits alone is right by chance too often.
bool is_text(ByteView octets) {
    constexpr std::ptrdiff_t most_controls = 4;
    const auto is_control = [](std::uint8_t octet) {
        const unsigned character = octet & 0x7FU;
        return character < ' ' && character != '\r' && character != '\n';
    };
    return std::ranges::count_if(octets, is_control) <= most_controls;
}

template <class Stream>
Found good_messages(ByteView octets) {
    Found found;
    const FrameSink sink = [&](DecodedFrame&& frame) {
        found.damaged = found.damaged || (frame.error && frame.fields.size() > telling);
        if (frame.error || frame.octets.size() < telling || frame.summary == "wake-up" || !is_text(frame.octets)) {
            return;
        }
        ++found.good;
        found.octets += frame.octets.size();
        const auto checks = [](const Field& field) { return field.name == "bcc" || field.name == "crc"; };
        found.checked = found.checked || std::ranges::any_of(frame.fields, checks);
    };
    Stream stream{DecodeOptions{}};
    stream.feed(octets, {}, sink);
    stream.finish(sink);
    return found;
}

template <class Stream>
int sureness(ByteView octets, int unchecked) {
    const bool cut = octets.size() > looked_at;
    octets = front_of(octets);
    const auto found = good_messages<Stream>(octets);
    if (found.good == 0) { return found.damaged ? barely : 0; }
    if (found.octets == octets.size() && found.checked) { return whole; }
    if (found.octets == octets.size() || cut) { return unchecked; }
    return std::min(unchecked, partly + static_cast<int>(found.octets * partly / octets.size()));
}

int recognise_messages(ByteView octets) {
    return sureness<MessageStream>(octets, likely);
}

/// Codes that P1 has and a readout has not: version, tariff indicator, connected meters.
bool has_p1_codes(ByteView octets) {
    constexpr std::array<std::string_view, 4> codes{"1-3:0.2.8(", "0-0:96.14.0(", "0-1:24.1.0(", "0-0:96.13.0("};
    const ByteView front = front_of(octets);
    const std::string text(front.begin(), front.end());
    return std::ranges::any_of(codes, [&](std::string_view code) { return text.find(code) != std::string::npos; });
}

/// A telegram whose CRC is wrong is still one.
int recognise_telegrams(ByteView octets) {
    const int found = sureness<TelegramStream>(octets, has_p1_codes(octets) ? likely + 2 : partly);
    return has_p1_codes(octets) ? std::max(found, likely + 2) : found;
}

const std::array rows{
    Decoder{"iec62056-21",
            "IEC 62056-21 (D0, optical port)",
            true,
            recognise_messages,
            open_stream<MessageStream>,
            "",
            {},
            {}},
    Decoder{"dsmr-p1", "DSMR P1 telegrams", true, recognise_telegrams, open_stream<TelegramStream>, "", {}, {}},
};

} // namespace

std::span<const Decoder> decoders() {
    return rows;
}

} // namespace meterctl::codecs::iec62056_21
