#include "codecs/dlms/disconnect_control.hpp"
#include "sessions/dlms/method_effect.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;
using dlms::ControlState;
using dlms::RemoteCommand;

/// A relay moves within tenths of a second; some meters wait for a good moment.
constexpr unsigned most_looks = 10;
constexpr auto between_looks = 500ms;

struct Relay {
    bool output = false;
    ControlState state = ControlState::disconnected;
    std::uint8_t mode = 0;

    [[nodiscard]] Value shown() const {
        Structure members;
        members.push_back({"control_state", std::string(dlms::control_state_name(static_cast<std::int64_t>(state)))});
        members.push_back({"output_state", output});
        members.push_back({"control_mode", std::int64_t{mode}});
        return members;
    }
    [[nodiscard]] std::string name() const {
        return std::string(dlms::control_state_name(static_cast<std::int64_t>(state)));
    }
};

class RelayEffect final : public MethodEffect {
public:
    RelayEffect(const EffectTools& tools, const dlms::PointAddress& method)
        : tools_(tools), method_(method),
          command_(method.index == 1 ? RemoteCommand::disconnect : RemoteCommand::reconnect) {}

    Task<Result<Outlook>> before() override {
        auto seen = co_await see();
        if (!seen) { co_return tl::unexpected(seen.error()); }
        first_ = *seen;
        target_ = dlms::remote_target(first_.mode, first_.state, command_);
        if (!target_) { co_return tl::unexpected(ignored()); }
        Outlook outlook;
        outlook.before = first_.shown();
        outlook.notes = notes();
        co_return outlook;
    }

    Task<Result<CallOutcome>> after() override {
        CallOutcome outcome;
        Relay relay;
        for (unsigned looks = 0; looks < most_looks; ++looks) {
            if (looks > 0) { co_await tools_.loop.sleep_for(between_looks); }
            auto seen = co_await see();
            if (!seen) { co_return tl::unexpected(seen.error()); }
            relay = *seen;
            outcome.verified = followed(relay);
            if (outcome.verified) { break; }
        }
        outcome.read_back = relay.shown();
        outcome.notes = notes();
        if (outcome.verified && relay.state == ControlState::ready_for_reconnection) {
            outcome.notes.emplace_back(
                "the supply is still cut until somebody on site presses the button, or the meter "
                "reconnects by itself");
        }
        if (!outcome.verified) { outcome.trouble = not_followed("the relay is " + relay.name(), method_, hints()); }
        co_return outcome;
    }

private:
    Task<Result<Relay>> see() {
        Relay relay;
        auto output = co_await tools_.reader.attribute(attribute_beside(method_, 2));
        if (!output) { co_return tl::unexpected(output.error()); }
        auto state = co_await tools_.reader.attribute(attribute_beside(method_, 3));
        if (!state) { co_return tl::unexpected(state.error()); }
        auto mode = co_await tools_.reader.attribute(attribute_beside(method_, 4));
        if (!mode) { co_return tl::unexpected(mode.error()); }
        const auto number = state->whole(), which = mode->whole();
        const bool known = number && which && !dlms::control_state_name(*number).empty() &&
                           !dlms::control_mode_text(*which).empty() && output->whole();
        if (!known) {
            co_return fail(Category::untrusted, "the meter's relay is in no state or mode that the standard knows",
                           method_.text(), {}, "dlms.relay.state");
        }
        relay.output = *output->whole() != 0;
        relay.state = static_cast<ControlState>(*number);
        relay.mode = static_cast<std::uint8_t>(*which);
        co_return relay;
    }

    /// A meter may go further than ready: what somebody on site has disconnected connects at once.
    [[nodiscard]] bool followed(const Relay& relay) const {
        if (command_ == RemoteCommand::disconnect) {
            return relay.state == ControlState::disconnected && !relay.output;
        }
        return (relay.state == ControlState::connected && relay.output) || relay.state == *target_;
    }

    [[nodiscard]] std::string mode_text() const {
        return fmt::format("control mode {}: {}", first_.mode, dlms::control_mode_text(first_.mode));
    }

    [[nodiscard]] std::vector<std::string> notes() const {
        std::vector<std::string> notes{"the relay is " + first_.name(), mode_text()};
        const auto target = std::string(dlms::control_state_name(static_cast<std::int64_t>(*target_)));
        notes.push_back(*target_ == first_.state ? "the command changes nothing: it is " + target + " already"
                                                 : "the command makes it " + target);
        return notes;
    }

    [[nodiscard]] Error ignored() const {
        const bool off = command_ == RemoteCommand::disconnect;
        return Error{.category = Category::rejected,
                     .what = fmt::format("the meter would ignore the command: the relay is {}, and no remote {} leads "
                                         "from there in {}",
                                         first_.name(), off ? "disconnection" : "reconnection", mode_text()),
                     .where = method_.text(),
                     .hints = {off ? "relay_mode=1 to 6, which have one" : "relay_mode=2 or 4, which have one"},
                     .code = "dlms.relay.mode"};
    }

    [[nodiscard]] std::vector<std::string> hints() const {
        if (command_ == RemoteCommand::disconnect) {
            return {"the relay's log of events", "a visit: the relay may be stuck"};
        }
        return {"the relay's log of events: tampering that lasts, or a load above the limit, cuts the supply again",
                "a higher limiter_threshold_normal, or less load", "the button on the meter, where it is ready"};
    }

    EffectTools tools_;
    dlms::PointAddress method_;
    RemoteCommand command_;
    Relay first_;
    std::optional<ControlState> target_;
};

} // namespace

std::unique_ptr<MethodEffect> relay_effect(const EffectTools& tools, const dlms::PointAddress& method) {
    if (method.index != 1 && method.index != 2) { return nullptr; }
    return std::make_unique<RelayEffect>(tools, method);
}

} // namespace meterctl::sessions::dlms
