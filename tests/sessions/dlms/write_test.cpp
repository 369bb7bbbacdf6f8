// What is done to a meter, seen by what it shows afterwards: the relay, the clock, demands, billing, calendars, several
// values at once, new keys. The meter is the virtual DTSD545, which is written from its manual.
#include "tests/sessions/dlms/virtual_meter.hpp"

using namespace meterctl;
using namespace dlms_fake;
using namespace std::chrono_literals;

namespace {

std::string member(const Value& value, std::string_view name) {
    const auto* const members = value.get<Structure>();
    REQUIRE(members != nullptr);
    for (const NamedValue& one : *members) {
        if (one.name == name) { return one.value.to_string(); }
    }
    return "(none)";
}

std::string state_of(const std::optional<Value>& value) {
    REQUIRE(value.has_value());
    return member(*value, "control_state");
}

simulators::Options at(std::string_view time) {
    simulators::Options options;
    options.start = DateTime::parse(time).value().to_utc();
    return options;
}

std::string all_of(const std::vector<std::string>& notes) {
    std::string text;
    for (const std::string& note : notes) { text += note + "; "; }
    return text;
}

bool is_moment(const Value& value, std::string_view text) {
    const auto* const shown = value.get<DateTime>();
    return shown != nullptr && shown->to_utc() == DateTime::parse(text).value().to_utc();
}

} // namespace

TEST_CASE("the relay is disconnected, and that is seen") {
    VirtualMeter meter;
    const auto outcome = meter.call("relay", "disconnect");
    REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
    CHECK(state_of(outcome->before) == "connected");
    CHECK(state_of(outcome->read_back) == "disconnected");
    CHECK(member(*outcome->read_back, "output_state") == "false");
    CHECK(outcome->verified);
    CHECK(all_of(outcome->notes).find("control mode 5") != std::string::npos);
    CHECK(meter.read("relay_state").number()->to_int64() == 0);
}

TEST_CASE("a reconnection in mode 5 makes the relay ready, in mode 4 it closes it") {
    for (const auto& [mode, state] : {std::pair{"5", "ready_for_reconnection"}, std::pair{"4", "connected"}}) {
        CAPTURE(std::string(mode));
        simulators::Options frozen; // in mode 5 the meter reconnects by itself
        frozen.speed = 0;
        VirtualMeter meter(frozen);
        REQUIRE(meter.write("relay_mode", mode).has_value());
        REQUIRE(meter.call("relay", "disconnect").has_value());
        const auto outcome = meter.call("relay", "reconnect");
        REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
        CHECK(state_of(outcome->read_back) == state);
        CHECK(outcome->verified);
        const bool waits = all_of(outcome->notes).find("presses the button") != std::string::npos;
        CHECK(waits == (std::string(mode) == "5"));
    }
}

TEST_CASE("what the control mode lacks is rejected before anything is sent") {
    VirtualMeter meter;
    REQUIRE(meter.write("relay_mode", "always_connected").has_value());
    const auto outcome = meter.call("relay", "disconnect");
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::rejected);
    CHECK(outcome.error().code == "dlms.relay.mode");
    CHECK(meter.read("relay_state").number()->to_int64() == 1);
}

TEST_CASE("a relay that tampering opens again is a failed verdict, with what to try") {
    auto options = at("2026-03-10T12:00:00Z");
    options.extras["tamper"] = "main_cover_opened:10"; // bit 4: the main cover
    VirtualMeter meter(options);
    meter.read("clock");
    meter.run(meter.loop().sleep_for(2min));
    const auto outcome = meter.call("relay", "reconnect");
    REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
    CHECK_FALSE(outcome->verified);
    REQUIRE(outcome->trouble.has_value());
    CHECK(exit_code(outcome->trouble->category) == 8);
    CHECK(outcome->trouble->what.find("disconnected") != std::string::npos);
    CHECK_FALSE(outcome->trouble->hints.empty());
}

TEST_CASE("looking changes nothing, and says what would happen") {
    VirtualMeter meter;
    const auto session = meter.session();
    const Value disconnect = typed("relay", "disconnect");
    const auto outlook = meter.run(session->look(point("relay"), disconnect));
    REQUIRE_MESSAGE(outlook.has_value(), describe(outlook.error()));
    CHECK(state_of(outlook->before) == "connected");
    CHECK(all_of(outlook->notes).find("makes it disconnected") != std::string::npos);
    CHECK(meter.read("relay_state").number()->to_int64() == 1);
}

