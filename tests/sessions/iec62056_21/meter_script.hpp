// A scripted meter at the other end of an optical line, in virtual time: what it hears, when and at which baud rate,
// and what it says at which. Whoever listens at another rate hears noise.
#pragma once

#include "tests/sessions/scripted.hpp"

namespace meterctl::tests {

/// Virtual time that can be interrupted, as by Ctrl-C.
class InterruptibleLoop final : public transports::Loop {
public:
    transports::TimePoint now() const override { return inner_->now(); }
    std::chrono::system_clock::time_point wall_clock() const override { return inner_->wall_clock(); }
    TimerId call_at(transports::TimePoint when, Callback callback) override {
        return inner_->call_at(when, std::move(callback));
    }
    void cancel(TimerId timer) override { inner_->cancel(timer); }
    bool run_one() override { return inner_->run_one(); }
    bool interrupted() const override { return interrupt; }
    void spawn(Task<void> task) override { inner_->spawn(std::move(task)); }

    bool interrupt = false;

private:
    std::unique_ptr<transports::Loop> inner_ = transports::make_virtual_loop();
};

struct Said {
    Bytes octets;
    unsigned baud = 300;
    transports::Duration after = 200ms; ///< from the end of what was heard, or of what was said before
};

struct Written {
    Bytes octets;
    unsigned baud = 0;
    std::string frame;
    transports::TimePoint begin, end;
};

class MeterScript final : public transports::Transport {
public:
    /// One answer to each write.
    explicit MeterScript(std::vector<std::vector<Said>> answers = {}) : answers_(answers.begin(), answers.end()) {}

    transports::Loop& loop() override { return clock; }
    std::string description() const override { return "script"; }
    std::optional<transports::LineSettings> line() const override { return settings; }
    bool datagrams() const override { return false; }
    bool hears_itself() const override { return echo_removed; }

    Task<Result<void>> write(ByteView octets) override {
        Written one;
        one.octets.assign(octets.begin(), octets.end());
        one.baud = settings ? settings->baud : 0;
        one.frame = settings ? settings->frame() : "";
        one.begin = clock.now();
        one.end = one.begin + line_time(octets.size(), one.baud);
        if (echo) { say(one.octets, one.baud, one.begin); }
        transports::TimePoint when = one.end;
        written.push_back(one);
        if (!answers_.empty()) {
            for (const Said& said : answers_.front()) { when = say(said.octets, said.baud, when + said.after); }
            answers_.pop_front();
        }
        if (interrupt_after == written.size()) { clock.interrupt = true; }
        co_return Result<void>();
    }

    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        if (clock.interrupt) { co_return fail(Category::interrupted, "interrupted"); }
        const auto when = coming_.empty() ? deadline : std::min(deadline, coming_.begin()->first);
        co_await clock.sleep_until(when);
        transports::Chunk chunk;
        if (!coming_.empty() && coming_.begin()->first <= clock.now()) {
            auto first = coming_.extract(coming_.begin());
            chunk.octets.push_back(first.mapped().octet);
            if (settings && first.mapped().baud != settings->baud) {
                chunk.octets.front() = 0xFF;
                chunk.faults.emplace_back();
            }
        }
        co_return chunk;
    }

    Task<Result<void>> configure(const transports::LineSettings& wanted) override {
        settings = wanted;
        co_return Result<void>();
    }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

    /// Returns when it has been said.
    transports::TimePoint say(const Bytes& octets, unsigned baud, transports::TimePoint when) {
        for (std::size_t i = 0; i < octets.size(); ++i) {
            coming_.emplace(when + line_time(i + 1, baud), Octet{octets[i], baud});
        }
        return when + line_time(octets.size(), baud);
    }

    InterruptibleLoop clock;
    std::optional<transports::LineSettings> settings = transports::parse_frame("7E1", 300).value();
    bool echo_removed = false; ///< the line echoes, and the transport takes it out
    bool echo = false;
    std::size_t interrupt_after = 0; ///< Ctrl-C comes with so many writes
    std::vector<Written> written;

private:
    struct Octet {
        std::uint8_t octet;
        unsigned baud;
    };
    static transports::Duration line_time(std::size_t octets, unsigned baud) {
        if (baud == 0) { return {}; }
        return std::chrono::nanoseconds(static_cast<std::int64_t>(octets) * 10'000'000'000 / baud);
    }

    std::deque<std::vector<Said>> answers_;
    std::multimap<transports::TimePoint, Octet> coming_;
};

inline Bytes ascii(std::string_view text) {
    return Bytes(text.begin(), text.end());
}

} // namespace meterctl::tests
