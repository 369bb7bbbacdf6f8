// A line on a terminal that tells how far the work is, rewritten in place and gone at the end.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace meterctl::output {

class Progress {
public:
    using Clock = std::chrono::steady_clock;

    /// Says nothing unless `shown`: standard error is a terminal and --quiet was not given.
    Progress(std::FILE* stream, bool shown) : stream_(stream), shown_(shown) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    /// At most ten times a second; calls between are dropped.
    void show(std::string_view text, Clock::time_point now = Clock::now());
    /// Takes the line away, before anything else is written to the terminal.
    void clear();

private:
    std::FILE* stream_;
    bool shown_;
    bool drawn_ = false;
    Clock::time_point last_{};
};

/// "3 s", "4 min 10 s", "1 h 5 min"; less than a second is "1 s".
std::string time_left(std::chrono::nanoseconds left);

} // namespace meterctl::output
