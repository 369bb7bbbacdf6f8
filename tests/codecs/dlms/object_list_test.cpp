#include "codecs/dlms/object_list.hpp"

#include "codecs/dlms/obis.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::codecs::dlms;

namespace {

Data right(std::int8_t which, std::uint8_t mode) {
    return Data::structure({Data::integer(which), Data::enumerated(mode), Data::null()});
}

Data item(std::uint16_t class_id, const Obis& name, std::vector<Data> attributes, std::vector<Data> methods) {
    return Data::structure({Data::long_unsigned(class_id), Data::unsigned_integer(0), to_data(name),
                            Data::structure({Data::array(std::move(attributes)), Data::array(std::move(methods))})});
}

TEST_CASE("objects of an association, with what may be done with each attribute and method") {
    const Obis energy{1, 0, 1, 8, 0, 255}, relay{0, 0, 96, 3, 10, 255};
    const auto list = object_list_of(
        Data::array({item(3, energy, {right(1, 1), right(2, 1), right(3, 0)}, {right(1, 0)}),
                     item(70, relay, {right(2, 4), right(3, 2), right(4, 6)}, {right(1, 1), right(2, 2)})}));
    REQUIRE(list.has_value());
    REQUIRE(list->size() == 2);
    CHECK((*list)[0].class_id == 3);
    CHECK((*list)[0].logical_name == energy);
    CHECK((*list)[0].readable(2));
    CHECK_FALSE((*list)[0].readable(3));
    CHECK_FALSE((*list)[0].readable(9));
    CHECK_FALSE((*list)[0].methods[0].allowed());
    CHECK((*list)[1].readable(2)); // authenticated
    CHECK_FALSE((*list)[1].readable(3));
    CHECK((*list)[1].attributes[1].writable());
    CHECK((*list)[1].attributes[2].writable());
    CHECK((*list)[1].methods[1].allowed());
}

TEST_CASE("an object list with odd items keeps the others, and what is no list is told") {
    const Obis clock{0, 0, 1, 0, 0, 255};
    const auto list = object_list_of(
        Data::array({Data::null(), Data::structure({Data::long_unsigned(3)}),
                     Data::structure({Data::long_unsigned(8), Data::unsigned_integer(0), to_data(clock)}),
                     Data::structure({Data::long_unsigned(8), Data::unsigned_integer(0), Data::long_unsigned(4)})}));
    REQUIRE(list.has_value());
    REQUIRE(list->size() == 1);
    CHECK((*list)[0].readable(2)); // the meter tells no rights
    CHECK_FALSE(object_list_of(Data::long_unsigned(1)).has_value());
}

TEST_CASE("logical devices of a SAP assignment") {
    const auto devices = logical_devices_of(Data::array(
        {Data::structure({Data::long_unsigned(1), Data::octet_string(Bytes{'H', 'L', 'Y', '1'})}), Data::null()}));
    REQUIRE(devices.size() == 1);
    CHECK(devices[0].sap == 1);
    CHECK(devices[0].name == "HLY1");
}

} // namespace
