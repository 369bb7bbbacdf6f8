// What stands behind the `=` of an endpoint's query: durations, flags and line settings.
#pragma once

#include "src/core/error.hpp"
#include "transports/endpoint.hpp"
#include "transports/loop.hpp"

#include <optional>
#include <string_view>

namespace meterctl::transports {

/// "20ms", "1.5s", "250us", "2min"; a number alone is in seconds. Never negative. Usage error otherwise.
Result<Duration> parse_duration(std::string_view text);

/// 1, true, yes, on and their opposites. Usage error otherwise.
Result<bool> parse_flag(std::string_view text);

/// A baud rate from 1 to 20,000,000, not only the customary ones. Usage error otherwise.
Result<unsigned> parse_baud(std::string_view text);

/// `fallback` with what the endpoint's `baud` and `frame` say in its place.
Result<LineSettings> line_settings(const Endpoint& endpoint, const LineSettings& fallback);

/// How long the line takes for so many octets; nothing where it has no baud rate.
Duration time_on_line(const LineSettings& line, std::size_t octets);

/// What the query says under `key`, as parse_endpoint() checked it, else `fallback`.
Duration duration_option(const Endpoint& endpoint, std::string_view key, Duration fallback);
bool flag_option(const Endpoint& endpoint, std::string_view key);
std::optional<bool> flag_if_given(const Endpoint& endpoint, std::string_view key);

} // namespace meterctl::transports
