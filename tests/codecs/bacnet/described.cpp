#include "tests/codecs/bacnet/described.hpp"

#include "codecs/bacnet/names.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <fmt/format.h>

namespace bacnet_vectors {

using namespace meterctl::codecs::bacnet;
using meterctl::Bytes;
using meterctl::ByteView;

namespace {

Json object_json(ObjectId id) {
    return {{"type", names::text(names::object_types, id.type)}, {"instance", id.instance}};
}

std::string property_text(std::uint32_t property) {
    return names::text(names::properties, property);
}

Json float_json(float value) {
    if (std::isnan(value)) { return "nan"; }
    if (std::isinf(value)) { return value < 0 ? "-inf" : "inf"; }
    return value;
}

Json weekday_json(std::uint8_t weekday) {
    return weekday == unspecified ? Json() : Json(weekday);
}

struct Describer {
    Json operator()(const Null&) const { return {}; }
    Json operator()(bool value) const { return {{"boolean", value}}; }
    Json operator()(std::uint64_t value) const { return {{"unsigned", value}}; }
    Json operator()(std::int64_t value) const { return {{"signed", value}}; }
    Json operator()(float value) const { return {{"real", float_json(value)}}; }
    Json operator()(double value) const { return {{"double", value}}; }
    Json operator()(const Bytes& value) const { return {{"octets", hex(value)}}; }
    Json operator()(const CharacterString& value) const {
        return {{"text", value.text().value_or("?")}, {"charset", value.character_set}};
    }
    Json operator()(const BitString& value) const { return {{"bits", value.text()}}; }
    Json operator()(Enumerated value) const { return {{"enumerated", value.value}}; }
    Json operator()(const Date& value) const {
        return {{"date", value.text()}, {"weekday", weekday_json(value.weekday)}};
    }
    Json operator()(const Time& value) const { return {{"time", value.text()}}; }
    Json operator()(ObjectId value) const { return {{"object", object_json(value)}}; }
};

/// What a property holds, as the vectors show it.
Json property_json(ByteView octets, const PropertyReference& property) {
    if (const auto reference = decode_device_object_property_reference(octets)) {
        Json json{{"object", object_json(reference->object)},
                  {"property", property_text(reference->property.property)}};
        if (reference->device) { json["device"] = reference->device->instance; }
        return json;
    }
    const auto values = decode_primitives(octets);
    if (!values || values->size() != 1) { return "constructed"; }
    auto json = described(values->front());
    const auto* const number = std::get_if<Enumerated>(&values->front());
    if (number == nullptr) { return json; }
    const auto table = property_text(property.property) == "units" ? names::units : names::reliabilities;
    json["text"] = names::text(table, number->value);
    return json;
}

Json error_json(const AccessError& error) {
    return {names::text(names::error_classes, error.error_class), names::text(names::error_codes, error.error_code)};
}

Json values_json(const std::vector<PropertyValue>& values) {
    Json json = Json::object();
    for (const auto& one : values) {
        json[property_text(one.property.property)] = property_json(one.value, one.property);
    }
    return json;
}

void reference_json(const PropertyReference& property, Json& out) {
    out["property"] = property_text(property.property);
    if (property.index) { out["array_index"] = *property.index; }
}

Json record_json(const LogRecord& record) {
    Json json{{"timestamp", record.timestamp.date.text() + "T" + record.timestamp.time.text()},
              {"weekday", weekday_json(record.timestamp.date.weekday)}};
    if (const auto* const value = std::get_if<Primitive>(&record.datum)) { json.update(described(*value)); }
    if (record.status) { json["status_flags"] = bit_string(*record.status).text(); }
    return json;
}

void range_json(const ReadRange& service, Json& out) {
    if (const auto* const sequence = std::get_if<RangeBySequence>(&service.range)) {
        out["by_sequence"] = {{"reference", sequence->reference}, {"count", sequence->count}};
    }
    if (const auto* const position = std::get_if<RangeByPosition>(&service.range)) {
        out["by_position"] = {{"reference", position->reference}, {"count", position->count}};
    }
    if (const auto* const time = std::get_if<RangeByTime>(&service.range)) {
        out["by_time"] = {{"year", 1900 + time->date.year}, {"month", time->date.month}, {"day", time->date.day},
                          {"weekday", time->date.weekday},  {"time", time->time.text()}, {"count", time->count}};
    }
}

/// Decodes a service into `out`, and gives its octets encoded anew.
template <class T, class Show>
Bytes service(meterctl::Result<T> decoded, Show show) {
    REQUIRE_MESSAGE(decoded.has_value(), decoded.error().what, " ", decoded.error().where);
    show(*decoded);
    return encode(*decoded);
}

Bytes describe_request(const ConfirmedRequest& pdu, Json& out) {
    const ByteView data = pdu.data;
    switch (static_cast<ConfirmedService>(pdu.service)) {
    case ConfirmedService::cov_notification:
        return service(decode_cov_notification(data), [&](const CovNotification& cov) {
            out.update({{"process", cov.process},
                        {"device", object_json(cov.device)},
                        {"object", object_json(cov.object)},
                        {"time_remaining", cov.time_remaining},
                        {"values", values_json(cov.values)}});
        });
    case ConfirmedService::read_property:
        return service(decode_read_property(data), [&](const ReadProperty& read) {
            out["object"] = object_json(read.object);
            reference_json(read.property, out);
        });
    case ConfirmedService::read_property_multiple:
        return service(decode_read_property_multiple(data), [&](const std::vector<ReadAccess>& read) {
            for (const auto& access : read) {
                Json properties = Json::array();
                for (const auto& one : access.properties) { properties.push_back(property_text(one.property)); }
                out["objects"].push_back({{"object", object_json(access.object)}, {"properties", properties}});
            }
        });
    case ConfirmedService::write_property:
        return service(decode_write_property(data), [&](const WriteProperty& write) {
            out["object"] = object_json(write.object);
            reference_json(write.property, out);
            out["value"] = property_json(write.value, write.property);
            out["priority"] = write.priority ? Json(*write.priority) : Json();
        });
    case ConfirmedService::write_property_multiple:
        return service(decode_write_property_multiple(data), [&](const std::vector<WriteAccess>& write) {
            for (const auto& access : write) {
                out["objects"].push_back(
                    {{"object", object_json(access.object)}, {"values", values_json(access.properties)}});
            }
        });
    case ConfirmedService::device_communication_control:
        return service(decode_device_communication_control(data), [&](const DeviceCommunicationControl& control) {
            if (control.minutes) { out["duration_minutes"] = *control.minutes; }
            out["enable_disable"] = names::text(names::communication_states, control.state);
            if (control.password) { out["password"] = control.password->text().value_or("?"); }
        });
    case ConfirmedService::reinitialize_device:
        return service(decode_reinitialize_device(data), [&](const ReinitializeDevice& device) {
            out["state"] = names::text(names::reinitialized_states, device.state);
            if (device.password) { out["password"] = device.password->text().value_or("?"); }
        });
    case ConfirmedService::read_range:
        return service(decode_read_range(data), [&](const ReadRange& range) {
            out["object"] = object_json(range.object);
            reference_json(range.property, out);
            range_json(range, out);
        });
    default:
        return pdu.data;
    }
}

Bytes describe_ack(const ComplexAck& pdu, Json& out) {
    const ByteView data = pdu.data;
    switch (static_cast<ConfirmedService>(pdu.service)) {
    case ConfirmedService::read_property:
        return service(decode_read_property_ack(data), [&](const ReadPropertyAck& ack) {
            out["object"] = object_json(ack.object);
            reference_json(ack.property, out);
            out["value"] = property_json(ack.value, ack.property);
        });
    case ConfirmedService::read_property_multiple:
        return service(decode_read_property_multiple_ack(data), [&](const std::vector<ReadResult>& results) {
            for (const auto& result : results) {
                Json properties = Json::object();
                for (const auto& one : result.properties) {
                    const auto* const value = std::get_if<Bytes>(&one.result);
                    properties[property_text(one.property.property)] =
                        value != nullptr ? property_json(*value, one.property)
                                         : Json{{"error", error_json(std::get<AccessError>(one.result))}};
                }
                out["results"].push_back({{"object", object_json(result.object)}, {"properties", properties}});
            }
        });
    case ConfirmedService::read_range:
        return service(decode_read_range_ack(data), [&](const ReadRangeAck& ack) {
            out["object"] = object_json(ack.object);
            reference_json(ack.property, out);
            out["item_count"] = ack.item_count;
            out["result_flags"] = Json::array();
            if (ack.first_item) { out["result_flags"].push_back("first-item"); }
            if (ack.last_item) { out["result_flags"].push_back("last-item"); }
            if (ack.more_items) { out["result_flags"].push_back("more-items"); }
            if (ack.first_sequence) { out["first_sequence_number"] = *ack.first_sequence; }
            const auto records = decode_log_records(ack.items);
            REQUIRE(records.has_value());
            out["records"] = Json::array();
            for (const auto& record : *records) { out["records"].push_back(record_json(record)); }
            CHECK(hex(encode(*records)) == hex(ack.items));
        });
    default:
        return pdu.data;
    }
}

Bytes describe_unconfirmed(const UnconfirmedRequest& pdu, Json& out) {
    const ByteView data = pdu.data;
    switch (static_cast<UnconfirmedService>(pdu.service)) {
    case UnconfirmedService::i_am:
        return service(decode_i_am(data), [&](const IAm& device) {
            out.update({{"device", object_json(device.device)},
                        {"max_apdu", device.max_apdu},
                        {"segmentation", names::text(names::segmentations, device.segmentation)},
                        {"vendor", device.vendor}});
        });
    case UnconfirmedService::i_have:
        return service(decode_i_have(data), [&](const IHave& have) {
            out.update({{"device", object_json(have.device)},
                        {"object", object_json(have.object)},
                        {"object_name", have.name.text().value_or("?")}});
        });
    case UnconfirmedService::cov_notification:
        return describe_request({0, 1, 480, 0, false, {}, pdu.data}, out);
    case UnconfirmedService::time_synchronization:
    case UnconfirmedService::utc_time_synchronization:
        return service(decode_time_synchronization(data), [&](const TimeSynchronization& sync) {
            out.update(
                {{"date", sync.date.text()}, {"weekday", weekday_json(sync.date.weekday)}, {"time", sync.time.text()}});
        });
    case UnconfirmedService::who_has:
        return service(decode_who_has(data), [&](const WhoHas& who) {
            if (const auto* const id = std::get_if<ObjectId>(&who.object)) { out["object"] = object_json(*id); }
            if (const auto* const name = std::get_if<CharacterString>(&who.object)) {
                out["object_name"] = name->text().value_or("?");
            }
        });
    case UnconfirmedService::who_is:
        return service(decode_who_is(data), [&](const WhoIs& who) {
            if (who.limits) { out.update({{"low", who.limits->low}, {"high", who.limits->high}}); }
        });
    default:
        return pdu.data;
    }
}

void segment_json(const std::optional<Segment>& segment, Json& out) {
    out["segmented"] = segment.has_value();
    if (!segment) { return; }
    out.update({{"more_follows", segment->more_follows}, {"sequence", segment->sequence}, {"window", segment->window}});
}

void service_json(std::uint8_t number, std::uint8_t invoke_id, Json& out) {
    out["service"] = names::text(names::confirmed_services, number);
    out["invoke_id"] = invoke_id;
}

struct PduDescriber {
    Json& out;

