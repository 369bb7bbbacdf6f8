// The tables of interface classes against the Blue Book's numbers, and in themselves.
#include "codecs/dlms/classes.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <set>
#include <string>

using namespace meterctl::codecs::dlms;

namespace {

/// Class, name, and how many attributes (the logical name included) and methods IEC 62056-6-2 gives it.
struct Expected {
    std::uint16_t id;
    std::string_view name;
    std::size_t attributes, methods;
};
constexpr std::array expected{
    Expected{1, "data", 2, 0},
    Expected{3, "register", 3, 1},
    Expected{4, "extended_register", 5, 1},
    Expected{5, "demand_register", 9, 2},
    Expected{6, "register_activation", 4, 3},
    Expected{7, "profile_generic", 8, 2},
    Expected{8, "clock", 9, 6},
    Expected{9, "script_table", 2, 1},
    Expected{11, "special_days_table", 2, 2},
    Expected{15, "association_ln", 11, 6},
    Expected{17, "sap_assignment", 2, 1},
    Expected{18, "image_transfer", 7, 4},
    Expected{19, "iec_local_port_setup", 9, 0},
    Expected{20, "activity_calendar", 10, 1},
    Expected{21, "register_monitor", 4, 0},
    Expected{22, "single_action_schedule", 4, 0},
    Expected{23, "iec_hdlc_setup", 9, 0},
    Expected{28, "auto_answer", 7, 0},
    Expected{29, "auto_connect", 6, 1},
    Expected{40, "push_setup", 10, 1},
    Expected{41, "tcp_udp_setup", 6, 0},
    Expected{42, "ipv4_setup", 10, 3},
    Expected{45, "gprs_modem_setup", 4, 0},
    Expected{64, "security_setup", 6, 8},
    Expected{70, "disconnect_control", 4, 2},
    Expected{71, "limiter", 11, 0},
};

struct Named {
    std::string_view class_name, attribute, method;
    int index;
};
constexpr std::array named{
    Named{"clock", "time_zone", "", 3},
    Named{"clock", "clock_base", "", 9},
    Named{"clock", "", "shift_time", 6},
    Named{"profile_generic", "capture_period", "", 4},
    Named{"disconnect_control", "control_mode", "", 4},
    Named{"disconnect_control", "", "remote_disconnect", 1},
    Named{"disconnect_control", "", "remote_reconnect", 2},
    Named{"association_ln", "security_setup_reference", "", 9},
    Named{"association_ln", "", "reply_to_hls_authentication", 1},
    Named{"security_setup", "", "key_transfer", 2},
    Named{"image_transfer", "", "image_activate", 4},
    Named{"activity_calendar", "day_profile_table_passive", "", 9},
    Named{"limiter", "actions", "", 11},
    Named{"push_setup", "", "push", 1},
    Named{"register", "logical_name", "", 1},
};

} // namespace

TEST_CASE("classes have the numbers, names and parts of the Blue Book") {
    for (const Expected& row : expected) {
        CAPTURE(row.id);
        const auto* const found = find_class(row.id);
        REQUIRE(found != nullptr);
        CHECK(found->name == row.name);
        CHECK(find_class(row.name) == found);
        CHECK(found->attributes.size() + 1 == row.attributes);
        CHECK(found->methods.size() == row.methods);
    }
    CHECK(find_class(std::uint16_t{2}) == nullptr);
    CHECK(find_class("clok") == nullptr);
}

TEST_CASE("attributes and methods are found by name") {
    for (const Named& row : named) {
        CAPTURE(row.class_name);
        CAPTURE(row.index);
        const auto* const found = find_class(row.class_name);
        REQUIRE(found != nullptr);
        if (row.method.empty()) {
            const auto* const attribute = find_attribute(*found, row.attribute);
            REQUIRE(attribute != nullptr);
            CHECK(attribute->index == row.index);
        } else {
            const auto* const method = find_method(*found, row.method);
            REQUIRE(method != nullptr);
            CHECK(method->index == row.index);
        }
    }
    CHECK(find_attribute(*find_class("clock"), "remote_reconnect") == nullptr);
    CHECK(find_method(*find_class("clock"), std::int8_t{7}) == nullptr);
}

TEST_CASE("enumerations have labels") {
    const auto& relay = *find_class("disconnect_control");
    CHECK(label_of(*find_attribute(relay, "control_state"), 0) == "disconnected");
    CHECK(label_of(*find_attribute(relay, "control_state"), 2) == "ready_for_reconnection");
    CHECK(label_of(*find_attribute(relay, "control_state"), 3).empty());
    CHECK(label_of(*find_attribute(*find_class("image_transfer"), "image_transfer_status"), 6) ==
          "activation_successful");
    CHECK(label_of(*find_attribute(*find_class("iec_hdlc_setup"), "comm_speed"), 5) == "9600");
}

TEST_CASE("every class is listed once, in order, its parts counted on without a gap") {
    std::set<std::string_view> names;
    std::uint16_t last = 0;
    for (const auto& one : interface_classes()) {
        CAPTURE(one.id);
        CHECK(one.id > last);
        last = one.id;
        CHECK(names.insert(one.name).second);
        CHECK_FALSE(one.title.empty());
        int index = 2;
        for (const auto& attribute : one.attributes) { CHECK(attribute.index == index++); }
        CHECK(std::ranges::is_sorted(one.methods, {}, &Method::index));
    }
}
