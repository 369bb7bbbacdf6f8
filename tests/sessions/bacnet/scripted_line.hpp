// MS/TP lines as tests want them: one that others are on, in a script, and one that counts what is sent to virtual
// devices. Virtual time.
#pragma once

#include "codecs/bacnet/mstp_frame.hpp"
#include "transports/transport.hpp"

#include <functional>
#include <map>

namespace meterctl::tests {

namespace mstp = codecs::bacnet::mstp;

inline mstp::Frame frame_in(ByteView octets) {
    const auto frame = mstp::decode(octets);
    return frame ? *frame : mstp::Frame{};
}

inline bool is(const mstp::Frame& frame, mstp::FrameType type) {
    return frame.type == static_cast<std::uint8_t>(type);
}

/// A line on which others speak as `speak` says: whenever nothing is under way, it is asked what comes next and when.
class LineScript : public transports::Transport {
public:
    struct Next {
        transports::Duration after{};
        Bytes octets;
    };

    explicit LineScript(std::function<std::optional<Next>()> speak) : speak_(std::move(speak)) {}

    [[nodiscard]] transports::Loop& loop() override { return *loop_; }
    [[nodiscard]] std::string description() const override { return "line"; }
    [[nodiscard]] std::optional<transports::LineSettings> line() const override { return line_; }
    [[nodiscard]] bool datagrams() const override { return false; }
    Task<Result<void>> write(ByteView octets) override {
        written.emplace_back(octets.begin(), octets.end());
        if (answer) {
            for (Next& one : answer(frame_in(octets))) { say(std::move(one)); }
        }
        co_return Result<void>();
    }
    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        transports::Chunk chunk;
        if (coming_.empty()) {
            if (auto next = speak_()) { say(std::move(*next)); }
        }
        if (coming_.empty() || coming_.begin()->first > deadline) {
            co_await loop_->sleep_until(deadline);
            co_return chunk;
        }
        auto first = coming_.extract(coming_.begin());
        co_await loop_->sleep_until(first.key());
        chunk.octets = std::move(first.mapped());
        co_return chunk;
    }
    Task<Result<void>> configure(const transports::LineSettings& settings) override {
        line_ = settings;
        co_return Result<void>();
    }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

    std::vector<Bytes> written;
    std::function<std::vector<Next>(const mstp::Frame&)> answer; ///< what comes of a frame of ours

private:
    void say(Next next) { coming_.emplace(loop_->now() + next.after, std::move(next.octets)); }

    std::unique_ptr<transports::Loop> loop_ = transports::make_virtual_loop();
    transports::LineSettings line_ = *transports::parse_frame("8N1", 38400);
    std::function<std::optional<Next>()> speak_;
    std::multimap<transports::TimePoint, Bytes> coming_;
};

/// What is written to another transport is kept; Ctrl-C comes once, at the next read, when it is told to.
class Watched final : public transports::Transport {
public:
    explicit Watched(std::unique_ptr<transports::Transport> inner) : inner_(std::move(inner)) {}

    [[nodiscard]] transports::Loop& loop() override { return inner_->loop(); }
    [[nodiscard]] std::string description() const override { return inner_->description(); }
    [[nodiscard]] std::optional<transports::LineSettings> line() const override { return inner_->line(); }
    [[nodiscard]] bool datagrams() const override { return inner_->datagrams(); }
    Task<Result<void>> write(ByteView octets) override {
        written.emplace_back(octets.begin(), octets.end());
        if (spoil) {
            const Bytes spoilt = spoil(octets);
            auto done = co_await inner_->write(spoilt);
            co_return done;
        }
        auto done = co_await inner_->write(octets);
        co_return done;
    }
    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        const bool now = interrupt && interrupt();
        if (now) {
            interrupt = nullptr;
            co_return fail(Category::interrupted, "interrupted");
        }
        auto chunk = co_await inner_->read(deadline);
        if (chunk && change) { change(chunk->octets); }
        co_return chunk;
    }
    Task<Result<void>> configure(const transports::LineSettings& settings) override {
        auto done = co_await inner_->configure(settings);
        co_return done;
    }
    Task<Result<void>> reopen() override {
        auto done = co_await inner_->reopen();
        co_return done;
    }

    std::vector<Bytes> written;
    std::function<bool()> interrupt;
    std::function<void(Bytes&)> change;   ///< what is heard
    std::function<Bytes(ByteView)> spoil; ///< what the others hear of what is sent

private:
    std::unique_ptr<transports::Transport> inner_;
};

} // namespace meterctl::tests
