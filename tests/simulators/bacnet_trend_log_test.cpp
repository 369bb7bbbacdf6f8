// The virtual S4100's trend logs: filling, reading, and what is recorded beside values. ASHRAE 135, 12.25 and 15.8.
#include "tests/simulators/bacnet_asker.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace std::chrono_literals;
using test::BacnetAsker;
namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint64_t buffer_size = 5760;

/// A subinterval of 15 min each quarter of a second, and this many records at first.
simulators::Options with_history(const char* records) {
    auto options = BacnetAsker::running(3600);
    options.extras["history"] = records;
    return options;
}

bacnet::ReadRange log_range(std::uint32_t instance = 1) {
    bacnet::ReadRange service;
    service.object = {20, instance};
    service.property.property = 131;
    return service;
}

bacnet::ReadRange by_sequence(std::uint32_t reference, std::int32_t count, std::uint32_t instance = 1) {
    auto service = log_range(instance);
    service.range = bacnet::RangeBySequence{reference, count};
    return service;
}

bacnet::ReadRange by_position(std::uint32_t reference, std::int32_t count) {
    auto service = log_range();
    service.range = bacnet::RangeByPosition{reference, count};
    return service;
}

std::vector<bacnet::LogRecord> records_of(const bacnet::ReadRangeAck& ack) {
    const auto records = bacnet::decode_log_records(ack.items);
    REQUIRE(records.has_value());
    REQUIRE(records->size() == ack.item_count);
    return *records;
}

float value_of(const bacnet::LogRecord& record) {
    const auto* primitive = std::get_if<bacnet::Primitive>(&record.datum);
    REQUIRE(primitive != nullptr);
    REQUIRE(std::holds_alternative<float>(*primitive));
    return std::get<float>(*primitive);
}

std::string stamp_of(const bacnet::LogRecord& record) {
    return record.timestamp.date.text() + " " + record.timestamp.time.text();
}

} // namespace

TEST_CASE("the logs are as delivered: KWh_Import, KWh_Export and the present demand, every 15 minutes") {
    BacnetAsker asker;
    constexpr std::uint32_t sources[] = {2, 3, 19};
    for (std::uint32_t log = 1; log <= 3; ++log) {
        const std::string at = "trend-log:" + std::to_string(log) + "/";
        const auto source =
            bacnet::decode_device_object_property_reference(asker.read_octets(at + "log-device-object-property"));
        REQUIRE(source.has_value());
        CHECK(source->object == bacnet::ObjectId{0, sources[log - 1]});
        CHECK(source->property.property == 85);
        CHECK(asker.natural(at + "log-interval") == 90000);
        CHECK(asker.natural(at + "buffer-size") == buffer_size);
        CHECK(asker.natural(at + "record-count") == buffer_size);
        CHECK(asker.natural(at + "total-record-count") > buffer_size);
        CHECK(asker.read<bool>(at + "enable"));
        CHECK_FALSE(asker.read<bool>(at + "stop-when-full"));
    }
    CHECK(asker.try_read("trend-log:1/log-buffer") == "error 2 27"); // by ReadRange only
}

TEST_CASE("a log fills with time: a record each interval, in order, with the register's value of that time") {
    BacnetAsker asker(with_history("0"));
    CHECK(asker.natural("trend-log:1/record-count") == 0);
    const float before = asker.real("analog-input:2");
    asker.wait(1000ms);
    CHECK(asker.natural("trend-log:1/record-count") == 4);
    CHECK(asker.natural("trend-log:3/total-record-count") == 4);
    const auto ack = asker.range(by_position(1, 10));
    REQUIRE(ack.has_value());
    CHECK(ack->first_item);
    CHECK(ack->last_item);
    CHECK_FALSE(ack->more_items);
    const auto records = records_of(*ack);
    REQUIRE(records.size() == 4);
    CHECK(stamp_of(records[0]) == "2026-01-01 12:15:00.00");
    CHECK(stamp_of(records[3]) == "2026-01-01 13:00:00.00");
    float last = before;
    for (const auto& record : records) {
        CHECK(value_of(record) >= last);
        last = value_of(record);
        REQUIRE(record.status.has_value());
        CHECK_FALSE(record.status->fault);
    }
    CHECK(last == asker.real("analog-input:2"));
}

TEST_CASE("the records of the days before lead up to the registers of today") {
    BacnetAsker asker;
    const auto total = static_cast<std::uint32_t>(asker.natural("trend-log:1/total-record-count"));
    const auto newest = asker.range(by_sequence(total, -1));
    REQUIRE(newest.has_value());
    CHECK(newest->last_item);
    CHECK(newest->first_sequence == total);
    const auto record = records_of(*newest);
    CHECK(value_of(record.front()) == asker.real("analog-input:2"));
    const auto oldest = asker.range(by_sequence(total - static_cast<std::uint32_t>(buffer_size) + 1, 1));
    REQUIRE(oldest.has_value());
    CHECK(oldest->first_item);
    CHECK(value_of(records_of(*oldest).front()) < value_of(record.front()));
    CHECK(stamp_of(records_of(*oldest).front()) == "2025-11-02 12:00:00.00");
}

