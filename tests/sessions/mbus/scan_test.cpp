#include "simulators/mbus_setup.hpp"
#include "tests/sessions/mbus/frames.hpp"
#include "tests/sessions/mbus/simulated_mbus.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::tests;

namespace {

struct Found {
    std::vector<Identity> meters;
    std::vector<std::pair<std::string, Error>> troubles;
    std::size_t done = 0;

    [[nodiscard]] std::vector<std::string> addresses() const {
        std::vector<std::string> all;
        for (const Identity& one : meters) { all.push_back(one.address); }
        return all;
    }
    ScanSink sink() {
        ScanSink sink;
        sink.found = [this](const Identity& one) { meters.push_back(one); };
        sink.trouble = [this](const std::string& address, const Error& error) {
            troubles.emplace_back(address, error);
        };
        sink.progress = [this](const ScanProgress& progress) { done = progress.done; };
        return sink;
    }
};

ScanOptions options_of(bool by_secondary, unsigned retries = 0) {
    ScanOptions options;
    options.candidates = {&meter("mbus"), &meter("pro380-mb")};
    options.retries = retries;
    if (by_secondary) { options.settings["secondary"] = "1"; }
    return options;
}

Found scan(SimulatedMbus& bus, ScanOptions options) {
    Found found;
    const auto done = bus.run(mbus_protocol().scan(*bus.transport, std::move(options), found.sink()));
    REQUIRE_MESSAGE(done.has_value(), (done ? std::string() : describe(done.error())));
    return found;
}

simulators::Options made_up(unsigned meters, std::uint64_t seed = 1) {
    simulators::Options options = frozen();
    options.meters = meters;
    options.seed = seed;
    return options;
}

/// The secondary addresses of a bus of made-up meters.
std::multiset<std::string> addresses_of(unsigned meters, std::uint64_t seed) {
    std::multiset<std::string> all;
    for (unsigned index = 0; index < meters; ++index) {
        const codecs::mbus::Selection own{simulators::generated_setup(seed, index).identity, std::nullopt};
        all.insert(codecs::mbus::selection_text(own));
    }
    return all;
}

} // namespace

TEST_CASE("made-up M-Bus meters have numbers that collide: all digits but the last, all but the first, and all") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const auto number = [seed](unsigned index) {
            return codecs::mbus::id_text(simulators::generated_setup(seed, index).identity.id);
        };
        CHECK(number(0).substr(0, 7) == number(1).substr(0, 7));
        CHECK(number(0) != number(1));
        CHECK(number(2) == number(3));
        CHECK(number(0).substr(1) == number(5).substr(1));
        CHECK(number(0) != number(5));
        const auto all = addresses_of(40, seed);
        CHECK(std::set<std::string>(all.begin(), all.end()).size() == 40);
    }
}

TEST_CASE("M-Bus: the wildcard search finds every meter, whatever digits they share") {
    for (const unsigned meters : {1U, 2U, 12U, 40U}) {
        for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
            CAPTURE(meters);
            CAPTURE(seed);
            SimulatedMbus bus(made_up(meters, seed), {}, 2400);
            const Found found = scan(bus, options_of(true));
            const auto addresses = found.addresses();
            CHECK(std::multiset<std::string>(addresses.begin(), addresses.end()) == addresses_of(meters, seed));
            CHECK(found.troubles.empty());
        }
    }
}

TEST_CASE("M-Bus: the wildcard search knows models, serial numbers and primary addresses, and a pattern narrows it") {
    SimulatedMbus bus(made_up(8), {{"0", "pro380-mb"}}, 2400);
    ScanOptions options = options_of(true);
    options.addresses = {"2411FFFF"};
    const Found found = scan(bus, std::move(options));
    REQUIRE(found.meters.size() == 1);
    CHECK(found.meters[0].address == "24110380-INM-01-02");
    CHECK(found.meters[0].model == "pro380-mb");
    CHECK(found.meters[0].serial_number == "24110380");
    CHECK(found.meters[0].line == "2400 8E1");
    CHECK(found.meters[0].facts.back().value == Value(std::uint64_t{0}));
}

TEST_CASE("M-Bus: meters that share their whole secondary address are said to") {
    SimulatedMbus bus(unaligned(), {{"1", "pro380-mb"}, {"2", "pro380-mb"}});
    const auto session = bus.session("pro380-mb", "2");
    const catalogue::Point& number = mbus_point("identification_number");
    REQUIRE(bus.run(session->write(number, Value(std::uint64_t{24110380}))).has_value());
    const Found found = scan(bus, options_of(true));
    CHECK(found.meters.empty());
    REQUIRE(found.troubles.size() == 1);
    CHECK(found.troubles[0].first == "24110380");
    CHECK(found.troubles[0].second.code == "mbus.collision");
}

