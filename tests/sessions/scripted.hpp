// A transport that plays a script: to each write the octets that come back, and when. In virtual time.
#pragma once

#include "src/core/hex.hpp"
#include "transports/transport.hpp"

#include <chrono>
#include <deque>
#include <doctest/doctest.h>
#include <map>

namespace meterctl::tests {

using namespace std::chrono_literals;

inline Bytes hex(std::string_view text) {
    auto octets = from_hex(text);
    REQUIRE_MESSAGE(octets.has_value(), std::string(text));
    return *octets;
}

/// What comes so long after a write.
struct Coming {
    transports::Duration after{};
    Bytes octets;
    std::vector<transports::LineFault> faults;
};
using Reaction = std::vector<Coming>;

inline Reaction answer(std::string_view text, transports::Duration after = 20ms) {
    Coming coming;
    coming.after = after;
    coming.octets = hex(text);
    return Reaction(1, coming);
}
inline Reaction nothing() {
    return {};
}

class Scripted final : public transports::Transport {
public:
    explicit Scripted(std::vector<Reaction> reactions)
        : loop_(transports::make_virtual_loop()), reactions_(reactions.begin(), reactions.end()) {}

    transports::Loop& loop() override { return *loop_; }
    std::string description() const override { return "script"; }
    std::optional<transports::LineSettings> line() const override { return settings; }
    bool datagrams() const override { return false; }

    Task<Result<void>> write(ByteView octets) override {
        written.emplace_back(octets.begin(), octets.end());
        if (!reactions_.empty()) {
            for (Coming& coming : reactions_.front()) {
                const auto when = loop_->now() + coming.after;
                coming_.emplace(when, std::move(coming));
            }
            reactions_.pop_front();
        }
        co_return Result<void>();
    }

    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        const auto when = coming_.empty() ? deadline : std::min(deadline, coming_.begin()->first);
        co_await loop_->sleep_until(when);
        transports::Chunk chunk;
        if (!coming_.empty() && coming_.begin()->first <= loop_->now()) {
            auto first = coming_.extract(coming_.begin());
            chunk.octets = std::move(first.mapped().octets);
            chunk.faults = std::move(first.mapped().faults);
        }
        co_return chunk;
    }

    Task<Result<void>> configure(const transports::LineSettings& wanted) override {
        settings = wanted;
        co_return Result<void>();
    }
    Task<Result<void>> reopen() override {
        ++reopened;
        coming_.clear();
        co_return Result<void>();
    }

    std::optional<transports::LineSettings> settings = transports::LineSettings();
    std::vector<Bytes> written;
    int reopened = 0;

private:
    std::unique_ptr<transports::Loop> loop_;
    std::deque<Reaction> reactions_;
    std::multimap<transports::TimePoint, Coming> coming_;
};

} // namespace meterctl::tests
