#include "codecs/bacnet/point.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <doctest/doctest.h>

using namespace meterctl::codecs::bacnet;
using bacnet_vectors::hex;
using bacnet_vectors::octets;
using meterctl::Decimal;
using meterctl::Value;
namespace catalogue = meterctl::catalogue;

namespace {

catalogue::Point point(std::string address, std::string type = "real", Decimal scale = {1, 0}) {
    catalogue::Point made;
    made.name = "value";
    made.address = std::move(address);
    made.type = std::move(type);
    made.scale = scale;
    made.access = catalogue::Access::read_write;
    return made;
}

} // namespace

TEST_CASE("BACnet points: objects and properties by name and by number") {
    struct Case {
        std::string_view text;
        ObjectId object;
        std::uint32_t property;
        std::optional<std::uint32_t> index;
        std::string_view canonical;
    };
    for (const auto& [text, object, property, index, canonical] : {
             Case{"analog-input:11", {0, 11}, 85, {}, "analog-input:11"},
             Case{"analog-input:11/present-value", {0, 11}, 85, {}, "analog-input:11"},
             Case{"0:11/85", {0, 11}, 85, {}, "analog-input:11"},
             Case{"trend-log:1/record-count", {20, 1}, 141, {}, "trend-log:1/record-count"},
             Case{"service:coldstart", {8, any_instance}, 85, {}, "service:coldstart"},
             Case{"service:time-synchronization", {8, any_instance}, 85, {}, "service:time-synchronization"},
             Case{"device/location", {8, any_instance}, 58, {}, "device/location"},
             Case{"device:473001/object-list[5]", {8, 473001}, 76, 5, "device:473001/object-list[5]"},
             Case{"device/object-list[0]", {8, any_instance}, 76, 0, "device/object-list[0]"},
             Case{"130:4/612", {130, 4}, 612, {}, "130:4/612"},
         }) {
        CAPTURE(text);
        const auto address = parse_point_address(text);
        REQUIRE(address.has_value());
        CHECK(address->object == object);
        CHECK(address->property == PropertyReference{property, index});
        CHECK(address->text() == canonical);
    }
}

TEST_CASE("BACnet points: what is none is refused with the nearest names") {
    struct Case {
        std::string_view text, what, hint;
    };
    for (const auto& [text, what, hint] : {
             Case{"analog-imput:1", "'analog-imput' is no type of object", "analog-input"},
             Case{"analog-input", "'analog-input' lacks its instance", "analog-input:11"},
             Case{"analog-input:x", "'x' is no instance of 0 to 4194302", ""},
             Case{"analog-input:4194304", "'4194304' is no instance of 0 to 4194302", ""},
             Case{"analog-input:1/presentvalue", "'presentvalue' is no property", "present-value"},
             Case{"device", "a device has no present-value", "device/object-name"},
             Case{"device/object-list[x]", "'object-list[x]' has no index of an array", ""},
             Case{"1024:1", "'1024' is no type of object", ""},
         }) {
        CAPTURE(text);
        const auto made = ad_hoc_point(text);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().what == what);
        CHECK(made.error().category == meterctl::Category::usage);
        REQUIRE_FALSE(made.error().hints.empty());
        if (!hint.empty()) { CHECK(made.error().hints.front().find(hint) != std::string::npos); }
    }
}

TEST_CASE("BACnet points: the type of what no definition names is the property's own") {
    for (const auto& [text, type] :
         {std::pair("analog-value:5", "real"), std::pair("binary-output:1", "enumerated"),
          std::pair("multi-state-value:1", "unsigned"), std::pair("device/location", "text"),
          std::pair("trend-log:1/enable", "boolean"), std::pair("trend-log:1/log-interval", "unsigned"),
          std::pair("analog-input:1/units", "enumerated"), std::pair("device/local-date", "date"),
          std::pair("integer-value:1", "signed"), std::pair("large-analog-value:1", "double"),
          std::pair("characterstring-value:1", "text"), std::pair("bitstring-value:1", "bits"),
          std::pair("loop:1", "real"), std::pair("calendar:1", "boolean"),
          std::pair("positive-integer-value:1", "unsigned"), std::pair("analog-output:1/relinquish-default", "real"),
          std::pair("binary-output:1/relinquish-default", "enumerated"), std::pair("device/model-name", "text")}) {
        CHECK(ad_hoc_point(text)->type == type);
    }
}

