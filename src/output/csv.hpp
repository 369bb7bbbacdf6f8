// CSV (RFC 4180): fields parted by commas, quoted where they must be; lines end in LF, as Unix tools expect.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace meterctl::output {

/// One line, with its end.
std::string csv_line(std::initializer_list<std::string_view> fields);

} // namespace meterctl::output
