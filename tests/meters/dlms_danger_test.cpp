// What can cut a customer off, lock users out or make a meter useless is marked in every DLMS definition: it asks
// first, and says why. What that is, the classes of IEC 62056-6-2 tell.
#include "codecs/dlms/point.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace meterctl;

namespace {

constexpr std::int8_t any = 0;

struct Danger {
    std::uint16_t class_id;
    bool method;
    std::int8_t index; ///< any: all of them
    const char* why;
};
const Danger dangers[]{
    {70, true, any, "the supply is cut or connected"},
    {70, false, any, "who may cut the supply"},
    {71, false, any, "when the supply is cut"},
    {64, true, any, "keys and policies that lock out"},
    {18, true, any, "firmware"},
    {18, false, 5, "firmware is allowed"},
    {20, true, 1, "tariffs change"},
    {20, false, 10, "when tariffs change"},
    {3, true, any, "registers begin anew"},
    {4, true, any, "maxima begin anew"},
    {5, true, any, "demands begin anew"},
    {7, true, any, "records are lost"},
    {7, false, 4, "records are lost"},
    {9, true, any, "a script may do anything"},
    {8, true, any, "records have other times"},
    {8, false, 2, "records have other times"},
    {23, false, 2, "the meter answers at another rate"},
    {23, false, 9, "the meter answers to another address"},
    {41, false, 2, "the meter listens at another port"},
    {45, false, 2, "the meter is no longer in its network"},
};

const Danger* danger_of(const catalogue::Point& point) {
    const auto address = codecs::dlms::parse_point_address(point.address);
    REQUIRE(address.has_value());
    const auto* const found = std::ranges::find_if(dangers, [&](const Danger& one) {
        return one.class_id == address->class_id && one.method == address->method &&
               (one.index == any || one.index == address->index);
    });
    return found == std::end(dangers) ? nullptr : found;
}

} // namespace

TEST_CASE("what is dangerous in a DLMS meter asks first and says why, whatever is written") {
    const catalogue::Catalogue catalogue;
    std::size_t marked = 0;
    const auto all = catalogue.all().value();
    for (const auto* const meter : all) {
        if (meter->protocol != "dlms") { continue; }
        for (const catalogue::Point& point : meter->points) {
            if (point.access == catalogue::Access::read && !point.method) { continue; }
            const auto* const danger = danger_of(point);
            if (danger == nullptr) { continue; }
            CAPTURE(meter->model + " " + point.name + ": " + danger->why);
            CHECK(point.confirm);
            CHECK_FALSE(point.warning.empty());
            const Value value = point.choices.empty() ? Value() : point.choices.front().value;
            const auto consent = sessions::check_write(point, value, false);
            REQUIRE_FALSE(consent.has_value());
            CHECK(exit_code(consent.error().category) == 7);
            ++marked;
        }
    }
    CHECK(marked > 30);
}