TEST_CASE("BACnet points: values are read scaled, labelled and flagged") {
    auto energy = point("analog-input:1", "real", {1, -1});
    CHECK(decode_point(energy, octets("4442290000"))->value == Value(Decimal{4225, -3}));
    CHECK(decode_point(energy, octets("447FC00000"))->value.is_null());
    auto type = point("analog-value:2");
    type.choices.push_back({Value(std::uint64_t{40}), "3 phases, 4 wires", false, {}});
    CHECK(decode_point(type, octets("4442200000"))->text == "3 phases, 4 wires");
    CHECK(decode_point(point("binary-input:1"), octets("9101"))->text == "active");
    CHECK(decode_point(point("analog-input:1/reliability"), octets("9107"))->text == "unreliable-other");
    CHECK(decode_point(point("analog-input:1/status-flags"), octets("820440"))->text == "fault");
    const auto time = decode_point(point("trend-log:1/start-time"), octets("A47E0B1506B403252D10"));
    CHECK(time->value.to_string() == "2026-11-21T03:37:45.160");
    CHECK(time->flags == std::vector<std::string>{"local_time"});
    const auto list = decode_point(point("device/object-list"), octets("C400000001C400000002"));
    CHECK(list->value.get<meterctl::List>()->at(1) == Value(std::string("analog-input:2")));
    const auto commands = decode_point(point("analog-output:1/priority-array"), octets("00004441480000"));
    CHECK(commands->value.to_string() == "[null, null, 12.5]");
    CHECK(commands->flags.empty());
    CHECK_FALSE(decode_point(point("analog-input:1"), octets("4442")).has_value());
}

TEST_CASE("BACnet points: values are written in the type that the definition names") {
    CHECK(hex(*encode_point(point("analog-value:1"), Value(Decimal{30078, 0}))) == "4446EAFC00");
    CHECK(hex(*encode_point(point("analog-value:1", "real", {1, -1}), Value(Decimal{4225, -3}))) == "4442290000");
    CHECK(hex(*encode_point(point("trend-log:1/record-count", "unsigned"), Value(std::uint64_t{0}))) == "2100");
    CHECK(hex(*encode_point(point("trend-log:1/enable", "boolean"), Value(std::string("true")))) == "11");
    CHECK(hex(*encode_point(point("binary-value:1", "enumerated"), Value(std::string("active")))) == "9101");
    CHECK(hex(*encode_point(point("device/location", "text"), Value(std::string("Hall 7")))) == "75070048616C6C2037");
    CHECK(hex(*encode_point(point("device/local-date", "date"), Value(std::string("2026-11-21")))) == "A47E0B1506");
    CHECK(hex(*encode_point(point("analog-output:1", "null"), Value())) == "00");
}

TEST_CASE("BACnet points: what does not fit is refused before it is sent, never rounded") {
    const auto refused = [](const catalogue::Point& where, Value value) {
        const auto encoded = encode_point(where, value);
        return !encoded && encoded.error().category == meterctl::Category::rejected;
    };
    CHECK(refused(point("analog-value:1"), Value(Decimal{16777217, 0})));
    CHECK(refused(point("analog-value:1"), Value(std::string("many"))));
    CHECK(refused(point("trend-log:1/record-count", "unsigned"), Value(std::int64_t{-1})));
    CHECK(refused(point("trend-log:1/record-count", "unsigned"), Value(Decimal{15, -1})));
    CHECK(refused(point("trend-log:1/enable", "boolean"), Value(std::string("maybe"))));
    CHECK(refused(point("analog-value:1", "real", {3, 0}), Value(Decimal{10, 0})));
}

TEST_CASE("BACnet definitions: what is wrong is named with its point") {
    catalogue::Definition meter;
    meter.model = "acme";
    meter.settings["max_apdu"] = "480";
    meter.points.push_back(point("analog-value:1"));
    CHECK(validate(meter).has_value());
    CHECK(settings(meter)->max_apdu == 480);
    const auto wrong = [&](catalogue::Point bad) {
        auto copy = meter;
        copy.points.push_back(std::move(bad));
        const auto checked = validate(copy);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().where == "value");
        return checked.error().what;
    };
    CHECK(wrong(point("analog-value")) == "'analog-value' lacks its instance");
    CHECK(wrong(point("analog-value:1", "float32")) == "no type 'float32'");
    CHECK(wrong(point("analog-value:1", "")) == "a point that is written needs its type");
    CHECK(wrong(point("analog-value:1", "real", {0, 0})) == "a scale of 0");
    meter.settings["max_register"] = "5";
    CHECK(validate(meter).error().what == "no setting 'max_register'");
}

TEST_CASE("BACnet points: what a device is asked to do is a method, and its argument has a type") {
    for (const auto& row : device_services()) {
        const auto point = ad_hoc_point("service:" + std::string(row.name));
        REQUIRE(point.has_value());
        CHECK(point->method);
        CHECK(point->access == catalogue::Access::write);
        CHECK(point->type == row.argument);
        CHECK(parse_point_address(point->address)->service == row.service);
    }
    const auto unknown = parse_point_address("service:reboot");
    REQUIRE_FALSE(unknown.has_value());
    CHECK(unknown.error().hints.size() == device_services().size());
    catalogue::Definition meter;
    meter.points.push_back(point("service:coldstart", "unsigned"));
    CHECK_FALSE(validate(meter).has_value());
    meter.points.front().type.clear();
    CHECK(validate(meter).has_value());
}
