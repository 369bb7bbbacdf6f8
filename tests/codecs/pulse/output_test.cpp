#include "codecs/pulse/output.hpp"

#include "src/catalogue/catalogue.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::codecs::pulse;

namespace {

Result<Output> output_of(const std::string& model, const std::string& name, Decimal constant) {
    static const catalogue::Catalogue catalogue;
    const auto meter = catalogue.find(model);
    REQUIRE(meter);
    const auto facts = find_facts(**meter, name);
    if (!facts) { return tl::unexpected(facts.error()); }
    return make_output(**meter, *facts, constant);
}

} // namespace

TEST_CASE("the PRO380's widths are those of its manual, section 5") {
    struct Row {
        long constant;
        double watts, width;
    };
    const std::vector<Row> rows{
        {10000, 4999, 40}, {2000, 4999, 40},  {1000, 0, 40},    {1000, 5000, 20}, {1000, 9999, 20},
        {1000, 10000, 10}, {1000, 19999, 10}, {1000, 20000, 5}, {1000, 39999, 5}, {10000, 40000, 2.5},
        {100, 49999, 40},  {100, 50001, 20},  {10, 60000, 40},  {1, 60000, 40},
    };
    for (const std::string name : {"forward", "reverse"}) {
        for (const Row& row : rows) {
            CAPTURE(row.constant);
            CAPTURE(row.watts);
            const auto output = output_of("pro380-mod", name, Decimal{row.constant, 0});
            REQUIRE(output);
            CHECK(output->variants.front().width_at(row.watts) == row.width);
            CHECK(output->bounce == 0);
            CHECK_FALSE(output->gap);
        }
    }
}

TEST_CASE("the PRO380's software 1.19 has widths of its own") {
    const auto thousand = output_of("pro380-mod", "forward", Decimal{1000, 0});
    REQUIRE(thousand);
    REQUIRE(thousand->variants.size() == 2);
    CHECK(thousand->variants[1].software == "1.19");
    CHECK(thousand->variants[1].width_at(100) == 30);
    CHECK(thousand->variants[1].width_at(60000) == 30);
    const auto two = output_of("pro380-mod-v1", "forward", Decimal{2000, 0});
    REQUIRE(two);
    CHECK(two->variants[1].width_at(46799) == 20);
    CHECK(two->variants[1].width_at(46800) == 15);
    CHECK(output_of("pro380-mod", "forward", Decimal{10000, 0})->variants.size() == 1);
}

TEST_CASE("an LED has no limits, the DTS 307 those of its manual, an unknown output those of IEC 62053-31") {
    const auto led = output_of("pro380-mod", "led", Decimal{10000, 0});
    REQUIRE(led);
    CHECK_FALSE(led->least_width);
    CHECK_FALSE(led->gap);
    const auto dts = output_of("dts307-modbus", "", Decimal{1, 0});
    REQUIRE(dts);
    CHECK(dts->variants.front().width_at(1000) == 100);
    CHECK(dts->gap == 100);
    CHECK(dts->accuracy == Decimal{5, -1});
    const Output other = standard_output(Decimal{500, 0});
    CHECK(other.least_width == 30);
    CHECK(other.gap == 30);
    CHECK(other.bounce == 5);
}

TEST_CASE("the combined code decides what an output carries (manual 6.10)") {
    const catalogue::Catalogue catalogue;
    const auto meter = catalogue.find("pro380-mod");
    REQUIRE(meter);
    const auto forward = find_facts(**meter, "forward"), reverse = find_facts(**meter, "reverse");
    REQUIRE(forward);
    REQUIRE(reverse);
    struct Row {
        long code;
        std::string forward, reverse;
    };
    const std::string in = "active_energy_import", out = "active_energy_export", net = "active_energy_net";
    const std::vector<Row> rows{{1, in, ""},  {4, "", out},  {5, in, out},  {6, in, out},
                                {9, in, out}, {10, in, out}, {11, net, net}};
    for (const Row& row : rows) {
        CAPTURE(row.code);
        CHECK(quantity_under(*forward, row.code) == row.forward);
        CHECK(quantity_under(*reverse, row.code) == row.reverse);
    }
    CHECK(quantity_under(*forward, std::nullopt) == in);
    CHECK(quantity_under(*forward, 2).error().category == Category::usage);
}

TEST_CASE("pulses that would run into each other are told, with the constant that fits") {
    struct Row {
        std::string model;
        long constant;
        double watts;
        bool overlaps;
        std::optional<Decimal> fits;
    };
    const std::vector<Row> rows{
        {"dts307-modbus", 1000, 17000, false, {}},
        {"dts307-modbus", 1000, 18000, true, Decimal{100, 0}},
        {"dts307-modbus", 1000, 30000, true, Decimal{100, 0}},
        {"dts307-modbus", 1000, 250000, true, Decimal{10, 0}},
        {"dts307-modbus", 1, 500000, false, {}},
        {"pro380-mod", 10000, 4999, false, {}},
        {"pro380-mod", 10000, 69000, false, {}},
        {"pro380-mod", 10000, 150000, true, Decimal{2000, 0}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.model);
        CAPTURE(row.watts);
        const auto output = output_of(row.model, "", Decimal{row.constant, 0});
        REQUIRE(output);
        const auto overlap = overlap_at(*output, row.watts);
        REQUIRE(overlap.has_value() == row.overlaps);
        if (overlap) { CHECK(overlap->fits == row.fits); }
    }
}

TEST_CASE("names and constants that the meter has not are usage errors with what it has") {
    const auto constant = output_of("pro380-mod", "forward", Decimal{500, 0});
    REQUIRE_FALSE(constant);
    CHECK(constant.error().category == Category::usage);
    CHECK(constant.error().hints.front().find("1000") != std::string::npos);
    const auto name = output_of("pro380-mod", "forwrd", Decimal{1000, 0});
    REQUIRE_FALSE(name);
    CHECK(name.error().hints.front() == "forward");
    CHECK_FALSE(output_of("pro380-mod", "forward", Decimal{0, 0}));
}

TEST_CASE("the debounce time leaves the narrowest pulse room") {
    CHECK(usual_debounce(*output_of("pro380-mod", "forward", Decimal{1000, 0})) == doctest::Approx(0.625));
    CHECK(usual_debounce(*output_of("dts307-modbus", "", Decimal{1, 0})) == 5);
}
