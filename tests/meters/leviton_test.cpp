// The definition of the Leviton S4100 has every object of the guide's object table, and what the guide says of each.
#include "codecs/bacnet/point.hpp"
#include "src/catalogue/catalogue.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace meterctl;
namespace bacnet = codecs::bacnet;

namespace {

const catalogue::Definition& s4100() {
    static const catalogue::Catalogue catalogue;
    const auto meter = catalogue.find("leviton-s4100");
    REQUIRE(meter.has_value());
    return **meter;
}

const catalogue::Point* at(std::uint16_t type, std::uint32_t instance) {
    for (const auto& point : s4100().points) {
        const auto address = bacnet::parse_point_address(point.address);
        const bool here = address && address->object == bacnet::ObjectId{type, instance} && !point.method;
        if (here) { return &point; }
    }
    return nullptr;
}

constexpr std::uint16_t analog_input = 0, analog_value = 2, binary_input = 3, trend_log = 20;

} // namespace

TEST_CASE("the S4100 has 83 analog inputs, 11 analog values, 15 binary inputs and 3 trend logs, each under a name") {
    struct Kind {
        std::uint16_t type;
        std::uint32_t count;
    };
    std::set<std::string> names;
    for (const auto& [type, count] : {Kind{analog_input, 83}, Kind{analog_value, 11}, Kind{binary_input, 15}}) {
        for (std::uint32_t instance = 1; instance <= count; ++instance) {
            const auto* point = at(type, instance);
            INFO(type, ":", instance);
            REQUIRE(point != nullptr);
            CHECK(names.insert(point->name).second);
            CHECK_FALSE(point->reported_name.empty());
        }
        CHECK(at(type, 0) == nullptr);
        CHECK(at(type, count + 1) == nullptr);
    }
    for (std::uint32_t log = 1; log <= 3; ++log) { CHECK(at(trend_log, log) != nullptr); }
    CHECK(at(trend_log, 4) == nullptr);
    CHECK(s4100().profiles.size() == 3);
}

TEST_CASE("reactive and apparent energies of the S4100 count kvarh and kVAh, and are said to be kWh") {
    for (std::uint32_t instance = 1; instance <= 83; ++instance) {
        const auto* point = at(analog_input, instance);
        REQUIRE(point != nullptr);
        INFO(point->name);
        const bool active = instance <= 3 || (instance >= 31 && instance <= 36);
        const bool reactive = (instance >= 4 && instance <= 7) || (instance >= 37 && instance <= 48);
        const bool apparent = (instance >= 8 && instance <= 10) || (instance >= 49 && instance <= 54);
        CHECK((point->unit == Unit::kilowatt_hour) == active);
        CHECK((point->unit == Unit::kilovar_hour) == reactive);
        CHECK((point->unit == Unit::kilovolt_ampere_hour) == apparent);
        CHECK(point->reported_unit == (reactive || apparent ? "kWh" : ""));
        CHECK(point->access == catalogue::Access::read);
    }
}

TEST_CASE("the settings of the S4100 are delivered as the guide's table of defaults says") {
    struct Setting {
        std::uint32_t instance;
        const char *name, *delivered;
    };
    for (const auto& [instance, name, delivered] :
         {Setting{2, "system_type", "=40"}, Setting{3, "ct_primary", "=100"}, Setting{4, "ct_type", "=1"},
          Setting{5, "pt_ratio", "=1"}, Setting{6, "system_voltage", "=600"}, Setting{7, "display_units", "=1"},
          Setting{8, "phase_loss_voltage_threshold", "=10"}, Setting{9, "phase_loss_imbalance_threshold", "=25"},
          Setting{10, "demand_subintervals", "=1"}, Setting{11, "demand_subinterval_length", "=90000"}}) {
        const auto* point = at(analog_value, instance);
        REQUIRE(point != nullptr);
        CHECK(point->name == name);
        CHECK(point->simulate == delivered);
        CHECK(point->access == catalogue::Access::read_write);
    }
    CHECK(at(analog_value, 1)->access == catalogue::Access::read);
    CHECK(at(analog_value, 11)->confirm); // it empties the logs
}

TEST_CASE("the S4100's alarm bitmap names its binary inputs, BI1 in the least significant bit") {
    const auto* alarms = at(analog_input, 83);
    REQUIRE(alarms != nullptr);
    REQUIRE(alarms->bits.size() == 15);
    for (std::uint32_t bit = 0; bit < 15; ++bit) {
        CHECK(alarms->bits[bit].bit == bit);
        CHECK(alarms->bits[bit].name == at(binary_input, bit + 1)->name);
    }
}

TEST_CASE("the S4100's commands have the guide's codes, and those that destroy ask first") {
    struct Command {
        const char *name, *address;
        bool destroys;
    };
    for (const auto& [name, address, destroys] :
         {Command{"reset_energy", "analog-value:1=30078", true}, Command{"sync_demand", "analog-value:1=21211", false},
          Command{"reset_max_demand", "analog-value:1=21212", true},
          Command{"reset_pulse_count", "analog-value:1=16498", true}}) {
        const auto* method = s4100().find(name);
        REQUIRE(method != nullptr);
        CHECK(method->method);
        CHECK(method->address == address);
        CHECK(method->confirm == destroys);
        CHECK(method->min_interval_s == 10);
    }
}

TEST_CASE("where the guide contradicts itself, the definition says so") {
    const auto noted = [](std::string_view words) {
        return std::ranges::any_of(s4100().notes,
                                   [&](const std::string& note) { return note.find(words) != std::string::npos; });
    };
    for (const char* words : {"AI52", "AI45", "AI1 to AI10", "AV11", "4194302", "0 to 127", "Object_Name", "Log"}) {
        CHECK_MESSAGE(noted(words), words);
    }
}
