#include "transports/com_port.hpp"
#include "transports/telnet.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace meterctl;
using namespace meterctl::transports;

namespace {

using telnet::Item;

std::string text_of(const std::vector<Item>& items) {
    std::string text;
    for (const Item& item : items) {
        if (item.kind == Item::Kind::negotiation) {
            text += "n" + std::to_string(item.verb) + ":" + std::to_string(item.option) + " ";
            continue;
        }
        if (item.kind == Item::Kind::subnegotiation) { text += "s" + std::to_string(item.option) + ":"; }
        for (const auto octet : item.octets) { text += std::to_string(octet) + ","; }
        text += " ";
    }
    return text;
}

struct Row {
    const char* what;
    Bytes stream;
    const char* items;
};

/// RFC 854, 855 and 2217.
const std::vector<Row> rows{
    {"octets of the line", {1, 3, 0}, "1,3,0, "},
    {"a doubled IAC is one octet", {1, 255, 255, 2}, "1,255,2, "},
    {"DO COM-PORT-OPTION", {255, 253, 44}, "n253:44 "},
    {"a negotiation amid octets", {1, 255, 251, 0, 2}, "1, n251:0 2, "},
    {"SET-BAUDRATE answered 9600", {255, 250, 44, 101, 0, 0, 0x25, 0x80, 255, 240}, "s44:101,0,0,37,128, "},
    {"a doubled IAC in a subnegotiation", {255, 250, 44, 106, 255, 255, 255, 240}, "s44:106,255, "},
    {"a command without an option (NOP)", {1, 255, 241, 2}, "1,2, "},
};

} // namespace

TEST_CASE("a telnet stream is taken apart") {
    for (const Row& row : rows) {
        CAPTURE(row.what);
        telnet::Reader reader;
        CHECK(text_of(reader.take(row.stream)) == row.items);
    }
}

TEST_CASE("a telnet stream is understood wherever it is cut") {
    for (const Row& row : rows) {
        CAPTURE(row.what);
        for (std::size_t cut = 0; cut <= row.stream.size(); ++cut) {
            telnet::Reader reader;
            const ByteView stream(row.stream);
            Bytes octets;
            std::vector<Item> items = reader.take(stream.first(cut));
            for (Item& item : reader.take(stream.subspan(cut))) {
                const bool joins =
                    !items.empty() && item.kind == Item::Kind::octets && items.back().kind == Item::Kind::octets;
                if (!joins) {
                    items.push_back(std::move(item));
                    continue;
                }
                items.back().octets.insert(items.back().octets.end(), item.octets.begin(), item.octets.end());
            }
            CHECK(text_of(items) == row.items);
        }
    }
}

TEST_CASE("a subnegotiation without an end takes no more memory than the longest that is needed") {
    telnet::Reader reader;
    const Bytes begin{255, 250, 44};
    CHECK(reader.take(begin).empty());
    const Bytes flood(100'000, 7);
    CHECK(reader.take(flood).empty());
    const Bytes end{255, 240};
    const auto items = reader.take(end);
    REQUIRE(items.size() == 1);
    CHECK(items[0].octets.size() == 256);
}

TEST_CASE("what is sent is framed as RFC 2217 writes it") {
    const Bytes line{0x01, 0xFF, 0x02};
    CHECK(telnet::escaped(line) == Bytes{0x01, 0xFF, 0xFF, 0x02});
    CHECK(telnet::negotiation(telnet::will, telnet::com_port) == Bytes{255, 251, 44});
    const Bytes baud = com_port::encode(com_port::set_baud, 0x0000FF00);
    CHECK(baud == Bytes{1, 0, 0, 0xFF, 0});
    CHECK(telnet::subnegotiation_of(telnet::com_port, baud) == Bytes{255, 250, 44, 1, 0, 0, 0xFF, 0xFF, 0, 255, 240});
    CHECK(com_port::encode(com_port::set_data_size, 7) == Bytes{2, 7});
}

TEST_CASE("line settings become the numbers of RFC 2217") {
    struct Numbers {
        const char* frame;
        std::uint32_t data, parity, stop;
    };
    for (const Numbers& row : {Numbers{"8N1", 8, 1, 1}, Numbers{"7O2", 7, 2, 2}, Numbers{"8E1", 8, 3, 1},
                               Numbers{"8M1", 8, 4, 1}, Numbers{"7S1", 7, 5, 1}}) {
        CAPTURE(row.frame);
        const auto settings = com_port::settings_of(*parse_frame(row.frame, 2400));
        REQUIRE(settings.size() == 4);
        CHECK(settings[0].value == 2400);
        CHECK(settings[1].value == row.data);
        CHECK(settings[2].value == row.parity);
        CHECK(settings[3].value == row.stop);
    }
}

TEST_CASE("a server's messages are read, and what is none is not") {
    const Bytes baud{101, 0, 0, 0x25, 0x80};
    REQUIRE(com_port::decode(baud).has_value());
    CHECK(com_port::decode(baud)->command == com_port::set_baud);
    CHECK(com_port::decode(baud)->value == 9600);
    for (const Bytes& wrong : {Bytes{}, Bytes{101, 0, 0}, Bytes{1, 0, 0, 0x25, 0x80}, Bytes{102}}) {
        CHECK_FALSE(com_port::decode(wrong).has_value());
    }
    using Kind = LineFault::Kind;
    CHECK(com_port::fault_of(0x04) == Kind::parity_or_framing);
    CHECK(com_port::fault_of(0x08) == Kind::parity_or_framing);
    CHECK(com_port::fault_of(0x18) == Kind::break_condition);
    CHECK(com_port::fault_of(0x02) == Kind::overrun);
    CHECK_FALSE(com_port::fault_of(0x61).has_value());
}
