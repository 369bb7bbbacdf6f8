#include "codecs/iec62056_21/data_set.hpp"
#include "codecs/iec62056_21/decoders.hpp"
#include "codecs/iec62056_21/stream.hpp"
#include "tests/codecs/iec62056_21/vectors.hpp"

#include <doctest/doctest.h>

namespace iec = meterctl::codecs::iec62056_21;
using iec_vectors::Json;
using meterctl::ByteView;
using meterctl::codecs::DecodedFrame;

namespace {

std::vector<DecodedFrame> decoded(ByteView octets, std::size_t piece) {
    std::vector<DecodedFrame> frames;
    const auto sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    iec::MessageStream stream{meterctl::codecs::DecodeOptions{}};
    while (!octets.empty()) {
        const auto part = octets.first(std::min(piece, octets.size()));
        stream.feed(part, {}, sink);
        octets = octets.subspan(part.size());
    }
    stream.finish(sink);
    return frames;
}

/// `id(value*unit)(value)` as the vector has it.
std::string text_of(const Json& set) {
    std::string text = set.at("id").get<std::string>();
    for (const auto& group : set.at("values")) {
        text += "(" + group.at("value").get<std::string>();
        if (group.contains("unit")) { text += "*" + group.at("unit").get<std::string>(); }
        text += ")";
    }
    return text;
}

/// The vectors hold characters, one an octet.
std::string latin1(const meterctl::Bytes& octets) {
    std::string text;
    for (const std::uint8_t octet : octets) {
        if (octet < 0x80) {
            text += static_cast<char>(octet);
        } else {
            text += static_cast<char>(0xC0 | (octet >> 6U));
            text += static_cast<char>(0x80 | (octet & 0x3FU));
        }
    }
    return text;
}

/// A vector describes its last readout where the stream begins in the middle, or the octets behind their parity.
const Json& expected(const iec_vectors::Vector& vector) {
    return vector.expect.contains("then") ? vector.expect.at("then") : vector.expect;
}

const DecodedFrame* last_data(const std::vector<DecodedFrame>& frames) {
    const DecodedFrame* found = nullptr;
    for (const auto& frame : frames) {
        if (frame.summary.starts_with("data")) { found = &frame; }
    }
    return found;
}

meterctl::Bytes seven_bits(const meterctl::Bytes& octets) {
    meterctl::Bytes out;
    for (const std::uint8_t octet : octets) { out.push_back(octet & 0x7FU); }
    return out;
}

void check_data(const Json& expect, std::string_view block) {
    const auto found = iec::parse_block(block);
    CHECK(found.end_mark == expect.at("end_mark").get<bool>());
    std::vector<Json> sets, others;
    for (const auto& one : expect.at("data")) { (one.contains("left_over") ? others : sets).push_back(one); }
    REQUIRE(found.sets.size() == sets.size());
    for (std::size_t i = 0; i < sets.size(); ++i) {
        CHECK(iec::to_text(found.sets[i]) == text_of(sets[i]));
        CHECK(block.substr(found.sets[i].offset, found.sets[i].length) == text_of(sets[i]));
    }
    REQUIRE(found.others.size() == others.size());
    for (std::size_t i = 0; i < others.size(); ++i) {
        CHECK(found.others[i].text == others[i].at("left_over").get<std::string>());
    }
}

bool check_is_good(const Json& expect) {
    const auto& bcc = expect.at("bcc");
    return bcc.is_null() || (bcc.is_object() && bcc.at("ok").get<bool>());
}

} // namespace

TEST_CASE("each readout's data sets are those of its vector, whole and octet by octet") {
    for (const auto& vector : iec_vectors::vectors("readouts.json")) {
        CAPTURE(vector.name);
        const Json& expect = expected(vector);
        for (const std::size_t piece : {std::size_t{1} << 20U, std::size_t{1}}) {
            CAPTURE(piece);
            const auto frames = decoded(vector.octets, piece);
            const auto* const data = last_data(frames);
            REQUIRE(data != nullptr);
            CHECK(data->error.has_value() == !check_is_good(expect));
            const bool parity = vector.expect.contains("parity_in_bit_7");
            const auto octets = parity ? seven_bits(data->octets) : data->octets;
            const auto block = iec::take_apart(octets);
            REQUIRE(block.has_value());
            const auto* const message = std::get_if<iec::Data>(&block->message);
            REQUIRE(message != nullptr);
            const meterctl::Bytes raw(message->block.begin(), message->block.end());
            check_data(expect,
                       parity || message->block.find('\xE4') == std::string::npos ? message->block : latin1(raw));
        }
    }
}

