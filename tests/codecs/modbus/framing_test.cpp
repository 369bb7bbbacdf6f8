#include "codecs/modbus/ascii.hpp"
#include "codecs/modbus/rtu.hpp"
#include "codecs/modbus/tcp.hpp"
#include "tests/codecs/modbus/vectors.hpp"

#include <doctest/doctest.h>

namespace modbus = meterctl::codecs::modbus;
namespace rtu = meterctl::codecs::modbus::rtu;
namespace tcp = meterctl::codecs::modbus::tcp;
namespace ascii = meterctl::codecs::modbus::ascii;
using meterctl::Bytes;
using meterctl::ByteView;
using meterctl::codecs::Counters;
using modbus::Step;
using modbus_vectors::octets;

namespace {

void check_pdu(const modbus_vectors::Vector& vector, ByteView pdu, ByteView request_pdu) {
    if (!vector.response) {
        const auto expected = modbus_vectors::request_of(vector.expect);
        CHECK(modbus::decode_request(pdu).value() == expected);
        const auto encoded = modbus::encode(expected).value();
        CHECK(encoded == Bytes(pdu.begin(), pdu.end()));
        return;
    }
    const auto expected = modbus_vectors::response_of(vector.expect, std::nullopt);
    CHECK(modbus::decode_response(pdu).value() == expected);
    if (!request_pdu.empty()) {
        const auto request = modbus::decode_request(request_pdu).value();
        CHECK(modbus::decode_response(pdu, &request).value() == expected);
    }
}

Bytes joined(ByteView front, ByteView back) {
    Bytes all(front.begin(), front.end());
    all.insert(all.end(), back.begin(), back.end());
    return all;
}

modbus::Request read_currents() {
    return modbus::ReadRequest{modbus::Table::holding, 0x500C, 6};
}

} // namespace

TEST_CASE("RTU vectors decode to what they expect and encode back to the same octets") {
    for (const auto& vector : modbus_vectors::layer("rtu")) {
        CAPTURE(vector.name);
        const auto adu = rtu::decode(vector.octets);
        REQUIRE(adu.has_value());
        CHECK(adu->address == vector.expect.at("address").get<int>());
        CHECK(rtu::encode(adu->address, adu->pdu) == vector.octets);
        if (vector.request.empty()) {
            check_pdu(vector, adu->pdu, {});
        } else {
            check_pdu(vector, adu->pdu, rtu::decode(vector.request).value().pdu);
        }
    }
}

TEST_CASE("TCP vectors decode to what they expect and encode back to the same octets") {
    for (const auto& vector : modbus_vectors::layer("tcp")) {
        CAPTURE(vector.name);
        const auto frame = tcp::decode(vector.octets);
        REQUIRE(frame.has_value());
        CHECK(frame->header.transaction == vector.expect.at("transaction").get<int>());
        CHECK(frame->header.unit == vector.expect.at("unit").get<int>());
        CHECK(tcp::encode(frame->header.transaction, frame->header.unit, frame->pdu) == vector.octets);
        check_pdu(vector, frame->pdu, {});
    }
}

TEST_CASE("ASCII vectors decode to what they expect and encode back to the same characters") {
    for (const auto& vector : modbus_vectors::layer("ascii")) {
        CAPTURE(vector.name);
        const auto text = vector.expect.at("text").get<std::string>();
        CHECK(Bytes(text.begin(), text.end()) == vector.octets);
        const auto frame = ascii::decode(vector.octets);
        REQUIRE(frame.has_value());
        CHECK(frame->address == vector.expect.at("address").get<int>());
        CHECK(ascii::encode(frame->address, frame->pdu) == vector.octets);
        check_pdu(vector, frame->pdu, {});
    }
}

