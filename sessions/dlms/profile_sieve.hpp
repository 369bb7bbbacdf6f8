// Which of a profile's records are handed on: those of the span that was asked for, in the buffer's order, none lost
// and none twice, also where an answer was cut short and begins anew, where a clock was set back, and where an hour
// comes twice because summer time ends. Pure: knows no meter.
#pragma once

#include "sessions/profile.hpp"

#include <deque>
#include <functional>

namespace meterctl::sessions::dlms {

/// Orders times: by the instant where both have one, else by the local time.
bool earlier(const DateTime& a, const DateTime& b);
/// The same time that much later, with the same offset; nullopt where the time is not complete.
std::optional<DateTime> later_by(const DateTime& time, std::chrono::seconds seconds);

class ProfileSieve {
public:
    using Give = std::function<bool(ProfileRecord&&)>; ///< false: enough

    ProfileSieve() = default;
    /// `period` 0: records come when they come, and none can be missing.
    ProfileSieve(ProfileSelection selection, std::chrono::seconds period, ProfileSink sink);

    /// Another answer begins, which has what was had before as well: what follows the last record that was given is
    /// new, even where its time is earlier.
    void restart();
    /// The next record of the answer. False: enough.
    bool take(ProfileRecord&& record);
    /// The answer has no more.
    bool finish();
    /// The last that was given, or else had by an earlier run: from where to ask.
    [[nodiscard]] const std::optional<ProfileMark>& last() const { return last_; }
    [[nodiscard]] std::uint64_t given() const { return given_; }
    /// All has been taken: tells what is missing at the end of the span, where that has passed at `now`, by the meter's
    /// clock.
    void tell_end(const DateTime& now);

private:
    using Instant = std::chrono::system_clock::time_point;
    enum class Place : std::uint8_t { before, within, behind };

    void count(ProfileRecord& record);
    bool take_new(ProfileRecord&& record);
    bool give(ProfileRecord&& record);
    bool give_held(const ProfileRecord& next);
    void hold(ProfileRecord&& record);
    [[nodiscard]] Place place_of(const ProfileRecord& record);
    void tell_gap(const ProfileRecord& record, Instant when);

    ProfileSelection selection_;
    std::chrono::seconds period_{};
    ProfileSink sink_;

    std::optional<ProfileMark> last_;
    std::uint64_t given_ = 0;
    bool searching_ = false;                                ///< for the record of `last_`
    bool within_ = false;                                   ///< the record before was of the span
    std::deque<ProfileRecord> held_;                        ///< of which is not yet known whether they are wanted
    std::deque<std::pair<DateTime, std::uint64_t>> recent_; ///< how many records of each time came
    std::optional<DateTime> latest_;                        ///< of those
    std::optional<Instant> begin_;                          ///< of the span, once a record tells its offset
    std::optional<Instant> before_;                         ///< the record given before
    std::optional<DateTime> before_time_;
};

} // namespace meterctl::sessions::dlms
