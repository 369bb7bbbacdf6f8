#include "codecs/modbus/ascii.hpp"

#include "codecs/modbus/answering.hpp"
#include "src/core/crc.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::modbus::ascii {
namespace {

constexpr std::uint8_t colon = ':';
constexpr std::uint8_t line_feed = '\n';

int digit(std::uint8_t character) {
    if (character >= '0' && character <= '9') { return character - '0'; }
    if (character >= 'A' && character <= 'F') { return character - 'A' + 10; }
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

tl::unexpected<Error> wrong(std::string what, std::string code) {
    return fail(Category::untrusted, std::move(what), {}, {}, std::move(code));
}

/// Between ':' and the line's end.
Result<ByteView> digits_of(ByteView frame) {
    if (frame.empty() || frame.front() != colon) { return wrong("no ':' at the start", "modbus.ascii"); }
    if (frame.size() > max_frame) { return wrong("longer than 513 characters", "modbus.length"); }
    if (frame.back() != line_feed) { return wrong("incomplete", "modbus.length"); }
    frame = frame.subspan(1, frame.size() - 2);
    return !frame.empty() && frame.back() == '\r' ? frame.first(frame.size() - 1) : frame;
}

void count_error(const Error& error, codecs::Counters& counters) {
    ++(error.code == "modbus.crc" ? counters.crc_errors : counters.bad_lengths);
}

} // namespace

Bytes encode(std::uint8_t address, ByteView pdu) {
    const auto octets = ByteWriter{}.u8(address).bytes(pdu).take();
    const auto sum = lrc_modbus(octets);
    return ByteWriter{}.u8(colon).text(to_hex(octets, "")).text(fmt::format("{:02X}\r\n", sum)).take();
}

Result<Frame> decode(ByteView frame) {
    const auto digits = digits_of(frame);
    if (!digits) { return tl::unexpected(digits.error()); }
    if (std::ranges::any_of(*digits, [](std::uint8_t character) { return digit(character) < 0; })) {
        return wrong("not hex", "modbus.ascii");
    }
    if (digits->size() % 2 != 0) { return wrong("odd number of digits", "modbus.length"); }
    Bytes octets(digits->size() / 2);
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<std::uint8_t>(16 * digit((*digits)[2 * i]) + digit((*digits)[2 * i + 1]));
    }
    if (octets.size() < 3) { return wrong("too short", "modbus.length"); }
    const auto body = ByteView(octets).first(octets.size() - 1);
    if (lrc_modbus(body) != octets.back()) { return wrong("lrc", "modbus.crc"); }
    return Frame{octets.front(), Bytes(body.begin() + 1, body.end())};
}

Step next_frame(ByteView buffer, codecs::Counters& counters) {
    if (buffer.empty()) { return {Step::Kind::need_more, 1, {}}; }
    const auto at = [&](auto where) { return static_cast<std::size_t>(where - buffer.begin()); };
    if (buffer.front() != colon) { return skip_of(at(std::ranges::find(buffer, colon)), "no frame", counters); }
    const auto inside = buffer.subspan(1);
    const auto stop = std::ranges::find_if(inside, [](std::uint8_t one) { return one == colon || one == line_feed; });
    const auto length = 1 + static_cast<std::size_t>(stop - inside.begin());
    if (length >= max_frame && (stop == inside.end() || length > max_frame)) {
        ++counters.bad_lengths;
        return skip_of(length, "longer than 513 characters", counters);
    }
    if (stop == inside.end()) { return {Step::Kind::need_more, 1, {}}; }
    if (*stop == colon) { return skip_of(length, "started anew", counters); }
    const auto frame = decode(buffer.first(length + 1));
    if (frame) { return frame_of(length + 1, counters); }
    count_error(frame.error(), counters);
    return skip_of(length + 1, frame.error().what, counters);
}

Step next_answer(ByteView buffer, std::uint8_t address, const Request& request, codecs::Counters& counters) {
    auto step = next_frame(buffer, counters);
    if (step.kind != Step::Kind::frame) { return step; }
    const auto frame = decode(buffer.first(step.octets));
    step.why = why_no_answer({frame->address, frame->pdu}, address, request);
    if (!step.why.empty()) {
        step.kind = Step::Kind::skip;
        --counters.frames;
        counters.skipped_octets += step.octets;
    }
    return step;
}

} // namespace meterctl::codecs::modbus::ascii
