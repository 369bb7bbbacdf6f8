// UTF-8 (RFC 3629): text from a meter is not always what it claims to be.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace meterctl::output {

/// What stands for octets that are no UTF-8: U+FFFD.
inline constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Octets of the character that `text` begins with, 1 to 4; 0 where it begins with none (a stray or missing
/// continuation, an overlong form, a surrogate, above U+10FFFF) or is empty.
std::size_t utf8_character(std::string_view text);

/// Columns that a terminal takes for this text: its characters, without the combining marks U+0300 to U+036F.
std::size_t display_width(std::string_view text);

/// As it can stand in a file: octets that are no UTF-8 are replaced.
std::string repaired(std::string_view text);

/// As it can stand on a terminal: repaired, and control characters, which a meter could steer it with, as "\x1b".
std::string tamed(std::string_view text);

} // namespace meterctl::output
