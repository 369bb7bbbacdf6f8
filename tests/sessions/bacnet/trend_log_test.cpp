// Trend logs of a virtual S4100, fetched while time goes on. ASHRAE 135, clauses 12.25 and 15.8.
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

#include <algorithm>

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t buffer_size = 5760;

struct Fetched {
    ProfileHead head;
    std::vector<ProfileRecord> records;
    std::vector<ProfileGap> gaps;

    [[nodiscard]] std::uint64_t first() const { return records.front().sequence.value_or(0); }
    [[nodiscard]] std::uint64_t last() const { return records.back().sequence.value_or(0); }
    [[nodiscard]] bool noted(std::string_view words) const {
        return std::ranges::any_of(head.notes,
                                   [&](const std::string& note) { return note.find(words) != std::string::npos; });
    }
    [[nodiscard]] bool contiguous() const {
        return std::ranges::adjacent_find(records, [](const ProfileRecord& one, const ProfileRecord& next) {
                   return *next.sequence != *one.sequence + 1;
               }) == records.end();
    }
};

/// A virtual S4100 with a record each quarter of a second.
struct Meter : SimulatedBacnet {
    explicit Meter(const char* history = nullptr, const std::string& spoken = "ip")
        : SimulatedBacnet(running(history, spoken)) {}

    static simulators::Options running(const char* history, const std::string& spoken) {
        auto options = over(spoken);
        options.speed = 3600;
        if (history != nullptr) { options.extras["history"] = history; }
        return options;
    }
    void wait(std::chrono::milliseconds time) { run(loop->sleep_for(time)); }
    Fetched fetch(const sessions::ProfileSelection& selection = {}, std::string log = "trend-log:1") {
        Fetched all;
        sessions::ProfileSink sink;
        sink.head = [&](const ProfileHead& head) { all.head = head; };
        sink.record = [&](ProfileRecord&& record) {
            all.records.push_back(std::move(record));
            return true;
        };
        sink.gap = [&](const ProfileGap& gap) { all.gaps.push_back(gap); };
        catalogue::Profile profile;
        profile.name = profile.address = std::move(log);
        const auto done = run(session->profile(profile, selection, sink));
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
        return all;
    }
    Fetched after(std::uint64_t sequence) {
        sessions::ProfileSelection selection;
        selection.after.emplace();
        selection.after->sequence = sequence;
        return fetch(selection);
    }
    sessions::WriteOutcome write(std::string_view point, const Value& value) {
        const auto outcome = run(session->write(bacnet_point(point), value));
        REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
        return *outcome;
    }
    std::uint64_t read(std::string_view point) {
        const std::vector<catalogue::Point> points{bacnet_point(point)};
        const auto outcome = run(session->read(points));
        REQUIRE(outcome.has_value());
        return static_cast<std::uint64_t>(outcome->readings.at(0).value.number()->to_int64().value_or(-1));
    }

    std::unique_ptr<sessions::Session> session = SimulatedBacnet::session();
};

DateTime at(std::string_view text) {
    return DateTime::parse(text).value();
}

} // namespace

TEST_CASE("a buffer that overran between two runs is one gap, exactly as long as what is missing") {
    Meter meter;
    const Fetched before = meter.fetch();
    REQUIRE(before.records.size() == buffer_size);
    CHECK(before.contiguous());
    CHECK(before.gaps.empty());
    meter.wait(1'600'000ms); // 6400 intervals, 640 more than fit
    const auto total = meter.read("trend_log_1_total_record_count");
    const Fetched later = meter.after(before.last());
    REQUIRE(later.gaps.size() == 1);
    CHECK(later.gaps[0].first == before.last() + 1);
    CHECK(later.gaps[0].count == later.first() - before.last() - 1);
    CHECK(later.gaps[0].count >= 640U);
    CHECK(later.gaps[0].reason.starts_with("buffer overrun"));
    CHECK(later.contiguous());
    CHECK(later.last() >= total);
    CHECK(later.records.size() == buffer_size);
}

TEST_CASE("runs that take up behind each other have every record once, whenever they come") {
    Meter meter("100");
    std::uint64_t last = 0;
    std::vector<std::uint64_t> seen;
    for (const auto pause : {0ms, 100ms, 250ms, 3000ms, 0ms, 60000ms}) {
        meter.wait(pause);
        const Fetched part = meter.after(last);
        CHECK(part.gaps.empty());
        for (const ProfileRecord& record : part.records) { seen.push_back(*record.sequence); }
        if (!seen.empty()) { last = seen.back(); }
    }
    CHECK(seen.size() > 350);
    for (std::size_t i = 0; i < seen.size(); ++i) { CHECK(seen[i] == i + 1); }
}

TEST_CASE("a log that was emptied between two runs is told as that, with what is missing") {
    Meter meter("100");
    const Fetched before = meter.fetch();
    meter.wait(5000ms); // twenty records that nobody fetched
    const auto total = meter.read("trend_log_1_total_record_count");
    const auto outcome = meter.write("trend_log_1_record_count", Value(std::int64_t{0}));
    CHECK(outcome.verified); // it holds the record of its being emptied, and what came since
    CHECK(outcome.before.number() == Decimal{static_cast<Int128>(total), 0});
    REQUIRE(outcome.read_back.has_value());
    CHECK(outcome.read_back->value.number() >= Decimal{1, 0});
    const Fetched later = meter.after(before.last());
    REQUIRE(later.gaps.size() == 1);
    CHECK(later.gaps[0].count == later.first() - before.last() - 1);
    CHECK(later.gaps[0].reason.starts_with("the log was emptied"));
    CHECK(later.records.front().kind == "status");
    CHECK(later.records.front().text == "buffer purged");
}

