#include "tests/codecs/modbus/any_octets.hpp"

#include "codecs/modbus/ascii.hpp"
#include "codecs/modbus/decoders.hpp"
#include "codecs/modbus/point.hpp"
#include "codecs/modbus/rtu.hpp"
#include "codecs/modbus/tcp.hpp"
#include "tests/codecs/any_stream.hpp"

#include <algorithm>

namespace modbus_any {

namespace modbus = meterctl::codecs::modbus;
namespace codecs = meterctl::codecs;
using meterctl::ByteReader;
using meterctl::ByteView;
using modbus::Step;

namespace {

using namespace std::chrono_literals;

/// A meter whose points lie where mutated requests still find some.
const codecs::DecodeOptions& options() {
    static const auto meter = [] {
        meterctl::catalogue::Definition definition;
        for (const char* const text : {"holding:0:float32", "holding:2:bcd32:cdab", "holding:0x500C:date_packed",
                                       "input:0:ascii:4", "coil:19:bool", "holding:107:unix_time"}) {
            definition.points.push_back(*modbus::ad_hoc_point(text));
        }
        return definition;
    }();
    static const codecs::DecodeOptions with_meter{&meter};
    return with_meter;
}

std::string wrong_with(const codecs::DecodedFrame& frame) {
    if (frame.error && !frame.readings.empty()) { return "readings of a damaged frame"; }
    return any_stream::wrong_with(frame);
}

std::string check_stream(std::size_t row, ByteView input) {
    return any_stream::check(modbus::decoders()[row], options(), input, 101ms, wrong_with);
}

std::string check_request(ByteView pdu) {
    const auto request = modbus::decode_request(pdu);
    if (!request) { return {}; }
    const auto octets = modbus::encode(*request);
    if (!octets) { return {}; }
    const auto again = modbus::decode_request(*octets);
    return again && *again == *request ? "" : "a request changes on its way through octets";
}

std::string check_response(ByteView pdu) {
    const auto response = modbus::decode_response(pdu);
    if (!response) { return {}; }
    const auto octets = modbus::encode(*response);
    if (!octets) { return {}; }
    const auto again = modbus::decode_response(*octets);
    return again && *again == *response ? "" : "an answer changes on its way through octets";
}

/// `receive` is asked until it wants more than is there.
template <class Receive>
std::string check_receiver(ByteView octets, Receive receive) {
    codecs::Counters counters;
    const auto given = octets.size();
    for (;;) {
        const Step step = receive(octets, counters);
        if (step.kind == Step::Kind::need_more) { break; }
        if (step.octets == 0 || step.octets > octets.size()) { return "a step of no octets, or past the end"; }
        octets = octets.subspan(step.octets);
    }
    return counters.octets == given - octets.size() ? "" : "octets are counted wrongly";
}

std::string check_receivers(ByteView input) {
    if (input.size() < 8) { return {}; }
    const auto address = input[0];
    const bool silent = (input[1] & 1U) != 0;
    const auto asked = modbus::decode_request(input.subspan(2, 5));
    const modbus::Request request =
        asked ? *asked : modbus::Request(modbus::RawPdu{static_cast<std::uint8_t>(input[2] & 0x7FU), {}});
    const auto octets = input.subspan(7);
    using codecs::Counters;
    const auto rtu_answer = [&](ByteView rest, Counters& counters) {
        return modbus::rtu::next_answer(rest, address, request, silent, counters);
    };
    const auto rtu_request = [&](ByteView rest, Counters& counters) {
        return modbus::rtu::next_request(rest, silent, counters);
    };
    const auto tcp_answer = [&](ByteView rest, Counters& counters) {
        return modbus::tcp::next_answer(rest, 1, address, request, counters);
    };
    const auto ascii_answer = [&](ByteView rest, Counters& counters) {
        return modbus::ascii::next_answer(rest, address, request, counters);
    };
    for (auto wrong : {check_receiver(octets, rtu_answer), check_receiver(octets, rtu_request),
                       check_receiver(octets, tcp_answer), check_receiver(octets, ascii_answer)}) {
        if (!wrong.empty()) { return wrong; }
    }
    return {};
}

std::string check_point_text(ByteView input) {
    const std::string text(input.begin(), input.end());
    const auto point = modbus::ad_hoc_point(text);
    if (!point) { return point.error().what.empty() ? "an error without words" : ""; }
    const auto again = modbus::ad_hoc_point(point->name);
    return again && again->name == point->name ? "" : "a point whose name is no point";
}

/// Every type in one order: what decodes encodes to what decodes alike.
std::string check_values(ByteView input) {
    if (input.size() < 10) { return {}; }
    const modbus::Order order{(input[0] & 1U) != 0, (input[0] & 2U) != 0};
    ByteReader reader(input.subspan(1));
    std::vector<std::uint16_t> all;
    while (reader.remaining() >= 2 && all.size() < 8) { all.push_back(reader.u16be()); }
    for (const auto& type : modbus::value_types()) {
        const auto count = type.registers != 0 ? type.registers : static_cast<unsigned>(all.size());
        if (count > all.size()) { continue; }
        const auto words = std::span(all).first(count);
        const auto value = modbus::decode_value(type, order, words);
        if (!value) { return "a value that does not decode"; }
        if (value->value.is_null() && value->flags.empty()) { return "null without a flag"; }
        const auto back = modbus::encode_value(type, order, count, value->value);
        if (!back) { continue; }
        const auto again = modbus::decode_value(type, order, *back);
        if (!again || !(again->value == value->value)) { return "a value changes on its way through registers"; }
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
    case 2:
        return check_stream(part, rest);
    case 3:
        return check_request(rest);
    case 4:
        return check_response(rest);
    case 5:
        return check_receivers(rest);
    case 6:
        return check_point_text(rest);
    case 7:
        return check_values(rest);
    default:
        return modbus::ascii::decode(rest) && modbus::tcp::decode(rest) ? "one frame in two framings" : "";
    }
}

} // namespace modbus_any
