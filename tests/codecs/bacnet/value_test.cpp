// Names, units, texts, dates, log records, refusals and segments: what the vectors do not reach.
#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/records.hpp"
#include "codecs/bacnet/segmentation.hpp"
#include "codecs/bacnet/values.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace meterctl::codecs::bacnet;
using bacnet_vectors::hex;
using bacnet_vectors::octets;
using meterctl::Bytes;
using meterctl::Unit;

TEST_CASE("BACnet names: tables are in order, and numbers go to names and back") {
    for (const auto& table : {names::properties, names::units, names::object_types, names::error_codes,
                              names::error_classes, names::reject_reasons, names::abort_reasons, names::reliabilities,
                              names::event_states, names::confirmed_services, names::services_supported}) {
        for (std::size_t at = 1; at < table.size(); ++at) { CHECK(table[at - 1].number < table[at].number); }
        for (const auto& row : table) {
            CHECK(names::find(table, row.number) == row.text);
            CHECK(row.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos);
        }
    }
    CHECK(names::find(names::properties, 85) == "present-value");
    CHECK(names::find(names::properties, 371) == "property-list");
    CHECK(names::find(names::properties, 372) == "serial-number");
    CHECK(names::find(names::properties, 507) == "device-uuid");
    CHECK(names::find(names::object_types, 56) == "network-port");
    CHECK(names::find(names::error_codes, 141) == "list-item-not-timestamped");
    CHECK(names::find(names::services_supported, 34) == "who-is");
    CHECK(names::find(names::services_supported, 35) == "read-range");
    CHECK(names::text(names::properties, 612, names::proprietary_properties) == "proprietary 612");
    CHECK(names::text(names::abort_reasons, 33) == "reserved 33");
}

TEST_CASE("BACnet units: those of meters go to ours, and ours back to one of them") {
    for (const auto& [number, unit] :
         {std::pair(19U, Unit::kilowatt_hour), std::pair(47U, Unit::watt), std::pair(5U, Unit::volt),
          std::pair(3U, Unit::ampere), std::pair(27U, Unit::hertz), std::pair(98U, Unit::percent),
          std::pair(243U, Unit::kilovar_hour), std::pair(240U, Unit::kilovolt_ampere_hour), std::pair(71U, Unit::hour),
          std::pair(72U, Unit::minute), std::pair(73U, Unit::second), std::pair(12U, Unit::kilovar),
          std::pair(9U, Unit::kilovolt_ampere)}) {
        CHECK(unit_of(number) == unit);
        CHECK(engineering_units_of(unit) == number);
    }
    CHECK(unit_of(204) == Unit::kilovar_hour);
    CHECK(unit_of(95) == Unit::none);
    CHECK_FALSE(unit_of(64).has_value()); // degrees Fahrenheit
}

TEST_CASE("BACnet text: character sets become UTF-8, what is not convertible stays octets with a flag") {
    const auto text = [](std::string_view content) {
        const auto value = decode_content(Application::character_string, octets(content));
        REQUIRE(value.has_value());
        return show(*value);
    };
    CHECK(text("00 48C3A9").value == meterctl::Value(std::string("H\xC3\xA9")));
    CHECK(text("03 00000041 0001F600").value == meterctl::Value(std::string("A\xF0\x9F\x98\x80")));
    CHECK(text("04 D83D DE00").value == meterctl::Value(std::string("\xF0\x9F\x98\x80")));
    for (const auto* const damaged : {"00 C3", "00 FF", "00 EDA080", "00 C0AF", "04 00", "04 D83D 0041", "03 00110000",
                                      "01 0352 41", "02 41", "09 41"}) {
        CAPTURE(damaged);
        CHECK(text(damaged).flags == std::vector<std::string>{"not_text"});
    }
}

TEST_CASE("BACnet numbers: the shortest form, and every width read") {
    for (const auto& [value, form] : {std::pair(0ULL, "2100"), std::pair(255ULL, "21FF"), std::pair(256ULL, "220100"),
                                      std::pair(16777216ULL, "2401000000"), std::pair(~0ULL, "2508FFFFFFFFFFFFFFFF")}) {
        CHECK(hex(encode_primitive(std::uint64_t{value})) == form);
    }
    for (const auto& [value, form] :
         {std::pair(0LL, "3100"), std::pair(127LL, "317F"), std::pair(128LL, "320080"), std::pair(-128LL, "3180"),
          std::pair(-129LL, "32FF7F"), std::pair(-32769LL, "33FF7FFF")}) {
        CHECK(hex(encode_primitive(std::int64_t{value})) == form);
        CHECK(std::get<std::int64_t>(decode_primitives(octets(form))->front()) == value);
    }
    CHECK(std::get<std::uint64_t>(decode_primitives(octets("23000001"))->front()) == 1);
    CHECK_FALSE(decode_primitives(octets("20")).has_value());
    CHECK_FALSE(decode_primitives(octets("2509000000000000000001")).has_value());
}

