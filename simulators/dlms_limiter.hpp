// The limitation of power: above a threshold for a time the supply is cut, and connected again after another, so often
// and no more. DTSD545 manual, section 5.2.8.
#pragma once

#include "simulators/dlms_object.hpp"

namespace meterctl::simulators {

struct DlmsLimits {
    double threshold = 0;           ///< W; 0: none
    std::chrono::seconds over{60};  ///< t1: how long it may be exceeded
    std::chrono::seconds under{60}; ///< t2: until the supply is connected again
    unsigned most_reconnections = 3;
};

class DlmsLimiter {
public:
    enum class Wish : std::uint8_t { nothing, disconnect, reconnect, give_up };

    void set(const DlmsLimits& limits) { limits_ = limits; }
    [[nodiscard]] const DlmsLimits& limits() const { return limits_; }
    /// The power that is imported at `now`, and whether the relay is closed. give_up: disconnected for the last time.
    Wish step(double watts, bool closed, SystemTime now);
    /// A remote command, or a power failure: counting begins anew.
    void reset();
    [[nodiscard]] unsigned reconnections() const { return reconnections_; }
    /// The supply is cut because of it.
    [[nodiscard]] bool cut() const { return cut_since_.has_value(); }

private:
    DlmsLimits limits_;
    std::optional<SystemTime> over_since_, cut_since_;
    std::chrono::seconds waits_{}; ///< t2 as it was when the supply was cut
    unsigned reconnections_ = 0;
    bool gave_up_ = false;
};

} // namespace meterctl::simulators
