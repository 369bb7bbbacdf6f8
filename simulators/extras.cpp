#include "simulators/extras.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <vector>

namespace meterctl::simulators {

Result<void> check_extra_number(const Options& options, const std::string& key, std::uint64_t most) {
    const auto said = options.extras.find(key);
    if (said == options.extras.end()) { return {}; }
    const std::string& text = said->second;
    const char* const end = text.data() + text.size();
    std::uint64_t number = 0;
    const auto [stopped, problem] = std::from_chars(text.data(), end, number);
    if (problem == std::errc() && stopped == end && number <= most) { return {}; }
    return fail(Category::usage, fmt::format("{}: '{}' is no whole number from 0 to {}", key, text, most), {}, {},
                "usage.value");
}

Result<void> check_extra_word(const Options& options, const std::string& key, std::span<const std::string> words) {
    const auto said = options.extras.find(key);
    if (said == options.extras.end() || std::ranges::find(words, said->second) != words.end()) { return {}; }
    return fail(Category::usage, fmt::format("{}: '{}' is none", key, said->second), {},
                std::vector<std::string>(words.begin(), words.end()), "usage.value");
}

} // namespace meterctl::simulators
