// Rows of a buffer as records: times filled in, values as above, status and events.
#include "sessions/dlms/profile_rows.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::sessions::dlms;
namespace cosem = meterctl::codecs::dlms;
using cosem::Data;
using namespace std::chrono_literals;

namespace {

DateTime at(const char* text) {
    const auto time = DateTime::parse(text);
    REQUIRE(time.has_value());
    return *time;
}

Data time(const char* text) {
    return Data::octet_string(cosem::encode_date_time(cosem::to_cosem(at(text))));
}

ProfileCell cell(ProfileCell::Kind kind, const char* name) {
    ProfileCell cell;
    cell.kind = kind;
    cell.point.name = name;
    cell.object.class_id = kind == ProfileCell::Kind::time ? 8 : 3;
    return cell;
}

ProfileRows rows(std::chrono::seconds period = 900s) {
    auto energy = cell(ProfileCell::Kind::value, "active_energy_import");
    energy.scaling = cosem::ScalerUnit{1, 30};
    auto status = cell(ProfileCell::Kind::value, "profile_status");
    catalogue::StatusBit bit;
    bit.bit = 1;
    bit.name = "clock_invalid";
    bit.is_fault = bit.fault_when = true;
    status.point.bits.push_back(bit);
    bit.bit = 7;
    bit.name = "power_down";
    bit.is_fault = bit.fault_when = false;
    status.point.bits.push_back(bit);
    catalogue::Profile profile;
    return ProfileRows({cell(ProfileCell::Kind::time, "clock"), status, energy}, profile, period);
}

Data row(Data when, std::uint8_t status, Data value) {
    return Data::structure({std::move(when), Data::unsigned_integer(status), std::move(value)});
}

TEST_CASE("columns are those behind the clock, in the meter's unit") {
    const auto columns = rows().columns();
    REQUIRE(columns.size() == 2);
    CHECK(columns[0].name == "profile_status");
    CHECK(columns[1].name == "active_energy_import");
    CHECK(columns[1].unit == Unit::watt_hour);
}

TEST_CASE("values are scaled, status bits become flags, null is the value above and a time counted on") {
    auto all = rows();
    const auto first = all.record(row(time("2026-11-21T10:00:00+01:00"), 2, Data::double_long_unsigned(123)));
    REQUIRE(first.has_value());
    CHECK(first->time == at("2026-11-21T10:00:00+01:00"));
    CHECK(first->values[1].to_string() == "1230");
    CHECK(first->flags == std::vector<std::string>{"fault:clock_invalid"});
    const auto second = all.record(row(Data::null(), 0, Data::null()));
    REQUIRE(second.has_value());
    CHECK(second->time == at("2026-11-21T10:15:00+01:00"));
    CHECK(second->flags == std::vector<std::string>{"time_filled"});
    CHECK(second->values[1].to_string() == "1230");
    all.restart();
    const auto alone = all.record(row(Data::null(), 0, Data::null()));
    REQUIRE(alone.has_value());
    CHECK_FALSE(alone->time.has_value());
    CHECK(alone->values[1].is_null());
}

TEST_CASE("a row of another shape is not guessed at") {
    auto all = rows();
    CHECK(all.record(Data::structure({Data::null()})).error().code == "dlms.profile.row");
    CHECK(all.record(Data::long_unsigned(1)).error().code == "dlms.profile.row");
}

TEST_CASE("newest first, a time that was left out counts backwards") {
    auto all = rows(-900s);
    REQUIRE(all.record(row(time("2026-11-21T10:00:00+01:00"), 0, Data::double_long_unsigned(3))).has_value());
    const auto second = all.record(row(Data::null(), 0, Data::double_long_unsigned(2)));
    CHECK(second->time == at("2026-11-21T09:45:00+01:00"));
}

TEST_CASE("a fault among the bits of a status is told as that, and all are named") {
    auto all = rows();
    const auto record = all.record(row(time("2026-11-21T10:00:00Z"), 0x82, Data::double_long_unsigned(3)));
    CHECK(record->values[0].to_string() == "130");
    CHECK(record->flags == std::vector<std::string>{"fault:clock_invalid", "power_down"});
    CHECK(record->text == "clock_invalid, power_down");
}

TEST_CASE("an event's number is named as the definition names it, and stays a number where it does not") {
    catalogue::Profile profile;
    catalogue::ProfileEvent event;
    event.code = 47;
    event.name = "cover_opened";
    profile.events.push_back(event);
    ProfileRows all({cell(ProfileCell::Kind::time, "clock"), cell(ProfileCell::Kind::event, "event")}, profile, 0s);
    const auto named = all.record(Data::structure({time("2026-11-21T10:00:00Z"), Data::unsigned_integer(47)}));
    CHECK(named->kind == "event");
    CHECK(named->text == "cover_opened");
    const auto other = all.record(Data::structure({time("2026-11-21T10:00:00Z"), Data::unsigned_integer(48)}));
    CHECK(other->text == "event 48");
}

} // namespace
