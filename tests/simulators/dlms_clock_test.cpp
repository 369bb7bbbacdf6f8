// The clock of a virtual DTSD545: set, shifted, rounded and preset, as IEC 62056-6-2 has the methods of its class.
#include "codecs/dlms/date_time.hpp"
#include "tests/simulators/dlms_asker.hpp"

using namespace meterctl;
using namespace meterctl::codecs::dlms;
using test::DlmsAsker;

namespace {

constexpr std::uint16_t management = 1;

/// Standing still.
simulators::Options at(std::string_view start) {
    simulators::Options options;
    options.start = DateTime::parse(start).value().to_utc();
    options.speed = 0;
    return options;
}

Data time_data(std::string_view text) {
    return Data::octet_string(encode_date_time(to_cosem(DateTime::parse(text).value())));
}

std::string time_text(const Data& data) {
    return show_date_time(date_time_of(data).value()).value.to_string();
}

} // namespace

TEST_CASE("the clock is set, shifted and rounded, and the log says so") {
    DlmsAsker client(at("2026-03-10T12:00:00Z"));
    REQUIRE(client.open(management, 1));
    CHECK(time_text(client.value(8, "0-0:1.0.0.255", 2)) == "2026-03-10T12:00:00Z");
    CHECK(client.set(8, "0-0:1.0.0.255", 2, time_data("2026-03-10T13:07:40+01:00")) == 0);
    CHECK(time_text(client.value(8, "0-0:1.0.0.255", 2)) == "2026-03-10T12:07:40Z");
    CHECK(client.act(8, "0-0:1.0.0.255", 6, Data::long_signed(-10)).result.code == 0);
    CHECK(time_text(client.value(8, "0-0:1.0.0.255", 2)) == "2026-03-10T12:07:30Z");
    CHECK(client.act(8, "0-0:1.0.0.255", 3).result.code == 0);
    CHECK(time_text(client.value(8, "0-0:1.0.0.255", 2)) == "2026-03-10T12:08:00Z");
    CHECK(client.set(8, "0-0:1.0.0.255", 2, Data::octet_string(Bytes(12, 0xFF))) != 0);
    CHECK(client.set(8, "0-0:1.0.0.255", 3, Data::long_signed(-60)) == 0);
    CHECK(time_text(client.value(8, "0-0:1.0.0.255", 2)) == "2026-03-10T13:08:00+01:00");
}

TEST_CASE("a preset time is set on command, and only between the times that it is valid at") {
    DlmsAsker client(at("2026-03-10T12:00:00Z"));
    REQUIRE(client.open(management, 1));
    const std::string_view clock = "0-0:1.0.0.255";
    const auto preset = [&](std::string_view time, std::string_view from, std::string_view until) {
        const auto parts = Data::structure({time_data(time), time_data(from), time_data(until)});
        return client.act(8, clock, 5, parts).result.code;
    };
    CHECK(client.act(8, clock, 4).result.code != 0); // nothing was preset
    CHECK(preset("2026-03-10T13:00:00Z", "2026-03-10T11:00:00Z", "2026-03-10T11:59:59Z") == 0);
    CHECK(client.act(8, clock, 4).result.code != 0);
    CHECK(time_text(client.value(8, clock, 2)) == "2026-03-10T12:00:00Z");
    CHECK(preset("2026-03-10T13:00:00Z", "2026-03-10T11:00:00Z", "2026-03-10T12:00:00Z") == 0);
    CHECK(time_text(client.value(8, clock, 2)) == "2026-03-10T12:00:00Z");
    CHECK(client.act(8, clock, 4).result.code == 0);
    CHECK(time_text(client.value(8, clock, 2)) == "2026-03-10T13:00:00Z");
    CHECK(preset("2026-03-10T13:00:00Z", "2026-03-10T12:00:00Z", "2026-03-10T11:00:00Z") != 0);
    CHECK(client.act(8, clock, 5, Data::integer(0)).result.code != 0);
}