    Apdu operator()(ConfirmedRequest pdu) const {
        out["pdu"] = "confirmed-request";
        service_json(pdu.service, pdu.invoke_id, out);
        out["max_apdu"] = pdu.max_apdu;
        out["max_segments"] = std::string(max_segments_text(pdu.max_segments));
        out["segmented_response_accepted"] = pdu.segmented_answer_accepted;
        segment_json(pdu.segment, out);
        if (!pdu.segment) { pdu.data = describe_request(pdu, out); }
        return pdu;
    }
    Apdu operator()(UnconfirmedRequest pdu) const {
        out["pdu"] = "unconfirmed-request";
        out["service"] = names::text(names::unconfirmed_services, pdu.service);
        pdu.data = describe_unconfirmed(pdu, out);
        return pdu;
    }
    Apdu operator()(const SimpleAck& pdu) const {
        out["pdu"] = "simple-ack";
        service_json(pdu.service, pdu.invoke_id, out);
        return pdu;
    }
    Apdu operator()(ComplexAck pdu) const {
        out["pdu"] = "complex-ack";
        service_json(pdu.service, pdu.invoke_id, out);
        segment_json(pdu.segment, out);
        if (!pdu.segment) { pdu.data = describe_ack(pdu, out); }
        return pdu;
    }
    Apdu operator()(const SegmentAck& pdu) const {
        out.update({{"pdu", "segment-ack"},
                    {"server", pdu.server},
                    {"negative", pdu.negative},
                    {"invoke_id", pdu.invoke_id},
                    {"sequence", pdu.sequence},
                    {"window", pdu.window}});
        return pdu;
    }
    Apdu operator()(const ErrorPdu& pdu) const {
        out["pdu"] = "error";
        service_json(pdu.service, pdu.invoke_id, out);
        out["error_class"] = names::text(names::error_classes, pdu.error_class);
        out["error_code"] = names::text(names::error_codes, pdu.error_code);
        return pdu;
    }
    Apdu operator()(const RejectPdu& pdu) const {
        out.update({{"pdu", "reject"},
                    {"invoke_id", pdu.invoke_id},
                    {"reason", names::text(names::reject_reasons, pdu.reason)}});
        return pdu;
    }
    Apdu operator()(const AbortPdu& pdu) const {
        out.update({{"pdu", "abort"},
                    {"server", pdu.server},
                    {"invoke_id", pdu.invoke_id},
                    {"reason", names::text(names::abort_reasons, pdu.reason)}});
        return pdu;
    }
};

} // namespace

Json described(const Primitive& value) {
    return std::visit(Describer{}, value);
}

void describe(const Apdu& apdu, Json& out) {
    std::visit(PduDescriber{out}, apdu);
}

Bytes again(const Apdu& apdu) {
    Json unused = Json::object();
    return encode(std::visit(PduDescriber{unused}, apdu));
}

void check_expected(const Json& expect, const Json& found, const std::string& path) {
    CAPTURE(path);
    if (expect.is_object()) {
        REQUIRE_MESSAGE(found.is_object(), found.dump());
        for (const auto& [key, value] : expect.items()) {
            if (key == "note") { continue; }
            REQUIRE_MESSAGE(found.contains(key), path, "/", key, " is missing in ", found.dump());
            check_expected(value, found.at(key), path + "/" + key);
        }
    } else if (expect.is_array()) {
        REQUIRE(found.size() == expect.size());
        for (std::size_t at = 0; at < expect.size(); ++at) {
            check_expected(expect[at], found[at], fmt::format("{}/{}", path, at));
        }
    } else if (expect.is_number_float() && found.is_number()) {
        CHECK(static_cast<float>(found.get<double>()) == static_cast<float>(expect.get<double>()));
    } else {
        CHECK(found == expect);
    }
}

} // namespace bacnet_vectors
