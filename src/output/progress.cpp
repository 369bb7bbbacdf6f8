#include "src/output/progress.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

constexpr std::string_view erase_line = "\r\x1b[K";
constexpr std::chrono::milliseconds between{100};

} // namespace

void Progress::show(std::string_view text, Clock::time_point now) {
    if (!shown_ || (drawn_ && now - last_ < between)) { return; }
    last_ = now;
    drawn_ = true;
    fmt::print(stream_, "{}{}", erase_line, text);
    std::fflush(stream_);
}

void Progress::clear() {
    if (!drawn_) { return; }
    drawn_ = false;
    fmt::print(stream_, "{}", erase_line);
    std::fflush(stream_);
}

std::string time_left(std::chrono::nanoseconds left) {
    const auto seconds = std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(left).count());
    if (seconds < 60) { return fmt::format("{} s", seconds); }
    if (seconds < 3600) { return fmt::format("{} min {} s", seconds / 60, seconds % 60); }
    return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

} // namespace meterctl::output
