// The virtual Leviton S4100 does what its installation guide says.
#include "simulators/load_model.hpp"
#include "simulators/modbus_bus.hpp"
#include "src/core/crc.hpp"
#include "tests/simulators/bacnet_asker.hpp"

#include <bit>
#include <cmath>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace std::chrono_literals;
using test::BacnetAsker;
namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint32_t no_fault_detected = 0, unreliable_other = 7;
constexpr const char* out_of_range = "error 2 37";
constexpr const char* invalid_data_type = "error 2 9";

float command(int number) {
    return static_cast<float>(number);
}

/// A float in two registers of a PRO380-Mod with the same load.
float pro380_register(std::uint16_t address, const simulators::Options& options) {
    simulators::Unit unit;
    unit.meter = &test::bacnet_meter("pro380-mod");
    const auto bus = simulators::make_modbus_bus(std::span(&unit, 1), options);
    REQUIRE(bus.has_value());
    Bytes request{1, 3, static_cast<std::uint8_t>(address >> 8U), static_cast<std::uint8_t>(address & 0xFFU), 0, 2};
    const auto crc = crc16_modbus(request);
    request.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
    request.push_back(static_cast<std::uint8_t>(crc >> 8U));
    const simulators::TimePoint now{1h};
    (*bus)->receive(request, now);
    Bytes answer;
    for (const auto& part : (*bus)->transmit(now + 1s)) {
        answer.insert(answer.end(), part.octets.begin(), part.octets.end());
    }
    REQUIRE(answer.size() == 9);
    ByteReader reader(ByteView(answer).subspan(3));
    return std::bit_cast<float>(reader.u32be());
}

} // namespace

TEST_CASE("a system type is read as the standard has it on the wire") {
    BacnetAsker asker;
    CHECK(asker.exchange("81 0A 00 11 01 04 00 03 01 0C 0C 00 80 00 02 19 55") ==
          "81 0A 00 17 01 00 30 01 0C 0C 00 80 00 02 19 55 3E 44 42 20 00 00 3F");
}

TEST_CASE("the object list is that of the guide: device, 83 AI, 11 AV, 15 BI, 3 trend logs") {
    BacnetAsker asker;
    CHECK(asker.natural("device/object-list[0]") == 113);
    const auto at = [&](std::uint32_t index) {
        return asker.read<bacnet::ObjectId>("device/object-list[" + std::to_string(index) + "]").text();
    };
    CHECK(at(1).starts_with("device:"));
    CHECK(at(2) == "analog-input:1");
    CHECK(at(84) == "analog-input:83");
    CHECK(at(85) == "analog-value:1");
    CHECK(at(95) == "analog-value:11");
    CHECK(at(96) == "binary-input:1");
    CHECK(at(110) == "binary-input:15");
    CHECK(at(113) == "trend-log:3");
    CHECK(asker.try_read("device/object-list[114]") == "error 2 42");
}

TEST_CASE("the object list is longer than an APDU, and the meter does not segment") {
    BacnetAsker asker;
    asker.max_apdu = 1476;
    asker.segments = true;
    CHECK(asker.try_read("device/object-list") == "abort 4");
}

TEST_CASE("the device is who the guide says") {
    BacnetAsker asker;
    const auto text = [&](const char* address) { return asker.read<bacnet::CharacterString>(address).text().value(); };
    CHECK(text("device/vendor-name") == "Leviton Mfg.");
    CHECK(text("device/model-name") == "S4100 Energy Meter");
    CHECK(text("device/object-name").starts_with("Leviton S4100 Series Energy Meter - S/N: "));
    CHECK(text("device/location") == "Installed location not yet identified");
    CHECK(asker.natural("device/vendor-identifier") == 133);
    CHECK(asker.natural("device/max-apdu-length-accepted") == 480);
    CHECK(asker.enumerated("device/segmentation-supported") == 3);
    CHECK(asker.natural("device/protocol-revision") == 4);
    CHECK(asker.read<bacnet::BitString>("device/protocol-object-types-supported").text() ==
          "101100001000000000001000000000");
    const auto services = asker.read<bacnet::BitString>("device/protocol-services-supported");
    for (const std::size_t bit : {12U, 14U, 15U, 17U, 20U, 32U, 33U, 34U, 35U}) { CHECK(services.test(bit)); }
    CHECK_FALSE(services.test(5));
    CHECK_FALSE(services.test(16));
    CHECK(asker.try_read("device/property-list") == "error 2 32"); // newer than its revision
}

