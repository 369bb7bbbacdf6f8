#include "codecs/modbus/extent.hpp"
#include "codecs/modbus/names.hpp"
#include "codecs/modbus/pdu.hpp"
#include "tests/codecs/modbus/vectors.hpp"

#include <doctest/doctest.h>

namespace modbus = meterctl::codecs::modbus;
using meterctl::Bytes;
using meterctl::ByteView;
using meterctl::Category;
using modbus_vectors::octets;

namespace {

std::optional<std::size_t> count_of(const modbus::Request& request) {
    const auto* const read = std::get_if<modbus::ReadRequest>(&request);
    return read != nullptr ? std::optional<std::size_t>(read->count) : std::nullopt;
}

std::string fault_of(std::string_view hex, std::string_view request = {}) {
    if (request.empty()) {
        const auto decoded = modbus::decode_request(octets(hex));
        return decoded ? "" : decoded.error().what;
    }
    const auto asked = modbus::decode_request(octets(request));
    REQUIRE(asked.has_value());
    const auto decoded = modbus::decode_response(octets(hex), &*asked);
    return decoded ? "" : decoded.error().what;
}

} // namespace

TEST_CASE("PDU vectors: requests decode to what they expect and encode back to the same octets") {
    for (const auto& vector : modbus_vectors::layer("pdu")) {
        if (vector.response) { continue; }
        CAPTURE(vector.name);
        const auto expected = modbus_vectors::request_of(vector.expect);
        const auto decoded = modbus::decode_request(vector.octets);
        REQUIRE(decoded.has_value());
        CHECK(*decoded == expected);
        CHECK(modbus::encode(expected).value() == vector.octets);
        CHECK(modbus::function_of(expected) == vector.octets.front());
        const auto extent = modbus::request_extent(vector.octets);
        CHECK(extent.kind == modbus::Extent::Kind::known);
        CHECK(extent.octets == vector.octets.size());
    }
}

TEST_CASE("PDU vectors: answers decode to what they expect and encode back to the same octets") {
    for (const auto& vector : modbus_vectors::layer("pdu")) {
        if (!vector.response) { continue; }
        CAPTURE(vector.name);
        const auto request = modbus::decode_request(vector.request);
        REQUIRE(request.has_value());
        const auto expected = modbus_vectors::response_of(vector.expect, count_of(*request));
        const auto decoded = modbus::decode_response(vector.octets, &*request);
        REQUIRE(decoded.has_value());
        CHECK(*decoded == expected);
        CHECK(modbus::encode(expected).value() == vector.octets);
        CHECK(modbus::decode_response(vector.octets).has_value());
        CHECK(modbus::response_extent(vector.octets).octets == vector.octets.size());
    }
}

TEST_CASE("every beginning of a PDU asks for more, and octets behind one are refused") {
    for (const auto& vector : modbus_vectors::layer("pdu")) {
        CAPTURE(vector.name);
        const auto decode = [&](ByteView pdu) {
            return vector.response ? modbus::decode_response(pdu).has_value() : modbus::decode_request(pdu).has_value();
        };
        const auto function = vector.octets.front();
        for (std::size_t cut = 0; cut < vector.octets.size(); ++cut) {
            CAPTURE(cut);
            const auto front = ByteView(vector.octets).first(cut);
            const auto extent = vector.response ? modbus::response_extent(front) : modbus::request_extent(front);
            CHECK((extent.kind == modbus::Extent::Kind::need || extent.octets == vector.octets.size()));
            if (extent.kind == modbus::Extent::Kind::need) { CHECK(extent.octets > cut); }
            if (function != 8) { CHECK_FALSE(decode(front)); }
        }
        auto longer = vector.octets;
        longer.push_back(0);
        CHECK_FALSE(decode(longer));
    }
}

TEST_CASE("a PDU whose counts break the standard's limits is refused both ways") {
    CHECK(fault_of("03 0000 0000") != "");
    CHECK(fault_of("03 0000 007E") != "");
    CHECK(fault_of("03 0000 007D") == "");
    CHECK(fault_of("01 0000 07D1") != "");
    CHECK(fault_of("01 0000 07D0") == "");
    CHECK(fault_of("10 0000 0002 03 0000 0000") != "");
    CHECK(fault_of("0F 0000 000A 01 FF") != "");
    CHECK(fault_of("05 0000 1234") != "");
    CHECK(fault_of("17 0000 0001 0000 007A F4") != "");
    CHECK(fault_of("") != "");
    using Table = modbus::Table;
    CHECK(modbus::encode(modbus::Request(modbus::ReadRequest{Table::holding, 0, 126})).error().category ==
          Category::rejected);
    CHECK(modbus::encode(modbus::Request(modbus::ReadRequest{Table::coil, 0, 2000})).has_value());
    CHECK_FALSE(modbus::encode(modbus::Request(modbus::ReadRequest{Table::input, 65535, 2})).has_value());
    CHECK_FALSE(modbus::encode(modbus::Request(modbus::WriteRegisters{0, {}})).has_value());
    CHECK_FALSE(
        modbus::encode(modbus::Request(modbus::WriteRegisters{0, std::vector<std::uint16_t>(124)})).has_value());
    CHECK(modbus::encode(modbus::Request(modbus::WriteCoils{0, std::vector<bool>(1968)})).has_value());
    CHECK_FALSE(modbus::encode(modbus::Request(modbus::WriteCoils{0, std::vector<bool>(1969)})).has_value());
}