TEST_CASE("an answer holds as many records as an APDU of 480 octets, and says that there are more") {
    BacnetAsker asker;
    const auto total = static_cast<std::uint32_t>(asker.natural("trend-log:1/total-record-count"));
    std::uint32_t next = total - 99;
    std::size_t requests = 0;
    float last = 0;
    std::string before;
    while (next <= total) {
        const auto ack = asker.range(by_sequence(next, static_cast<std::int32_t>(total - next + 1)));
        REQUIRE(ack.has_value());
        REQUIRE(ack->first_sequence == next);
        const auto records = records_of(*ack);
        for (const auto& record : records) {
            CHECK(value_of(record) >= last);
            CHECK(stamp_of(record) > before);
            last = value_of(record);
            before = stamp_of(record);
        }
        next += ack->item_count;
        CHECK(ack->more_items == (next <= total));
        ++requests;
    }
    CHECK(next == total + 1);
    CHECK(requests == 5); // 20 records of 22 octets each
}

TEST_CASE("records are found by position, by sequence number and by time, forwards and backwards") {
    BacnetAsker asker(with_history("0"));
    asker.real("analog-input:2");
    asker.wait(2500ms); // ten records, 12:15 to 14:30
    struct Case {
        const char* what;
        bacnet::ReadRange service;
        std::uint32_t count;
        const char* first;
        std::optional<std::uint32_t> sequence;
    };
    auto newer = log_range(), older = log_range(), all = log_range();
    newer.range = bacnet::RangeByTime{{126, 1, 1, 0xFF}, {13, 0, 0, 0}, 3};
    older.range = bacnet::RangeByTime{{126, 1, 1, 0xFF}, {13, 0, 0, 0}, -2};
    const Case cases[] = {
        {"all", all, 10, "12:15:00.00", {}},
        {"from the third", by_position(3, 2), 2, "12:45:00.00", {}},
        {"up to the third", by_position(3, -2), 2, "12:30:00.00", {}},
        {"more than there are before", by_position(2, -9), 2, "12:15:00.00", {}},
        {"more than there are behind", by_position(9, 9), 2, "14:15:00.00", {}},
        {"beyond the end", by_position(11, 1), 0, "", {}},
        {"by number", by_sequence(4, 2), 2, "13:00:00.00", 4},
        {"back from a number", by_sequence(10, -3), 3, "14:00:00.00", 8},
        {"a number that is not there yet", by_sequence(11, 1), 0, "", {}},
        {"newer than a time", newer, 3, "13:15:00.00", 5},
        {"older than a time", older, 2, "12:30:00.00", 2},
    };
    for (const Case& one : cases) {
        CAPTURE(one.what);
        const auto ack = asker.range(one.service);
        REQUIRE(ack.has_value());
        CHECK(ack->item_count == one.count);
        CHECK(ack->first_sequence == one.sequence);
        if (one.count > 0) { CHECK(records_of(*ack).front().timestamp.time.text() == one.first); }
    }
    CHECK(asker.range(by_position(1, 0)).error() == "error 5 80");
}

TEST_CASE("a full log overwrites its oldest records, and their numbers are gone") {
    BacnetAsker asker(BacnetAsker::running(3600));
    const auto total = static_cast<std::uint32_t>(asker.natural("trend-log:1/total-record-count"));
    const std::uint32_t oldest = total - static_cast<std::uint32_t>(buffer_size) + 1;
    CHECK(asker.range(by_sequence(oldest, 1))->item_count == 1);
    asker.wait(1000ms);
    CHECK(asker.natural("trend-log:1/record-count") == buffer_size);
    CHECK(asker.natural("trend-log:1/total-record-count") == total + 4);
    CHECK(asker.range(by_sequence(oldest, 1))->item_count == 0);
    CHECK(asker.range(by_sequence(oldest + 4, 1))->first_sequence == oldest + 4);
}

TEST_CASE("a log that stops when full turns its enable off") {
    auto options = with_history("5759");
    BacnetAsker asker(options);
    CHECK(asker.write("trend-log:1/stop-when-full", true) == "ok");
    asker.wait(250ms);
    CHECK(asker.natural("trend-log:2/record-count") == buffer_size);
    CHECK(asker.read<bool>("trend-log:1/enable"));
    asker.wait(1000ms);
    CHECK_FALSE(asker.read<bool>("trend-log:1/enable"));
    CHECK_FALSE(asker.read<bool>("trend-log:3/enable")); // they share every setting but the source
    CHECK(asker.natural("trend-log:1/total-record-count") == buffer_size);
}

