#include "sessions/iec62056_21/client.hpp"

#include "transports/serial_line.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

using transports::TimePoint;

/// What modes C and E can switch to, slowest first.
constexpr std::array<unsigned, 7> rates{300, 600, 1200, 2400, 4800, 9600, 19200};
constexpr std::string_view no_switch = "iec62056_21.no_switch";

std::string shown(const iec::Identification& meter) {
    return "/" + meter.manufacturer + meter.baud + meter.text;
}

} // namespace

bool ends_all(const Error& error) {
    return error.category != Category::timeout && error.category != Category::untrusted;
}

Client::Client(transports::Transport& transport, ClientOptions options)
    : options_(std::move(options)), link_(transport, options_.notice, options_.ignore_block_check) {}

std::string Client::where() const {
    const std::string endpoint = link_.transport().description();
    return options_.address.empty() ? endpoint : fmt::format("address {} at {}", options_.address, endpoint);
}

Duration Client::pause() const {
    return (meter_ ? *meter_ : iec::Identification()).reaction_time();
}

Stage Client::first_stage(Stage otherwise) const {
    return baud_ != options_.opening.baud && !rate_works_ ? Stage::after_switch : otherwise;
}

Error Client::failure(Stage stage, std::string sent, TimePoint since, unsigned tries, bool repeat_asked) const {
    Attempt attempt;
    attempt.stage = stage;
    attempt.sent = std::move(sent);
    if (meter_) { attempt.identification = shown(*meter_); }
    attempt.by_address = !options_.address.empty();
    attempt.woken = options_.wake_up;
    attempt.baud = link_.has_line() ? baud_ : 0;
    attempt.waited = link_.transport().loop().now() - since;
    attempt.tries = tries;
    attempt.repeat_asked = repeat_asked;
    attempt.where = where();
    return diagnose(link_.evidence(), attempt);
}

Task<Result<Readout>> Client::read_out() {
    for (unsigned attempt = 0;; ++attempt) {
        Result<Readout> readout;
        if (options_.listens) {
            readout = co_await listen();
        } else {
            readout = co_await try_read_out();
        }
        if (readout || ends_all(readout.error()) || attempt >= options_.retries) { co_return readout; }
        auto prepared = co_await prepare_again(readout.error(), attempt);
        if (!prepared) { co_return tl::unexpected(prepared.error()); }
    }
}

Task<Result<void>> Client::prepare_again(const Error& last, unsigned attempt) {
    ++link_.statistics().retries;
    link_.tell("asking again: " + last.what);
    // Noise behind the switch is a meter that talks at the old rate; silence may be a choice that was lost.
    const bool last_try = attempt + 1 >= options_.retries;
    if (last.code == no_switch && (last.category == Category::untrusted || last_try)) {
        keep_rate_ = true;
        link_.tell(fmt::format("keeping {} Bd from here on", options_.opening.baud));
    }
    auto settled = co_await link_.settle();
    co_return settled;
}

Task<Result<iec::Identification>> Client::sign_on() {
    meter_.reset();
    rate_works_ = false;
    auto set = co_await link_.set_line(options_.opening);
    if (!set && set.error().code == transports::line_refused) {
        // A bridge whose line is set at its own end: what it is at is what the meter is to be met at.
        options_.opening = link_.transport().line().value_or(options_.opening);
    } else if (!set) {
        co_return tl::unexpected(set.error());
    }
    baud_ = options_.opening.baud;
    if (options_.wake_up) {
        auto woken = co_await link_.wake_up();
        if (!woken) { co_return tl::unexpected(woken.error()); }
    }
    iec::Request request;
    request.address = options_.address;
    const iec::Message call = request;
    auto sent = co_await link_.send(call, Duration::zero());
    if (!sent) { co_return tl::unexpected(sent.error()); }
    const TimePoint since = link_.transport().loop().now();
    const iec::Awaiting awaiting;
    while (true) {
        auto heard = co_await link_.receive(awaiting, patience());
        if (!heard) {
            if (ends_all(heard.error())) { co_return tl::unexpected(heard.error()); }
            co_return tl::unexpected(failure(Stage::sign_on, "/?" + options_.address + "!", since));
        }
        const auto* identification = std::get_if<iec::Identification>(&heard->message);
        if (identification == nullptr) { continue; }
        meter_ = *identification;
        link_.tell("the meter is " + shown(*meter_));
        co_return *meter_;
    }
}

/// The fastest rate that the meter offers and the user allows; a socket's far end stays where it is.
unsigned Client::chosen_rate() const {
    const unsigned offered = meter_->baud_rate().value_or(options_.opening.baud);
    if (keep_rate_ || (!link_.has_line() && !options_.max_baud)) { return options_.opening.baud; }
    const unsigned allowed = std::min(offered, options_.max_baud.value_or(offered));
    unsigned fastest = options_.opening.baud;
    for (const unsigned rate : rates) {
        if (rate <= allowed) { fastest = rate; }
    }
    return fastest;
}