TEST_CASE("an emptied log that stands still reads back 1, and that is verified") {
    SimulatedBacnet line(over("ip"));
    const auto session = line.session();
    const auto outcome = line.run(session->write(bacnet_point("trend_log_1_record_count"), Value(std::int64_t{0})));
    REQUIRE(outcome.has_value());
    CHECK(outcome->verified);
    CHECK(outcome->read_back->value.number() == Decimal{1, 0});
}

TEST_CASE("the column is what the log records, by the definition's name and unit, also after it is set to another") {
    Meter meter("0");
    CHECK(meter.fetch().head.columns.at(0).name == "active_energy_import");
    CHECK(meter.write("trend_log_1_source", Value(std::int64_t{70})).verified);
    const Fetched fetched = meter.fetch();
    CHECK(fetched.head.columns.at(0).name == "voltage_l1");
    CHECK(fetched.head.columns[0].unit == Unit::volt);
    CHECK(fetched.head.columns[0].address == "analog-input:70");
    CHECK(fetched.head.period == 900s);
    meter.session = meter.SimulatedBacnet::session("", "");
    const Fetched unnamed = meter.fetch();
    CHECK(unnamed.head.columns.at(0).name == "volts_an"); // as the device itself calls it
    CHECK(unnamed.head.columns[0].unit == Unit::volt);
    CHECK(meter.fetch({}, "trend_log_2").head.columns.at(0).name == "kwh_export");
}

TEST_CASE("a log that is empty, switched off, or full is told so, and is no failure") {
    Meter empty("0", "mstp");
    CHECK(empty.write("trend_log_1_interval", Value(std::int64_t{0})).verified);
    const Fetched nothing = empty.fetch();
    CHECK(nothing.records.empty());
    CHECK(nothing.noted("the log is empty"));
    CHECK_FALSE(nothing.head.period.has_value());

    Meter off("10");
    CHECK(off.write("trend_log_1_enable", Value(false)).verified);
    const Fetched switched_off = off.fetch();
    CHECK(switched_off.noted("switched off"));
    CHECK(switched_off.records.back().text == "log disabled");

    Meter full;
    CHECK(full.write("trend_log_1_stop_when_full", Value(true)).verified);
    full.wait(1000ms);
    const Fetched stopped = full.fetch();
    CHECK(stopped.noted("the log is full, with 5760 records, and has stopped"));
    CHECK(stopped.records.size() == buffer_size);
}

TEST_CASE("spans of time take in both their ends, at midnight and across a day too") {
    Meter meter;
    struct Case {
        const char *from, *to;
        std::size_t records;
        const char* first;
    };
    const Case cases[] = {
        {"2026-01-01T00:00:00", "2026-01-01T01:00:00", 5, "2026-01-01T00:00:00"},
        {"2026-01-01T00:00:01", "2026-01-01T00:59:59", 3, "2026-01-01T00:15:00"},
        {"2025-12-31T23:45:00", "2026-01-01T00:00:00", 2, "2025-12-31T23:45:00"},
        {"2025-12-31T00:00:00", "2025-12-31T23:59:59", 96, "2025-12-31T00:00:00"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.from);
        sessions::ProfileSelection span;
        span.from = at(one.from);
        span.to = at(one.to);
        const Fetched fetched = meter.fetch(span);
        CHECK(fetched.records.size() == one.records);
        REQUIRE_FALSE(fetched.records.empty());
        CHECK(fetched.records.front().time->to_string().starts_with(one.first));
    }
    sessions::ProfileSelection future;
    future.from = at("2027-01-01T00:00:00");
    CHECK(meter.fetch(future).records.empty());
    sessions::ProfileSelection zoned;
    zoned.from = at("2026-01-01T00:00:00+01:00");
    zoned.to = at("2026-01-01T01:00:00+01:00");
    const Fetched fetched = meter.fetch(zoned);
    CHECK(fetched.records.size() == 5);
    CHECK(fetched.noted("no zone"));
}

TEST_CASE("positions count from the oldest, and the newest are counted from the end") {
    Meter meter("100");
    sessions::ProfileSelection span;
    span.entries = {3, 7};
    const Fetched fetched = meter.fetch(span);
    REQUIRE(fetched.records.size() == 5);
    CHECK(fetched.first() == 3);
    sessions::ProfileSelection newest;
    newest.last = 7;
    const Fetched last = meter.fetch(newest);
    CHECK(last.records.size() == 7);
    CHECK(last.last() == meter.read("trend_log_1_total_record_count"));
}

TEST_CASE("after a power failure every record is doubtful until the clock is set") {
    auto options = Meter::running("3", "ip");
    options.extras["clock"] = "reset";
    SimulatedBacnet line(options);
    const auto session = line.session();
    const std::vector<catalogue::Point> points{bacnet_point("clock_reset")};
    REQUIRE(line.run(session->read(points)).has_value()); // its time begins when it is first heard of
    line.run(line.loop->sleep_for(1s));
    std::vector<ProfileRecord> records;
    sessions::ProfileSink sink;
    sink.record = [&](ProfileRecord&& record) {
        records.push_back(std::move(record));
        return true;
    };
    catalogue::Profile profile;
    profile.address = "trend-log:1";
    REQUIRE(line.run(session->profile(profile, {}, sink)).has_value());
    REQUIRE(records.size() >= 6);
    for (const ProfileRecord& record : records) {
        CHECK(std::ranges::find(record.flags, "clock_invalid") != record.flags.end());
    }
    CHECK(records.back().time->year == 2000);
}
