// Values of options: durations, shares, counts, lists. All errors are usage errors that name the option.
#pragma once

#include "src/core/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

/// "500ms", "2s", "1.5s", "5m", "1h", "250us"; a number alone is seconds. At most ten years.
Result<std::chrono::nanoseconds> parse_duration(std::string_view option, std::string_view text);
Result<std::uint64_t> parse_count(std::string_view option, std::string_view text, std::uint64_t most);
/// 0 to 1.
Result<double> parse_share(std::string_view option, std::string_view text);
/// 0 and up.
Result<double> parse_factor(std::string_view option, std::string_view text);
/// "1-247", "1,5,100-110" as texts; ranges of numbers only, anything else is taken as it is. At most 65536.
Result<std::vector<std::string>> parse_address_list(std::string_view option, std::string_view text);
/// "9600,19200"
Result<std::vector<unsigned>> parse_count_list(std::string_view option, std::string_view text, unsigned most);

/// "1 min 20 s", "850 ms"
std::string format_duration(std::chrono::nanoseconds duration);

} // namespace meterctl::commands
