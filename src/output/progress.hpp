// The line on a terminal's standard error that tells how far a long work is. Elsewhere nothing is written.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace meterctl::output {

class Progress {
public:
    using Clock = std::chrono::steady_clock;

    /// Writes only where `shown`: on a terminal, without --quiet. `width` is the terminal's, 0 for unknown.
    Progress(std::FILE* stream, bool shown, std::size_t width, Clock::time_point start)
        : stream_(stream), shown_(shown), width_(width == 0 ? 80 : width), start_(start) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    /// "address 13, 9600 8E1: 12 of 247, 1 min 20 s left". Redraws at most ten times a second.
    void update(std::string_view doing, std::uint64_t done, std::uint64_t total, Clock::time_point now);
    /// Takes the line away: before anything else is written to the terminal, and at the end. The next update draws
    /// anew.
    void clear();

private:
    std::FILE* stream_;
    bool shown_;
    std::size_t width_;
    Clock::time_point start_;
    Clock::time_point drawn_{};
    bool on_screen_ = false;
};

/// The line's text; the time left is estimated from the pace so far, and left out in the first second.
std::string progress_text(std::string_view doing, std::uint64_t done, std::uint64_t total,
                          std::chrono::nanoseconds elapsed);

/// Columns of the terminal behind a stream; 0 where it is none.
std::size_t terminal_width(std::FILE* stream);

} // namespace meterctl::output
