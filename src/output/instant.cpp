#include "src/output/instant.hpp"

#include <fmt/format.h>

namespace meterctl::output {

std::string instant_text(std::chrono::nanoseconds since_epoch) {
    using std::chrono::floor;
    const auto day = floor<std::chrono::days>(since_epoch);
    const std::chrono::year_month_day date{std::chrono::sys_days(day)};
    const std::chrono::hh_mm_ss time(floor<std::chrono::seconds>(since_epoch - day));
    const auto fraction = (since_epoch - floor<std::chrono::seconds>(since_epoch)).count();
    const std::string decimals =
        fraction % 1000 == 0 ? fmt::format("{:06}", fraction / 1000) : fmt::format("{:09}", fraction);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), decimals);
}

} // namespace meterctl::output
