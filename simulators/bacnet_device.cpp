#include "simulators/bacnet_device.hpp"

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

constexpr int first_year = 1900;

} // namespace

std::optional<TimePoint> ModelClock::when(SystemTime time) const {
    if (!zero || speed <= 0) { return std::nullopt; }
    const std::chrono::duration<double> ahead = (time - start) / speed;
    return *zero + std::chrono::ceil<TimePoint::duration>(ahead);
}

bacnet::ObjectId BacnetDevice::id() const {
    return {object_types::device, traits_.instance};
}

bacnet::DateAndTime bacnet_time(SystemTime time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<milliseconds>(time - day));
    bacnet::DateAndTime out;
    out.date.year = static_cast<std::uint8_t>(static_cast<int>(date.year()) - first_year);
    out.date.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
    out.date.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
    out.date.weekday = static_cast<std::uint8_t>(weekday(day).iso_encoding());
    out.time.hour = static_cast<std::uint8_t>(clock.hours().count());
    out.time.minute = static_cast<std::uint8_t>(clock.minutes().count());
    out.time.second = static_cast<std::uint8_t>(clock.seconds().count());
    out.time.hundredths = static_cast<std::uint8_t>(clock.subseconds().count() / 10);
    return out;
}

std::optional<SystemTime> system_time(const bacnet::DateAndTime& time) {
    using namespace std::chrono;
    const year_month_day date(year(first_year + time.date.year), month(time.date.month), day(time.date.day));
    const bool open = time.date.year == bacnet::unspecified;
    const unsigned hundredths = time.time.hundredths == bacnet::unspecified ? 0 : time.time.hundredths;
    if (open || !date.ok() || time.time.hour > 23 || time.time.minute > 59 || time.time.second > 59 ||
        hundredths > 99) {
        return std::nullopt;
    }
    return sys_days(date) + hours(time.time.hour) + minutes(time.time.minute) + seconds(time.time.second) +
           milliseconds(hundredths * 10);
}

} // namespace meterctl::simulators
