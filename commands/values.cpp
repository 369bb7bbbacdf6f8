#include "commands/values.hpp"

#include "src/core/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace meterctl::commands {

namespace {

struct DurationUnit {
    std::string_view symbol;
    double seconds;
};

constexpr std::array duration_units{
    DurationUnit{"ns", 1e-9}, DurationUnit{"us", 1e-6}, DurationUnit{"ms", 1e-3}, DurationUnit{"", 1},
    DurationUnit{"s", 1},     DurationUnit{"m", 60},    DurationUnit{"min", 60},  DurationUnit{"h", 3600},
};
constexpr double longest_seconds = 10.0 * 365 * 86400;
constexpr std::uint64_t longest_list = 65536;

tl::unexpected<Error> wrong(std::string_view option, std::string_view text, std::string_view wanted) {
    return fail(Category::usage, fmt::format("{}: \"{}\" is not {}", option, text, wanted), {}, {}, "usage.value");
}

/// The number at the front, and what follows it.
std::optional<std::pair<double, std::string_view>> leading_number(std::string_view text) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (parsed.ec != std::errc() || !std::isfinite(number)) { return std::nullopt; }
    return std::pair{number, std::string_view(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr))};
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) { return std::nullopt; }
    return number;
}

} // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view option, std::string_view text) {
    constexpr std::string_view wanted = "a duration such as 500ms, 2s or 5m";
    const auto leading = leading_number(text);
    if (!leading || leading->first < 0) { return wrong(option, text, wanted); }
    for (const DurationUnit& unit : duration_units) {
        if (unit.symbol != leading->second) { continue; }
        const double seconds = leading->first * unit.seconds;
        if (seconds > longest_seconds) { return wrong(option, text, "a duration of at most ten years"); }
        return std::chrono::nanoseconds(std::llround(seconds * 1e9));
    }
    return wrong(option, text, wanted);
}

Result<std::uint64_t> parse_count(std::string_view option, std::string_view text, std::uint64_t most) {
    const auto number = whole_number(text);
    if (!number || *number > most) { return wrong(option, text, fmt::format("a whole number from 0 to {}", most)); }
    return *number;
}

Result<double> parse_share(std::string_view option, std::string_view text) {
    const auto leading = leading_number(text);
    if (!leading || !leading->second.empty() || leading->first < 0 || leading->first > 1) {
        return wrong(option, text, "a share from 0 to 1");
    }
    return leading->first;
}

Result<double> parse_factor(std::string_view option, std::string_view text) {
    const auto leading = leading_number(text);
    if (!leading || !leading->second.empty() || leading->first < 0) {
        return wrong(option, text, "a number that is 0 or more");
    }
    return leading->first;
}

Result<std::vector<std::string>> parse_address_list(std::string_view option, std::string_view text) {
    std::vector<std::string> addresses;
    for (const std::string_view part : split(text, ',')) {
        const std::string_view item = trim(part);
        if (item.empty()) { return wrong(option, text, "a list such as 1-247 or 1,5,100-110"); }
        // "1/16-20": the range is of what stands behind the slash.
        const std::string_view before = item.substr(0, item.rfind('/') + 1);
        const std::string_view range = item.substr(before.size());
        const std::size_t dash = range.find('-');
        const auto first = whole_number(range.substr(0, dash));
        const auto last = dash == std::string_view::npos ? first : whole_number(range.substr(dash + 1));
        if (!first || !last) {
            addresses.emplace_back(item);
            continue;
        }
        if (*last < *first) { return wrong(option, item, "a range that runs upward"); }
        if (*last - *first >= longest_list) { return wrong(option, item, "a range of at most 65536 addresses"); }
        for (std::uint64_t address = *first; address <= *last; ++address) {
            addresses.push_back(fmt::format("{}{}", before, address));
        }
    }
    return addresses;
}

Result<std::vector<unsigned>> parse_count_list(std::string_view option, std::string_view text, unsigned most) {
    std::vector<unsigned> numbers;
    for (const std::string_view part : split(text, ',')) {
        const auto number = whole_number(trim(part));
        if (!number || *number == 0 || *number > most) {
            return wrong(option, text, fmt::format("a list of whole numbers from 1 to {}", most));
        }
        numbers.push_back(static_cast<unsigned>(*number));
    }
    return numbers;
}

std::string format_duration(std::chrono::nanoseconds duration) {
    using namespace std::chrono;
    const auto total = duration_cast<milliseconds>(duration).count();
    if (total < 1000) { return fmt::format("{} ms", total); }
    const auto seconds = (total + 500) / 1000;
    if (seconds < 60) { return fmt::format("{} s", seconds); }
    if (seconds < 3600) { return fmt::format("{} min {} s", seconds / 60, seconds % 60); }
    return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

} // namespace meterctl::commands