TEST_CASE("a readout's octets are all handed on once, in order, with its identification") {
    for (const auto& vector : iec_vectors::vectors("readouts.json")) {
        CAPTURE(vector.name);
        const auto frames = decoded(vector.octets, 7);
        meterctl::Bytes joined;
        std::string identification;
        for (const auto& frame : frames) {
            CHECK(frame.offset == joined.size());
            joined.insert(joined.end(), frame.octets.begin(), frame.octets.end());
            for (const auto& field : frame.fields) {
                if (field.name == "identification") { identification = field.value.to_string(); }
            }
        }
        CHECK(joined == vector.octets);
        const Json& expect = expected(vector);
        if (expect.contains("identification")) {
            CHECK(identification == expect.at("identification").at("identification").get<std::string>());
        }
    }
}

TEST_CASE("a readout with a wrong block check gives no readings, one that lost it gives unverified ones") {
    for (const auto& vector : iec_vectors::vectors("readouts.json")) {
        CAPTURE(vector.name);
        const Json& bcc = expected(vector).at("bcc");
        const auto frames = decoded(vector.octets, 64);
        const auto* const data = last_data(frames);
        REQUIRE(data != nullptr);
        const bool lost = bcc.is_string();
        const bool wrong = bcc.is_object() && !bcc.at("ok").get<bool>();
        CHECK(data->readings.empty() == (wrong || expected(vector).at("data").empty()));
        for (const auto& reading : data->readings) {
            const bool flagged = std::ranges::find(reading.flags, "unverified") != reading.flags.end();
            CHECK(flagged == lost);
        }
    }
}

TEST_CASE("lines of data without their beginning are shown, but for the first, and unverified") {
    const std::string text = "8.0(000123.45*kWh)\r\n2.8.0(000001.00*kWh)\r\nC.1.0(00012)\r\n!\r\n";
    const meterctl::Bytes octets(text.begin(), text.end());
    for (const std::size_t piece : {std::size_t{1000}, std::size_t{1}}) {
        const auto frames = decoded(octets, piece);
        REQUIRE(frames.size() == 1);
        REQUIRE(frames[0].error.has_value());
        CHECK(frames[0].error->code == "iec62056_21.incomplete");
        REQUIRE(frames[0].readings.size() == 2);
        CHECK(frames[0].readings[0].name == "active_energy_export");
        CHECK(frames[0].readings[1].name == "serial_number");
        for (const auto& reading : frames[0].readings) {
            CHECK(reading.flags == std::vector<std::string>{"unverified"});
        }
    }
}

TEST_CASE("the decoders know their own streams, also damaged ones, and no others") {
    const auto rows = iec::decoders();
    for (const auto& vector : iec_vectors::vectors("readouts.json")) {
        CAPTURE(vector.name);
        const int messages = rows[0].recognise(vector.octets), telegrams = rows[1].recognise(vector.octets);
        CHECK(messages > 0);
        CHECK(messages > telegrams);
    }
    for (const auto& vector : iec_vectors::extra("dsmr", "telegrams.json")) {
        CAPTURE(vector.name);
        const auto text = vector.entry.at("text").get<std::string>();
        const meterctl::Bytes octets(text.begin(), text.end());
        const bool has_no_codes_of_p1 = vector.name == "dsmr_parser_esy5q3db1024_v304";
        CHECK((rows[1].recognise(octets) > rows[0].recognise(octets)) != has_no_codes_of_p1);
    }
    for (const char* const other : {"01 03 50 02 00 02 74 CB 01 03 04 43 66 80 00 6E 68", "06", "15 15 15", "2F 2F 2F",
                                    "68 03 03 68 53 01 51 A5 16", "7E A0 07 03 21 93 0F 01 7E", "00 00 00 00 00 00"}) {
        CAPTURE(other);
        for (const auto& row : rows) { CHECK(row.recognise(iec_vectors::octets(other)) == 0); }
    }
    const std::string program = "int main() {\n  a(1);\n  b(2);\n  c(3);\n  d(4);\n  e(5);\n  f(6);\n}\n";
    const meterctl::Bytes text(program.begin(), program.end());
    for (const auto& row : rows) { CHECK(row.recognise(text) == 0); }
}
