#include "tests/codecs/bacnet/any_octets.hpp"

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/bvlc.hpp"
#include "codecs/bacnet/decoders.hpp"
#include "codecs/bacnet/mstp_master.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/point.hpp"
#include "codecs/bacnet/records.hpp"
#include "codecs/bacnet/segmentation.hpp"
#include "tests/codecs/any_stream.hpp"

#include <algorithm>

namespace bacnet_any {

namespace bacnet = meterctl::codecs::bacnet;
namespace codecs = meterctl::codecs;
namespace mstp = bacnet::mstp;
using meterctl::ByteReader;
using meterctl::Bytes;
using meterctl::ByteView;
using meterctl::Result;

namespace {

using namespace std::chrono_literals;

/// A meter whose points mutated answers still name.
const codecs::DecodeOptions& options() {
    static const auto meter = [] {
        meterctl::catalogue::Definition definition;
        for (const char* const text :
             {"analog-input:1", "analog-input:1/reliability", "device/location", "trend-log:1/record-count"}) {
            definition.points.push_back(*bacnet::ad_hoc_point(text));
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
    return any_stream::check(bacnet::decoders()[row], options(), input, 61ms, wrong_with);
}

/// What decodes encodes to octets that encode alike: compared as octets, because NaN equals nothing.
template <class T>
std::string check_again(const Result<T>& decoded, Result<T> (*decode)(ByteView)) {
    if (!decoded) {
        return decoded.error().where.find("byte offset") == std::string::npos ? "an error without a place" : "";
    }
    const Bytes octets = encode(*decoded);
    const auto again = decode(octets);
    if (!again) { return "what was encoded does not decode"; }
    return encode(*again) == octets ? "" : "a message changes on its way through octets";
}

std::string check_services(ByteView data) {
    using namespace bacnet;
    for (auto wrong : {
             check_again(decode_read_property(data), decode_read_property),
             check_again(decode_read_property_ack(data), decode_read_property_ack),
             check_again(decode_read_property_multiple(data), decode_read_property_multiple),
             check_again(decode_read_property_multiple_ack(data), decode_read_property_multiple_ack),
             check_again(decode_write_property(data), decode_write_property),
             check_again(decode_write_property_multiple(data), decode_write_property_multiple),
             check_again(decode_write_error(data), decode_write_error),
             check_again(decode_read_range(data), decode_read_range),
             check_again(decode_read_range_ack(data), decode_read_range_ack),
             check_again(decode_who_is(data), decode_who_is),
             check_again(decode_i_am(data), decode_i_am),
             check_again(decode_who_has(data), decode_who_has),
             check_again(decode_i_have(data), decode_i_have),
             check_again(decode_time_synchronization(data), decode_time_synchronization),
             check_again(decode_reinitialize_device(data), decode_reinitialize_device),
             check_again(decode_device_communication_control(data), decode_device_communication_control),
             check_again(decode_subscribe_cov(data), decode_subscribe_cov),
             check_again(decode_cov_notification(data), decode_cov_notification),
             check_again(decode_date_and_time(data), decode_date_and_time),
             check_again(decode_device_object_property_reference(data), decode_device_object_property_reference),
             check_again(decode_log_records(data), decode_log_records),
         }) {
        if (!wrong.empty()) { return wrong; }
    }
    return {};
}

std::string check_links(ByteView data) {
    using namespace bacnet;
    for (auto wrong : {check_again(decode_apdu(data), decode_apdu), check_again(decode_npdu(data), decode_npdu),
                       check_again(decode_bvlc(data), decode_bvlc), check_again(mstp::decode(data), mstp::decode)}) {
        if (!wrong.empty()) { return wrong; }
    }
    if (data.empty()) { return {}; }
    const auto message = decode_message(data[0], data.subspan(1));
    return !message || encode(*message).size() <= data.size() ? "" : "a network message that grew";
}

std::string check_values(ByteView data) {
    const auto values = bacnet::decode_primitives(data);
    if (!values) { return {}; }
    for (const auto& value : *values) {
        const auto octets = bacnet::encode_primitive(value);
        const auto again = bacnet::decode_primitives(octets);
        if (!again || again->size() != 1 || bacnet::encode_primitive(again->front()) != octets) {
            return "a value changes on its way through octets";
        }
        const auto shown = bacnet::show(value);
        if (shown.value.is_null() && shown.flags.empty()) { return "null without a flag"; }
    }
    return {};
}

std::string check_point_text(ByteView input) {
    const std::string text(input.begin(), input.end());
    const auto point = bacnet::ad_hoc_point(text);
    if (!point) { return point.error().what.empty() ? "an error without words" : ""; }
    const auto again = bacnet::ad_hoc_point(point->name);
    return again && again->name == point->name ? "" : "a point whose name is no point";
}

/// A node on a line of noise: it never sends where it only listens, never asks for what is past, never stands still.
std::string check_node(ByteView input) {
    if (input.size() < 2) { return {}; }
    mstp::MasterSettings settings;
    settings.station = input[0] % 8;
    settings.max_master = 8;
    settings.listen_only = (input[0] & 0x80U) != 0;
    mstp::TimePoint now{std::chrono::hours(1)};
    mstp::MasterNode node(settings, now);
    node.send(input[1], Bytes{1, 4}, true);
    std::size_t sent = 0;
    for (const auto octet : input.subspan(2)) {
        if ((octet & 0x1FU) == 0x1F) {
            now += std::chrono::milliseconds(7) * (octet >> 5U);
            node.advance(now);
            const auto due = node.next_deadline();
            if (due && *due <= now) { return "a deadline that has passed"; }
        }
        node.receive(ByteView(&octet, 1), now);
        for (const auto& one : node.take_indications()) {
            if (one.expecting_reply) { node.reply(one.source, Bytes{1, 0}, now); }
        }
        for (const auto& one : node.take_transmissions()) {
            ++sent;
            if (!mstp::decode(one.octets)) { return "a frame that no one can read"; }
        }
    }
    return settings.listen_only && sent > 0 ? "who only listens has sent" : "";
}

std::string check_segments(ByteView input) {
    if (input.size() < 3) { return {}; }
    const Bytes message(input.begin() + 2, input.end());
    bacnet::Segmentation sender(message, input[0] % 7U + 1U, static_cast<std::uint8_t>(input[1] % 8U + 1U));
    bacnet::Reassembly receiver(static_cast<std::uint8_t>(input[1] / 8U % 8U + 1U));
    unsigned rounds = 0;
    bool lose = (input[0] & 0x80U) != 0;
    while (!sender.done()) {
        if (++rounds > 2 * message.size() + 8) { return "segments without end"; }
        bool acknowledged = false;
        for (const auto& part : sender.due()) {
            if (std::exchange(lose, false)) { continue; }
            const auto step = receiver.receive(part.segment, part.data);
            if (!step) { break; } // segment 0 is missing: its time-out sends it again
            if (step->acknowledge) {
                sender.acknowledge(step->sequence, step->window);
                acknowledged = true;
                break;
            }
        }
        if (!acknowledged && sender.due().empty()) { return "a window of no segments"; }
    }
    return receiver.data() == message ? "" : "a message changes in its segments";
}

} // namespace

std::string check(ByteView input) {
    if (input.empty()) { return {}; }
    const auto rest = input.subspan(1);
    switch (input[0] % parts) {
    case 0:
    case 1:
    case 2:
        return check_stream(input[0] % parts, rest);
    case 3:
        return check_services(rest);
    case 4:
        return check_links(rest);
    case 5:
        return check_values(rest);
    case 6:
        return check_point_text(rest);
    case 7:
        return check_node(rest);
    default:
        return check_segments(rest);
    }
}

} // namespace bacnet_any
