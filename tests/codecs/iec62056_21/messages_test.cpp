#include "codecs/iec62056_21/framer.hpp"
#include "codecs/iec62056_21/messages.hpp"
#include "src/core/hex.hpp"
#include "tests/codecs/iec62056_21/vectors.hpp"

#include <doctest/doctest.h>

namespace iec = meterctl::codecs::iec62056_21;
using iec::Step;
using meterctl::Bytes;
using meterctl::ByteView;
using meterctl::Category;

namespace {

/// An ACK can be the whole of a message or its beginning: only a listener has to find out.
iec::Awaiting awaiting_of(const iec_vectors::Vector& vector) {
    return {.plain_data = false, .option_select = vector.kind == "option_select", .silent = false};
}

bool carries_check(const iec_vectors::Vector& vector) {
    return vector.kind == "command" || vector.kind == "data";
}

} // namespace

TEST_CASE("each message vector decodes to its fields and encodes to its octets") {
    for (const auto& vector : iec_vectors::vectors("messages.json")) {
        CAPTURE(vector.name);
        const auto message = iec_vectors::message_of(vector);
        CHECK(meterctl::to_hex(iec::encode(message)) == meterctl::to_hex(vector.octets));
        const auto decoded = iec::decode(vector.octets);
        REQUIRE_MESSAGE(decoded.has_value(), meterctl::describe(decoded.error()));
        CHECK(*decoded == message);
    }
}

TEST_CASE("what an identification says of mode, baud rate and reaction time follows the standard's tables") {
    for (const auto& vector : iec_vectors::vectors("messages.json")) {
        if (vector.kind != "identification") { continue; }
        CAPTURE(vector.name);
        const auto decoded = iec::decode(vector.octets);
        REQUIRE(decoded.has_value());
        const auto* const identification = std::get_if<iec::Identification>(&*decoded);
        REQUIRE(identification != nullptr);
        const auto& fields = vector.expect;
        CHECK(identification->reaction_time().count() == fields.at("reaction_ms").get<int>());
        CHECK(iec::mode_name(identification->mode()) == fields.at("mode").get<std::string>());
        CHECK(identification->baud_rate().value_or(0) == fields.value("baud", 0U));
        std::string escapes;
        for (const auto& one : fields.value("escapes", iec_vectors::Json::array())) {
            escapes += one.get<std::string>();
        }
        CHECK(identification->escapes() == escapes);
    }
}

TEST_CASE("the framer finds each message whole, octet by octet, and with octets behind it") {
    for (const auto& vector : iec_vectors::vectors("messages.json")) {
        CAPTURE(vector.name);
        const auto awaiting = awaiting_of(vector);
        meterctl::codecs::Counters counters;
        const auto whole = iec::next_message(vector.octets, awaiting, counters);
        CHECK(whole.kind == Step::Kind::frame);
        CHECK(whole.octets == vector.octets.size());
        for (std::size_t size = 0; size < vector.octets.size(); ++size) {
            const auto part = iec::next_message(ByteView(vector.octets).first(size), awaiting, counters);
            CHECK(part.kind == Step::Kind::need_more);
        }
        for (const std::uint8_t behind : iec_vectors::octets("00 02 03 06 2F 31 7F FF")) {
            auto more = vector.octets;
            more.insert(more.end(), 3, behind);
            const auto step = iec::next_message(more, awaiting, counters);
            CHECK(step.kind == Step::Kind::frame);
            CHECK(step.octets == vector.octets.size());
        }
    }
}

TEST_CASE("a flipped bit in a message with a block check never passes") {
    for (const auto& vector : iec_vectors::vectors("messages.json")) {
        if (!carries_check(vector)) { continue; }
        CAPTURE(vector.name);
        const auto good = iec_vectors::message_of(vector);
        for (std::size_t bit = 0; bit < 8 * vector.octets.size(); ++bit) {
            CAPTURE(bit);
            auto damaged = vector.octets;
            damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
            meterctl::codecs::Counters counters;
            const auto step = iec::next_message(damaged, {.silent = true}, counters);
            if (step.kind != Step::Kind::frame) { continue; }
            const auto decoded = iec::decode(ByteView(damaged).first(step.octets));
            REQUIRE(decoded.has_value());
            // A first octet that turned into ACK or NAK is one of those; nothing of the message itself is believed.
            const bool control =
                std::holds_alternative<iec::Acknowledge>(*decoded) || std::holds_alternative<iec::Repeat>(*decoded);
            CHECK(control);
        }
    }
}

