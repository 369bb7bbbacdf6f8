#include "sessions/iec62056_21/programming.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

using transports::TimePoint;

/// As errors show it, without what stands in brackets: that may be a password.
std::string shown(const iec::Message& message) {
    const auto* command = std::get_if<iec::Command>(&message);
    if (command == nullptr) { return {}; }
    std::string text{command->command, command->type};
    if (command->command == 'P' || !command->data) { return text; }
    return text + " " + command->data->substr(0, command->data->find('('));
}

bool is_break(const iec::Message& message) {
    const auto* command = std::get_if<iec::Command>(&message);
    return command != nullptr && command->command == 'B';
}

} // namespace

tl::unexpected<Error> Programming::refused(const Error& error) const {
    Error told = error;
    if (told.where.empty()) { told.where = client_.link().transport().description(); }
    return tl::unexpected(told);
}

Task<Result<void>> Programming::enter() {
    for (unsigned attempt = 0;; ++attempt) {
        auto entered = co_await try_enter();
        if (entered || ends_all(entered.error()) || attempt >= client_.options().retries) { co_return entered; }
        co_await leave();
        auto prepared = co_await client_.prepare_again(entered.error(), attempt);
        if (!prepared) { co_return prepared; }
    }
}

Task<Result<void>> Programming::try_enter() {
    auto met = co_await client_.sign_on();
    if (!met) { co_return tl::unexpected(met.error()); }
    if (met->mode() == iec::Mode::a || met->mode() == iec::Mode::b) {
        co_return fail(Category::refused,
                       fmt::format("a meter of mode {} has no programming mode", iec::mode_name(met->mode())),
                       client_.link().transport().description(), {}, "iec62056_21.no_programming");
    }
    entered_ = true;
    auto chosen = co_await client_.choose(wants_programming);
    if (!chosen) { co_return chosen; }
    auto heard = co_await receive({}, client_.first_stage(Stage::password));
    if (!heard) { co_return tl::unexpected(heard.error()); }
    const auto* operand = std::get_if<iec::Command>(&heard->message);
    if (operand != nullptr && operand->command == 'P') {
        auto given = co_await give_password();
        co_return given;
    }
    if (std::holds_alternative<iec::Repeat>(heard->message)) {
        co_return tl::unexpected(client_.failure(Stage::command, {}, client_.link().transport().loop().now(), 1, true));
    }
    // ACK alone: the mode is open, and no password is asked for.
    if (std::holds_alternative<iec::Acknowledge>(heard->message)) { co_return Result<void>(); }
    co_return fail(Category::refused, "the meter does not open programming mode",
                   client_.link().transport().description(), {"reading its readout, without programming mode"},
                   "iec62056_21.no_programming");
}

Task<Result<void>> Programming::give_password() {
    const ClientOptions& options = client_.options();
    if (options.password.empty()) { co_return Result<void>(); }
    const iec::Message message = iec::password_command(options.password, options.password_type);
    client_.link().hide(message);
    auto heard = co_await ask(message, Stage::password, false);
    if (!heard) { co_return tl::unexpected(heard.error()); }
    if (std::holds_alternative<iec::Acknowledge>(heard->message)) { co_return Result<void>(); }
    std::string why;
    if (const auto* data = std::get_if<iec::Data>(&heard->message)) {
        why = iec::error_message(*data).value_or(data->block);
    }
    if (is_break(heard->message)) { why = "it signed off"; }
    co_return fail(Category::refused, "the meter does not take the password" + (why.empty() ? why : ": " + why),
                   client_.link().transport().description(),
                   {"another password: METERCTL_PASSWORD or --password-file",
                    "to wait: some meters lock up for a while after a few wrong ones"},
                   "iec62056_21.password");
}