TEST_CASE("the read client may not switch the relay") {
    VirtualMeter meter;
    const auto session = meter.session("read");
    const Value disconnect = typed("relay", "disconnect");
    const auto outcome = meter.run(session->call(point("relay"), disconnect));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(exit_code(outcome.error().category) == 6);
    CHECK(meter.read("relay_state").number()->to_int64() == 1);
}

TEST_CASE("a clock is set to now, to an instant, and to a local time, in the meter's zone") {
    VirtualMeter meter(at("2026-02-01T00:00:00Z"));
    REQUIRE(meter.write("time_zone", "-60").has_value());
    const auto now = meter.write("clock", "now");
    REQUIRE_MESSAGE(now.has_value(), describe(now.error()));
    CHECK(now->verified);
    const auto* const shown = now->read_back->value.get<DateTime>();
    REQUIRE(shown != nullptr);
    CHECK(shown->utc_offset_minutes == 60);
    const auto off = meter.loop().wall_clock() - shown->to_utc().value();
    CHECK(off < 5s);
    CHECK(off > -5s);
    const auto instant = meter.write("clock", "2026-07-21T10:00:00Z");
    REQUIRE(instant.has_value());
    CHECK(instant->verified);
    CHECK(is_moment(instant->read_back->value, "2026-07-21T10:00:00Z"));
    const auto local = meter.write("clock", "2026-07-21T10:00:00");
    REQUIRE(local.has_value());
    CHECK(is_moment(local->read_back->value, "2026-07-21T09:00:00Z"));
    REQUIRE(meter.write("daylight_saving_enabled", "on").has_value());
    const auto summer = meter.write("clock", "2026-07-21T10:00:00");
    REQUIRE(summer.has_value());
    CHECK(summer->verified);
    CHECK(is_moment(summer->read_back->value, "2026-07-21T08:00:00Z"));
}

TEST_CASE("a clock is shifted, and rounded, and each is seen") {
    VirtualMeter meter(at("2026-02-01T12:07:20Z"));
    const auto shifted = meter.call("shift_clock", "-20");
    REQUIRE_MESSAGE(shifted.has_value(), describe(shifted.error()));
    CHECK(shifted->verified);
    const auto rounded = meter.call("adjust_clock_to_quarter");
    REQUIRE(rounded.has_value());
    CHECK(rounded->verified);
    CHECK(rounded->read_back->to_string().substr(0, 16) == "2026-02-01T12:00");
    const auto far = meter.call("shift_clock", "now"); // 31 days off
    REQUIRE_FALSE(far.has_value());
    CHECK(far.error().code == "write.range");
    REQUIRE(meter.write("clock", "now").has_value());
    REQUIRE(meter.call("shift_clock", "100").has_value());
    const auto back = meter.call("shift_clock", "now");
    REQUIRE_MESSAGE(back.has_value(), describe(back.error()));
    CHECK(back->verified);
    const auto off = meter.loop().wall_clock() - back->read_back->get<DateTime>()->to_utc().value();
    CHECK(off < 3s);
    CHECK(off > -3s);
}

TEST_CASE("a clock is preset, and set to that time while it is valid") {
    VirtualMeter meter(at("2026-02-01T12:00:00Z"));
    const auto none = meter.call("adjust_clock_to_preset");
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().category == Category::refused);
    const auto given = meter.call("preset_clock", R"({"preset_time": "2026-02-01T13:30:00Z",
        "validity_interval_start": "2026-02-01T11:00:00Z", "validity_interval_end": "2026-02-01T14:00:00Z"})");
    REQUIRE_MESSAGE(given.has_value(), describe(given.error()));
    CHECK(meter.read("clock").to_string().substr(0, 16) == "2026-02-01T12:00");
    const auto set = meter.call("adjust_clock_to_preset");
    REQUIRE_MESSAGE(set.has_value(), describe(set.error()));
    REQUIRE(set->before.get<DateTime>() != nullptr);
    CHECK(set->before.to_string().substr(0, 16) == "2026-02-01T12:00");
    REQUIRE(set->read_back.has_value());
    CHECK(set->read_back->to_string().substr(0, 16) == "2026-02-01T13:30");
    REQUIRE_FALSE(set->notes.empty());
}

