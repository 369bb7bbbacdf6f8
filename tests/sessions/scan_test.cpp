#include "tests/sessions/scripted.hpp"
#include "tests/sessions/simulated_bus.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::tests;

namespace {

std::vector<const catalogue::Definition*> all_models() {
    return {&meter("dts307-modbus"), &meter("pro380-mod"), &meter("pro380-mod-v1")};
}

struct Findings {
    std::vector<Identity> found;
    std::vector<std::pair<std::string, Error>> trouble;
    std::vector<ScanProgress> progress;

    ScanSink sink() {
        ScanSink sink;
        sink.found = [this](const Identity& identity) { found.push_back(identity); };
        sink.trouble = [this](const std::string& address, const Error& error) { trouble.emplace_back(address, error); };
        sink.progress = [this](const ScanProgress& now) { progress.push_back(now); };
        return sink;
    }
};

ScanOptions options_for(std::vector<std::string> addresses = {}) {
    ScanOptions options;
    options.addresses = std::move(addresses);
    options.candidates = all_models();
    return options;
}

} // namespace

TEST_CASE("a meter is told by its rules, and says who it is") {
    struct Case {
        const char* model;
        const char* address;
    };
    for (const Case& one : {Case{"pro380-mod", "1"}, Case{"pro380-mod-v1", "7"}, Case{"dts307-modbus", "100"}}) {
        SimulatedBus bus(frozen(), {{one.address, one.model}});
        SessionOptions options;
        options.address = one.address;
        const auto session = bus.session(std::move(options));
        const auto models = all_models();
        const auto identity = bus.run(session->identify(models));
        REQUIRE_MESSAGE(identity.has_value(), one.model);
        CHECK(identity->model == one.model);
        CHECK(identity->address == one.address);
        CHECK(identity->line == "9600 8E1");
        CHECK_FALSE(identity->facts.empty());
    }
}

TEST_CASE("the serial number of an identified meter is told") {
    SimulatedBus bus;
    const auto session = bus.session();
    const auto models = all_models();
    const auto identity = bus.run(session->identify(models));
    REQUIRE(identity.has_value());
    CHECK(identity->serial_number == "24110380");
}

TEST_CASE("a device that no definition fits is told without a model") {
    SimulatedBus bus(frozen(), {{"100", "dts307-modbus"}});
    const auto session = bus.session("dts307-modbus");
    const std::vector<const catalogue::Definition*> models{&meter("pro380-mod")};
    const auto identity = bus.run(session->identify(models));
    REQUIRE(identity.has_value());
    CHECK(identity->model.empty());
    REQUIRE_FALSE(identity->facts.empty());
    CHECK(identity->facts[0].value == Value(std::string("Measurlogic")));
}

TEST_CASE("a scan finds every meter on the line and names its model") {
    SimulatedBus bus(frozen(), {{"1", "pro380-mod"}, {"100", "dts307-modbus"}, {"247", "pro380-mod-v1"}});
    Findings findings;
    const auto done = bus.run(modbus_protocol().scan(*bus.transport, options_for(), findings.sink()));
    REQUIRE(done.has_value());
    REQUIRE(findings.found.size() == 3);
    CHECK(findings.found[0].address == "1");
    CHECK(findings.found[0].model == "pro380-mod");
    CHECK(findings.found[1].address == "100");
    CHECK(findings.found[1].model == "dts307-modbus");
    CHECK(findings.found[2].address == "247");
    CHECK(findings.found[2].model == "pro380-mod-v1");
    CHECK(findings.trouble.empty());
    REQUIRE_FALSE(findings.progress.empty());
    CHECK(findings.progress.back().done == 247);
    CHECK(findings.progress.back().total == 247);
    CHECK(findings.progress.front().left > findings.progress.back().left);
}