Task<Result<void>> Client::choose(char mode, char protocol) {
    const iec::Mode spoken = meter_->mode();
    if (spoken == iec::Mode::a) { co_return Result<void>(); }
    transports::LineSettings line = options_.opening;
    if (spoken == iec::Mode::b) {
        line.baud = meter_->baud_rate().value_or(line.baud);
    } else {
        line.baud = chosen_rate();
        iec::OptionSelect select;
        select.protocol = protocol;
        select.baud = iec::baud_character(line.baud).value_or('0');
        select.mode = mode;
        const iec::Message message = select;
        auto sent = co_await link_.send(message, pause());
        if (!sent) { co_return sent; }
    }
    auto set = co_await link_.set_line(line);
    baud_ = line.baud;
    if (set || set.error().code != transports::line_refused) { co_return set; }
    // The meter has switched, and we cannot follow.
    co_return tl::unexpected(Error{.category = Category::untrusted,
                                   .what = set.error().what,
                                   .where = set.error().where,
                                   .hints = set.error().hints,
                                   .code = std::string(no_switch)});
}

Task<Result<Readout>> Client::try_read_out() {
    auto met = co_await sign_on();
    if (!met) { co_return tl::unexpected(met.error()); }
    auto chosen = co_await choose(wants_readout);
    if (!chosen) { co_return tl::unexpected(chosen.error()); }
    auto readout = co_await receive_data();
    if (readout) { readout->identification = *met; }
    co_return readout;
}

/// A data message, asked for again by NAK while its block check is wrong.
Task<Result<Readout>> Client::receive_data() {
    const TimePoint since = link_.transport().loop().now();
    // Without its frame, the end of a message that began unheard would pass for a whole one.
    iec::Awaiting awaiting;
    awaiting.plain_data = options_.ignore_block_check;
    Readout readout;
    for (unsigned repetitions = 0;;) {
        auto heard = co_await link_.receive(awaiting, std::max(patience(), longest_fallback + adapter_delay));
        if (heard) {
            rate_works_ = true;
            const auto* data = std::get_if<iec::Data>(&heard->message);
            if (data == nullptr) {
                const bool repeat_asked = std::holds_alternative<iec::Repeat>(heard->message);
                co_return tl::unexpected(failure(Stage::data, {}, since, repetitions + 1, repeat_asked));
            }
            readout.block += data->block;
            readout.checked = readout.checked && heard->checked;
            if (!data->partial) { co_return readout; }
        } else if (heard.error().code != Link::wrong_block_check || repetitions >= options_.retries) {
            if (ends_all(heard.error())) { co_return tl::unexpected(heard.error()); }
            co_return tl::unexpected(failure(first_stage(Stage::data), {}, since, repetitions + 1));
        } else {
            ++repetitions;
            ++link_.statistics().retries;
        }
        iec::Message reply = iec::Acknowledge();
        if (!heard) { reply = iec::Repeat(); }
        auto sent = co_await link_.send(reply, pause());
        if (!sent) { co_return tl::unexpected(sent.error()); }
    }
}

/// Mode D: identification and data come by themselves, at one fixed rate and without a block check.
Task<Result<Readout>> Client::listen() {
    meter_.reset();
    auto set = co_await link_.set_line(options_.opening);
    if (!set) { co_return tl::unexpected(set.error()); }
    baud_ = options_.opening.baud;
    const TimePoint since = link_.transport().loop().now();
    const TimePoint deadline = since + options_.push;
    iec::Awaiting awaiting;
    while (true) {
        awaiting.plain_data = meter_.has_value();
        const Duration left = std::max(deadline - link_.transport().loop().now(), Duration::zero());
        auto heard = co_await link_.receive(awaiting, meter_ ? patience() : left);
        if (!heard && ends_all(heard.error())) { co_return tl::unexpected(heard.error()); }
        const bool late = link_.transport().loop().now() >= deadline;
        if (!heard) { meter_.reset(); }
        if (!heard && late) { co_return tl::unexpected(failure(Stage::push, {}, since)); }
        if (!heard) { continue; }
        if (const auto* identification = std::get_if<iec::Identification>(&heard->message)) {
            meter_ = *identification;
        }
        const auto* data = std::get_if<iec::Data>(&heard->message);
        if (data == nullptr || !meter_) { continue; }
        Readout readout;
        readout.identification = meter_;
        readout.block = data->block;
        co_return readout;
    }
}

} // namespace meterctl::sessions::iec62056_21