TEST_CASE("BACnet dates: open and repeating fields stay what they are") {
    CHECK(Date{126, 11, 21, 6}.text() == "2026-11-21");
    CHECK(Date{255, 13, 32, 255}.text() == "*-odd-last");
    CHECK(Time{17, 5, 255, 255}.text() == "17:05:*.*");
    const auto open = date_time({Date{126, 13, 34, 255}, Time{24, 0, 0, 0}});
    CHECK_FALSE(open.month.has_value());
    CHECK_FALSE(open.day.has_value());
    CHECK_FALSE(open.hour.has_value());
    const auto day = meterctl::DateTime::parse("2026-11-22T10:00:00");
    CHECK(date_and_time(*day)->date == Date{126, 11, 22, 7}); // a Sunday is 7
    CHECK_FALSE(date_and_time(*meterctl::DateTime::parse("1899-12-31")).has_value());
}

TEST_CASE("BACnet log records: every choice of the datum, there and back") {
    const DateAndTime when{Date{126, 11, 21, 6}, Time{10, 15, 0, 0}};
    const std::vector<LogRecord> records{
        {when, LogStatus{true, false, true}, {}},
        {when, Primitive(2.5F), StatusFlags{false, true, false, false}},
        {when, Primitive(true), {}},
        {when, Primitive(Enumerated{3}), {}},
        {when, Primitive(std::uint64_t{7}), {}},
        {when, Primitive(std::int64_t{-7}), {}},
        {when, Primitive(BitString{{true, false}}), {}},
        {when, Primitive(Null{}), {}},
        {when, AccessError{2, 32}, {}},
        {when, TimeChange{-3600.0F}, {}},
        {when, AnyValue{octets("7503004869")}, {}},
    };
    const auto encoded = encode(records);
    const auto decoded = decode_log_records(encoded);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == records);
    CHECK(hex(encode(std::vector{records[1]})) == "0EA47E0B1506B40A0F00000F1E2C402000001F2A0440");
    CHECK(hex(encode(std::vector{records[9]})) == "0EA47E0B1506B40A0F00000F1E9CC56100001F");
}

TEST_CASE("BACnet refusals: named, with what to try, and a code of their own") {
    const auto error = refusal(ErrorPdu{1, 12, 2, 32, {}});
    CHECK(error.category == meterctl::Category::refused);
    CHECK(error.what == "the device refused: property, unknown-property");
    CHECK(error.code == "bacnet.error.2.32");
    CHECK_FALSE(error.hints.empty());
    CHECK(refusal(RejectPdu{1, 9}).what == "the device rejected the request: unrecognized-service");
    CHECK(refusal(AbortPdu{true, 1, 4}).what == "the device aborted: segmentation-not-supported");
    CHECK(refusal(AbortPdu{true, 1, 200}).what == "the device aborted: proprietary 200");
    const auto write = decode_apdu(octets("500110 0E91029125 0F 1E 0C00800005 1955 1F"));
    REQUIRE(write.has_value());
    CHECK(std::get<ErrorPdu>(*write).error_code == 37);
}

TEST_CASE("BACnet segments: windows, a gap asked for once, repetitions passed over") {
    Bytes message(1000);
    for (std::size_t at = 0; at < message.size(); ++at) { message[at] = static_cast<std::uint8_t>(at * 7); }
    Segmentation sender(message, 100, 4);
    Reassembly receiver(3);
    REQUIRE(sender.due().size() == 1); // the first one alone
    const auto first = receiver.receive(sender.due()[0].segment, sender.due()[0].data);
    CHECK(first->acknowledge);
    CHECK(first->window == 3); // the receiver's own is smaller
    sender.acknowledge(first->sequence, first->window);
    const auto window = sender.due();
    REQUIRE(window.size() == 3);
    CHECK_FALSE(receiver.receive(window[0].segment, window[0].data)->acknowledge);
    const auto gap = receiver.receive(window[2].segment, window[2].data); // 2 is lost
    CHECK(gap->negative);
    CHECK(gap->sequence == 1);
    CHECK_FALSE(receiver.receive(window[0].segment, window[0].data)->acknowledge); // again
    sender.acknowledge(gap->sequence, gap->window);
    bool complete = false;
    for (int round = 0; round < 20 && !complete; ++round) {
        for (const auto& part : sender.due()) {
            const auto step = receiver.receive(part.segment, part.data);
            REQUIRE(step.has_value());
            complete = step->complete;
            if (step->acknowledge) { sender.acknowledge(step->sequence, step->window); }
        }
    }
    CHECK(complete);
    CHECK(sender.done());
    CHECK(receiver.data() == message);
}

TEST_CASE("BACnet segments: more than 256 of them, and no message past the limit") {
    const Bytes message(5000, 0x55);
    Segmentation sender(message, 10, 16);
    Reassembly receiver(16);
    for (int round = 0; round < 1000 && !sender.done(); ++round) {
        for (const auto& part : sender.due()) {
            const auto step = receiver.receive(part.segment, part.data);
            REQUIRE(step.has_value());
            if (step->acknowledge) {
                sender.acknowledge(step->sequence, step->window);
                break;
            }
        }
    }
    CHECK(receiver.data() == message);
    Reassembly small(4, 15);
    CHECK(small.receive({true, 0, 4}, Bytes(10)).has_value());
    CHECK_FALSE(small.receive({true, 1, 4}, Bytes(10)).has_value());
    CHECK_FALSE(Reassembly(4).receive({true, 3, 4}, Bytes(10)).has_value());
}
