// Short names in what a listener hears: reports name their values by them, and the list of objects says what they are.
// The octets are written by hand after IEC 62056-5-3 clause 8.4.
#include "codecs/dlms/base_names.hpp"
#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/point.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace dlms = meterctl::codecs::dlms;
namespace codecs = meterctl::codecs;
using meterctl::Bytes;
using meterctl::Decimal;
using meterctl::Reading;
using meterctl::Unit;

namespace {

Bytes octets(std::string_view hex) {
    auto out = meterctl::from_hex(hex);
    REQUIRE(out.has_value());
    return *out;
}

struct Listener {
    explicit Listener(const meterctl::catalogue::Definition* meter = nullptr) : conversation(options_of(meter)) {}
    static codecs::DecodeOptions options_of(const meterctl::catalogue::Definition* meter) {
        codecs::DecodeOptions options;
        options.meter = meter;
        return options;
    }
    std::vector<Reading> hear(std::string_view hex, std::uint16_t server = 1) {
        const Bytes apdu = octets(hex);
        codecs::DecodedFrame frame;
        dlms::Parties parties;
        parties.server = server;
        conversation.explain(frame, apdu, 0, parties);
        CHECK_MESSAGE(!frame.error, (frame.error ? frame.error->what : ""));
        return frame.readings;
    }
    dlms::Conversation conversation;
};

bool flagged(const Reading& reading, std::string_view flag) {
    return std::ranges::find(reading.flags, flag) != reading.flags.end();
}

/// A register 1-0:1.8.0 at 0x0100 and a clock at 0x2BC0, as an association lists them.
const std::string list = "0C 01 00 01 02 02 04 10 0100 12 0003 11 00 09 06 0100010800FF"
                         " 02 04 10 2BC0 12 0008 11 00 09 06 0000010000FF";

} // namespace

TEST_CASE("a report's values are called by their short names where nothing says what they are") {
    Listener listener;
    const auto readings = listener.hear("18 00 02 02 0108 02 2BC0 02 06 0000002A 0A 03 414243");
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].name == "short_name_0x0108");
    CHECK(readings[0].value.number() == Decimal{42, 0});
    CHECK(readings[0].unit == Unit::none);
    CHECK(flagged(readings[0], "unscaled"));
    CHECK(readings[0].address == "0x0108");
    CHECK(readings[1].name == "short_name_0x2BC0");
    CHECK(readings[1].value == meterctl::Value(std::string("ABC")));
    CHECK_FALSE(flagged(readings[1], "unscaled"));
    CHECK_FALSE(readings[0].time.has_value());
}

TEST_CASE("a report has the time that it says, and no value where the numbers of names and values differ") {
    Listener listener;
    const auto timed = listener.hear("18 01 0F 32303236303230333034303530365A 01 02 0108 01 11 05");
    REQUIRE(timed.size() == 1);
    REQUIRE(timed[0].time.has_value());
    CHECK(timed[0].time->to_string() == "2026-02-03T04:05:06Z");
    CHECK(listener.hear("18 00 02 02 0108 02 0110 01 11 05").empty());
}

TEST_CASE("the list of objects that was read names what comes behind it, and its scalers scale") {
    Listener listener;
    CHECK(listener.hear("05 01 02 FA08").empty());
    CHECK(listener.hear(list).empty());
    CHECK(listener.hear("05 01 02 0110").empty());
    CHECK(listener.hear("0C 01 00 02 02 0F FF 16 1E").empty());
    const auto readings = listener.hear("18 00 01 02 0108 01 06 0000002A");
    REQUIRE(readings.size() == 1);
    CHECK(readings[0].name == "active_energy_import");
    CHECK(readings[0].unit == Unit::watt_hour);
    CHECK(readings[0].value.number() == Decimal{42, -1});
    CHECK_FALSE(flagged(readings[0], "unscaled"));
    CHECK(listener.hear("05 02 02 0108 02 2BC8").empty());
    const auto read = listener.hear("0C 02 00 06 0000002B 01 04");
    REQUIRE(read.size() == 1);
    CHECK(read[0].value.number() == Decimal{43, -1});
    // Another meter's names are another meter's.
    const auto other = listener.hear("18 00 01 02 0108 01 06 0000002A", 2);
    REQUIRE(other.size() == 1);
    CHECK(other[0].name == "short_name_0x0108");
}

