// Runs tests/meters/*.json of BACnet meters: NPDUs as they go over any link, and the readings they hold. What a
// definition has no point for is read under its address.
#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/point.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"
#include "tests/meters/meter_case.hpp"
#include "tests/meters/modbus_readings.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace meterctl;
namespace bacnet = codecs::bacnet;

namespace {

const std::string folder = std::string(METERCTL_SOURCE_DIR) + "/tests/meters";

struct Held {
    bacnet::PointAddress address;
    Bytes value;
};

template <class Pdu>
Pdu pdu_of(const Bytes& frame) {
    const auto npdu = bacnet::decode_npdu(frame);
    REQUIRE(npdu);
    auto apdu = bacnet::decode_apdu(npdu->data);
    REQUIRE(apdu);
    REQUIRE(std::holds_alternative<Pdu>(*apdu));
    return std::get<Pdu>(std::move(*apdu));
}

/// What an answer holds, and that it is the request's.
std::vector<Held> held_in(const bacnet::ConfirmedRequest& request, const bacnet::ComplexAck& answer) {
    CHECK(answer.invoke_id == request.invoke_id);
    REQUIRE(answer.service == request.service);
    std::vector<Held> held;
    if (request.service == static_cast<std::uint8_t>(bacnet::ConfirmedService::read_property)) {
        const auto asked = bacnet::decode_read_property(request.data);
        const auto ack = bacnet::decode_read_property_ack(answer.data);
        REQUIRE(asked);
        REQUIRE(ack);
        CHECK(asked->property == ack->property);
        held.push_back({{ack->object, ack->property}, ack->value});
        return held;
    }
    const auto asked = bacnet::decode_read_property_multiple(request.data);
    const auto results = bacnet::decode_read_property_multiple_ack(answer.data);
    REQUIRE(asked);
    REQUIRE(results);
    REQUIRE(asked->size() == results->size());
    for (const auto& result : *results) {
        for (const auto& one : result.properties) {
            const auto* value = std::get_if<Bytes>(&one.result);
            REQUIRE(value != nullptr);
            held.push_back({{result.object, one.property}, *value});
        }
    }
    return held;
}

/// "device/..." of a definition is whichever device was read.
catalogue::Point point_for(const catalogue::Definition& meter, bacnet::PointAddress address) {
    const auto plain = bacnet::ad_hoc_point(address.text());
    REQUIRE(plain);
    if (address.object.type == bacnet::device_type) { address.object.instance = bacnet::any_instance; }
    for (const auto& point : meter.points) {
        if (!point.method && bacnet::parse_point_address(point.address) == address) { return point; }
    }
    return *plain;
}

std::set<std::string> check_reading(const catalogue::Definition& meter, const test::MeterCase& one) {
    const auto held = held_in(pdu_of<bacnet::ConfirmedRequest>(one.request), pdu_of<bacnet::ComplexAck>(one.answer));
    std::set<std::string> names;
    for (const Held& each : held) {
        const auto reading = bacnet::decode_point(point_for(meter, each.address), each.value);
        REQUIRE(reading);
        CAPTURE(reading->name);
        const auto expected = std::ranges::find(one.readings, reading->name, &test::ExpectedReading::name);
        REQUIRE(expected != one.readings.end());
        CHECK(test::difference(*expected, *reading) == "");
        names.insert(reading->name);
    }
    CHECK(names.size() == one.readings.size());
    return names;
}

void check_write(const catalogue::Definition& meter, const test::MeterCase& one) {
    const auto* point = meter.find(one.written->point);
    REQUIRE(point != nullptr);
    CHECK(point->access != catalogue::Access::read);
    const auto address = bacnet::parse_point_address(point->address);
    REQUIRE(address);
    bacnet::WriteProperty service;
    service.object = address->object;
    service.property = address->property;
    if (point->method) {
        service.value = bacnet::encode_command(*address).value();
    } else {
        const auto value = sessions::parse_write_value(*point, one.written->value);
        REQUIRE(value);
        CHECK(sessions::check_write(*point, *value, true));
        service.value = bacnet::encode_point(*point, *value).value();
    }
    auto request = pdu_of<bacnet::ConfirmedRequest>(one.request);
    CHECK(to_hex(bacnet::encode(service)) == to_hex(request.data));
    const auto answer = pdu_of<bacnet::SimpleAck>(one.answer);
    CHECK(answer.invoke_id == request.invoke_id);
}

} // namespace

