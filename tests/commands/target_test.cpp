#include "commands/table/table.hpp"
#include "commands/target.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::commands;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view inventory_text = R"({
  "defaults": {"meter": "pro380-mod", "retries": 5},
  "targets": {
    "kitchen": {"endpoint": "tcp://10.0.0.5:502", "address": "7", "timeout": "2s"},
    "cellar": {"endpoint": "/dev/ttyUSB0", "meter": "dts307-modbus"}
  }})";

struct Fixture {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("meterctl-" + std::to_string(getpid()));
    Io io;

    Fixture() {
        std::filesystem::create_directories(folder / "meterctl");
        std::ofstream(folder / "meterctl" / "inventory.json") << inventory_text;
        io.environment = [this](std::string_view name) -> std::optional<std::string> {
            if (name == "XDG_CONFIG_HOME") { return folder.string(); }
            return std::nullopt;
        };
    }
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;
    ~Fixture() { std::filesystem::remove_all(folder); }

    /// The definitions that targets point to live as long as this.
    std::optional<Models> models;

    Result<std::vector<Target>> resolve(const std::string& name, std::vector<std::string> words = {}) {
        words.insert(words.begin(), name);
        const auto arguments = parse(table::read, words, io.environment);
        REQUIRE(arguments.has_value());
        models.emplace(open_models(*arguments, io).value());
        return resolve_targets(std::vector<std::string>{name}, *arguments, *models, io);
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture, "an endpoint is a target of its own") {
    const auto targets = resolve("tcp://10.0.0.9:502", {"-m", "pro380-mod", "-a", "3"});
    REQUIRE(targets.has_value());
    REQUIRE(targets->size() == 1);
    const Target& target = targets->front();
    CHECK(target.name == "tcp://10.0.0.9:502");
    CHECK(target.address == "3");
    REQUIRE(target.meter != nullptr);
    CHECK(target.meter->model == "pro380-mod");
    REQUIRE(target.protocol != nullptr);
    CHECK(target.protocol->name == "modbus");
}

TEST_CASE_FIXTURE(Fixture, "a name stands for what the inventory says, and options win over it") {
    const auto kitchen = resolve("kitchen");
    REQUIRE(kitchen.has_value());
    CHECK(kitchen->front().endpoint.host == "10.0.0.5");
    CHECK(kitchen->front().address == "7");
    CHECK(kitchen->front().timeout == 2s);
    CHECK(kitchen->front().retries == 5U);
    const auto overruled = resolve("kitchen", {"-a", "9", "--timeout", "100ms", "--retries", "0"});
    REQUIRE(overruled.has_value());
    CHECK(overruled->front().address == "9");
    CHECK(overruled->front().timeout == 100ms);
    CHECK(overruled->front().retries == 0U);
}

TEST_CASE_FIXTURE(Fixture, "a glob stands for all names it takes in") {
    const auto all = resolve("*");
    REQUIRE(all.has_value());
    REQUIRE(all->size() == 2);
    CHECK(all->at(1).name == "cellar");
    CHECK(all->at(1).meter->model == "dts307-modbus");
}

TEST_CASE_FIXTURE(Fixture, "a simulated endpoint that names its model needs no --meter") {
    const auto targets = resolve("sim://pro380-mod?speed=0");
    REQUIRE(targets.has_value());
    REQUIRE(targets->front().meter != nullptr);
    CHECK(targets->front().meter->model == "pro380-mod");
}

TEST_CASE_FIXTURE(Fixture, "a meter of a protocol that is not spoken is named with it") {
    const auto file = (folder / "acme.json").string();
    std::ofstream(file) << R"({"model": "acme-7", "title": "Acme 7", "maker": "Acme", "sources": ["none"],
                              "protocol": "smoke-signals", "address": "1"})";
    const auto targets = resolve("tcp://10.0.0.9:4059", {"-m", "acme-7", "--meter-file", file});
    REQUIRE_FALSE(targets.has_value());
    CHECK(targets.error().category == Category::usage);
    CHECK(targets.error().what.find("acme-7 speaks smoke-signals") == 0);
    CHECK_FALSE(targets.error().hints.empty());
}

TEST_CASE_FIXTURE(Fixture, "what cannot be resolved is a usage error that says what was meant") {
    struct Row {
        std::string name;
        std::vector<std::string> words;
        std::string part;
    };
    const std::vector<Row> rows{
        {"kitchn", {}, "kitchen"},
        {"tpc://10.0.0.5:502", {}, "tcp"},
        {"sim:", {"-m", "pro380mod"}, "pro380-mod"},
        {"sim:", {"-p", "modbsu"}, "modbus"},
        {"kitchen", {"--timeout", "soon"}, "--timeout"},
        {"kitchen", {"--inventory", "no/such/file"}, "no/such/file"},
    };
    for (const Row& row : rows) {
        const auto targets = resolve(row.name, row.words);
        REQUIRE_FALSE(targets.has_value());
        CHECK(targets.error().category == Category::usage);
        CHECK_MESSAGE(describe(targets.error()).find(row.part) != std::string::npos, describe(targets.error()));
    }
}

TEST_CASE_FIXTURE(Fixture, "the only protocol that knows the points is the target's, where nothing else says") {
    const auto targets = resolve("tcp://10.0.0.9:502");
    REQUIRE(targets.has_value());
    const std::vector<std::string> known{"holding:0x5002:float32"}, unknown{"voltage_l1"};
    const auto protocol = protocol_of(targets->front(), known);
    REQUIRE(protocol.has_value());
    CHECK((*protocol)->name == "modbus");
    CHECK_FALSE(protocol_of(targets->front(), unknown).has_value());
    CHECK_FALSE(protocol_of(targets->front(), {}).has_value());
}
