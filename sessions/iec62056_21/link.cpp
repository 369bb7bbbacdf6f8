#include "sessions/iec62056_21/link.hpp"

#include "src/core/parity.hpp"

#include <algorithm>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

using transports::Chunk;
using transports::TimePoint;

/// No character of seven bits: what stands for one that cannot be trusted.
constexpr std::uint8_t damaged = 0xFF;
constexpr std::uint8_t parity_bit = 0x80;
/// Octets that make no message, after which no message is waited for: the rates differ, or something else talks.
constexpr std::size_t most_noise = 256;

/// A line without parity of its own carries the parity bit as the eighth data bit.
bool needs_software_parity(const std::optional<transports::LineSettings>& line) {
    return line && line->data_bits == 8 && line->parity == transports::Parity::none;
}

std::uint8_t seven_bits(std::uint8_t octet) {
    if (octet < parity_bit) { return octet; }
    return even_parity(octet) ? static_cast<std::uint8_t>(octet & ~parity_bit) : damaged;
}

bool is_checked(ByteView octets) {
    return octets.front() != '\r' && octets.front() != '\n' && octets.front() < ' ';
}

} // namespace

Link::Link(transports::Transport& transport, Notice notice, bool ignore_block_check)
    : transport_(transport), notice_(std::move(notice)), ignore_block_check_(ignore_block_check) {}

void Link::tell(const std::string& text) const {
    if (notice_) { notice_(text); }
}

Task<Result<void>> Link::put(ByteView octets) {
    transports::Loop& loop = transport_.loop();
    const auto line = transport_.line();
    const Bytes on_line = needs_software_parity(line) ? add_even_parity(octets) : Bytes(octets.begin(), octets.end());
    buffer_.clear();
    evidence_ = Evidence();
    const TimePoint start = loop.now();
    auto written = co_await transport_.write(on_line);
    if (!written) { co_return written; }
    co_await loop.sleep_until(start + line_time(line, on_line.size()));
    co_return Result<void>();
}

void Link::hide(const iec::Message& message) {
    transports::Secret secret;
    secret.octets = iec::encode(message);
    const auto open = std::ranges::find(secret.octets, std::uint8_t{'('});
    const auto close = std::ranges::find(secret.octets, std::uint8_t{')'});
    if (open >= close) { return; }
    secret.first = static_cast<std::size_t>(open - secret.octets.begin()) + 1;
    secret.count = static_cast<std::size_t>(close - open) - 1;
    transport_.keep_secret(secret);
    secret.octets = add_even_parity(secret.octets);
    transport_.keep_secret(secret);
}

Task<Result<void>> Link::send(iec::Message message, Duration reaction) {
    co_await transport_.loop().sleep_until(last_heard_ + reaction);
    sent_ = iec::encode(message);
    ++statistics_.requests;
    auto put_out = co_await put(sent_);
    if (!put_out || !hears_itself_) { co_return put_out; }
    auto taken = co_await take_echo();
    co_return taken;
}

/// The echo must be in before the baud rate changes, which throws away what is on its way.
Task<Result<void>> Link::take_echo() {
    const TimePoint deadline = transport_.loop().now() + line_time(transport_.line(), sent_.size()) + adapter_delay;
    while (buffer_.size() < sent_.size()) {
        auto chunk = co_await transport_.read(deadline);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        if (chunk->octets.empty()) { break; }
        hear(*chunk);
    }
    if (buffer_.size() >= sent_.size() && std::equal(sent_.begin(), sent_.end(), buffer_.begin())) {
        take(sent_.size());
        ++statistics_.echoes;
        ++evidence_.echoes;
    }
    co_return Result<void>();
}

Task<Result<void>> Link::wake_up() {
    transports::Loop& loop = transport_.loop();
    const auto line = transport_.line();
    const auto settings = line.value_or(standard_line());
    const Bytes call(static_cast<std::size_t>(wake_up_call / line_time(settings, 1)));
    const TimePoint start = loop.now();
    tell("waking the meter up");
    auto called = co_await put(call);
    if (!called) { co_return called; }
    co_await loop.sleep_until(start + wake_up_call + wake_up_pause);
    // Its own echo, where the probe hears itself, and nothing else can have come.
    while (true) {
        auto chunk = co_await transport_.read(loop.now());
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        if (chunk->octets.empty()) { co_return Result<void>(); }
    }
}