TEST_CASE("a wrong block check is named with both values, and asks for a repetition") {
    const auto octets = iec_vectors::octets("02 31 28 30 29 03 00");
    meterctl::codecs::Counters counters;
    const auto step = iec::next_message(octets, {}, counters);
    CHECK(step.kind == Step::Kind::skip);
    CHECK(step.octets == octets.size());
    CHECK(step.wrong_check);
    CHECK(step.why == "block check 00, computed 03");
    CHECK(counters.crc_errors == 1);
    const auto decoded = iec::decode(octets);
    REQUIRE(!decoded.has_value());
    CHECK(decoded.error().category == Category::untrusted);
    CHECK(decoded.error().code == "iec62056_21.bcc");
    CHECK(decoded.error().where == "offset 6");
}

TEST_CASE("the framer skips noise and finds the message behind it") {
    const auto message = iec::encode(iec::Message(iec::read_command("0001")));
    for (const char* const noise : {"7F 7F FF 00", "01 41", "2F 3F 7F", "2F 31 32 0D 0A", "01 52 78", "0D 0A"}) {
        CAPTURE(noise);
        auto stream = iec_vectors::octets(noise);
        const auto length = stream.size();
        stream.insert(stream.end(), message.begin(), message.end());
        meterctl::codecs::Counters counters;
        std::size_t at = 0;
        Step step;
        while (at < stream.size()) {
            step = iec::next_message(ByteView(stream).subspan(at), {}, counters);
            if (step.kind != Step::Kind::skip) { break; }
            CHECK(!step.why.empty());
            at += step.octets;
        }
        CHECK(step.kind == Step::Kind::frame);
        CHECK(at == length);
        CHECK(counters.skipped_octets == length);
    }
}

TEST_CASE("a readout that lost its ETX is no message, though what it holds can be shown") {
    const std::string text = "\x02"
                             "1.8.0(1*kWh)\r\n!\r\n";
    const Bytes octets(text.begin(), text.end());
    meterctl::codecs::Counters counters;
    CHECK(iec::next_message(octets, {}, counters).kind == Step::Kind::need_more);
    auto followed = octets;
    followed.push_back('/');
    for (const auto& step :
         {iec::next_message(octets, {.silent = true}, counters), iec::next_message(followed, {}, counters)}) {
        CHECK(step.kind == Step::Kind::skip);
        CHECK(step.octets == octets.size());
        CHECK(step.wrong_check);
    }
    const auto block = iec::take_apart(octets);
    REQUIRE(block.has_value());
    CHECK(block->check == iec::Block::Check::missing);
}

TEST_CASE("data without STX is a message only where it is awaited, and ends in its end mark") {
    const std::string text = "1-0:1.8.0*255(000001.2963)\r\n!\n";
    const Bytes octets(text.begin(), text.end());
    meterctl::codecs::Counters counters;
    CHECK(iec::next_message(octets, {}, counters).kind == Step::Kind::skip);
    const auto step = iec::next_message(octets, {.plain_data = true}, counters);
    CHECK(step.kind == Step::Kind::frame);
    CHECK(step.octets == octets.size());
    const auto decoded = iec::decode(octets);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == iec::Message(iec::Data{text, false}));
}

TEST_CASE("an ACK is an answer at once, or waits for an option select, as is awaited") {
    const Bytes one{iec::ack};
    meterctl::codecs::Counters counters;
    CHECK(iec::next_message(one, {}, counters).kind == Step::Kind::frame);
    CHECK(iec::next_message(one, {.option_select = true}, counters).kind == Step::Kind::need_more);
    CHECK(iec::next_message(one, {.option_select = true, .silent = true}, counters).kind == Step::Kind::frame);
    const auto followed = iec_vectors::octets("06 02 31 28");
    CHECK(iec::next_message(followed, {.option_select = true}, counters).octets == 1);
}

TEST_CASE("error messages are known by the letters the standard gives them") {
    CHECK(iec::error_message({"(ER04)", false}) == "ER04");
    CHECK(iec::error_message({"(ERROR 12)", false}) == "ERROR 12");
    CHECK(!iec::error_message({"(230.1*V)", false}));
    CHECK(!iec::error_message({"1.8.0(ER)", false}));
    CHECK(!iec::error_message({"(ER)(1)", false}));
    const auto error = iec::meter_error("ER04");
    CHECK(error.category == Category::refused);
    CHECK(error.what.find("ER04") != std::string::npos);
}

TEST_CASE("baud characters and rates follow the standard's tables") {
    CHECK(iec::baud_rate_of('0') == 300U);
    CHECK(iec::baud_rate_of('6') == 19200U);
    CHECK(iec::baud_rate_of('A') == 600U);
    CHECK(iec::baud_rate_of('F') == 19200U);
    CHECK(!iec::baud_rate_of('G'));
    CHECK(!iec::baud_rate_of('/'));
    CHECK(iec::baud_character(9600) == '5');
    CHECK(!iec::baud_character(1000));
}
