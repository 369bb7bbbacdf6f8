// Fetching a profile: which of its records, and to whom they go. They are streamed as they come, so that a long profile
// takes no more memory than a short one.
#pragma once

#include "src/core/profile.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace meterctl::sessions {

/// The last record that an earlier run has had.
struct ProfileMark {
    std::optional<std::uint64_t> sequence;
    std::optional<DateTime> time;
    std::uint64_t same_time = 0; ///< how many records of that time it has had
    friend bool operator==(const ProfileMark&, const ProfileMark&) = default;
};

/// Nothing set: all there is.
struct ProfileSelection {
    std::optional<DateTime> from, to;  ///< both included; without an offset: the meter's time
    std::optional<std::uint64_t> last; ///< the newest so many
    std::optional<std::pair<std::uint64_t, std::uint64_t>> entries; ///< positions from 1, the oldest; both included
    std::optional<ProfileMark> after;                               ///< only what came later
};

/// Called as things come: `head` once and first, records from the oldest to the newest, a gap where it is. `record`
/// says whether to go on.
struct ProfileSink {
    std::function<void(const ProfileHead&)> head;
    std::function<bool(ProfileRecord&&)> record;
    std::function<void(const ProfileGap&)> gap;
};

} // namespace meterctl::sessions
