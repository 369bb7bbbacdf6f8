// Runs tests/meters/*.json of Modbus meters: request and answer as they go over the line, and the readings they hold.
#include "src/catalogue/catalogue.hpp"
#include "tests/meters/meter_case.hpp"
#include "tests/meters/modbus_cases.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace meterctl;

namespace {

const std::string folder = std::string(METERCTL_SOURCE_DIR) + "/tests/meters";

} // namespace

TEST_CASE("the frames of every meter's tests hold the readings they name, and no others") {
    const catalogue::Catalogue catalogue;
    for (const auto& model : test::models_with_cases(folder)) {
        const auto cases = test::load_meter_cases(folder, model);
        CHECK(cases.model == model);
        const auto meter = catalogue.find(model);
        REQUIRE(meter);
        if ((*meter)->protocol != "modbus") { continue; }
        CHECK_FALSE(cases.cases.empty());
        std::set<std::string> covered;
        for (const auto& one : cases.cases) {
            INFO((model + ": " + one.title));
            covered.merge(test::run_modbus_case(**meter, one));
        }
        for (const auto& point : (*meter)->points) {
            INFO((model + " has no test for " + point.name));
            CHECK((covered.contains(point.name) || point.address == "server-id"));
        }
    }
}
