// Trend logs of devices that know no sequence numbers, no times, or not so many records at once. ASHRAE 135,
// clause 15.8.
#include "codecs/bacnet/records.hpp"
#include "sessions/bacnet/session.hpp"
#include "src/core/profile.hpp"
#include "tests/sessions/bacnet/scripted_peer.hpp"

using namespace meterctl;
using namespace meterctl::tests;

namespace {

constexpr std::uint32_t held_records = 20, total_records = 120;

/// A log of 20 records, one a minute from 10:00, whose values are their numbers; each ReadRange is answered as it may
/// be.
struct Log {
    bool by_sequence = true, by_time = true;
    std::uint32_t most = 1000; ///< records in one answer; more are aborted
    std::vector<bacnet::ReadRange> ranges{};

    static bacnet::LogRecord record(std::uint32_t number) {
        bacnet::LogRecord record;
        const auto minute = static_cast<std::uint8_t>(number - (total_records - held_records + 1));
        record.timestamp.date = bacnet::Date{126, 11, 21, 6};
        record.timestamp.time = bacnet::Time{10, minute, 0, 0};
        record.datum = bacnet::Primitive(static_cast<float>(number));
        return record;
    }

    Answers operator()(const bacnet::Apdu& apdu) {
        const auto& request = request_in(apdu);
        switch (static_cast<bacnet::ConfirmedService>(request.service)) {
        case bacnet::ConfirmedService::read_property_multiple: {
            std::vector<bacnet::ReadResult> results;
            const auto asked = bacnet::decode_read_property_multiple(request.data);
            for (const auto& access : *asked) {
                bacnet::ReadResult result;
                result.object = access.object;
                for (const auto& property : access.properties) { result.properties.push_back(value_of(property)); }
                results.push_back(result);
            }
            return {ack_of(request, bacnet::encode(results))};
        }
        case bacnet::ConfirmedService::read_range:
            return range(request, *bacnet::decode_read_range(request.data));
        default:
            return {error_of(request, 2, 32)};
        }
    }

    static bacnet::PropertyResult value_of(const bacnet::PropertyReference& property) {
        constexpr std::uint32_t record_count = 141, total_record_count = 145;
        bacnet::PropertyResult result;
        result.property = property;
        if (property.property == record_count) {
            result.result = bacnet::encode_primitive(std::uint64_t{held_records});
        } else if (property.property == total_record_count) {
            result.result = bacnet::encode_primitive(std::uint64_t{total_records});
        } else {
            result.result = bacnet::AccessError{2, 32};
        }
        return result;
    }

    Answers range(const bacnet::ConfirmedRequest& request, const bacnet::ReadRange& asked) {
        ranges.push_back(asked);
        std::uint32_t first = 0;
        std::int32_t count = 0;
        if (const auto* sequence = std::get_if<bacnet::RangeBySequence>(&asked.range)) {
            if (!by_sequence) { return {error_of(request, 5, 140)}; }
            first = sequence->reference;
            count = sequence->count;
        } else if (const auto* position = std::get_if<bacnet::RangeByPosition>(&asked.range)) {
            first = position->reference + total_records - held_records;
            count = position->count;
        } else if (const auto* time = std::get_if<bacnet::RangeByTime>(&asked.range)) {
            if (!by_time) { return {error_of(request, 5, 141)}; }
            first = total_records - held_records + 1;
            while (first <= total_records && record(first).timestamp.time.minute <= time->time.minute) { ++first; }
            count = time->count;
        }
        REQUIRE(count > 0);
        if (static_cast<std::uint32_t>(count) > most) { return {abort_of(request, 4)}; }
        std::vector<bacnet::LogRecord> records;
        for (std::int32_t i = 0; i < count && first + static_cast<std::uint32_t>(i) <= total_records; ++i) {
            records.push_back(record(first + static_cast<std::uint32_t>(i)));
        }
        bacnet::ReadRangeAck ack;
        ack.object = asked.object;
        ack.property = asked.property;
        ack.item_count = static_cast<std::uint32_t>(records.size());
        ack.items = bacnet::encode(records);
        const bool numbered = !std::holds_alternative<bacnet::RangeByPosition>(asked.range);
        if (numbered && !records.empty()) { ack.first_sequence = first; }
        return {ack_of(request, bacnet::encode(ack))};
    }
};

std::vector<ProfileRecord> fetch(Log& log, const sessions::ProfileSelection& selection) {
    Peer peer([&log](const bacnet::Apdu& apdu) { return log(apdu); });
    auto session = sessions::bacnet::open_session(peer, {});
    REQUIRE(session.has_value());
    catalogue::Profile profile;
    profile.name = profile.address = "trend-log:1";
    std::vector<ProfileRecord> records;
    sessions::ProfileSink sink;
    sink.record = [&records](ProfileRecord&& record) {
        records.push_back(std::move(record));
        return true;
    };
    const auto done = transports::run(peer.loop(), (*session)->profile(profile, selection, sink));
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
    return records;
}

/// Numbers one behind the other, each with its own value.
void check(const std::vector<ProfileRecord>& records, std::uint64_t first, std::uint64_t last) {
    REQUIRE(records.size() == last - first + 1);
    for (std::size_t i = 0; i < records.size(); ++i) {
        CHECK(records[i].sequence == first + i);
        REQUIRE(records[i].values.size() == 1);
        CHECK(records[i].values[0].number() == Decimal{static_cast<Int128>(first + i), 0});
    }
}

DateTime at(const char* text) {
    const auto time = DateTime::parse(text);
    REQUIRE(time.has_value());
    return *time;
}

} // namespace

TEST_CASE("a log is read alike by sequence number and, where the device refuses that, by position") {
    for (const bool by_sequence : {true, false}) {
        CAPTURE(by_sequence);
        Log all{by_sequence}, last{by_sequence}, entries{by_sequence};
        check(fetch(all, {}), 101, 120);
        sessions::ProfileSelection selection;
        selection.last = 5;
        check(fetch(last, selection), 116, 120);
        sessions::ProfileSelection positions;
        positions.entries.emplace(3, 6);
        check(fetch(entries, positions), 103, 106);
        const bool positioned = std::holds_alternative<bacnet::RangeByPosition>(all.ranges.back().range);
        CHECK(positioned == !by_sequence);
    }
}

TEST_CASE("from and to are the same records whether the device knows ranges by time or not") {
    for (const bool by_time : {true, false}) {
        for (const bool by_sequence : {true, false}) {
            CAPTURE(by_time);
            CAPTURE(by_sequence);
            Log log{by_sequence, by_time};
            sessions::ProfileSelection selection;
            selection.from = at("2026-11-21T10:04:00");
            selection.to = at("2026-11-21T10:09:00");
            check(fetch(log, selection), 105, 110);
        }
    }
}

TEST_CASE("a device that aborts for the length of its answer is asked for fewer records, and all come") {
    Log log;
    log.most = 3;
    check(fetch(log, {}), 101, 120);
    std::size_t too_many = 0;
    for (const auto& range : log.ranges) {
        const auto* sequence = std::get_if<bacnet::RangeBySequence>(&range.range);
        too_many += sequence != nullptr && sequence->count > 3 ? 1U : 0U;
    }
    CHECK(too_many <= 4);
}
