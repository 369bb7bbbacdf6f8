// The disconnector by the table of control modes (IEC 62056-6-2, table of clause 4.5.8; DTSD545 manual, 5.2.8), and the
// limiter by the manual's description.
#include "simulators/dlms_limiter.hpp"
#include "simulators/dlms_relay.hpp"

#include <array>
#include <doctest/doctest.h>

using namespace meterctl::simulators;

namespace {

using enum RelayState;

/// For each mode: where remote off, manual off and local off lead from connected; then where remote on leads from
/// disconnected remotely, and manual on and local on from ready.
struct ModeRow {
    RelayState remote_off, manual_off, local_off, remote_on, manual_on, local_on;
};
constexpr std::array<ModeRow, 7> table{{
    {connected, connected, connected, connected, connected, connected},
    {disconnected, ready, ready, ready, connected, ready},
    {disconnected, ready, ready, connected, connected, ready},
    {disconnected, connected, ready, ready, connected, ready},
    {disconnected, connected, ready, connected, connected, ready},
    {disconnected, ready, ready, ready, connected, connected},
    {disconnected, connected, ready, ready, connected, connected},
}};

DlmsRelay relay_in(std::uint8_t mode) {
    DlmsRelay relay;
    relay.set_mode(mode);
    return relay;
}

RelayState after(std::uint8_t mode, std::initializer_list<RelayCause> causes) {
    DlmsRelay relay = relay_in(mode);
    for (const auto cause : causes) { relay.act(cause); }
    return relay.state();
}

} // namespace

TEST_CASE("each control mode has its own transitions and no other") {
    using enum RelayCause;
    for (std::uint8_t mode = 0; mode < table.size(); ++mode) {
        CAPTURE(static_cast<int>(mode));
        const ModeRow& row = table.at(mode);
        CHECK(after(mode, {remote_disconnect}) == row.remote_off);
        CHECK(after(mode, {manual_disconnect}) == row.manual_off);
        CHECK(after(mode, {local_disconnect}) == row.local_off);
        CHECK(after(mode, {remote_disconnect, remote_reconnect}) == row.remote_on);
        CHECK(after(mode, {local_disconnect, manual_reconnect}) == row.manual_on);
        CHECK(after(mode, {local_disconnect, local_reconnect}) == row.local_on);
        CHECK(after(mode, {remote_disconnect, manual_reconnect}) == row.remote_off);
    }
}

TEST_CASE("after a manual disconnection a remote command connects at once in every mode that has such") {
    using enum RelayCause;
    for (const std::uint8_t mode : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{5}}) {
        CHECK(after(mode, {manual_disconnect, remote_reconnect}) == connected);
    }
}

TEST_CASE("tampering cuts the supply whatever the mode, and only a remote command connects it again") {
    using enum RelayCause;
    for (std::uint8_t mode = 1; mode < table.size(); ++mode) {
        CHECK(after(mode, {tamper}) == disconnected);
        CHECK(after(mode, {tamper, manual_reconnect}) == disconnected);
        CHECK(after(mode, {tamper, local_reconnect}) == disconnected);
        CHECK(after(mode, {tamper, remote_reconnect}) == connected);
    }
}

TEST_CASE("mode 0 connects at once") {
    DlmsRelay relay = relay_in(5);
    relay.act(RelayCause::remote_disconnect);
    relay.set_mode(0);
    CHECK(relay.closed());
}

TEST_CASE("the limiter cuts the supply after t1, connects it after t2, and gives up after so many times") {
    using Wish = DlmsLimiter::Wish;
    using namespace std::chrono_literals;
    DlmsLimiter limiter;
    limiter.set({3000, 10s, 20s, 2});
    bool closed = true;
    SystemTime now{};
    const auto run = [&](double watts, std::chrono::seconds time) {
        Wish last = Wish::nothing;
        for (auto second = 0s; second < time; second += 1s) {
            now += 1s;
            const auto wish = limiter.step(closed ? watts : 0, closed, now);
            if (wish == Wish::nothing) { continue; }
            last = wish;
            closed = wish == Wish::reconnect;
        }
        return last;
    };
    CHECK(run(2900, 60s) == Wish::nothing);
    CHECK(run(3100, 10s) == Wish::nothing); // not longer than t1
    CHECK(run(3100, 1s) == Wish::disconnect);
    CHECK(run(3100, 19s) == Wish::nothing);
    CHECK(run(3100, 2s) == Wish::reconnect);
    CHECK(limiter.reconnections() == 1);
    CHECK(run(3100, 11s) == Wish::disconnect);
    CHECK(run(3100, 21s) == Wish::reconnect);
    CHECK(run(3100, 12s) == Wish::give_up);
    CHECK(run(3100, 600s) == Wish::nothing);
    CHECK_FALSE(closed);
    limiter.reset();
    closed = true;
    CHECK(limiter.reconnections() == 0);
    CHECK(run(3100, 12s) == Wish::disconnect);
}

TEST_CASE("the count of reconnections begins anew where the customer draws less") {
    using Wish = DlmsLimiter::Wish;
    using namespace std::chrono_literals;
    DlmsLimiter limiter;
    limiter.set({3000, 1s, 1s, 1});
    SystemTime now{};
    CHECK(limiter.step(4000, true, now) == Wish::nothing);
    CHECK(limiter.step(4000, true, now + 1s) == Wish::disconnect);
    CHECK(limiter.step(0, false, now + 3s) == Wish::reconnect);
    CHECK(limiter.reconnections() == 1);
    CHECK(limiter.step(1000, true, now + 4s) == Wish::nothing);
    CHECK(limiter.reconnections() == 0);
    limiter.set({0, 1s, 1s, 1});
    CHECK(limiter.step(1e6, true, now + 5s) == Wish::nothing);
}
