#include "tests/codecs/dlms/any_octets.hpp"

#include "codecs/dlms/apdu_stream.hpp"
#include "codecs/dlms/array_stream.hpp"
#include "codecs/dlms/data_fields.hpp"
#include "codecs/dlms/data_value.hpp"
#include "tests/codecs/any_stream.hpp"

#include <algorithm>

namespace dlms_any {

namespace codecs = meterctl::codecs;
namespace dlms = codecs::dlms;
using meterctl::Bytes;
using meterctl::ByteView;

namespace {

std::size_t nodes(const dlms::Data& data) {
    std::size_t count = 1;
    if (const auto* const items = data.items()) {
        for (const auto& item : *items) { count += nodes(item); }
    }
    return count;
}

std::string check_stream(ByteView input, bool whole) {
    dlms::ArrayStream stream;
    std::size_t taken = 0;
    for (std::size_t at = 0; at < input.size();) {
        const auto size = std::min<std::size_t>(1 + input[at] % 7U, input.size() - at);
        stream.feed(input.subspan(at, size));
        at += size;
        while (true) {
            const auto next = stream.next();
            if (!next) { return whole ? "an array that decodes whole, and not in parts" : ""; }
            if (!*next) { break; }
            if (++taken > 16 * (input.size() + 16)) { return "more elements than octets can hold"; }
        }
    }
    return whole && (!stream.complete() || stream.held() != 0) ? "an array that does not end where its octets do" : "";
}

/// Values that compare equal encode alike; NaN equals nothing, so that octets are compared.
std::string check_value(const dlms::Data& data, ByteView input) {
    if (nodes(data) > 16 * (input.size() + 16)) { return "more values than octets can hold"; }
    const auto octets = dlms::encode(data);
    const auto again = dlms::decode_data(octets);
    if (!again) { return "what was encoded does not decode"; }
    if (dlms::encode(*again) != octets) { return "a value changes on its way through octets"; }
    const auto shown = dlms::to_value(data, dlms::ScalerUnit{-2, 30});
    if (shown.value.is_null() && shown.flags.empty()) { return "null without a flag"; }
    const auto field = dlms::data_field("data", data, 0);
    if (field.length != input.size() || !any_stream::inside({field}, 0, input.size())) {
        return "a field outside its octets";
    }
    return {};
}

std::string check_frame(const codecs::DecodedFrame& frame) {
    if (frame.octets.empty()) { return "an empty frame"; }
    if (!any_stream::inside(frame.fields, 0, frame.octets.size())) { return "a field outside its frame"; }
    if (frame.error && !frame.readings.empty()) { return "readings of a damaged frame"; }
    if (!frame.error && frame.fields.empty()) { return "neither fields nor an error"; }
    const bool bare = std::ranges::any_of(frame.readings, [](const meterctl::Reading& reading) {
        return reading.value.is_null() && reading.flags.empty();
    });
    return bare ? "null without a flag" : "";
}

/// Each APDU is a datagram: its length first, in one octet, and its direction in the lowest bit of the next.
std::string check_conversation(ByteView input) {
    dlms::ApduStream stream{codecs::DecodeOptions{}};
    std::string wrong;
    std::size_t returned = 0, given = 0;
    const codecs::FrameSink sink = [&](codecs::DecodedFrame&& frame) {
        returned += frame.octets.size();
        if (const auto one = check_frame(frame); !one.empty()) { wrong = one; }
    };
    while (input.size() > 2) {
        codecs::ChunkInfo info;
        info.datagram = (input[1] & 2U) == 0;
        info.direction = (input[1] & 1U) != 0 ? codecs::Direction::request : codecs::Direction::response;
        const auto size = std::min<std::size_t>(input[0], input.size() - 2);
        stream.feed(input.subspan(2, size), info, sink);
        given += size;
        input = input.subspan(2 + size);
    }
    stream.finish(sink);
    return returned != given ? "octets lost or invented" : wrong;
}

} // namespace

std::string check_data(ByteView input) {
    const auto extent = dlms::data_extent(input);
    const auto data = dlms::decode_data(input);
    if (data) {
        if (!extent || *extent != input.size()) { return "an extent that is not that of the value"; }
        if (auto wrong = check_value(*data, input); !wrong.empty()) { return wrong; }
    } else if (!data.error().where.starts_with("byte offset")) {
        return "an error without a place";
    }
    const bool is_array = data && (data->type == dlms::Type::array || data->type == dlms::Type::compact_array);
    return check_stream(input, is_array);
}

std::string check_apdu(ByteView input) {
    const auto apdu = dlms::decode_apdu(input);
    if (apdu) {
        const auto octets = dlms::encode_apdu(*apdu);
        const auto again = dlms::decode_apdu(octets);
        if (!again) { return "what was encoded does not decode"; }
        if (dlms::encode_apdu(*again) != octets) { return "an APDU changes on its way through octets"; }
        if (dlms::apdu_summary(*apdu).empty()) { return "an APDU without a summary"; }
    } else if (!apdu.error().where.starts_with("byte offset")) {
        return "an error without a place";
    }
    const auto sureness = dlms::recognise_apdus(input);
    if (sureness < 0 || sureness > 100) { return "a sureness outside 0 to 100"; }
    dlms::ApduStream stream{codecs::DecodeOptions{}};
    std::string wrong;
    const codecs::FrameSink sink = [&](codecs::DecodedFrame&& frame) {
        if (const auto one = check_frame(frame); !one.empty()) { wrong = one; }
    };
    stream.feed(input, {}, sink);
    stream.finish(sink);
    return wrong.empty() ? check_conversation(input) : wrong;
}

} // namespace dlms_any