TEST_CASE("a list that comes in blocks is joined, and one with a block missing teaches nothing") {
    const Bytes whole = octets(list);
    const std::string data = meterctl::to_hex(meterctl::ByteView(whole).subspan(3));
    const auto block = [&](bool last, unsigned number, std::size_t from, std::size_t count) {
        const std::string part = data.substr(from * 3, count * 3);
        return std::string("0C 01 02 ") + (last ? "01 " : "00 ") + (number == 1 ? "0001 " : "0002 ") +
               meterctl::to_hex(Bytes{static_cast<std::uint8_t>((part.size() + 1) / 3)}) + " " + part;
    };
    const std::size_t size = whole.size() - 3;
    Listener listener, deaf;
    for (Listener* one : {&listener, &deaf}) {
        CHECK(one->hear("05 01 02 FA08").empty());
        if (one == &listener) { CHECK(one->hear(block(false, 1, 0, 10)).empty()); }
        CHECK(one->hear("05 01 05 0001").empty());
        CHECK(one->hear(block(true, 2, 10, size - 10)).empty());
        const auto readings = one->hear("18 00 01 02 0108 01 06 0000002A");
        REQUIRE(readings.size() == 1);
        CHECK(readings[0].name == (one == &listener ? "active_energy_import" : "short_name_0x0108"));
    }
}

TEST_CASE("a definition names what is reported by short names") {
    meterctl::catalogue::Definition definition;
    definition.model = "old";
    definition.protocol = "dlms";
    meterctl::catalogue::Point point;
    point.name = "energy";
    point.address = "3:1-0:1.8.0.255:2";
    point.scale = Decimal{1, -3};
    point.unit = Unit::kilowatt_hour;
    definition.points.push_back(point);
    definition.settings["short_names"] = "0108=energy";
    REQUIRE(dlms::validate(definition).has_value());
    Listener listener(&definition);
    const auto readings = listener.hear("18 00 02 02 0108 02 0118 02 06 0000002A 11 05");
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].name == "energy");
    CHECK(readings[0].value.number() == Decimal{42, -3});
    CHECK(readings[0].unit == Unit::kilowatt_hour);
    CHECK(readings[1].name == "short_name_0x0118");
    for (const auto* const wrong : {"0108=power", "108=energy", "01G8=energy", "0108", "=energy"}) {
        CAPTURE(wrong);
        definition.settings["short_names"] = wrong;
        CHECK_FALSE(dlms::validate(definition).has_value());
    }
}

TEST_CASE("a short name is an attribute of the object whose base name is next below, if its class has it") {
    dlms::ShortNames names;
    const auto found = [&](std::uint16_t name) {
        const auto attribute = names.find(name);
        return attribute ? attribute->text() : std::string();
    };
    CHECK(found(0x0100).empty());
    const auto rows = dlms::decode_data(meterctl::ByteView(octets(list)).subspan(3));
    REQUIRE(rows.has_value());
    names.learn(*rows);
    CHECK(found(0x0100) == "3:1-0:1.8.0.255:1");
    CHECK(found(0x0108) == "3:1-0:1.8.0.255:2");
    CHECK(found(0x0110) == "3:1-0:1.8.0.255:3");
    CHECK(found(0x0118).empty()); // a register has three attributes
    CHECK(found(0x0109).empty());
    CHECK(found(0x00FF).empty());
    CHECK(found(0x2BC8) == "8:0-0:1.0.0.255:2");
    CHECK(dlms::base_names(dlms::Data::unsigned_integer(5)).empty());
}