TEST_CASE("M-Bus: a line that loses and damages answers is searched all the same, with retries") {
    for (const std::uint64_t seed : {1U, 5U}) {
        simulators::Options options = made_up(12, seed);
        options.drop = options.corrupt = 0.05;
        SimulatedMbus bus(options, {}, 2400);
        const auto addresses = scan(bus, options_of(true, 4)).addresses();
        CHECK(std::multiset<std::string>(addresses.begin(), addresses.end()) == addresses_of(12, seed));
    }
}

TEST_CASE("M-Bus: a converter that hears itself does not disturb a search") {
    simulators::Options options = made_up(12);
    options.echo = true;
    SimulatedMbus bus(options, {}, 2400);
    for (const bool by_secondary : {true, false}) {
        const Found found = scan(bus, options_of(by_secondary));
        CHECK(found.meters.size() == 12);
        CHECK(found.troubles.empty()); // a request that comes back alone is silence
    }
}

TEST_CASE("M-Bus: the primary sweep asks each address once, and names what answers") {
    SimulatedMbus bus(frozen(), {{"0", "pro380-mb"}, {"17", "mbus"}, {"250", "pro380-mb"}});
    const Found found = scan(bus, options_of(false));
    CHECK(found.addresses() == std::vector<std::string>{"0", "17", "250"});
    CHECK(found.meters[0].model == "pro380-mb");
    CHECK(found.meters[1].model == "mbus");
    CHECK(found.meters[2].serial_number == "24110382");
    CHECK(found.done == 251);
    CHECK(found.troubles.empty());
}

TEST_CASE("M-Bus: a model is known also where the meter's other readout is selected") {
    SimulatedMbus bus;
    const auto session = bus.session("", "1");
    auto method = mbus_protocol().parse_point("select_records");
    REQUIRE(method.has_value());
    REQUIRE(bus.run(session->invoke("select_records", Value(std::string("all")))).has_value());
    const auto identity = bus.run(bus.session("", "1")->identify(options_of(false).candidates));
    REQUIRE(identity.has_value());
    CHECK(identity->model == "pro380-mb");
}

TEST_CASE("M-Bus: two meters at one primary address are no meter but trouble, and said so") {
    SimulatedMbus bus(unaligned(), {{"5", "pro380-mb"}, {"5", "pro380-mb"}, {"6", "mbus"}});
    ScanOptions options = options_of(false);
    options.addresses = {"4", "5", "6"};
    const Found found = scan(bus, std::move(options));
    CHECK(found.addresses() == std::vector<std::string>{"6"});
    REQUIRE(found.troubles.size() == 1);
    CHECK(found.troubles[0].first == "5");
    CHECK(describe(found.troubles[0].second).find("two meters at one address") != std::string::npos);
}

TEST_CASE("M-Bus: a sweep over baud rates finds a meter at its own") {
    SimulatedMbus bus(frozen(), {{"3", "pro380-mb"}}, 1200);
    ScanOptions options = options_of(false);
    options.addresses = {"2", "3"};
    for (const unsigned baud : {300U, 600U, 1200U, 2400U, 9600U}) {
        options.lines.push_back(transports::parse_frame("8E1", baud).value());
    }
    const Found found = scan(bus, std::move(options));
    REQUIRE(found.meters.size() == 1);
    CHECK(found.meters[0].line == "1200 8E1");
    CHECK(found.done == 10);
}

TEST_CASE("M-Bus: what answers late is asked once more, and taken for nobody else") {
    const std::string data = mbus_answer("0C 04 56 34 12 00", "02");
    Scripted line({nothing(), answer(data, 250ms), nothing(), answer(data, 250ms)});
    line.settings = transports::parse_frame("8E1", 2400).value();
    ScanOptions options = options_of(false);
    options.addresses = {"1", "2", "3"};
    Found found;
    const auto done = transports::run(line.loop(), mbus_protocol().scan(line, std::move(options), found.sink()));
    REQUIRE(done.has_value());
    CHECK(found.addresses() == std::vector<std::string>{"2"});
}

TEST_CASE("M-Bus: addresses of a scan that are none are usage errors") {
    SimulatedMbus bus;
    ScanOptions options = options_of(false);
    options.addresses = {"300"};
    Found found;
    const auto done = bus.run(mbus_protocol().scan(*bus.transport, std::move(options), found.sink()));
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().category == Category::usage);
}
