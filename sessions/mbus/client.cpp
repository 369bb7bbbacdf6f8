#include "sessions/mbus/client.hpp"

#include "codecs/mbus/telegram.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

using namespace std::chrono_literals;
using mbus::Step;
using transports::TimePoint;

/// A line that is never silent is not waited for longer than this.
constexpr Duration longest_settling = 2s;

bool is_final(const Error& error) {
    return error.category != Category::timeout && error.category != Category::untrusted &&
           error.category != Category::endpoint;
}

/// Whether data could come from the slave that was selected. What has no header of its own is believed.
bool comes_from(const mbus::Selection& selected, const mbus::Frame& frame) {
    const auto telegram = mbus::decode_telegram(frame.ci, frame.data);
    if (!telegram) { return true; }
    if (const auto* variable = std::get_if<mbus::VariableData>(&*telegram)) {
        using Form = mbus::VariableData::Form;
        return variable->form != Form::long_header || mbus::matches(selected, variable->header.identity);
    }
    const auto* fixed = std::get_if<mbus::FixedData>(&*telegram);
    if (fixed == nullptr) { return true; }
    mbus::Selection number; // fixed data name no manufacturer
    number.wanted.id = selected.wanted.id;
    mbus::Identity own;
    own.id = fixed->id;
    return mbus::matches(number, own);
}

} // namespace

Client::Client(transports::Transport& transport, ClientOptions options)
    : transport_(transport), options_(std::move(options)), line_(transport.line()) {}

std::string Client::where() const {
    return fmt::format("address {} at {}", address_.to_string(), transport_.description());
}

Task<Result<Reply>> Client::ask(const Request& request, std::optional<unsigned> tries) {
    const unsigned most = tries.value_or(options_.retries + 1);
    for (unsigned attempt = 0;;) {
        auto answer = co_await try_once(request, attempt);
        answered_ = answered_ || answer.has_value();
        if (answer || is_final(answer.error()) || attempt + 1 >= most) { co_return answer; }
        ++attempt;
        ++statistics_.retries;
        if (options_.notice) { options_.notice("asking again: " + answer.error().what); }
    }
}

Task<Result<void>> Client::tell(const Bytes& frame) {
    if (broken_) {
        auto recovered = co_await recover();
        if (!recovered) { co_return recovered; }
    }
    line_ = transport_.line();
    ++statistics_.requests;
    auto sent = co_await transport_.write(frame);
    if (!sent) { co_return sent; }
    co_await transport_.loop().sleep_for(options_.answer_time.value_or(answer_time(line_)));
    last_activity_ = transport_.loop().now();
    co_return Result<void>();
}

Task<Result<Reply>> Client::try_once(const Request& request, unsigned attempt) {
    if (broken_) {
        auto recovered = co_await recover();
        if (!recovered) { co_return tl::unexpected(recovered.error()); }
    }
    line_ = transport_.line();
    auto settled = co_await settle(request, attempt > 0);
    if (!settled) { co_return tl::unexpected(settled.error()); }
    evidence_ = Evidence();
    ++statistics_.requests;
    const TimePoint sent_at = transport_.loop().now();
    auto sent = co_await transport_.write(request.frame);
    broken_ = !sent;
    if (!sent) { co_return tl::unexpected(sent.error()); }
    const Duration patience = options_.answer_time.value_or(answer_time(line_));
    const Duration wait = line_time(line_, request.frame.size()) + patience;
    auto answer = co_await await_answer(request, sent_at + wait);
    if (answer) {
        ++statistics_.answers;
        co_return answer;
    }
    broken_ = broken_ || answer.error().category == Category::endpoint;
    if (answer.error().category != Category::timeout) { co_return answer; }
    statistics_.timeouts += evidence_.total == 0 ? 1U : 0U;
    statistics_.crc_errors += evidence_.damaged > 0 ? 1U : 0U;
    const TimePoint late = sent_at + wait + options_.lateness;
    if (request.takes_ack) { ack_doubtful_until_ = late; }
    if (request.takes_data) {
        data_doubtful_until_ = late;
        doubtful_address_ = request.address;
    }
    co_return tl::unexpected(failure(request, sent_at, attempt));
}

