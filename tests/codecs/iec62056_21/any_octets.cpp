#include "tests/codecs/iec62056_21/any_octets.hpp"

#include "codecs/iec62056_21/decoders.hpp"
#include "codecs/iec62056_21/framer.hpp"
#include "codecs/iec62056_21/point.hpp"
#include "codecs/iec62056_21/profile.hpp"
#include "codecs/iec62056_21/readings.hpp"
#include "codecs/iec62056_21/times.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "src/core/parity.hpp"
#include "tests/codecs/any_stream.hpp"

#include <algorithm>

namespace iec_any {

namespace iec = meterctl::codecs::iec62056_21;
namespace codecs = meterctl::codecs;
using iec::Step;
using meterctl::Bytes;
using meterctl::ByteView;

namespace {

using namespace std::chrono_literals;

/// A meter whose points mutated readouts still have.
const codecs::DecodeOptions& options() {
    static const auto meter = [] {
        meterctl::catalogue::Definition definition;
        for (const char* const text : {"1.8.0:number", "F.F:hex", "0.9.1:time", "0.9.2:date", "C.1.0", "1.6.0",
                                       "reg:0001:R3:W3:datetime_season"}) {
            definition.points.push_back(*iec::ad_hoc_point(text));
        }
        return definition;
    }();
    static const codecs::DecodeOptions with_meter{&meter};
    return with_meter;
}

bool explained(const meterctl::Reading& reading) {
    return !reading.name.empty() && (!reading.value.is_null() || !reading.flags.empty());
}

/// The first octet cuts the rest into chunks and directions.
std::string wrong_with(const codecs::DecodedFrame& frame) {
    if (frame.octets.empty() || frame.summary.empty()) { return "an empty frame, or one without words"; }
    if (!std::ranges::all_of(frame.readings, explained)) { return "a reading without a name, or null unexplained"; }
    const bool checked = !frame.error || frame.error->code.ends_with(".incomplete");
    if (!checked && !frame.readings.empty()) { return "readings of a damaged frame"; }
    return frame.fields.empty() ? "" : any_stream::wrong_with(frame); // a request has none
}

std::string check_stream(std::size_t row, ByteView input) {
    return any_stream::check(iec::decoders()[row], options(), input, 1001ms, wrong_with);
}

std::string check_framer(ByteView input) {
    if (input.empty()) { return {}; }
    const iec::Awaiting awaiting{
        .plain_data = (input[0] & 1U) != 0, .option_select = (input[0] & 2U) != 0, .silent = (input[0] & 4U) != 0};
    auto octets = input.subspan(1);
    codecs::Counters counters;
    while (!octets.empty()) {
        const auto step = iec::next_message(octets, awaiting, counters);
        if (step.kind == Step::Kind::need_more) { return awaiting.silent ? "waits though nothing comes" : ""; }
        if (step.octets == 0 || step.octets > octets.size()) { return "a step of no octets, or past the end"; }
        if (step.kind == Step::Kind::skip && step.why.empty()) { return "a skip without words"; }
        const auto front = octets.first(step.octets);
        const auto message = iec::decode(front);
        if (step.kind == Step::Kind::frame && !message) { return "a frame that does not decode"; }
        const bool framed = front.front() != '/' && front.front() != iec::ack && front.size() > 1;
        const bool whole = front.front() == iec::soh || front.front() == iec::stx;
        if (step.kind == Step::Kind::frame && framed && whole) {
            const auto again = iec::encode(*message);
            if (!std::ranges::equal(again, front)) { return "a message changes on its way through its struct"; }
        }
        octets = octets.subspan(step.octets);
    }
    return {};
}

std::string check_data(ByteView input) {
    const std::string text(input.begin(), input.end());
    const auto block = iec::parse_block(text);
    for (const auto& set : block.sets) {
        if (set.groups.empty()) { return "a data set without a value"; }
        if (text.substr(set.offset, set.length) != iec::to_text(set)) { return "a data set that was not sent"; }
    }
    for (const auto& other : block.others) {
        if (text.substr(other.offset, other.text.size()) != other.text) { return "a text that was not sent"; }
    }
    const auto readings = iec::to_readings(block.sets, options().meter);
    if (readings.size() > block.sets.size()) { return "readings that were not sent"; }
    return std::ranges::all_of(readings, explained) ? "" : "a reading without a name, or null unexplained";
}

std::string check_point_text(ByteView input) {
    const std::string text(input.begin(), input.end());
    const auto point = iec::ad_hoc_point(text);
    if (!point) { return point.error().what.empty() ? "an error without words" : ""; }
    const auto again = iec::ad_hoc_point(point->name);
    return again && again->name == point->name ? "" : "a point whose name is no point";
}

/// Every type: what decodes and encodes decodes alike.
std::string check_values(ByteView input) {
    const std::string text(input.begin(), input.end());
    for (const auto& name : iec::value_type_names()) {
        const auto* const type = *iec::value_type(name);
        const auto value = type->decode(text);
        const auto sent = value ? type->encode(*value, 0) : std::nullopt;
        const auto again = sent ? type->decode(*sent) : std::nullopt;
        if (sent && (!again || !(*again == *value))) { return "a " + name + " changes on its way through text"; }
    }
    return {};
}

std::string check_parity(ByteView input) {
    const auto with = meterctl::add_even_parity(input);
    const auto stripped = meterctl::strip_even_parity(with);
    if (!stripped.bad.empty() || stripped.octets.size() != input.size()) { return "parity that is not its own"; }
    for (std::size_t i = 0; i < input.size(); ++i) {
        if (stripped.octets[i] != (input[i] & 0x7FU)) { return "seven bits that change"; }
    }
    return {};
}

} // namespace

std::string check(ByteView input) {
    if (input.empty()) { return {}; }
    const auto part = input[0] % parts;
    const auto rest = input.subspan(1);
    switch (part) {
    case 0:
    case 1:
        return check_stream(part, rest);
    case 2:
        return check_framer(rest);
    case 3:
        return check_data(rest);
    case 4:
        return check_point_text(rest);
    case 5:
        return check_values(rest);
    default:
        return check_parity(rest);
    }
}

} // namespace iec_any
