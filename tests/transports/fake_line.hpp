// A serial line in virtual time that plays what it is told, refuses frames it cannot do, and keeps what was done to it.
#pragma once

#include "transports/serial_line.hpp"
#include "transports/transport.hpp"

#include <map>
#include <vector>

namespace meterctl::transports::testing {

class FakeLine final : public Transport {
public:
    FakeLine(Loop& loop, std::optional<LineSettings> line) : loop_(loop), line_(line) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return "fake"; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return line_; }
    [[nodiscard]] bool datagrams() const override { return false; }

    Task<Result<void>> write(ByteView octets) override {
        written.emplace_back(octets.begin(), octets.end());
        co_return Result<void>();
    }
    Task<Result<Chunk>> read(TimePoint deadline) override {
        const TimePoint due = coming.empty() ? deadline : std::min(deadline, coming.begin()->first);
        co_await loop_.sleep_until(due);
        Chunk chunk;
        if (!coming.empty() && coming.begin()->first <= loop_.now()) {
            chunk = std::move(coming.begin()->second);
            coming.erase(coming.begin());
        }
        co_return chunk;
    }
    Task<Result<void>> configure(const LineSettings& settings) override {
        asked.push_back(settings.frame() + " " + std::to_string(settings.baud));
        if (settings.parity != Parity::none && eight_bits_only) {
            co_return fail(Category::endpoint, "no such frame", "fake", {}, line_refused);
        }
        line_ = settings;
        co_return Result<void>();
    }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

    void say(Duration when, Chunk chunk) { coming.emplace(TimePoint(when), std::move(chunk)); }
    void say(Duration when, Bytes octets) {
        Chunk chunk;
        chunk.octets = std::move(octets);
        say(when, std::move(chunk));
    }

    std::multimap<TimePoint, Chunk> coming;
    std::vector<Bytes> written;
    std::vector<std::string> asked;
    bool eight_bits_only = false;

private:
    Loop& loop_;
    std::optional<LineSettings> line_;
};

} // namespace meterctl::transports::testing