TEST_CASE("every analog input has its name, units and reliability; kvarh and kVAh are said to be kWh") {
    BacnetAsker asker;
    for (const auto& point : test::bacnet_meter("leviton-s4100").points) {
        const auto at = bacnet::parse_point_address(point.address);
        REQUIRE(at.has_value());
        if (at->object.type > 3 || point.method) { continue; }
        CAPTURE(point.name);
        CHECK(asker.read<bacnet::CharacterString>(point.address + "/object-name").text() == point.reported_name);
        CHECK(asker.enumerated(point.address + "/reliability") == no_fault_detected);
        CHECK(asker.read<bacnet::BitString>(point.address + "/status-flags").text() == "0000");
    }
    constexpr std::uint32_t kilowatt_hours = 19, kilowatts = 48, volts = 5, percent = 98;
    CHECK(asker.enumerated("analog-input:2/units") == kilowatt_hours);
    CHECK(asker.enumerated("analog-input:4/units") == kilowatt_hours);
    CHECK(asker.enumerated("analog-input:54/units") == kilowatt_hours);
    CHECK(asker.enumerated("analog-input:11/units") == kilowatts);
    CHECK(asker.enumerated("analog-input:70/units") == volts);
    CHECK(asker.enumerated("analog-value:8/units") == percent);
}

TEST_CASE("energies, powers and voltages are those of a PRO380-Mod on the same load") {
    auto options = BacnetAsker::frozen();
    options.seed = 7;
    BacnetAsker asker(options);
    CHECK(asker.real("analog-input:2") == pro380_register(0x600C, options));
    CHECK(asker.real("analog-input:3") == pro380_register(0x6018, options));
    CHECK(asker.real("analog-input:70") == pro380_register(0x5002, options));
    CHECK(asker.real("analog-input:57") == pro380_register(0x5018, options));
}

TEST_CASE("the greatest power with the settings as delivered is 103.92 kW") {
    BacnetAsker asker;
    CHECK(asker.real("analog-input:76") == doctest::Approx(103.923));
    CHECK(asker.real("analog-input:82") == 11.0F);
    CHECK(asker.real("analog-value:1") == 0.0F);
}

TEST_CASE("a setting is stored within two seconds, and its reliability tells when") {
    BacnetAsker asker;
    CHECK(asker.write("analog-value:3", 200.0F) == "ok");
    CHECK(asker.enumerated("analog-value:3/reliability") == unreliable_other);
    CHECK(asker.read<bacnet::BitString>("analog-value:3/status-flags").text() == "0100");
    CHECK(asker.real("analog-value:3") == 100.0F);
    asker.wait(2000ms);
    CHECK(asker.enumerated("analog-value:3/reliability") == no_fault_detected);
    CHECK(asker.real("analog-value:3") == 200.0F);
    CHECK(asker.real("analog-input:76") == doctest::Approx(207.846));
}

TEST_CASE("settings out of range are refused, and stay as they were") {
    struct Case {
        const char* address;
        float value;
        const char* outcome;
    };
    const Case cases[] = {
        {"analog-value:2", 13, out_of_range},
        {"analog-value:2", 31, "ok"},
        {"analog-value:3", 4, out_of_range},
        {"analog-value:3", 32000, "ok"},
        {"analog-value:3", 32001, out_of_range},
        {"analog-value:4", 2, out_of_range},
        {"analog-value:4", 3, "ok"},
        {"analog-value:5", 0.001F, out_of_range},
        {"analog-value:6", 81, out_of_range},
        {"analog-value:6", 660, "ok"},
        {"analog-value:6", 661, out_of_range},
        {"analog-value:7", 2, out_of_range},
        {"analog-value:8", 0, out_of_range},
        {"analog-value:8", 99, "ok"},
        {"analog-value:9", 100, out_of_range},
        {"analog-value:10", 7, out_of_range},
        {"analog-value:11", 900, out_of_range},
        {"analog-value:11", 1050, out_of_range},
        {"analog-value:11", 1000, "ok"},
        {"analog-value:11", 0, "ok"},
        {"analog-value:11", 3276700, "ok"},
        {"analog-value:11", 3276800, out_of_range},
        {"analog-value:1", 12345, out_of_range},
        {"analog-input:2", 0, "error 2 40"},
        {"binary-input:1", 0, "error 2 40"},
        {"analog-value:12", 0, "error 1 31"},
        {"analog-value:2/priority-array", 0, "error 2 32"},
    };
    for (const Case& one : cases) {
        BacnetAsker asker;
        CHECK_MESSAGE(asker.write(one.address, one.value) == one.outcome, one.address << " " << one.value);
    }
    BacnetAsker asker;
    CHECK(asker.write("analog-value:3", std::nanf("")) == out_of_range);
    CHECK(asker.write("analog-value:3", std::uint64_t{200}) == invalid_data_type);
    CHECK(asker.write("analog-value:3", bacnet::Null{}) == invalid_data_type);
    asker.wait(2000ms);
    CHECK(asker.real("analog-value:3") == 100.0F);
}

