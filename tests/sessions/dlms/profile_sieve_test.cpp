// Which records are handed on: spans and their edges, hours that come twice, clocks that are set back, answers that
// begin anew, gaps.
#include "sessions/dlms/profile_sieve.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::sessions::dlms;
using namespace std::chrono_literals;

namespace {

DateTime at(const std::string& text) {
    const auto time = DateTime::parse(text);
    REQUIRE(time.has_value());
    return *time;
}

/// Times of a day, as texts; "s" behind one is summer time, told by a flag alone.
ProfileRecord record_of(std::string text) {
    ProfileRecord record;
    if (text.ends_with(" s")) {
        record.flags.emplace_back("summer_time");
        text.resize(text.size() - 2);
    }
    if (!text.empty()) { record.time = at(text); }
    return record;
}

struct Heap {
    std::vector<std::string> given, gaps, flagged;
    std::vector<std::uint64_t> missing;
    ProfileSieve sieve;

    Heap(const ProfileSelection& selection, std::chrono::seconds period) {
        ProfileSink sink;
        sink.record = [this](ProfileRecord&& record) {
            given.push_back(record.time ? record.time->to_string() : "");
            for (const auto& flag : record.flags) {
                if (flag != "summer_time") { flagged.push_back(given.back() + " " + flag); }
            }
            return true;
        };
        sink.gap = [this](const ProfileGap& gap) {
            gaps.push_back((gap.from ? gap.from->to_string() : "") + " " + gap.to->to_string());
            missing.push_back(gap.count.value_or(0));
        };
        sieve = ProfileSieve(selection, period, sink);
    }
    Heap& feed(const std::vector<std::string>& times, bool whole = true) {
        sieve.restart();
        for (const auto& time : times) { sieve.take(record_of(time)); }
        if (whole) { sieve.finish(); }
        return *this;
    }
};

using Texts = std::vector<std::string>;

TEST_CASE("a span has both of its ends, and nothing outside") {
    ProfileSelection selection;
    selection.from = at("2026-11-21T10:15:00+01:00");
    selection.to = at("2026-11-21T10:45:00+01:00");
    Heap heap(selection, 900s);
    heap.feed({"2026-11-21T10:14:59+01:00", "2026-11-21T10:15:00+01:00", "2026-11-21T09:30:00Z",
               "2026-11-21T10:45:00+01:00", "2026-11-21T10:45:01+01:00", "2026-11-21T11:00:00+01:00"});
    CHECK(heap.given == Texts{"2026-11-21T10:15:00+01:00", "2026-11-21T09:30:00Z", "2026-11-21T10:45:00+01:00"});
}

TEST_CASE("a span in another zone than the meter's is the same instants") {
    ProfileSelection selection;
    selection.from = at("2026-11-21T00:00:00Z");
    selection.to = at("2026-11-21T00:15:00Z");
    Heap heap(selection, 900s);
    heap.feed({"2026-11-21T00:45:00+01:00", "2026-11-21T01:00:00+01:00", "2026-11-21T01:15:00+01:00",
               "2026-11-21T01:30:00+01:00"});
    CHECK(heap.given == Texts{"2026-11-21T01:00:00+01:00", "2026-11-21T01:15:00+01:00"});
}

const Texts autumn{"2026-10-25T01:30:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00",
                   "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"};
const Texts autumn_local{"2026-10-25T01:30:00 s", "2026-10-25T02:00:00 s", "2026-10-25T02:30:00 s",
                         "2026-10-25T02:00:00",   "2026-10-25T02:30:00",   "2026-10-25T03:00:00"};

TEST_CASE("a local span begins with the first and ends with the second coming of an hour that comes twice") {
    struct Row {
        const char *from, *to;
        std::size_t first, last; ///< of the six
    };
    const Row table[] = {
        {"2026-10-25T00:00:00", "2026-10-25T23:59:59", 0, 5}, {"2026-10-25T02:30:00", "2026-10-25T23:59:59", 2, 5},
        {"2026-10-25T02:00:00", "2026-10-25T02:00:00", 1, 3}, {"2026-10-25T00:00:00", "2026-10-25T02:15:00", 0, 3},
        {"2026-10-25T00:00:00", "2026-10-25T02:30:00", 0, 4}, {"2026-10-25T03:00:00", "2026-10-25T04:00:00", 5, 5},
        {"2026-10-25T00:00:00", "2026-10-25T01:59:59", 0, 0},
    };
    for (const Row& row : table) {
        for (const Texts& hours : {autumn, autumn_local}) {
            CAPTURE(row.from);
            CAPTURE(row.to);
            ProfileSelection selection;
            selection.from = at(row.from);
            selection.to = at(row.to);
            Heap heap(selection, 0s);
            heap.feed(hours);
            CHECK(heap.given.size() == row.last - row.first + 1);
            REQUIRE_FALSE(heap.given.empty());
            CHECK(heap.given.front() == hours[row.first].substr(0, heap.given.front().size()));
            CHECK(heap.flagged.empty());
        }
    }
}

TEST_CASE("neither end of summer time is a gap or a clock that was set back, where the meter tells it") {
    Heap with_offset({}, 1800s);
    with_offset.feed(autumn);
    CHECK(with_offset.given.size() == 6);
    CHECK(with_offset.gaps.empty());
    CHECK(with_offset.flagged.empty());
    Heap local({}, 1800s);
    local.feed(autumn_local);
    CHECK(local.given.size() == 6);
    CHECK(local.gaps.empty());
    CHECK(local.flagged.empty());
    Heap spring({}, 1800s);
    spring.feed({"2026-03-29T01:30:00", "2026-03-29T03:00:00 s", "2026-03-29T03:30:00 s"});
    CHECK(spring.gaps.empty());
}

TEST_CASE("where the meter does not tell summer time, all records are still given") {
    Heap heap({}, 1800s);
    heap.feed({"2026-10-25T02:00:00", "2026-10-25T02:30:00", "2026-10-25T02:00:00", "2026-10-25T02:30:00"});
    CHECK(heap.given.size() == 4);
    CHECK(heap.flagged == Texts{"2026-10-25T02:00:00 clock_set_back"});
}

const Texts set_back{"2026-11-21T10:00:00Z", "2026-11-21T10:15:00Z", "2026-11-21T10:30:00Z", "2026-11-21T09:45:00Z",
                     "2026-11-21T10:00:00Z", "2026-11-21T10:15:00Z", "2026-11-21T10:30:00Z", "2026-11-21T10:45:00Z"};

TEST_CASE("an answer that breaks and begins anew loses and doubles nothing, wherever, though a clock was set back") {
    for (std::size_t broken = 1; broken <= set_back.size(); ++broken) {
        CAPTURE(broken);
        Heap heap({}, 900s);
        heap.feed(Texts(set_back.begin(), set_back.begin() + static_cast<std::ptrdiff_t>(broken)), false);
        heap.feed(set_back);
        CHECK(heap.given == set_back);
    }
}

TEST_CASE("so does another run, by what the first has left") {
    for (std::size_t broken = 1; broken <= set_back.size(); ++broken) {
        CAPTURE(broken);
        Heap first({}, 900s);
        first.feed(Texts(set_back.begin(), set_back.begin() + static_cast<std::ptrdiff_t>(broken)), false);
        ProfileSelection selection;
        selection.after = first.sieve.last();
        Heap second(selection, 900s);
        second.feed(set_back);
        Texts all = first.given;
        all.insert(all.end(), second.given.begin(), second.given.end());
        CHECK(all == set_back);
    }
}

TEST_CASE("events of one second are all given, and those that were had are not given again") {
    ProfileSelection selection;
    selection.after = ProfileMark{};
    selection.after->time = at("2026-11-21T10:00:00");
    selection.after->same_time = 2;
    Heap heap(selection, 0s);
    heap.feed(Texts(4, "2026-11-21T10:00:00"));
    CHECK(heap.given.size() == 2);
    CHECK(heap.sieve.last()->same_time == 4);
}

TEST_CASE("where the last record that was had is no more, what is behind it is new") {
    ProfileSelection selection;
    selection.after = ProfileMark{};
    selection.after->time = at("2026-11-21T08:07:00Z");
    selection.after->same_time = 1;
    Heap heap(selection, 0s);
    heap.feed({"2026-11-21T08:00:00Z", "2026-11-21T08:15:00Z", "2026-11-21T08:30:00Z"});
    CHECK(heap.given == Texts{"2026-11-21T08:15:00Z", "2026-11-21T08:30:00Z"});
    selection.after->time = at("2026-11-21T08:15:00Z");
    selection.after->same_time = 2;
    Heap fewer(selection, 0s);
    fewer.feed({"2026-11-21T08:15:00Z", "2026-11-21T08:30:00Z"});
    CHECK(fewer.given == Texts{"2026-11-21T08:30:00Z"});
}

TEST_CASE("records without a time go with the one before them") {
    Heap all({}, 0s);
    all.feed({"", "2026-11-21T10:00:00Z", "", "2026-11-21T11:00:00Z"});
    CHECK(all.given.size() == 4);
    ProfileSelection selection;
    selection.from = at("2026-11-21T10:30:00Z");
    Heap part(selection, 0s);
    part.feed({"2026-11-21T10:00:00Z", "", "2026-11-21T11:00:00Z", ""});
    CHECK(part.given == Texts{"2026-11-21T11:00:00Z", ""});
}

TEST_CASE("what is missing is a gap with its ends: between, before the first and behind the last of a span") {
    ProfileSelection selection;
    selection.from = at("2026-11-21T09:00:00Z");
    selection.to = at("2026-11-21T12:00:00Z");
    Heap heap(selection, 900s);
    heap.feed({"2026-11-21T09:30:00Z", "2026-11-21T09:45:00Z", "2026-11-21T10:45:00Z"});
    heap.sieve.tell_end(at("2026-11-21T13:00:00Z"));
    CHECK(heap.gaps == Texts{"2026-11-21T09:00:00Z 2026-11-21T09:30:00Z", "2026-11-21T09:45:00Z 2026-11-21T10:45:00Z",
                             "2026-11-21T10:45:00Z 2026-11-21T12:00:00Z"});
    CHECK(heap.missing == std::vector<std::uint64_t>{2, 3, 5});
    Heap early(selection, 900s);
    early.feed({"2026-11-21T09:00:00Z"});
    early.sieve.tell_end(at("2026-11-21T11:00:00Z")); // the span is not over
    CHECK(early.gaps.empty());
    Heap none(selection, 900s);
    none.feed({});
    none.sieve.tell_end(at("2026-11-21T13:00:00Z"));
    CHECK(none.gaps == Texts{"2026-11-21T09:00:00Z 2026-11-21T12:00:00Z"});
}

TEST_CASE("a gap since an earlier run is told") {
    ProfileSelection selection;
    selection.after = ProfileMark{};
    selection.after->time = at("2026-11-21T08:00:00Z");
    selection.after->same_time = 1;
    Heap heap(selection, 900s);
    heap.feed({"2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z"});
    CHECK(heap.gaps == Texts{"2026-11-21T08:00:00Z 2026-11-21T09:00:00Z"});
}

TEST_CASE("an end without a fraction takes in all of its second") {
    ProfileSelection selection;
    selection.to = at("2026-11-21T10:00:00Z");
    Heap heap(selection, 0s);
    heap.feed({"2026-11-21T10:00:00.500Z", "2026-11-21T10:00:01Z"});
    CHECK(heap.given.size() == 1);
}

} // namespace
