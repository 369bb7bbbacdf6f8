#include "src/output/progress.hpp"

#include "src/output/utf8.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

namespace meterctl::output {

namespace {

using std::chrono::seconds;

constexpr auto redraw_interval = std::chrono::milliseconds(100);
constexpr std::string_view erase_line = "\r\x1b[K";

std::string time_left(std::chrono::nanoseconds left) {
    const auto whole = std::chrono::ceil<seconds>(left).count();
    if (whole < 60) { return fmt::format("{} s", whole); }
    if (whole < 3600) { return fmt::format("{} min {} s", whole / 60, whole % 60); }
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

/// At most `width` columns of it.
std::string cut(std::string_view text, std::size_t width) {
    std::string result;
    while (!text.empty() && display_width(result) < width) {
        const std::size_t length = utf8_character(text);
        result.append(text.substr(0, length));
        text.remove_prefix(length);
    }
    return result;
}

} // namespace

std::string progress_text(std::string_view doing, std::uint64_t done, std::uint64_t total,
                          std::chrono::nanoseconds elapsed) {
    std::string text = fmt::format("{}: {} of {}", doing, done, total);
    if (done > 0 && done < total && elapsed >= seconds(1)) {
        const auto pace = std::chrono::duration<double>(elapsed) / static_cast<double>(done);
        const auto left =
            std::chrono::duration_cast<std::chrono::nanoseconds>(pace * static_cast<double>(total - done));
        text += fmt::format(", {} left", time_left(left));
    }
    return text;
}

void Progress::update(std::string_view doing, std::uint64_t done, std::uint64_t total, Clock::time_point now) {
    if (!shown_ || (on_screen_ && now - drawn_ < redraw_interval)) { return; }
    drawn_ = now;
    on_screen_ = true;
    const std::string line = cut(tamed(progress_text(doing, done, total, now - start_)), width_ - 1);
    std::fwrite(erase_line.data(), 1, erase_line.size(), stream_);
    std::fwrite(line.data(), 1, line.size(), stream_);
    std::fflush(stream_);
}

void Progress::clear() {
    if (!on_screen_) { return; }
    on_screen_ = false;
    std::fwrite(erase_line.data(), 1, erase_line.size(), stream_);
    std::fflush(stream_);
}

std::size_t terminal_width(std::FILE* stream) {
    winsize size{};
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0) { return 0; }
    return size.ws_col;
}

} // namespace meterctl::output