TEST_CASE("the system voltage may be as high as the PT ratio allows, so the ratio is set first") {
    BacnetAsker asker;
    CHECK(asker.write("analog-value:6", 13800.0F) == out_of_range);
    CHECK(asker.write("analog-value:5", 60.0F) == "ok");
    CHECK(asker.write("analog-value:6", 13800.0F) == "ok");
    CHECK(asker.write("analog-value:6", 4800.0F) == out_of_range);
}

TEST_CASE("what the system type does not have is a quiet NaN") {
    BacnetAsker asker;
    CHECK(asker.write("analog-value:2", 12.0F) == "ok"); // A, B and neutral
    asker.wait(2000ms);
    CHECK(to_hex(asker.read_octets("analog-input:72")) == "44 7F C0 00 00"); // volts C to N
    CHECK(std::isnan(asker.real("analog-input:33")));
    CHECK(std::isnan(asker.real("analog-input:69")));
    CHECK_FALSE(std::isnan(asker.real("analog-input:67")));
    CHECK_FALSE(std::isnan(asker.real("analog-input:71")));
    CHECK(asker.real("analog-input:11") ==
          doctest::Approx(asker.real("analog-input:55") + asker.real("analog-input:56")).epsilon(1e-4));
    CHECK(asker.write("analog-value:2", 31.0F) == "ok"); // no neutral
    asker.wait(2000ms);
    CHECK(std::isnan(asker.real("analog-input:16")));
    CHECK(std::isnan(asker.real("analog-input:70")));
    CHECK_FALSE(std::isnan(asker.real("analog-input:69")));
}

TEST_CASE("an alert is active while its condition lasts, and stands in the bitmap") {
    BacnetAsker asker;
    constexpr std::uint32_t inactive = 0, active = 1;
    CHECK(asker.enumerated("binary-input:4") == inactive);
    CHECK(asker.enumerated("binary-input:9") == inactive);
    CHECK(asker.write("analog-value:3", 5.0F) == "ok"); // CTs of 5 A: at noon L3 gives back more
    CHECK(asker.write("analog-value:8", 99.0F) == "ok");
    asker.wait(2000ms);
    CHECK(asker.enumerated("binary-input:6") == active);
    CHECK(asker.enumerated("binary-input:9") == active);
    const auto bits = static_cast<unsigned>(asker.real("analog-input:83"));
    CHECK((bits & (1U << 5U)) != 0);
    CHECK((bits & (1U << 8U)) != 0);
    CHECK((bits & (1U << 7U)) == 0);
    CHECK(asker.write("analog-value:3", 100.0F) == "ok");
    asker.wait(2000ms);
    CHECK(asker.enumerated("binary-input:6") == inactive);
}

TEST_CASE("a voltage beyond the inputs makes what is measured from it unreliable") {
    BacnetAsker asker;
    CHECK(asker.write("analog-value:5", 0.5F) == "ok"); // 230 V are 460 V at the inputs
    asker.wait(2000ms);
    CHECK(asker.enumerated("binary-input:1") == 1);
    CHECK(asker.enumerated("analog-input:70/reliability") == unreliable_other);
    CHECK(asker.enumerated("analog-input:2/reliability") == no_fault_detected);
}

TEST_CASE("clearing the energies takes effect when a cycle ends, and is counted") {
    BacnetAsker asker;
    CHECK(asker.real("analog-input:2") > 1000);
    CHECK(asker.write("analog-value:1", command(30078)) == "ok");
    CHECK(asker.enumerated("analog-value:1/reliability") == unreliable_other);
    CHECK(asker.real("analog-input:2") > 1000);
    asker.wait(1000ms);
    for (const char* energy :
         {"analog-input:1", "analog-input:2", "analog-input:10", "analog-input:31", "analog-input:54"}) {
        CHECK_MESSAGE(asker.real(energy) == 0.0F, energy);
    }
    CHECK(asker.real("analog-input:78") == 1.0F);
    CHECK(asker.real("analog-value:1") == 0.0F);
    CHECK(asker.enumerated("analog-value:1/reliability") == no_fault_detected);
}