TEST_CASE("the PDUs of every BACnet meter's tests hold the readings they name, and no others") {
    const catalogue::Catalogue catalogue;
    for (const auto& model : test::models_with_cases(folder)) {
        const auto meter = catalogue.find(model);
        REQUIRE(meter);
        if ((*meter)->protocol != "bacnet") { continue; }
        const auto cases = test::load_meter_cases(folder, model);
        CHECK(cases.model == model);
        CHECK_FALSE(cases.cases.empty());
        std::set<std::string> covered;
        for (const auto& one : cases.cases) {
            INFO((model + ": " + one.title));
            if (one.written) {
                check_write(**meter, one);
                covered.insert(one.written->point);
            } else {
                covered.merge(check_reading(**meter, one));
            }
        }
        for (const auto& point : (*meter)->points) {
            const auto address = bacnet::parse_point_address(point.address);
            if (address && address->service) { continue; } // what its octets are, tests/sessions/bacnet says
            INFO((model + " has no test for " + point.name));
            CHECK(covered.contains(point.name));
        }
    }
}

TEST_CASE("the S4100's settings take what the guide allows, and nothing else") {
    const catalogue::Catalogue catalogue;
    const auto meter = catalogue.find("leviton-s4100");
    REQUIRE(meter);
    struct Case {
        const char* point;
        const char* value;
        bool allowed;
    };
    const Case cases[] = {
        {"system_type", "12", true},
        {"system_type", "13", false},
        {"system_type", "wye", true},
        {"ct_primary", "5", true},
        {"ct_primary", "4", false},
        {"ct_primary", "32001", false},
        {"ct_type", "3", true},
        {"ct_type", "2", false},
        {"pt_ratio", "0.01", true},
        {"pt_ratio", "0.009", false},
        {"pt_ratio", "320.1", false},
        {"system_voltage", "82", true},
        {"system_voltage", "81", false},
        {"system_voltage", "32001", false},
        {"display_units", "iec", true},
        {"display_units", "2", false},
        {"demand_subintervals", "6", true},
        {"demand_subintervals", "7", false},
        {"demand_subinterval_length", "0", true},
        {"demand_subinterval_length", "100", false},
        {"demand_subinterval_length", "1000", true},
        {"demand_subinterval_length", "1050", false},
        {"demand_subinterval_length", "3276700", true},
        {"demand_subinterval_length", "3276800", false},
        {"phase_loss_voltage_threshold", "100", false},
        {"phase_loss_imbalance_threshold", "0", false},
        {"max_master", "128", false},
        {"device_instance", "4193999", true},
        {"device_instance", "4194000", false},
        {"trend_log_1_source", "75", true},
        {"trend_log_1_source", "76", false},
        {"trend_log_1_record_count", "1", false},
    };
    for (const Case& one : cases) {
        const auto* point = (*meter)->find(one.point);
        REQUIRE(point != nullptr);
        const auto value = sessions::parse_write_value(*point, one.value);
        REQUIRE(value);
        CHECK_MESSAGE(sessions::check_write(*point, *value, true).has_value() == one.allowed,
                      one.point << " " << one.value);
    }
    const auto* voltage = (*meter)->find("system_voltage");
    REQUIRE(voltage->ratio.has_value());
    CHECK(voltage->ratio->to == "pt_ratio");
    CHECK(voltage->after == std::vector<std::string>{"pt_ratio"});
    for (const auto& point : (*meter)->points) {
        if (point.address.starts_with("analog-value:1=")) { CHECK(point.min_interval_s == 10); }
    }
}