TEST_CASE("starting, stopping, emptying and setting the clock are recorded") {
    BacnetAsker asker(with_history("0"));
    asker.real("analog-input:2");
    CHECK(asker.write("trend-log:1/enable", false) == "ok");
    asker.wait(1000ms);
    CHECK(asker.natural("trend-log:1/record-count") == 1);
    CHECK(asker.write("trend-log:1/enable", true) == "ok");
    bacnet::UnconfirmedRequest pdu;
    pdu.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::time_synchronization);
    bacnet::TimeSynchronization service;
    service.date = {126, 1, 1, 4};
    service.time = {12, 59, 0, 0}; // it is 13:00
    pdu.data = bacnet::encode(service);
    asker.ask(pdu);
    auto records = records_of(asker.range(by_position(1, 10)).value());
    REQUIRE(records.size() == 3);
    REQUIRE(std::holds_alternative<bacnet::LogStatus>(records[0].datum));
    CHECK(std::get<bacnet::LogStatus>(records[0].datum).disabled);
    CHECK_FALSE(std::get<bacnet::LogStatus>(records[1].datum).disabled);
    REQUIRE(std::holds_alternative<bacnet::TimeChange>(records[2].datum));
    CHECK(std::get<bacnet::TimeChange>(records[2].datum).seconds == -60.0F);
    CHECK(asker.write("trend-log:2/record-count", std::uint64_t{3}) == "error 2 37");
    CHECK(asker.write("trend-log:2/record-count", std::uint64_t{0}) == "ok");
    records = records_of(asker.range(by_position(1, 10)).value());
    REQUIRE(records.size() == 1);
    CHECK(std::get<bacnet::LogStatus>(records[0].datum).purged);
    CHECK(asker.natural("trend-log:1/total-record-count") == 4);
}

TEST_CASE("what a log records can be chosen among AI1 to AI75") {
    BacnetAsker asker(with_history("8"));
    const auto source = [](std::uint16_t type, std::uint32_t instance, std::uint32_t property) {
        bacnet::DeviceObjectPropertyReference reference;
        reference.object = {type, instance};
        reference.property.property = property;
        return bacnet::encode(reference);
    };
    const char* at = "trend-log:1/log-device-object-property";
    CHECK(asker.write_octets(at, source(0, 76, 85)) == "error 2 37");
    CHECK(asker.write_octets(at, source(2, 3, 85)) == "error 2 37");
    CHECK(asker.write_octets(at, source(0, 70, 103)) == "error 2 37");
    CHECK(asker.write(at, 70.0F) == "error 2 9");
    CHECK(asker.natural("trend-log:1/record-count") == 8);
    CHECK(asker.write_octets(at, source(0, 70, 85)) == "ok");
    asker.wait(250ms);
    const auto records = records_of(asker.range(by_position(1, 10)).value());
    REQUIRE(records.size() == 2);
    CHECK(std::get<bacnet::LogStatus>(records[0].datum).purged);
    CHECK(value_of(records[1]) == asker.real("analog-input:70"));
    CHECK(asker.natural("trend-log:2/record-count") == 9);
}

TEST_CASE("the log interval and AV11 are one, and writing it empties the logs and the present demands") {
    BacnetAsker asker(with_history("8"));
    CHECK(asker.write("trend-log:2/log-interval", std::uint64_t{6000}) == "ok"); // one minute
    CHECK(asker.real("analog-value:11") == 6000.0F);
    CHECK(asker.natural("trend-log:1/log-interval") == 6000);
    CHECK(asker.natural("trend-log:1/record-count") == 0);
    CHECK(asker.real("analog-input:19") == 0.0F);
    asker.wait(1000ms);
    CHECK(asker.natural("trend-log:1/record-count") == 60);
    CHECK(asker.write("trend-log:2/log-interval", std::uint64_t{6050}) == "error 2 37");
    CHECK(asker.write("trend-log:2/log-interval", 6000.0F) == "error 2 9");
}

TEST_CASE("without an interval a record is made by the command alone") {
    BacnetAsker asker(with_history("0"));
    CHECK(asker.write("trend-log:1/log-interval", std::uint64_t{0}) == "ok");
    asker.wait(30000ms);
    CHECK(asker.natural("trend-log:1/record-count") == 0);
    CHECK(asker.write("analog-value:1", 21211.0F) == "ok");
    asker.wait(1000ms);
    CHECK(asker.natural("trend-log:1/record-count") == 1);
    CHECK(asker.real("analog-input:19") > 0.0F);
}

TEST_CASE("nothing is recorded before the start and from the stop time on") {
    BacnetAsker asker(with_history("0"));
    const auto at = [](std::uint8_t hour, std::uint8_t minute) {
        bacnet::DateAndTime time;
        time.date = {126, 1, 1, 4};
        time.time = {hour, minute, 0, 0};
        return bacnet::encode(time);
    };
    CHECK(asker.write_octets("trend-log:1/start-time", at(12, 30)) == "ok");
    CHECK(asker.write_octets("trend-log:1/stop-time", at(13, 0)) == "ok");
    asker.wait(5000ms);
    const auto records = records_of(asker.range(by_position(1, 10)).value());
    REQUIRE(records.size() == 2);
    CHECK(stamp_of(records[0]) == "2026-01-01 12:30:00.00");
    CHECK(stamp_of(records[1]) == "2026-01-01 12:45:00.00");
}