TEST_CASE("ASCII takes lower case digits and a lone line feed, and refuses what is no frame") {
    const auto whole = octets("3A 31 31 30 33 30 30 37 63 30 30 30 32 36 65 0A");
    CHECK(ascii::decode(whole).value().pdu == octets("03 007C 0002"));
    const auto decode = [](std::string_view text) { return ascii::decode(Bytes(text.begin(), text.end())); };
    CHECK(decode(":1103007C00026F\r\n").error().what == "lrc");
    CHECK(decode(":1103007C00026E6\r\n").error().what == "odd number of digits");
    CHECK(decode(":11g3007C00026E\r\n").error().what == "not hex");
    CHECK(decode(":\r\n").error().what == "too short");
    CHECK(decode("1103\r\n").error().what == "no ':' at the start");
    CHECK(decode(":" + std::string(600, '0') + "\r\n").error().what == "longer than 513 characters");
}

TEST_CASE("an RTU answer is found byte by byte, with octets behind it, and with noise before it") {
    const auto answer = octets("01030C41800000418000004180000097AE");
    const auto request = read_currents();
    Counters counters;
    for (std::size_t cut = 0; cut < answer.size(); ++cut) {
        const auto step = rtu::next_answer(ByteView(answer).first(cut), 1, request, false, counters);
        CHECK(step.kind == Step::Kind::need_more);
        CHECK(step.octets >= 1);
        CHECK(cut + step.octets <= answer.size());
    }
    const auto glued = joined(answer, octets("00 00"));
    const auto step = rtu::next_answer(glued, 1, request, false, counters);
    CHECK(step.kind == Step::Kind::frame);
    CHECK(step.octets == answer.size());
    for (const std::string_view noise : {"00", "FF FF 00", "01", "01 03", "01 83 00", "01 03 F0"}) {
        CAPTURE(noise);
        const auto front = octets(noise);
        const auto first = rtu::next_answer(joined(front, answer), 1, request, false, counters);
        CHECK(first.kind == Step::Kind::skip);
        CHECK(first.octets == front.size());
    }
}

TEST_CASE("an RTU client skips by name what is not its answer, and goes on to its answer") {
    const auto answer = octets("01030C41800000418000004180000097AE");
    const std::vector<std::pair<std::string_view, std::string_view>> foreign{
        {"0103500C000614CB", "echo or another master"},
        {"02030C418000004180000041800000D4AF", "address 2, asked 1"},
        {"01040C4180000041800000418000009169", "function 4, asked 3"},
        {"0103084180000041800000C437", "4 registers, asked 6"},
    };
    for (const auto& [hex, why] : foreign) {
        CAPTURE(hex);
        Counters counters;
        const auto front = octets(hex);
        const auto buffer = joined(front, answer);
        const auto first = rtu::next_answer(buffer, 1, read_currents(), false, counters);
        CHECK(first.kind == Step::Kind::skip);
        CHECK(first.octets == front.size());
        CHECK(first.why == why);
        const auto second =
            rtu::next_answer(ByteView(buffer).subspan(first.octets), 1, read_currents(), false, counters);
        CHECK(second.kind == Step::Kind::frame);
        CHECK(counters.skipped_octets == front.size());
        CHECK(counters.octets == buffer.size());
        CHECK(counters.frames == 1);
    }
}

TEST_CASE("the echo of a coil request is not taken for an answer with coils in it") {
    const auto request = modbus::Request(modbus::ReadRequest{modbus::Table::coil, 0x0310, 17});
    const auto echo = rtu::encode(1, modbus::encode(request).value());
    Counters counters;
    const auto step = rtu::next_answer(echo, 1, request, true, counters);
    CHECK(step.kind == Step::Kind::skip);
    CHECK(step.why == "echo or another master");
}

