#include "sessions/modbus/client.hpp"

#include "codecs/modbus/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

using namespace std::chrono_literals;
using modbus::Step;
using transports::Chunk;
using transports::TimePoint;

/// Exceptions 5 and 6 are asked again after this long, then twice as long, and so on; given up after the last.
constexpr Duration first_busy_wait = 100ms;
constexpr Duration longest_busy_wait = 1600ms;
/// After a damaged frame nothing good follows but what is under way already.
constexpr Duration after_damage = 50ms;
/// Serial adapters and sockets hold octets back for up to this.
constexpr Duration adapter_delay = 20ms;
/// A line that is never silent is not waited for longer than this.
constexpr Duration longest_settling = 2s;

bool is_final(const Error& error) {
    return error.category != Category::timeout && error.category != Category::untrusted &&
           error.category != Category::endpoint;
}

} // namespace

Client::Client(transports::Transport& transport, ClientOptions options)
    : transport_(transport), options_(std::move(options)), line_(transport.line()) {}

std::string Client::where() const {
    return fmt::format("address {} at {}", options_.address, transport_.description());
}

Result<Bytes> Client::frame_of(const Request& request) const {
    const auto pdu = modbus::encode(request);
    if (!pdu) { return tl::unexpected(pdu.error()); }
    Call call;
    call.address = options_.address;
    call.transaction = static_cast<std::uint16_t>(call_.transaction + 1);
    return encode_frame(options_.framing, call, *pdu);
}

Task<Result<modbus::Response>> Client::ask(const Request& request) {
    const auto pdu = modbus::encode(request);
    if (!pdu) { co_return tl::unexpected(pdu.error()); }
    Duration busy_wait = first_busy_wait;
    bool failed_once = false;
    for (unsigned attempt = 0;;) {
        auto answer = co_await try_once(request, *pdu, attempt);
        if (!answer) {
            if (is_final(answer.error()) || attempt >= options_.retries) { co_return answer; }
            ++attempt;
            ++statistics_.retries;
            if (options_.notice) { options_.notice("asking again: " + answer.error().what); }
            continue;
        }
        answered_ = true;
        const auto* exception = std::get_if<modbus::ExceptionAnswer>(&*answer);
        if (exception == nullptr) { co_return answer; }
        ++statistics_.exceptions;
        const modbus::ExceptionInfo* info = modbus::exception_info(exception->code);
        const modbus::Retry retry = info == nullptr ? modbus::Retry::never : info->retry;
        const bool again = (retry == modbus::Retry::later && busy_wait <= longest_busy_wait) ||
                           (retry == modbus::Retry::once && !failed_once && options_.retries > 0);
        if (!again) { co_return tl::unexpected(modbus::exception_error(*exception, where())); }
        failed_once = true;
        if (options_.notice) { options_.notice(fmt::format("asking again after exception {}", exception->code)); }
        co_await transport_.loop().sleep_for(busy_wait);
        busy_wait *= 2;
    }
}

Task<Result<void>> Client::tell_all(const Request& request) {
    const auto pdu = modbus::encode(request);
    if (!pdu) { co_return tl::unexpected(pdu.error()); }
    auto settled = co_await settle(false);
    if (!settled) { co_return settled; }
    Call all;
    all.address = 0;
    const Bytes frame = encode_frame(options_.framing, all, *pdu);
    ++statistics_.requests;
    auto sent = co_await transport_.write(frame);
    if (!sent) { co_return sent; }
    co_await transport_.loop().sleep_for(line_time(line_, frame.size()) + turnaround);
    last_activity_ = transport_.loop().now();
    co_return Result<void>();
}

Task<Result<modbus::Response>> Client::try_once(const Request& request, ByteView pdu, unsigned attempt) {
    const std::size_t octets = answer_octets(options_.framing, request);
    if (broken_) {
        auto recovered = co_await recover();
        if (!recovered) { co_return tl::unexpected(recovered.error()); }
    }
    line_ = transport_.line();
    shape_ = Shape{options_.address, modbus::function_of(request), octets};
    auto settled = co_await settle(attempt > 0);
    if (!settled) { co_return tl::unexpected(settled.error()); }
    call_.address = options_.address;
    ++call_.transaction;
    frame_ = encode_frame(options_.framing, call_, pdu);
    evidence_ = Evidence();
    echo_awaited_ = hears_itself_;
    ++statistics_.requests;
    const TimePoint sent_at = transport_.loop().now();
    auto sent = co_await transport_.write(frame_);
    broken_ = !sent;
    if (!sent) { co_return tl::unexpected(sent.error()); }
    const Duration wait = line_time(line_, frame_.size()) + options_.answer_time;
    auto answer = co_await await_answer(request, sent_at + wait);
    if (answer) {
        ++statistics_.answers;
        co_return answer;
    }
    broken_ = broken_ || answer.error().category == Category::endpoint;
    if (answer.error().category != Category::timeout) { co_return answer; }
    statistics_.timeouts += evidence_.total == 0 ? 1U : 0U;
    doubt(sent_at + wait + line_time(line_, octets) + std::max(latest_answer, options_.answer_time));
    // A socket that carries serial frames may still bring the late answer after any silence, so it is opened anew.
    broken_ = broken_ || (!line_ && !numbered());
    co_return tl::unexpected(failure(sent_at, attempt));
}

