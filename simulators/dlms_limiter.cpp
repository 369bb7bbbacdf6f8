#include "simulators/dlms_limiter.hpp"

namespace meterctl::simulators {

DlmsLimiter::Wish DlmsLimiter::step(double watts, bool closed, SystemTime now) {
    if (!closed) {
        over_since_.reset();
        if (!cut_since_ || gave_up_ || now - *cut_since_ < waits_) { return Wish::nothing; }
        cut_since_.reset();
        ++reconnections_;
        return Wish::reconnect;
    }
    cut_since_.reset();
    gave_up_ = false;
    if (limits_.threshold <= 0 || watts <= limits_.threshold) {
        over_since_.reset();
        reconnections_ = 0; // the customer has reduced the load
        return Wish::nothing;
    }
    if (!over_since_) { over_since_ = now; }
    if (now - *over_since_ < limits_.over) { return Wish::nothing; }
    over_since_.reset();
    cut_since_ = now;
    waits_ = limits_.under;
    gave_up_ = reconnections_ >= limits_.most_reconnections;
    return gave_up_ ? Wish::give_up : Wish::disconnect;
}

void DlmsLimiter::reset() {
    over_since_.reset();
    cut_since_.reset();
    reconnections_ = 0;
    gave_up_ = false;
}

} // namespace meterctl::simulators
