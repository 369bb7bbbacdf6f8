// The transitions of remote commands, as the DTSD545's manual, section 5.2.8, and the Blue Book have them.
#include "codecs/dlms/disconnect_control.hpp"

#include <doctest/doctest.h>

using namespace meterctl::codecs::dlms;

namespace {

constexpr auto off = ControlState::disconnected, on = ControlState::connected,
               ready = ControlState::ready_for_reconnection;

struct Row {
    std::uint8_t mode;
    std::optional<ControlState> disconnected_from_on, disconnected_from_ready, reconnected_from_off;
};
/// b, c, and a or d of the manual's table.
const Row rows[]{
    {0, std::nullopt, std::nullopt, std::nullopt},
    {1, off, off, ready},
    {2, off, off, on},
    {3, off, off, ready},
    {4, off, off, on},
    {5, off, off, ready},
    {6, off, off, ready},
};

} // namespace

TEST_CASE("remote commands lead where the manual's table of control modes says") {
    for (const Row& row : rows) {
        CAPTURE(int{row.mode});
        CHECK(remote_target(row.mode, on, RemoteCommand::disconnect) == row.disconnected_from_on);
        CHECK(remote_target(row.mode, ready, RemoteCommand::disconnect) == row.disconnected_from_ready);
        CHECK(remote_target(row.mode, off, RemoteCommand::reconnect) == row.reconnected_from_off);
        CHECK(remote_target(row.mode, off, RemoteCommand::disconnect) == off);
        CHECK(remote_target(row.mode, on, RemoteCommand::reconnect) == on);
        CHECK_FALSE(control_mode_text(row.mode).empty());
    }
    CHECK(remote_target(7, on, RemoteCommand::disconnect) == std::nullopt);
    CHECK(control_mode_text(7).empty());
    CHECK(control_state_name(2) == "ready_for_reconnection");
    CHECK(control_state_name(3).empty());
    CHECK(control_state_name(-1).empty());
}