TEST_CASE("damaged frames are named by what is wrong with them") {
    for (const auto& vector : modbus_vectors::extra("damaged.json")) {
        CAPTURE(vector.name);
        const auto error = vector.expect.value("error", "");
        Counters counters;
        Step step;
        if (vector.layer == "rtu" && !vector.request.empty()) {
            const auto asked = rtu::decode(vector.request).value();
            const auto request = modbus::decode_request(asked.pdu).value();
            step = rtu::next_answer(vector.octets, asked.address, request, true, counters);
        } else if (vector.layer == "rtu") {
            step = rtu::next_request(vector.octets, true, counters);
        } else if (vector.layer == "ascii") {
            step = ascii::next_frame(vector.octets, counters);
        } else if (vector.request.empty()) {
            CHECK(tcp::header_fault(vector.octets) == error);
            step = tcp::next_request(vector.octets, counters);
            CHECK(step.why == "broken: " + error);
            continue;
        } else {
            const auto asked = tcp::decode(vector.request).value();
            const auto request = modbus::decode_request(asked.pdu).value();
            step = tcp::next_answer(vector.octets, asked.header.transaction, asked.header.unit, request, counters);
        }
        if (vector.expect.contains("exception")) {
            CHECK(step.kind == Step::Kind::frame);
        } else if (!error.empty()) {
            CHECK(step.kind == Step::Kind::skip);
            CHECK(step.octets == vector.octets.size());
            CHECK(step.why == error);
        }
    }
}

TEST_CASE("a listener finds every frame of a damaged stream and says what it skipped") {
    for (const auto& vector : modbus_vectors::extra("damaged.json")) {
        if (!vector.expect.contains("frames")) { continue; }
        CAPTURE(vector.name);
        std::vector<Bytes> frames;
        Bytes skipped;
        Counters counters;
        ByteView rest(vector.octets);
        while (!rest.empty()) {
            const bool in_ascii = vector.layer == "ascii";
            const auto step = in_ascii ? ascii::next_frame(rest, counters) : rtu::next_request(rest, false, counters);
            REQUIRE(step.kind != Step::Kind::need_more);
            const auto part = rest.first(step.octets);
            if (step.kind == Step::Kind::skip) {
                skipped.insert(skipped.end(), part.begin(), part.end());
            } else if (in_ascii) {
                const auto frame = ascii::decode(part).value();
                frames.push_back(joined(Bytes{frame.address}, frame.pdu));
            } else {
                frames.emplace_back(part.begin(), part.end());
            }
            rest = rest.subspan(step.octets);
        }
        std::vector<Bytes> expected;
        for (const auto& hex : vector.expect.at("frames")) { expected.push_back(octets(hex.get<std::string>())); }
        CHECK(frames == expected);
        CHECK(skipped == octets(vector.expect.at("skipped").get<std::string>()));
    }
}

TEST_CASE("a server takes requests it cannot carry out, to refuse them") {
    Counters counters;
    for (const std::string_view pdu : {"41 01 02", "03 0000 0000", "03 0000 0100", "63"}) {
        CAPTURE(pdu);
        const auto frame = rtu::encode(1, octets(pdu));
        const auto step = rtu::next_request(frame, true, counters);
        CHECK(step.kind == Step::Kind::frame);
        CHECK(step.octets == frame.size());
    }
    const auto answer = octets("01030C41800000418000004180000097AE");
    CHECK(rtu::next_request(answer, false, counters).why == "an answer of another device");
}

TEST_CASE("an RTU receiver that waits in vain gives the octets up, and never holds more than two frames") {
    Counters counters;
    CHECK(rtu::next_answer({}, 1, read_currents(), true, counters).kind == Step::Kind::need_more);
    CHECK(rtu::next_request({}, true, counters).kind == Step::Kind::need_more);
    const Bytes noise(600, 0xFF);
    CHECK(rtu::next_answer(noise, 1, read_currents(), false, counters).kind == Step::Kind::skip);
    CHECK(rtu::next_request(noise, false, counters).kind == Step::Kind::skip);
    CHECK(counters.skipped_octets > 0);
}

TEST_CASE("a function whose answers say no length is found by its CRC") {
    const auto request = modbus::Request(modbus::RawPdu{0x41, {1}});
    const auto answer = rtu::encode(7, octets("41 AA BB CC"));
    Counters counters;
    const auto step = rtu::next_answer(joined(answer, octets("00")), 7, request, false, counters);
    CHECK(step.kind == Step::Kind::frame);
    CHECK(step.octets == answer.size());
}

