#include "simulators/dlms_relay.hpp"

#include <array>
#include <string_view>

namespace meterctl::simulators {

namespace {

/// The transitions of each mode by the standard's letters: a remote on to connected, b and c remote off, d remote on to
/// ready, e manual on, f manual off, g local off, h local on.
constexpr std::array<std::string_view, DlmsRelay::modes> transitions{"",      "bcdefg",  "abcefg", "bcdeg",
                                                                     "abceg", "bcdefgh", "bcdegh"};

bool has(std::uint8_t mode, char letter) {
    return transitions.at(mode).find(letter) != std::string_view::npos;
}

RelayOpened reason(RelayCause cause) {
    switch (cause) {
    case RelayCause::remote_disconnect:
        return RelayOpened::remotely;
    case RelayCause::manual_disconnect:
        return RelayOpened::manually;
    case RelayCause::tamper:
        return RelayOpened::tamper;
    default:
        return RelayOpened::locally;
    }
}

} // namespace

void DlmsRelay::set_mode(std::uint8_t mode) {
    mode_ = mode;
    if (mode == 0) {
        state_ = RelayState::connected;
        opened_ = RelayOpened::nothing;
    }
}

std::optional<RelayState> DlmsRelay::target(RelayCause cause) const {
    const bool on = closed();
    switch (cause) {
    case RelayCause::remote_disconnect:
        return has(mode_, on ? 'b' : 'c') ? std::optional(RelayState::disconnected) : std::nullopt;
    case RelayCause::manual_disconnect:
        return on && has(mode_, 'f') ? std::optional(RelayState::ready) : std::nullopt;
    case RelayCause::local_disconnect:
        return on && has(mode_, 'g') ? std::optional(RelayState::ready) : std::nullopt;
    case RelayCause::tamper: // whatever the mode, 0 aside
        return on && mode_ != 0 ? std::optional(RelayState::disconnected) : std::nullopt;
    case RelayCause::remote_reconnect:
        if (on) { return std::nullopt; }
        if (mode_ != 0 && (opened_ == RelayOpened::manually || opened_ == RelayOpened::tamper)) {
            return RelayState::connected;
        }
        if (has(mode_, 'a')) { return RelayState::connected; }
        return has(mode_, 'd') ? std::optional(RelayState::ready) : std::nullopt;
    case RelayCause::manual_reconnect:
        return state_ == RelayState::ready && !held_ && has(mode_, 'e') ? std::optional(RelayState::connected)
                                                                        : std::nullopt;
    case RelayCause::local_reconnect:
        return state_ == RelayState::ready && has(mode_, 'h') ? std::optional(RelayState::connected) : std::nullopt;
    }
    return std::nullopt;
}

bool DlmsRelay::act(RelayCause cause) {
    const auto next = target(cause);
    if (!next || *next == state_) { return false; }
    const bool opens = closed() || cause == RelayCause::remote_disconnect;
    state_ = *next;
    if (closed()) {
        opened_ = RelayOpened::nothing;
        held_ = false;
    } else if (opens) {
        opened_ = reason(cause);
    }
    return true;
}

} // namespace meterctl::simulators
