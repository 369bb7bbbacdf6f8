// What records of a trend log say, and what is doubtful about their times. ASHRAE 135, clause 12.25.14.
#include "codecs/bacnet/records.hpp"
#include "sessions/bacnet/trend_log_records.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace meterctl;
namespace bacnet = codecs::bacnet;
using sessions::bacnet::TrendRecords;

namespace {

bacnet::LogRecord made(int year, const decltype(bacnet::LogRecord::datum)& datum) {
    bacnet::LogRecord record;
    record.timestamp.date = {static_cast<std::uint8_t>(year - 1900), 11, 21, 0xFF};
    record.timestamp.time = {2, 15, 0, 0};
    record.datum = datum;
    return record;
}

bacnet::LogRecord value(int year) {
    return made(year, bacnet::Primitive(1.5F));
}

bacnet::LogRecord change(int year, float seconds) {
    bacnet::TimeChange datum;
    datum.seconds = seconds;
    return made(year, datum);
}

bool doubtful(const ProfileRecord& record) {
    return std::ranges::find(record.flags, "clock_invalid") != record.flags.end();
}

} // namespace

TEST_CASE("values, statuses, failures and time changes of a trend log are kept apart, and told in words") {
    bacnet::LogStatus purged, off, on, interrupted;
    purged.purged = off.disabled = interrupted.interrupted = true;
    bacnet::AccessError error;
    error.error_class = 2;
    error.error_code = 32;
    struct Case {
        bacnet::LogRecord record;
        const char* kind;
        Value value;
        const char* text;
    };
    const Case cases[] = {
        {value(2026), "value", Value(1.5F), ""},
        {made(2026, bacnet::Primitive(std::uint64_t{7})), "value", Value(std::int64_t{7}), ""},
        {made(2026, bacnet::Primitive(true)), "value", Value(true), ""},
        {made(2026, purged), "status", Value(), "buffer purged"},
        {made(2026, off), "status", Value(), "log disabled"},
        {made(2026, on), "status", Value(), "log enabled"},
        {made(2026, interrupted), "status", Value(), "log interrupted"},
        {made(2026, error), "failure", Value(), "property, unknown-property"},
        {change(2026, -60), "time_change", Value(), "the clock was set by -60 s"},
        {change(2026, std::nanf("")), "time_change", Value(), "the clock was set"},
    };
    for (const Case& one : cases) {
        INFO(one.kind, " ", one.text);
        TrendRecords reader(false, {});
        const auto record = reader.take(one.record, 6100);
        CHECK(record.sequence == 6100U);
        CHECK(record.kind == one.kind);
        REQUIRE(record.values.size() == 1);
        CHECK(record.values[0].to_string() == one.value.to_string());
        CHECK(record.values[0].is_null() == one.value.is_null());
        CHECK(record.text.find(one.text) != std::string::npos);
        CHECK(record.flags == std::vector<std::string>{"local_time"});
    }
}

TEST_CASE("a recorded NaN is null, under the flag that the meter's NaN has") {
    for (const std::string flag : {"", "not_valid_for_system_type"}) {
        TrendRecords reader(false, flag);
        const auto record = reader.take(made(2026, bacnet::Primitive(std::nanf(""))), 1);
        CHECK(record.values.at(0).is_null());
        CHECK(record.flags == std::vector<std::string>{"local_time", flag.empty() ? "not_a_number" : flag});
    }
}

TEST_CASE("what the status flags of a record say is among its flags") {
    auto record = value(2026);
    record.status.emplace();
    record.status->fault = record.status->out_of_service = true;
    TrendRecords reader(false, {});
    CHECK(reader.take(record, 1).flags == std::vector<std::string>{"local_time", "fault", "out_of_service"});
}

TEST_CASE("a clock that begins again in 2000 makes all times doubtful up to the next time change") {
    TrendRecords reader(false, {});
    CHECK_FALSE(doubtful(reader.take(value(2026), 1)));
    CHECK(doubtful(reader.take(value(2000), 2)));
    CHECK(doubtful(reader.take(value(2001), 3))); // nobody set it for more than a year
    CHECK_FALSE(doubtful(reader.take(change(2026, 8e8F), 4)));
    CHECK_FALSE(doubtful(reader.take(value(2026), 5)));
}

TEST_CASE("while a meter says that its clock was reset, all records before the first time change are doubtful") {
    TrendRecords reader(true, {});
    CHECK(doubtful(reader.take(value(2026), 1)));
    CHECK(doubtful(reader.take(value(2000), 2)));
    CHECK_FALSE(doubtful(reader.take(change(2026, 8e8F), 3)));
    CHECK_FALSE(doubtful(reader.take(value(2026), 4)));
}