TEST_CASE("a server id whose byte count is wrong is found by its CRC") {
    const auto request = modbus::Request(modbus::BareRequest{modbus::Function::report_server_id});
    Counters counters;
    for (const std::string_view pdu : {"11 02 12 FF 57 57", "11 20 12 FF"}) {
        const auto answer = rtu::encode(7, octets(pdu));
        const auto step = rtu::next_answer(answer, 7, request, false, counters);
        CHECK(step.kind == Step::Kind::frame);
        CHECK(step.octets == answer.size());
    }
}

TEST_CASE("an RTU answer's octets are known before it comes") {
    CHECK(rtu::expected_answer_octets(read_currents()) == 17);
    CHECK(rtu::expected_answer_octets(modbus::ReadRequest{modbus::Table::coil, 0, 9}) == 7);
    CHECK(rtu::expected_answer_octets(modbus::WriteRegisters{0, {1, 2}}) == 8);
    CHECK(rtu::expected_answer_octets(modbus::WriteRegister{0, 1}) == 8);
    CHECK(rtu::expected_answer_octets(modbus::ReadDeviceId{}) == 256);
}

TEST_CASE("a TCP client drops late and foreign answers and goes on to its own") {
    const auto request = modbus::Request(modbus::ReadRequest{modbus::Table::holding, 0x7C, 2});
    const auto pdu = octets("03 04 008D 008E");
    const auto own = tcp::encode(167, 1, pdu);
    const std::vector<std::pair<Bytes, std::string_view>> others{
        {tcp::encode(1, 1, pdu), "transaction 1, awaited 167"},
        {tcp::encode(167, 2, pdu), "address 2, asked 1"},
        {tcp::encode(167, 1, octets("03 02 008D")), "1 registers, asked 2"},
    };
    for (const auto& [other, why] : others) {
        CAPTURE(why);
        Counters counters;
        const auto buffer = joined(other, own);
        const auto first = tcp::next_answer(buffer, 167, 1, request, counters);
        CHECK(first.kind == Step::Kind::skip);
        CHECK(first.octets == other.size());
        CHECK(first.why == why);
        const auto second = tcp::next_answer(ByteView(buffer).subspan(first.octets), 167, 1, request, counters);
        CHECK(second.kind == Step::Kind::frame);
        CHECK(second.octets == own.size());
    }
    Counters counters;
    for (std::size_t cut = 0; cut < own.size(); ++cut) {
        const auto step = tcp::next_answer(ByteView(own).first(cut), 167, 1, request, counters);
        CHECK(step.kind == Step::Kind::need_more);
        CHECK(step.octets >= 1);
    }
}

TEST_CASE("an RTU frame on a Modbus TCP connection is called by its name") {
    Counters counters;
    const auto step = tcp::next_answer(octets("01030C41800000418000004180000097AE"), 1, 1, read_currents(), counters);
    CHECK(step.kind == Step::Kind::skip);
    CHECK(step.why.find("framing=rtu") != std::string::npos);
    CHECK(step.why.starts_with("broken: "));
}

TEST_CASE("an ASCII client drops what does not answer it") {
    const auto request = modbus::Request(modbus::ReadRequest{modbus::Table::holding, 0x7C, 2});
    const auto own = ascii::encode(17, octets("03 04 008D 008E"));
    Counters counters;
    const auto asked = ascii::encode(17, modbus::encode(request).value());
    CHECK(ascii::next_answer(asked, 17, request, counters).why == "echo or another master");
    CHECK(ascii::next_answer(own, 17, request, counters).kind == Step::Kind::frame);
    CHECK(ascii::next_answer(own, 18, request, counters).why == "address 17, asked 18");
    CHECK(counters.frames == 1);
    CHECK(counters.octets == counters.skipped_octets + own.size());
    CHECK(ascii::next_answer(ByteView(own).first(9), 17, request, counters).kind == Step::Kind::need_more);
    CHECK(ascii::next_frame(Bytes(600, ':'), counters).octets == 1);
    CHECK(ascii::next_frame(octets("3A" + std::string(1200, '3')), counters).kind == Step::Kind::skip);
}