TEST_CASE("an answer that contradicts its request says how") {
    CHECK(fault_of("04 02 0001", "03 0000 0001") == "function 4, asked 3");
    CHECK(fault_of("03 08 4180 0000 4180 0000", "03 500C 0006") == "4 registers, asked 6");
    CHECK(fault_of("01 02 FF FF", "01 0000 0008") == "16 bits, asked 8");
    CHECK(fault_of("10 0001 0002", "10 0002 0002 04 0000 0000") == "address 1, asked 2");
    CHECK(fault_of("06 0001 0004", "06 0001 0003") == "the answer to a write does not repeat it");
    CHECK(fault_of("83 02", "03 0000 0001") == "");
    CHECK(fault_of("84 02", "03 0000 0001") == "function 4, asked 3");
    CHECK(fault_of("14 06 05 06 0000 0000", "14 07 06 0004 0001 0003") == "2 registers in a group, asked 3");
}

TEST_CASE("bits are cut to the count asked") {
    const auto request = modbus::Request(modbus::ReadRequest{modbus::Table::coil, 0, 3});
    const auto answer = modbus::decode_response(octets("01 01 FD"), &request);
    REQUIRE(answer.has_value());
    CHECK(std::get<modbus::ReadBitsAnswer>(*answer).bits == std::vector<bool>{true, false, true});
}

TEST_CASE("functions without a struct are kept raw, both ways") {
    for (const unsigned function : {9U, 65U, 100U, 127U}) {
        const Bytes pdu{static_cast<std::uint8_t>(function), 1, 2, 3};
        const auto request = modbus::decode_request(pdu);
        REQUIRE(request.has_value());
        CHECK(*request == modbus::Request(modbus::RawPdu{static_cast<std::uint8_t>(function), {1, 2, 3}}));
        CHECK(modbus::encode(*request).value() == pdu);
        const auto answer = modbus::decode_response(pdu, &*request);
        REQUIRE(answer.has_value());
        CHECK(modbus::encode(*answer).value() == pdu);
    }
    CHECK(std::holds_alternative<modbus::RawPdu>(modbus::decode_request(octets("2B 0D 00 01 02")).value()));
}

TEST_CASE("a server id keeps what is there although its byte count is wrong") {
    const auto answer = modbus::decode_response(octets("11 02 12 FF 57"));
    REQUIRE(answer.has_value());
    CHECK(std::get<modbus::ServerId>(*answer).data == octets("12 FF 57"));
}

TEST_CASE("every exception names its culprit and whether to ask again") {
    using modbus::Retry;
    const std::vector<std::pair<std::uint8_t, Retry>> codes{{1, Retry::never},  {2, Retry::never}, {3, Retry::never},
                                                            {4, Retry::once},   {5, Retry::later}, {6, Retry::later},
                                                            {10, Retry::never}, {11, Retry::once}};
    for (const auto& [code, retry] : codes) {
        const auto* const info = modbus::exception_info(code);
        REQUIRE(info != nullptr);
        CHECK(info->retry == retry);
    }
    CHECK(modbus::exception_info(10)->culprit == "the gateway");
    CHECK(modbus::exception_info(12) == nullptr);
    const auto error = modbus::exception_error({3, 2}, "holding 0x5002");
    CHECK(error.category == Category::refused);
    CHECK(error.code == "modbus.exception.2");
    CHECK(error.where == "holding 0x5002");
}

TEST_CASE("registers are named in every notation people use") {
    CHECK(modbus::register_text(modbus::Table::holding, 0x5002) == "holding 0x5002 (20482, reference 420483)");
    CHECK(modbus::point_text(modbus::Table::input, 30) == "input:0x001E");
    CHECK(modbus::parse_table("discrete") == modbus::Table::discrete);
    CHECK_FALSE(modbus::parse_table("Holding registers").has_value());
}