/// An answer of this shape may still come, and others may too where one was awaited before.
void Client::doubt(TimePoint until) {
    const bool another = transport_.loop().now() < doubtful_until_ && doubtful_shape_ != shape_;
    doubtful_shape_ = another ? std::nullopt : std::optional(shape_);
    doubtful_until_ = std::max(doubtful_until_, until);
}

/// Lets the line fall silent and throws away what was left over, so that the next octets are the next answer's.
Task<Result<void>> Client::settle(bool repetition) {
    transports::Loop& loop = transport_.loop();
    TimePoint ready = last_activity_ + std::max(options_.pause, frame_silence(line_));
    if (numbered()) {
        if (options_.pause > Duration::zero()) { co_await loop.sleep_until(ready); }
        co_return Result<void>();
    }
    // A late answer to the same request is an answer to it; to another request of the same shape it would be a lie.
    if (!repetition && doubtful_shape_.value_or(shape_) == shape_) { ready = std::max(ready, doubtful_until_); }
    const TimePoint longest = std::max(ready, loop.now()) + longest_settling;
    buffer_.clear();
    while (true) {
        auto chunk = co_await transport_.read(ready);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        if (chunk->octets.empty() || loop.now() >= longest) { co_return Result<void>(); }
        ++statistics_.dropped_late;
        last_activity_ = loop.now();
        ready = std::max(ready, last_activity_ + frame_silence(line_));
    }
}

Task<Result<modbus::Response>> Client::await_answer(const Request& request, TimePoint deadline) {
    transports::Loop& loop = transport_.loop();
    // An answer that has begun may end, but noise does not extend the wait for ever.
    const Duration rest = line_time(line_, shape_.octets) + adapter_delay;
    const TimePoint last = deadline + rest;
    bool silent = false;
    while (true) {
        const Step step = drop_echo() ? Step{Step::Kind::need_more, 1, {}}
                                      : next_answer(options_.framing, buffer_, call_, request, silent, counters_);
        if (step.kind == Step::Kind::frame) {
            const auto pdu = frame_pdu(options_.framing, ByteView(buffer_).first(step.octets));
            drop(step.octets);
            if (!pdu) { co_return tl::unexpected(pdu.error()); }
            co_return modbus::decode_response(*pdu, &request);
        }
        if (step.kind == Step::Kind::skip && step.octets > 0) {
            const std::size_t damaged = evidence_.damaged;
            judge_skipped(step);
            drop(step.octets);
            if (evidence_.damaged > damaged) { deadline = std::min(deadline, loop.now() + after_damage); }
            if (broken_) { deadline = loop.now(); }
            continue;
        }
        if (silent) { co_return fail(Category::timeout, "no answer"); }
        auto chunk = co_await transport_.read(deadline);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        silent = chunk->octets.empty();
        if (silent) { continue; }
        last_activity_ = loop.now();
        deadline = std::max(deadline, std::min(last, last_activity_ + rest));
        evidence_.hear(*chunk);
        if (buffer_.empty()) {
            buffer_ = std::move(chunk->octets);
        } else {
            buffer_.insert(buffer_.end(), chunk->octets.begin(), chunk->octets.end());
        }
    }
}

Task<Result<void>> Client::recover() {
    buffer_.clear();
    auto reopened = co_await transport_.reopen();
    broken_ = !reopened;
    co_return reopened;
}

bool Client::drop_echo() {
    if (!echo_awaited_ || buffer_.empty()) { return false; }
    const std::size_t known = std::min(buffer_.size(), frame_.size());
    if (!std::equal(frame_.begin(), frame_.begin() + static_cast<std::ptrdiff_t>(known), buffer_.begin())) {
        echo_awaited_ = false;
        return false;
    }
    if (known < frame_.size()) { return true; }
    echo_awaited_ = false;
    ++statistics_.echoes;
    ++evidence_.echoes;
    drop(known);
    return buffer_.empty();
}

void Client::judge_skipped(const Step& step) {
    const ByteView skipped = ByteView(buffer_).first(std::min(step.octets, buffer_.size()));
    // A stream has no silences to find its frames by again: one that is not whole ends it.
    broken_ = broken_ || step.why.starts_with("broken") || (numbered() && step.why == incomplete);
    if (std::equal(skipped.begin(), skipped.end(), frame_.begin(), frame_.end())) {
        hears_itself_ = !numbered();
        ++statistics_.echoes;
        ++evidence_.echoes;
        return;
    }
    if (step.why == "crc" || step.why == "lrc") {
        ++statistics_.crc_errors;
        ++evidence_.damaged;
        return;
    }
    const auto address = frame_address(options_.framing, skipped);
    if (!address) { return; }
    if (*address == options_.address) {
        ++statistics_.dropped_late;
        evidence_.mismatch = step.why;
    } else {
        ++statistics_.dropped_foreign;
        evidence_.foreign = address;
    }
}

void Client::drop(std::size_t octets) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(octets, buffer_.size()));
    buffer_.erase(buffer_.begin(), buffer_.begin() + count);
}

Error Client::failure(TimePoint sent_at, unsigned attempt) const {
    Attempt told;
    told.framing = options_.framing;
    told.address = options_.address;
    told.frame = frame_;
    told.waited = transport_.loop().now() - sent_at;
    told.tries = attempt + 1;
    told.line = line_;
    told.where = where();
    return diagnose(evidence_, told);
}

} // namespace meterctl::sessions::modbus