TEST_CASE("a scan takes the silent addresses' budgets and the answers' time, and little more") {
    simulators::Options options = frozen();
    options.baud = 9600;
    SimulatedBus bus(options, {{"1", "pro380-mod"}, {"17", "pro380-mod"}, {"200", "pro380-mod"}});
    ScanOptions scan = options_for();
    scan.candidates = {&meter("pro380-mod")};
    scan.timeout = std::chrono::milliseconds(100);
    Findings findings;
    const auto begin = bus.loop->now();
    REQUIRE(bus.run(modbus_protocol().scan(*bus.transport, scan, findings.sink())).has_value());
    const std::chrono::duration<double> taken = bus.loop->now() - begin;
    CHECK(findings.found.size() == 3);
    const double character = 11.0 / 9600, silence = 3.5 * character;
    const double budgets = 244 * (8 * character + 0.1);
    const double answers =
        3 * 5 * (0.02 + 2 * silence + (8 + 5 + 2 * 10) * character); // five exchanges a meter at most
    CHECK(taken.count() <= 1.05 * (budgets + answers));
}

TEST_CASE("a scan tries every line setting in turn") {
    SimulatedBus bus(frozen(), {{"5", "pro380-mod"}});
    ScanOptions scan = options_for({"4", "5"});
    for (const auto& [baud, frame] : {std::pair(4800U, "8E1"), std::pair(9600U, "8N1"), std::pair(9600U, "8E1")}) {
        scan.lines.push_back(*transports::parse_frame(frame, baud));
    }
    Findings findings;
    REQUIRE(bus.run(modbus_protocol().scan(*bus.transport, scan, findings.sink())).has_value());
    REQUIRE(findings.found.size() == 1);
    CHECK(findings.found[0].line == "9600 8E1");
    CHECK(findings.progress.back().total == 6);
}

TEST_CASE("an empty line is no error, and nothing is found") {
    SimulatedBus bus;
    Findings findings;
    CHECK(bus.run(modbus_protocol().scan(*bus.transport, options_for({"2", "3"}), findings.sink())).has_value());
    CHECK(findings.found.empty());
}

TEST_CASE("a meter that answers too late for the scan is asked once more") {
    // Address 5 answers while 6 is asked; then with patience.
    Scripted line({answer("05 03 02 01 02 C9 D5", 230ms), nothing(), answer("05 03 02 01 02 C9 D5", 230ms)});
    ScanOptions scan = options_for({"5", "6"});
    scan.candidates.clear();
    Findings findings;
    REQUIRE(transports::run(line.loop(), modbus_protocol().scan(line, scan, findings.sink())).has_value());
    REQUIRE(findings.found.size() == 1);
    CHECK(findings.found[0].address == "5");
}

TEST_CASE("what answers damaged is told as trouble") {
    Scripted line({answer("05 03 02 01 03 C9 D5")});
    ScanOptions scan = options_for({"5"});
    Findings findings;
    REQUIRE(transports::run(line.loop(), modbus_protocol().scan(line, scan, findings.sink())).has_value());
    CHECK(findings.found.empty());
    REQUIRE(findings.trouble.size() == 1);
    CHECK(findings.trouble[0].first == "5");
    CHECK(findings.trouble[0].second.category == Category::untrusted);
}

TEST_CASE("behind a gateway its exceptions 10 and 11 mean that nobody is there") {
    simulators::Options options = frozen();
    options.framing = "tcp";
    SimulatedBus bus(options, {{"3", "pro380-mod"}, {"4", "pro380-mod"}});
    ScanOptions scan = options_for({"1", "2", "3", "4"});
    scan.settings["framing"] = "tcp";
    Findings findings;
    REQUIRE(bus.run(modbus_protocol().scan(*bus.transport, scan, findings.sink())).has_value());
    REQUIRE(findings.found.size() == 2);
    CHECK(findings.found[0].address == "3");
    CHECK(findings.trouble.empty());
    CHECK(bus.loop->now() < transports::TimePoint(500ms)); // and none of them was asked twice
}