Task<Result<Heard>> Link::receive(iec::Awaiting awaiting, Duration patience) {
    TimePoint deadline = transport_.loop().now() + patience;
    awaiting.silent = false;
    while (true) {
        const iec::Step step = iec::next_message(buffer_, awaiting, counters_);
        if (step.kind == iec::Step::Kind::frame) {
            const Bytes octets = take(step.octets);
            auto message = iec::decode(octets);
            if (!message || is_echo(octets)) { continue; }
            hears_others_only_ = !hears_itself_;
            ++statistics_.answers;
            Heard heard;
            heard.message = std::move(*message);
            heard.checked = is_checked(octets) || !std::holds_alternative<iec::Data>(heard.message);
            co_return heard;
        }
        if (step.kind == iec::Step::Kind::skip && step.octets > 0) {
            auto judged = judge_skipped(step);
            if (judged || judged.error().code == wrong_block_check) { co_return judged; }
            if (evidence_.noise > most_noise) { co_return judged; }
            continue;
        }
        if (awaiting.silent) {
            note_removed_echo();
            if (evidence_.total > 0) {
                co_return fail(Category::untrusted, "octets came that make no message", {}, {},
                               std::string(no_message));
            }
            ++statistics_.timeouts;
            co_return fail(Category::timeout, "no answer", {}, {}, "iec62056_21.timeout");
        }
        auto chunk = co_await transport_.read(deadline);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        awaiting.silent = chunk->octets.empty();
        if (awaiting.silent) { continue; }
        hear(*chunk);
        deadline = last_heard_ + longest_gap + adapter_delay;
    }
}

Result<Heard> Link::judge_skipped(const iec::Step& step) {
    const Bytes skipped = take(step.octets);
    if (!step.wrong_check) {
        evidence_.noise += skipped.size();
        return fail(Category::untrusted, "octets came that make no message", {}, {}, std::string(no_message));
    }
    ++statistics_.crc_errors;
    ++evidence_.wrong_checks;
    const auto block = ignore_block_check_ ? iec::take_apart(skipped) : std::nullopt;
    if (!block) { return fail(Category::untrusted, step.why, {}, {}, std::string(wrong_block_check)); }
    tell(step.why + ", ignored");
    Heard heard;
    heard.message = block->message;
    heard.checked = false;
    return heard;
}

bool Link::is_echo(ByteView octets) {
    const bool learnt = hears_itself_ || hears_others_only_;
    if (learnt || !std::equal(octets.begin(), octets.end(), sent_.begin(), sent_.end())) { return false; }
    hears_itself_ = true;
    ++statistics_.echoes;
    ++evidence_.echoes;
    return true;
}

void Link::note_removed_echo() {
    if (!transport_.hears_itself()) { return; }
    ++statistics_.echoes;
    ++evidence_.echoes;
}

void Link::hear(const Chunk& chunk) {
    last_heard_ = transport_.loop().now();
    if (evidence_.total == 0) { first_heard_ = last_heard_; }
    evidence_.lasted = last_heard_ - first_heard_;
    const std::size_t before = buffer_.size();
    std::transform(chunk.octets.begin(), chunk.octets.end(), std::back_inserter(buffer_), seven_bits);
    for (const transports::LineFault& fault : chunk.faults) {
        if (before + fault.index < buffer_.size()) { buffer_[before + fault.index] = damaged; }
        ++evidence_.line_faults;
    }
    evidence_.total += chunk.octets.size();
    const std::size_t room =
        std::min(Evidence::kept - std::min(Evidence::kept, evidence_.octets.size()), chunk.octets.size());
    evidence_.octets.insert(evidence_.octets.end(), chunk.octets.begin(),
                            chunk.octets.begin() + static_cast<std::ptrdiff_t>(room));
}

Bytes Link::take(std::size_t octets) {
    const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(octets, buffer_.size()));
    Bytes taken(buffer_.begin(), end);
    buffer_.erase(buffer_.begin(), end);
    return taken;
}

Task<Result<void>> Link::settle() {
    transports::Loop& loop = transport_.loop();
    const TimePoint longest = loop.now() + longest_settling;
    TimePoint ready = loop.now() + longest_gap + adapter_delay;
    buffer_.clear();
    while (true) {
        auto chunk = co_await transport_.read(ready);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        if (chunk->octets.empty() || loop.now() >= longest) { co_return Result<void>(); }
        ++statistics_.dropped_late;
        last_heard_ = loop.now();
        ready = last_heard_ + longest_gap + adapter_delay;
    }
}

Task<Result<void>> Link::set_line(transports::LineSettings settings) {
    if (!transport_.line() || *transport_.line() == settings) { co_return Result<void>(); }
    auto configured = co_await transport_.configure(settings);
    co_return configured;
}

} // namespace meterctl::sessions::iec62056_21
