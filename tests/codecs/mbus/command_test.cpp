#include "codecs/mbus/command.hpp"

#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/telegram.hpp"
#include "tests/codecs/mbus/vectors.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>

namespace {

namespace mbus = meterctl::codecs::mbus;
using mbus_vectors::octets;
using meterctl::Bytes;
using meterctl::DateTime;

std::string hex_of(const mbus::Command& command) {
    Bytes all{command.ci};
    all.insert(all.end(), command.data.begin(), command.data.end());
    return meterctl::to_hex(all, "");
}

TEST_CASE("commands are sent as the documentation prints them") {
    CHECK(hex_of(mbus::reset_application()) == "50");
    CHECK(hex_of(mbus::reset_application(0x10)) == "5010");
    CHECK(hex_of(*mbus::set_primary_address(8)) == "51017A08");
    CHECK(hex_of(*mbus::set_identification("01020304")) == "510C7904030201");
    CHECK(hex_of(*mbus::set_baud(300)) == "B8");
    CHECK(hex_of(*mbus::set_baud(9600)) == "BD");
    CHECK(hex_of(*mbus::set_baud(38400)) == "BF");
    CHECK(hex_of(mbus::global_readout()) == "517F");
    CHECK(hex_of(*mbus::set_clock(*DateTime::parse("2018-12-31T12:30:00"))) == "51046D1E2C5F2C");
    CHECK(hex_of(*mbus::set_clock(*DateTime::parse("2018-12-31T12:30:42"), true)) == "51066D2A1E0C5F2C00");
    const std::vector<Bytes> wanted{octets("C43F7E"), octets("0413"), octets("DA023B")};
    CHECK(hex_of(*mbus::select_records(wanted)) == "51C83F7E0813D8023B");
    CHECK(hex_of(mbus::select(*mbus::parse_selection("12345678-INM-01-02"))) == "5278563412CD250102");
    CHECK(hex_of(mbus::select(*mbus::parse_selection("1FFFFFFF"))) == "52FFFFFF1FFFFFFFFF");
}

TEST_CASE("commands that no slave could take are refused") {
    CHECK(mbus::set_primary_address(251).error().category == meterctl::Category::usage);
    CHECK(mbus::set_baud(115200).error().category == meterctl::Category::usage);
    CHECK(mbus::set_identification("1234567").error().category == meterctl::Category::usage);
    CHECK(mbus::set_identification("1234567A").error().category == meterctl::Category::usage);
    CHECK_FALSE(mbus::set_clock(*DateTime::parse("2018-12-31")));
    CHECK_FALSE(mbus::raw_command(""));
    CHECK(hex_of(*mbus::raw_command("51 01 7A 08")) == "51017A08");
}

TEST_CASE("commands of the vectors are what the codec makes of the same wishes") {
    for (const auto& vector : mbus_vectors::extra("commands.json")) {
        CAPTURE(vector.name);
        const auto frame = mbus::decode(vector.octets);
        REQUIRE_MESSAGE(frame.has_value(), (frame ? "" : frame.error().what));
        if (frame->ci == mbus::ci::selection && frame->kind != mbus::FrameKind::short_frame) {
            const auto selection = mbus::decode_selection(frame->data);
            REQUIRE(selection.has_value());
            CHECK(mbus::encode_selection(*selection) == Bytes(frame->data.begin(), frame->data.end()));
            const auto fields = vector.entry.value("fields", mbus_vectors::Json::object());
            CHECK(mbus::id_text(selection->wanted.id) == fields.value("id", mbus::id_text(selection->wanted.id)));
        }
        const auto again = frame->kind == mbus::FrameKind::short_frame
                               ? mbus::encode_short(frame->control, frame->address)
                               : *mbus::encode_long(frame->control, frame->address, frame->ci, frame->data);
        CHECK(again == vector.octets);
    }
}

TEST_CASE("a selection means the slaves that agree in every digit that is no wildcard") {
    const mbus::Identity meter{0x12345678, 0x25CD, 0x01, 0x02};
    struct Row {
        const char* text;
        bool meant;
    };
    constexpr Row rows[] = {
        {"12345678", true},           {"FFFFFFFF", true},         {"1FFFFFFF", true},
        {"2FFFFFFF", false},          {"FFFFFFF8", true},         {"FFFFFFF9", false},
        {"12345678-INM-01-02", true}, {"12345678-*-*-02", true},  {"12345678-ABB-01-02", false},
        {"12345678-INM-02-*", false}, {"12345678CD250102", true}, {"12345678FFFFFFFF", true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto selection = mbus::parse_selection(row.text);
        REQUIRE(selection.has_value());
        CHECK(mbus::matches(*selection, meter) == row.meant);
        CHECK(*mbus::parse_selection(mbus::selection_text(*selection)) == *selection);
    }
    for (const char* const wrong : {"", "1234567", "123456789", "12345678-INM", "12345678-1NM!-01-02", "1234567G"}) {
        CAPTURE(wrong);
        CHECK(mbus::parse_selection(wrong).error().category == meterctl::Category::usage);
    }
}

TEST_CASE("manufacturers are three letters of five bits, status bits are words") {
    CHECK(mbus::manufacturer_text(0x25CD) == "INM");
    CHECK(mbus::manufacturer_code("INM") == 0x25CD);
    CHECK(mbus::manufacturer_code("inm") == 0x25CD);
    CHECK_FALSE(mbus::manufacturer_code("IN"));
    CHECK(mbus::status_text(0x00) == "no error");
    CHECK(mbus::status_text(0x01) == "application busy");
    CHECK(mbus::status_text(0x1C) == "power low, permanent error, temporary error");
    CHECK(mbus::status_text(0x42) == "application error, bit 6");
    CHECK(mbus::medium_name(0x02) == "electricity");
    CHECK(mbus::medium_name(0x37) == "radio converter (meter side)");
    CHECK(mbus::medium_name(0x3F).empty());
}

TEST_CASE("telegrams of a slave are encoded to what they decode to") {
    mbus::Header header;
    header.identity = {0x12345678, 0x25CD, 1, 2};
    header.access = 7;
    header.status = 4;
    const auto data = mbus::encode_variable(header, octets("041301000000"), true);
    const auto telegram = mbus::decode_telegram(0x72, data);
    REQUIRE(telegram.has_value());
    const auto& variable = std::get<mbus::VariableData>(*telegram);
    CHECK(variable.header.identity == header.identity);
    CHECK(variable.header.access == 7);
    CHECK(variable.header.status == 4);
    CHECK(variable.content.more_follows);
    CHECK(variable.content.records.size() == 1);
    // The documentation's example of fixed data, clause 6.3.2.
    const auto fixed = mbus::encode_fixed(0x12345678, 0x0A, 0x00, 0x7EE9, 0x00000001, 0x00000135);
    CHECK(meterctl::to_hex(fixed, "") == "785634120A00E97E0100000035010000");
    const auto decoded = mbus::decode_telegram(0x73, fixed);
    const auto& counters = std::get<mbus::FixedData>(*decoded).counters;
    CHECK(counters[0].value.number() == meterctl::Decimal{1, 0});
    CHECK(counters[1].value.number() == meterctl::Decimal{135, 0});
    CHECK(counters[1].unit == meterctl::Unit::litre);
    CHECK(counters[1].historic);
    CHECK(std::get<mbus::FixedData>(*decoded).medium == mbus::medium::water);
}

TEST_CASE("application errors and alarms are told in words; what is unknown is shown raw") {
    CHECK(mbus::application_error_text(std::nullopt) == "unspecified error");
    CHECK(mbus::application_error_text(8) == "the application is too busy for a readout");
    const auto error = std::get<mbus::ApplicationError>(*mbus::decode_telegram(0x70, octets("08")));
    CHECK(mbus::refusal(error).category == meterctl::Category::refused);
    CHECK(mbus::refusal(error).code == "mbus.application_error.8");
    CHECK(std::get<mbus::Alarm>(*mbus::decode_telegram(0x71, octets("01"))).state == 1);
    const auto data = octets("0102");
    const auto unknown = std::get<mbus::Unknown>(*mbus::decode_telegram(0xA1, data));
    CHECK(unknown.ci == 0xA1);
    CHECK(unknown.data.size() == 2);
    CHECK(mbus::ci_name(0xA1) == "manufacturer specific");
    CHECK(mbus::ci_name(0xBD) == "set baud rate 9600");
    CHECK(mbus::ci_name(0x20).empty());
}

} // namespace
