// Runs tests/meters/*.json of DLMS meters: APDUs as they go over any link, and the readings they hold. A register's
// scaler and unit stand behind it in the list.
#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/point.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"
#include "tests/meters/meter_case.hpp"
#include "tests/meters/modbus_readings.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace meterctl;
namespace dlms = codecs::dlms;

namespace {

const std::string folder = std::string(METERCTL_SOURCE_DIR) + "/tests/meters";

template <class Pdu>
Pdu apdu_of(const Bytes& octets) {
    auto apdu = dlms::decode_apdu(octets);
    REQUIRE(apdu);
    REQUIRE(std::holds_alternative<Pdu>(*apdu));
    return std::get<Pdu>(std::move(*apdu));
}

dlms::PointAddress address_of(const dlms::AttributeDescriptor& one) {
    return {one.class_id, one.logical_name, one.attribute};
}

catalogue::Point point_for(const catalogue::Definition& meter, const dlms::PointAddress& address) {
    for (const auto& point : meter.points) {
        if (!point.method && dlms::parse_point_address(point.address) == address) { return point; }
    }
    return dlms::ad_hoc_point(address.text()).value();
}

std::set<std::string> check_reading(const catalogue::Definition& meter, const test::MeterCase& one) {
    const auto request = std::get<dlms::GetRequestWithList>(apdu_of<dlms::GetRequest>(one.request));
    const auto answer = std::get<dlms::GetResponseWithList>(apdu_of<dlms::GetResponse>(one.answer));
    REQUIRE(request.attributes.size() == answer.results.size());
    std::set<std::string> names;
    for (std::size_t at = 0; at < request.attributes.size(); ++at) {
        const auto address = address_of(request.attributes[at]);
        const auto scaling_address = dlms::scaler_unit_address(address);
        std::optional<dlms::ScalerUnit> scaling;
        if (scaling_address) {
            REQUIRE(at + 1 < request.attributes.size());
            CHECK(address_of(request.attributes[at + 1]) == *scaling_address);
            scaling = dlms::scaler_unit_of(std::get<dlms::Data>(answer.results[at + 1]));
            REQUIRE(scaling);
        }
        const auto reading =
            dlms::decode_point(point_for(meter, address), std::get<dlms::Data>(answer.results[at]), scaling);
        REQUIRE(reading);
        CAPTURE(reading->name);
        const auto expected = std::ranges::find(one.readings, reading->name, &test::ExpectedReading::name);
        REQUIRE(expected != one.readings.end());
        CHECK(test::difference(*expected, *reading) == "");
        names.insert(reading->name);
        at += scaling_address ? 1U : 0U;
    }
    CHECK(names.size() == one.readings.size());
    return names;
}

void check_write(const catalogue::Definition& meter, const test::MeterCase& one) {
    const auto* point = meter.find(one.written->point);
    REQUIRE(point != nullptr);
    CHECK(point->access != catalogue::Access::read);
    Value value;
    if (!one.written->value.empty()) {
        const auto parsed = sessions::parse_write_value(*point, one.written->value);
        REQUIRE(parsed);
        value = *parsed;
        CHECK(sessions::check_write(*point, value, true));
    }
    if (point->method) {
        const auto call = dlms::encode_method(*point, value);
        REQUIRE(call);
        dlms::ActionRequestNormal request;
        request.method = {call->address.class_id, call->address.logical_name, call->address.index};
        request.parameter = call->parameter;
        CHECK(to_hex(dlms::encode(dlms::ActionRequest(request))) == to_hex(one.request));
        return;
    }
    const auto address = dlms::parse_point_address(point->address);
    REQUIRE(address);
    dlms::SetRequestNormal request;
    request.attribute = {address->class_id, address->logical_name, address->index, {}};
    const auto data = dlms::encode_point(*point, value);
    REQUIRE(data);
    request.value = *data;
    CHECK(to_hex(dlms::encode(dlms::SetRequest(request))) == to_hex(one.request));
}

/// Values of many parts are not in these files: tests of the codec and of the simulator have them.
bool of_one_part(const catalogue::Point& point) {
    const auto address = dlms::parse_point_address(point.address);
    const bool parts =
        point.type.starts_with("array") || point.type.starts_with("structure") || point.type == "calendar";
    const auto* const known = address ? dlms::find_class(address->class_id) : nullptr;
    const auto* const attribute = known == nullptr ? nullptr : dlms::find_attribute(*known, address->index);
    const bool standard_parts = point.type.empty() && attribute != nullptr &&
                                (attribute->type.starts_with("array") || attribute->type.starts_with("structure"));
    return !point.method && !parts && !standard_parts;
}

} // namespace

TEST_CASE("the APDUs of every DLMS meter's tests hold the readings they name, and no others") {
    const catalogue::Catalogue catalogue;
    for (const auto& model : test::models_with_cases(folder)) {
        const auto meter = catalogue.find(model);
        REQUIRE(meter);
        if ((*meter)->protocol != "dlms") { continue; }
        const auto cases = test::load_meter_cases(folder, model);
        CHECK(cases.model == model);
        CHECK_FALSE(cases.cases.empty());
        std::set<std::string> covered;
        for (const auto& one : cases.cases) {
            INFO((model + ": " + one.title));
            if (one.written) {
                check_write(**meter, one);
            } else {
                covered.merge(check_reading(**meter, one));
            }
        }
        for (const auto& point : (*meter)->points) {
            INFO((model + " has no test for " + point.name));
            CHECK((covered.contains(point.name) || !of_one_part(point)));
        }
    }
}
