// Wireshark's own reader on what the capture decorator writes, with no settings.
#include "tests/transports/scripted_transport.hpp"
#include "tests/transports/temporary_file.hpp"
#include "transports/open.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>

using namespace scripted;
using namespace std::chrono_literals;

namespace {

/// What a shell command prints.
std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string all;
    std::array<char, 4096> block{};
    while (const std::size_t got = std::fread(block.data(), 1, block.size(), pipe)) { all.append(block.data(), got); }
    ::pclose(pipe);
    return all;
}

bool have_tshark() {
    static const bool found = !output_of("command -v tshark").empty();
    const bool must = std::getenv("CI") != nullptr;
    REQUIRE_MESSAGE((found || !must), "tshark is not installed");
    if (!found) { MESSAGE("skipped: tshark is not installed"); }
    return found;
}

/// An exchange under capture; then what tshark prints with these arguments.
std::string dissected(const std::string& dissector, const Bytes& request, const Bytes& answer,
                      const std::string& arguments, Side side = Side::client) {
    const auto loop = make_virtual_loop();
    const TemporaryFile file;
    {
        auto inner = std::make_unique<Scripted>(*loop, LineSettings{});
        inner->arrivals.push_back({20ms, {side == Side::client ? answer : request, {}}});
        auto opened = open_capture(file.path());
        REQUIRE(opened);
        const auto captured = make_captured(std::move(inner), *opened, dissector, side);
        const auto send = [&] { REQUIRE(run(*loop, captured->write(side == Side::client ? request : answer))); };
        if (side == Side::client) { send(); }
        REQUIRE(run(*loop, captured->read(loop->now() + 1s)));
        if (side == Side::server) { send(); }
    }
    return output_of("tshark -r " + file.path() + " " + arguments + " 2>/dev/null");
}

const Bytes rtu_request{0x01, 0x03, 0x50, 0x02, 0x00, 0x02, 0x74, 0xCB};
const Bytes rtu_answer{0x01, 0x03, 0x04, 0x43, 0x66, 0x80, 0x00, 0x6E, 0x68};
const Bytes tcp_request{0x00, 0x01, 0x00, 0x00, 0x00, 0x06, 0x01, 0x03, 0x50, 0x02, 0x00, 0x02};
const Bytes tcp_answer{0x00, 0x01, 0x00, 0x00, 0x00, 0x07, 0x01, 0x03, 0x04, 0x43, 0x66, 0x80, 0x00};

} // namespace

TEST_CASE("tshark dissects a captured Modbus RTU exchange unaided") {
    if (!have_tshark()) { return; }
    const std::string text = dissected("mbrtu", rtu_request, rtu_answer, "-V");
    for (const char* line :
         {"Modbus RTU", "Unit ID: 1", "CRC-16: 0x74cb", "CRC-16: 0x6e68", "Function Code: Read Holding Registers (3)",
          "Reference Number: 20482", "Word Count: 2", "Register 20482 (UINT16): 17254",
          "Interface name: serial:///dev/ttyUSB0\n", "Interface description: serial:///dev/ttyUSB0 9600 8E1",
          "Direction: Outbound", "Direction: Inbound"}) {
        CAPTURE(std::string(line));
        CHECK(text.find(line) != std::string::npos);
    }
    CAPTURE(text);
    CHECK(text.find("Malformed") == std::string::npos);
    CHECK(text.find("Expert Info") == std::string::npos);
}

TEST_CASE("tshark dissects a captured Modbus TCP exchange unaided, whichever side captured") {
    if (!have_tshark()) { return; }
    for (const Side side : {Side::client, Side::server}) {
        CAPTURE(static_cast<int>(side));
        const std::string fields = dissected("mbtcp", tcp_request, tcp_answer,
                                             "-T fields -e frame.number -e mbtcp.trans_id -e mbtcp.unit_id "
                                             "-e modbus.func_code -e modbus.word_cnt -e modbus.regval_uint16 "
                                             "-e frame.protocols",
                                             side);
        CHECK(fields == "1\t1\t1\t3\t2\t\texported_pdu:mbtcp:modbus\n"
                        "2\t1\t1\t3\t\t17254,32768\texported_pdu:mbtcp:modbus\n");
    }
}

TEST_CASE("capinfos finds nothing wrong with a capture") {
    if (!have_tshark()) { return; }
    const auto loop = make_virtual_loop();
    const TemporaryFile file;
    {
        const auto opened = open_capture(file.path());
        REQUIRE(opened);
        for (const char* dissector : {"mbrtu", "", "mstp"}) {
            const auto captured = make_captured(std::make_unique<Scripted>(*loop, LineSettings{}), *opened, dissector);
            REQUIRE(run(*loop, captured->write(rtu_request)));
        }
    }
    const std::string text = output_of("capinfos -M " + file.path() + " 2>&1");
    CAPTURE(text);
    CHECK(text.find("pcapng\n") != std::string::npos);
    CHECK(text.find("Number of packets:   3") != std::string::npos);
    CHECK(text.find("Number of interfaces in file: 3") != std::string::npos);
    CHECK(text.find("capinfos:") == std::string::npos);
}