TEST_CASE("a display list is written whole and read back, and one that does not fit is rejected") {
    VirtualMeter meter(at("2026-02-01T12:00:00Z"));
    const std::string energy =
        R"({"class_id": 3, "logical_name": "1-0:1.8.0.255", "attribute_index": 2, "data_index": 0})";
    const std::string clock =
        R"({"class_id": 8, "logical_name": "0-0:1.0.0.255", "attribute_index": 2, "data_index": 0})";
    for (const char* const list : {"display_list_auto", "display_list_button"}) {
        CAPTURE(std::string(list));
        const auto written = meter.write(list, "[" + energy + ", " + clock + "]");
        REQUIRE_MESSAGE(written.has_value(), describe(written.error()));
        CHECK(written->verified);
        const Value read = meter.read(list, "management");
        const auto* const items = read.get<List>();
        REQUIRE(items != nullptr);
        REQUIRE(items->size() == 2);
        const auto* const first = (*items)[0].get<Structure>();
        REQUIRE(first != nullptr);
        CHECK(first->at(0).value.number() == Decimal{3, 0});
        CHECK(first->at(1).value.to_string() == "1-0:1.8.0.255");
        CHECK(first->at(2).value.number() == Decimal{2, 0});
        const auto* const second = (*items)[1].get<Structure>();
        REQUIRE(second != nullptr);
        CHECK(second->at(1).value.to_string() == "0-0:1.0.0.255");
    }
    for (const char* const wrong :
         {R"([{"class_id": 3, "logical_name": "1-0:1.8.0.255", "attribute_index": 2}])",
          R"([{"class_id": 3, "logical_name": "energy", "attribute_index": 2, "data_index": 0}])", R"("all of it")"}) {
        CAPTURE(std::string(wrong));
        const auto value = sessions::parse_write_value(point("display_list_auto"), wrong);
        if (!value) { continue; }
        const auto session = meter.session();
        const auto outcome = meter.run(session->write(point("display_list_auto"), *value));
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().category == Category::rejected);
    }
}

TEST_CASE("demands, profiles and billing periods begin anew, and that is seen") {
    VirtualMeter meter(at("2026-03-15T12:40:00Z"));
    for (const char* const method : {"reset_demand", "reset_max_demand", "clear_load_profile_1"}) {
        CAPTURE(std::string(method));
        const auto outcome = meter.call(method);
        REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
        CHECK(outcome->verified);
        CHECK(outcome->read_back->get<Structure>()->front().value.number()->to_int64() == 0);
    }
    const auto billed = meter.call("billing_reset", "now");
    REQUIRE_MESSAGE(billed.has_value(), describe(billed.error()));
    CHECK(billed->verified);
    CHECK(std::stoi(member(*billed->read_back, "billing_periods")) ==
          std::stoi(member(billed->before, "billing_periods")) + 1);
    const auto again = meter.call("billing_reset", "now"); // the lock-out time of 24 h
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().code == "dlms.action.2");
}

TEST_CASE("a tariff calendar goes into the passive half, and takes over when it is activated") {
    const std::string calendar = R"({"name": "2027",
      "seasons": [{"name": "all", "start": "*-01-01", "week": "usual"}],
      "weeks": [{"name": "usual", "monday": 1, "tuesday": 1, "wednesday": 1, "thursday": 1, "friday": 1,
                 "saturday": 2, "sunday": 2}],
      "days": [{"id": 1, "slots": [{"from": "00:00:00", "tariff": 2}, {"from": "07:00:00", "tariff": 1}]},
               {"id": 2, "slots": [{"from": "00:00:00", "tariff": 2}]}]})";
    VirtualMeter meter;
    const Value before = meter.read("tariff_calendar");
    const auto written = meter.write("tariff_calendar", calendar);
    REQUIRE_MESSAGE(written.has_value(), describe(written.error()));
    CHECK(written->verified);
    CHECK(written->read_back->value == typed("tariff_calendar", calendar));
    CHECK(meter.read("tariff_calendar") == before);
    CHECK(meter.read("tariff_calendar_passive") == typed("tariff_calendar", calendar));
    const auto active = meter.call("activate_calendar");
    REQUIRE_MESSAGE(active.has_value(), describe(active.error()));
    CHECK(active->verified);
    CHECK(meter.read("tariff_calendar") == typed("tariff_calendar", calendar));
}

