#include "sessions/identify_rule.hpp"

#include <array>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;

namespace {

constexpr std::array facts{Fact{"vendor", "device:1", "text"}, Fact{"serial_number", "device:2", "text"}};

catalogue::Definition meter(const std::string& model, const std::string& address, const std::string& wanted) {
    catalogue::IdentifyRule rule;
    rule.address = address;
    rule.equals = {wanted};
    catalogue::Definition definition;
    definition.model = model;
    definition.identify = {{rule}};
    return definition;
}

Reading reading(const std::string& name, const std::string& address, const std::string& text) {
    Reading one;
    one.name = name;
    one.address = address;
    one.value = Value(text);
    return one;
}

} // namespace

TEST_CASE("what identifies a meter is asked once, however many rules want it") {
    const auto first = meter("first", "device:1", "ACME"), second = meter("second", "device:3", "7"),
               third = meter("third", "device:3", "8");
    const std::array candidates{&first, &second, &third};
    const auto points = identity_points(facts, candidates);
    REQUIRE(points.size() == 3);
    CHECK(points[0].name == "vendor");
    CHECK(points[2].address == "device:3");
}

TEST_CASE("the first candidate whose rules all hold is the model, and only facts are told") {
    const auto first = meter("first", "device:3", "7"), second = meter("second", "device:1", "ACME"),
               third = meter("third", "device:3", "8");
    const catalogue::Definition without_rules;
    const std::array candidates{&without_rules, &first, &second, &third};
    const auto identity =
        identity_of(facts, candidates,
                    {reading("vendor", "device:1", "ACME"), reading("serial_number", "device:2", "42"),
                     reading("device:3", "device:3", "8")});
    CHECK(identity.model == "second");
    CHECK(identity.serial_number == "42");
    REQUIRE(identity.facts.size() == 2);
    CHECK(identity.facts[0].name == "vendor");
    CHECK(identity_of(facts, candidates, {}).model.empty());
}