TEST_CASE("a command sooner than ten seconds after another is refused as busy") {
    BacnetAsker asker;
    CHECK(asker.write("analog-value:1", command(16498)) == "ok");
    asker.wait(9900ms);
    CHECK(asker.write("analog-value:1", command(21212)) == "error 0 3");
    asker.wait(100ms);
    CHECK(asker.write("analog-value:1", command(21212)) == "ok");
}

TEST_CASE("the pulse counter counts and begins again at 0") {
    BacnetAsker asker(BacnetAsker::running(3600));
    asker.real("analog-input:29");
    asker.wait(5000ms);
    CHECK(asker.real("analog-input:29") > 10);
    CHECK(asker.write("analog-value:1", command(16498)) == "ok");
    asker.wait(1000ms);
    CHECK(asker.real("analog-input:29") < 10);
}

TEST_CASE("demands are the mean power of the last interval, and maxima fall to them when reset") {
    auto options = BacnetAsker::running(900); // a subinterval each second
    BacnetAsker asker(options);
    const float before = asker.real("analog-input:2");
    asker.wait(1000ms); // noon was the beginning, 12:15 is now
    const float energy = asker.real("analog-input:2") - before;
    CHECK(asker.real("analog-input:19") == doctest::Approx(energy * 4).epsilon(0.01));
    asker.wait(28000ms); // through the evening
    const float maximum = asker.real("analog-input:22");
    asker.wait(20000ms); // deep in the night
    CHECK(asker.real("analog-input:22") >= maximum);
    CHECK(asker.real("analog-input:19") < maximum);
    CHECK(asker.write("analog-value:1", command(21212)) == "ok");
    asker.wait(1000ms);
    CHECK(asker.real("analog-input:22") < maximum);
}

TEST_CASE("location and instance are kept, and bounded") {
    BacnetAsker asker;
    const auto text = [](std::string_view of) { return bacnet::Primitive(bacnet::CharacterString(of)); };
    CHECK(asker.write("device:1004100/location", text("Cellar, panel 3")) == "ok");
    CHECK(asker.read<bacnet::CharacterString>("device/location").text() == "Cellar, panel 3");
    CHECK(asker.write("device:1004100/location", text(std::string(64, 'x'))) == "ok");
    CHECK(asker.write("device:1004100/location", text(std::string(65, 'x'))) == out_of_range);
    CHECK(asker.write("device:1004100/object-name", text("other")) == "error 2 40");
    CHECK(asker.write("device:1004100/max-master", std::uint64_t{128}) == out_of_range);
    CHECK(asker.write("device:1004100/max-master", std::uint64_t{0}) == out_of_range);
    CHECK(asker.write("device:1004100/max-master", std::uint64_t{15}) == "ok");
    CHECK(asker.write("device:1004100/object-identifier", bacnet::ObjectId{8, 4194000}) == out_of_range);
    CHECK(asker.write("device:1004100/object-identifier", bacnet::ObjectId{8, 77}) == "ok");
    CHECK(asker.read<bacnet::ObjectId>("device:77/object-identifier").text() == "device:77");
    CHECK(asker.try_read("device:1004100/object-identifier") == "error 1 31");
}

TEST_CASE("the clock is set by TimeSynchronization, and its reset is known until then") {
    auto options = BacnetAsker::running(1);
    options.extras["clock"] = "reset";
    BacnetAsker asker(options);
    CHECK(asker.enumerated("binary-input:15") == 1);
    CHECK(asker.read<bacnet::Date>("device/local-date").text() == "2000-01-01");
    bacnet::UnconfirmedRequest pdu;
    pdu.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::time_synchronization);
    bacnet::TimeSynchronization service;
    service.date = {126, 11, 21, 6};
    service.time = {2, 15, 0, 0};
    pdu.data = bacnet::encode(service);
    CHECK(asker.ask(pdu).empty());
    CHECK(asker.enumerated("binary-input:15") == 0);
    asker.wait(2000ms);
    CHECK(asker.read<bacnet::Date>("device/local-date").text() == "2026-11-21");
    CHECK(asker.read<bacnet::Time>("device/local-time").text() == "02:15:02.00");
}