TEST_CASE("a calendar that does not hold together is rejected whole, and not activated") {
    VirtualMeter meter;
    const Value before = meter.read("tariff_calendar_passive");
    const auto wrong = meter.write("tariff_calendar", R"({"name": "x", "seasons": [], "weeks": [], "days": []})");
    REQUIRE_FALSE(wrong.has_value());
    CHECK(exit_code(wrong.error().category) == 7);
    CHECK(meter.read("tariff_calendar_passive") == before);
    REQUIRE(meter.write("calendar_days_passive", "[]").has_value()); // by hand, one part alone
    const auto refused = meter.call("activate_calendar");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == "dlms.calendar");
}

TEST_CASE("special days name days that a calendar has") {
    VirtualMeter meter;
    CHECK(meter.write("special_days", R"([{"index": 1, "specialday_date": "*-12-25", "day_id": 1}])")->verified);
    const auto unknown = meter.write("special_days", R"([{"index": 1, "specialday_date": "*-12-25", "day_id": 9}])");
    REQUIRE_FALSE(unknown.has_value());
    CHECK(unknown.error().category == Category::rejected);
    const auto twice = meter.write("special_days", R"([{"index": 1, "specialday_date": "*-12-25", "day_id": 1},
                                                      {"index": 1, "specialday_date": "*-12-26", "day_id": 1}])");
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().where.find("[2]") != std::string::npos);
}

TEST_CASE("several attributes go in one request, each with its own end") {
    VirtualMeter meter;
    std::vector<sessions::PointValue> writes;
    for (const auto& [name, text] : {std::pair{"voltage_sag_threshold", "190"}, std::pair{"voltage_sag_time", "12"},
                                     std::pair{"push_retries", "5"}}) {
        writes.push_back({point(name), typed(name, text)});
    }
    const auto together = meter.session();
    const auto plans = together->plan_all(writes);
    REQUIRE(plans.has_value());
    CHECK((*plans)[0].size() == 1);
    CHECK((*plans)[1].empty());
    const auto outcomes = meter.run(together->write_all(writes));
    REQUIRE(outcomes.size() == 3);
    for (const auto& outcome : outcomes) {
        REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
        CHECK(outcome->verified);
    }
    const auto alone = meter.session();
    std::uint64_t one_by_one = 0;
    for (const auto& one : writes) {
        const auto single = meter.session();
        REQUIRE(meter.run(single->write(one.point, one.value)).has_value());
        one_by_one += single->statistics().requests;
    }
    CHECK(together->statistics().requests < one_by_one);
    CHECK(meter.read("voltage_sag_time").number()->to_int64() == 12);
    // The read client may write none of them: each says so.
    const auto reader = meter.session("read");
    const auto refused = meter.run(reader->write_all(writes));
    for (const auto& outcome : refused) { CHECK_FALSE(outcome.has_value()); }
    CHECK(exit_code(refused.front().error().category) == 6);
}

TEST_CASE("after new keys the old ones are told as wrong, and the new ones work from their first counter") {
    VirtualMeter meter;
    const std::string fresh = "guek=101112131415161718191A1B1C1D1E1F\ngak=303132333435363738393A3B3C3D3E3F\n"
                              "kek=404142434445464748494A4B4C4D4E4F\n";
    const std::string new_ones = "guek=101112131415161718191A1B1C1D1E1F\ngak=303132333435363738393A3B3C3D3E3F\n";
    meter.options.new_keys["new"] = std::make_shared<const KeyRing>(parse_keys(new_ones).value());
    const auto changed = meter.call("keys_management", "new");
    REQUIRE_MESSAGE(changed.has_value(), describe(changed.error()));
    CHECK(changed->result.to_string().find("1011") == std::string::npos);
    const std::vector<catalogue::Point> clock{point("clock")};
    const auto old = meter.session();
    const auto refused = meter.run(old->read(clock));
    REQUIRE_FALSE(refused.has_value());
    CHECK(exit_code(refused.error().category) == 6);
    const auto with_new = meter.session("management", fresh);
    const auto read = meter.run(with_new->read(clock));
    REQUIRE_MESSAGE(read.has_value(), describe(read.error()));
    CHECK(read->readings.size() == 1);
}
