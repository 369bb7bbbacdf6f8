// A transport that gives what it is told to give, when it is told to, in virtual time.
#pragma once

#include "transports/transport.hpp"

#include <deque>
#include <string>

namespace scripted {

using namespace meterctl;
using namespace meterctl::transports;

struct Arrival {
    Duration after{}; ///< the end of the read before
    Chunk chunk;
};

class Scripted : public Transport {
public:
    Scripted(Loop& loop, std::optional<LineSettings> line) : loop_(loop), line_(line) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return "serial:///dev/ttyUSB0 9600 8E1" + suffix; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return line_; }
    [[nodiscard]] bool datagrams() const override { return whole_messages; }

    Task<Result<void>> write(ByteView) override { co_return Result<void>(); }
    Task<Result<Chunk>> read(TimePoint deadline) override {
        if (arrivals.empty()) {
            co_await loop_.sleep_until(deadline);
            co_return Chunk();
        }
        const Arrival next = arrivals.front();
        arrivals.pop_front();
        co_await loop_.sleep_for(next.after);
        co_return next.chunk;
    }
    Task<Result<void>> configure(const LineSettings&) override {
        suffix = " anew";
        co_return Result<void>();
    }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

    std::deque<Arrival> arrivals;
    std::string suffix;
    bool whole_messages = false;

private:
    Loop& loop_;
    std::optional<LineSettings> line_;
};

} // namespace scripted