/// The next message at the rate that was chosen; while its block check is wrong, NAK asks for it again.
Task<Result<Heard>> Programming::receive(std::string sent, Stage stage) {
    Link& link = client_.link();
    const TimePoint since = link.transport().loop().now();
    const iec::Awaiting awaiting;
    for (unsigned repetitions = 0;; ++repetitions) {
        auto heard = co_await link.receive(awaiting, client_.patience());
        if (heard) {
            client_.rate_works();
            co_return heard;
        }
        const bool again = heard.error().code == Link::wrong_block_check && repetitions < client_.options().retries;
        if (!again && ends_all(heard.error())) { co_return heard; }
        if (!again) { co_return tl::unexpected(client_.failure(stage, std::move(sent), since, repetitions + 1)); }
        ++link.statistics().retries;
        const iec::Message repeat = iec::Repeat();
        auto asked = co_await link.send(repeat, client_.pause());
        if (!asked) { co_return tl::unexpected(asked.error()); }
    }
}

/// Sends, again while the meter answers NAK, and where `repeatable` also after silence and noise.
Task<Result<Heard>> Programming::ask(iec::Message message, Stage stage, bool repeatable) {
    Link& link = client_.link();
    const TimePoint since = link.transport().loop().now();
    for (unsigned attempt = 0;; ++attempt) {
        auto sent = co_await link.send(message, client_.pause());
        if (!sent) { co_return tl::unexpected(sent.error()); }
        auto heard = co_await receive(shown(message), stage);
        const bool repeat_asked = heard && std::holds_alternative<iec::Repeat>(heard->message);
        const bool last = attempt >= client_.options().retries;
        if (heard && !repeat_asked) { co_return heard; }
        if (!heard && (last || !repeatable || ends_all(heard.error()))) { co_return heard; }
        if (last) { co_return tl::unexpected(client_.failure(stage, shown(message), since, attempt + 1, true)); }
        ++link.statistics().retries;
    }
}

Task<Result<std::string>> Programming::read(iec::Command command) {
    iec::Message message = command;
    std::string block;
    while (true) {
        auto heard = co_await ask(message, Stage::command, block.empty());
        if (!heard) { co_return tl::unexpected(heard.error()); }
        if (is_break(heard->message)) { entered_ = false; }
        const auto* data = std::get_if<iec::Data>(&heard->message);
        if (data == nullptr) {
            co_return fail(Category::refused, fmt::format("the meter sent no data in answer to {}", shown(message)),
                           client_.link().transport().description(), {}, "iec62056_21.no_data");
        }
        if (const auto error = iec::error_message(*data)) { co_return refused(iec::meter_error(*error)); }
        block += data->block;
        if (!data->partial) { co_return block; }
        if (block.size() > iec::max_block) {
            co_return fail(Category::untrusted, "the partial blocks never end",
                           client_.link().transport().description(), {}, "iec62056_21.endless");
        }
        message = iec::Acknowledge();
    }
}

Task<Result<std::string>> Programming::tell(iec::Command command) {
    const iec::Message message = command;
    auto heard = co_await ask(message, Stage::command, false);
    if (!heard) { co_return tl::unexpected(heard.error()); }
    ++client_.link().statistics().answers;
    if (std::holds_alternative<iec::Acknowledge>(heard->message)) { co_return std::string(); }
    if (const auto* data = std::get_if<iec::Data>(&heard->message)) {
        if (const auto error = iec::error_message(*data)) { co_return refused(iec::meter_error(*error)); }
        if (command.command == 'E') { co_return data->block; }
    }
    if (is_break(heard->message)) { entered_ = false; }
    co_return fail(Category::refused, fmt::format("the meter did not acknowledge {}", shown(message)),
                   client_.link().transport().description(), {"the password: METERCTL_PASSWORD or --password-file"},
                   "iec62056_21.refused");
}

Task<void> Programming::leave() {
    if (!entered_) { co_return; }
    entered_ = false;
    const iec::Message message = iec::break_command();
    auto sent = co_await client_.link().send(message, client_.pause());
    static_cast<void>(sent); // nothing is left to be done, and what came before is what matters
}

} // namespace meterctl::sessions::iec62056_21