/// Lets the line fall silent and throws away what was left over, so that the next octets are the next answer's. A late
/// answer to the same request is an answer to it; to another one it would be a lie.
Task<Result<void>> Client::settle(const Request& request, bool repetition) {
    transports::Loop& loop = transport_.loop();
    TimePoint ready = last_activity_ + line_time(line_, 1);
    if (!repetition && request.takes_ack) { ready = std::max(ready, ack_doubtful_until_); }
    if (!repetition && request.takes_data && request.address == doubtful_address_) {
        ready = std::max(ready, data_doubtful_until_);
    }
    const TimePoint longest = std::max(ready, loop.now()) + longest_settling;
    buffer_.clear();
    while (true) {
        auto chunk = co_await transport_.read(ready);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        if (chunk->octets.empty() || loop.now() >= longest) { co_return Result<void>(); }
        ++statistics_.dropped_late;
        last_activity_ = loop.now();
        ready = std::max(ready, last_activity_ + frame_gap(line_));
    }
}

Task<Result<Reply>> Client::await_answer(const Request& request, TimePoint deadline) {
    transports::Loop& loop = transport_.loop();
    // An answer that has begun may end, but noise does not extend the wait for ever.
    const TimePoint last = deadline + 2 * longest_answer(line_);
    bool silent = false;
    while (true) {
        const Step step = mbus::next_frame(buffer_, silent, counters_);
        if (step.kind == Step::Kind::frame) {
            auto reply = judge(request, ByteView(buffer_).first(step.octets));
            drop(step.octets);
            if (reply) { co_return std::move(*reply); }
            continue;
        }
        if (step.kind == Step::Kind::skip && step.octets > 0) {
            ++evidence_.damaged;
            drop(step.octets);
            deadline = std::min(deadline, std::max(loop.now(), last_activity_ + frame_gap(line_)));
            continue;
        }
        if (silent) { co_return fail(Category::timeout, "no answer"); }
        auto chunk = co_await transport_.read(deadline);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        silent = chunk->octets.empty();
        if (silent) { continue; }
        last_activity_ = loop.now();
        deadline = std::min(last, std::max(deadline, last_activity_ + frame_gap(line_)));
        evidence_.hear(*chunk);
        buffer_.insert(buffer_.end(), chunk->octets.begin(), chunk->octets.end());
    }
}

std::optional<Reply> Client::judge(const Request& request, ByteView octets) {
    if (std::ranges::equal(octets, request.frame)) {
        ++statistics_.echoes;
        ++evidence_.echoes;
        return std::nullopt;
    }
    const auto frame = mbus::decode(octets);
    if (!frame) { return std::nullopt; }
    if (frame->kind == mbus::FrameKind::ack) {
        if (request.takes_ack) { return Reply(); }
        ++statistics_.dropped_late;
        evidence_.mismatch = "E5 instead of data";
        return std::nullopt;
    }
    if (mbus::is_request(frame->control)) {
        ++statistics_.dropped_foreign;
        evidence_.other_master = true;
        return std::nullopt;
    }
    return judge_data(request, *frame, octets);
}

std::optional<Reply> Client::judge_data(const Request& request, const mbus::Frame& frame, ByteView octets) {
    const bool own_address = request.address > mbus::address::last_primary || frame.address == request.address;
    if (!own_address || (request.from && !comes_from(*request.from, frame))) {
        ++statistics_.dropped_foreign;
        evidence_.foreign = frame.address;
        return std::nullopt;
    }
    if (!request.takes_data || frame.kind == mbus::FrameKind::short_frame) {
        ++statistics_.dropped_late;
        evidence_.mismatch = "data instead of E5";
        return std::nullopt;
    }
    return Reply{Bytes(octets.begin(), octets.end())};
}

Task<Result<void>> Client::recover() {
    buffer_.clear();
    auto reopened = co_await transport_.reopen();
    broken_ = !reopened;
    co_return reopened;
}

void Client::drop(std::size_t octets) {
    const auto count = static_cast<std::ptrdiff_t>(std::min(octets, buffer_.size()));
    buffer_.erase(buffer_.begin(), buffer_.begin() + count);
}

Error Client::failure(const Request& request, TimePoint sent_at, unsigned attempt) const {
    Attempt told;
    told.address = address_.to_string();
    told.frame = request.frame;
    told.waited = transport_.loop().now() - sent_at;
    told.tries = attempt + 1;
    told.line = line_;
    told.where = where();
    told.shared = request.address == mbus::address::broadcast;
    return diagnose(evidence_, told);
}

} // namespace meterctl::sessions::mbus
