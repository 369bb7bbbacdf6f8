#include "transports/trace_line.hpp"

#include "src/core/datetime.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <fmt/format.h>

namespace meterctl::transports {

namespace {

using std::chrono::duration_cast;

constexpr std::size_t date_length = std::string_view("2026-11-21T02:15:00").size();

/// Takes ".123456" off `rest`, any number of digits up to nine; zero where there is none.
std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& rest) {
    if (!rest.starts_with('.')) { return std::chrono::nanoseconds(0); }
    rest.remove_prefix(1);
    std::int64_t value = 0;
    std::int64_t scale = 1'000'000'000;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9' && scale > 1) {
        scale /= 10;
        value += (rest.front() - '0') * scale;
        rest.remove_prefix(1);
    }
    if (scale == 1'000'000'000) { return std::nullopt; }
    return std::chrono::nanoseconds(value);
}

} // namespace

std::string trace_line(std::chrono::system_clock::time_point time, bool sent, ByteView octets) {
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    std::string text = DateTime::from_utc(second).to_string();
    text.resize(date_length);
    const auto micros = duration_cast<std::chrono::microseconds>(time - second).count();
    return fmt::format("{}.{:06}Z {} {}", text, micros, sent ? '>' : '<', to_hex(octets));
}

std::optional<TraceLine> parse_trace_line(std::string_view line) {
    line = trim(line);
    if (line.size() < date_length) { return std::nullopt; }
    std::string_view rest = line.substr(date_length);
    const auto fraction = take_fraction(rest);
    if (!fraction || !rest.starts_with('Z')) { return std::nullopt; }
    rest = trim(rest.substr(1));
    if (!rest.starts_with('>') && !rest.starts_with('<')) { return std::nullopt; }
    std::string text(line.substr(0, date_length));
    text.push_back('Z');
    const auto date = DateTime::parse(text);
    const auto time = date ? date->to_utc() : std::nullopt;
    if (!time) { return std::nullopt; }
    TraceLine out;
    out.time = duration_cast<std::chrono::nanoseconds>(time->time_since_epoch()) + *fraction;
    out.sent = rest.front() == '>';
    out.octets = rest.substr(1);
    return out;
}

} // namespace meterctl::transports
