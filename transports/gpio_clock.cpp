#include "transports/gpio_clock.hpp"

namespace meterctl::transports {

Duration steady_time(const timespec& stamp, Duration steady_now, Duration wall_now) {
    const Duration time = std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
    const auto apart = [time](Duration now) { return time > now ? time - now : now - time; };
    return apart(steady_now) <= apart(wall_now) ? time : time - wall_now + steady_now;
}

Duration steady_time(const timespec& stamp) {
    return steady_time(stamp, std::chrono::steady_clock::now().time_since_epoch(),
                       std::chrono::system_clock::now().time_since_epoch());
}

} // namespace meterctl::transports
