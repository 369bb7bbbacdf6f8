// A profile generic (class 7): its columns with their scalers, then its records, from the oldest to the newest, as
// their blocks come. Blue Book, clause 4.3.6.
#pragma once

#include "sessions/dlms/profile_rows.hpp"
#include "sessions/dlms/profile_sieve.hpp"
#include "sessions/dlms/reader.hpp"

namespace meterctl::sessions::dlms {

class ProfileFetch {
public:
    /// All outlive it; `meter` may be null.
    ProfileFetch(Association& association, Services& services, Reader& reader, const catalogue::Definition* meter,
                 catalogue::Profile profile, ProfileSelection selection, const ProfileSink& sink);

    /// The columns, and what else is to be known before the records; once, also where records are fetched anew.
    Task<Result<void>> describe();
    /// The records that are selected and were not given yet: after an error, another call goes on behind the last.
    Task<Result<void>> records();
    /// How many were given so far.
    [[nodiscard]] std::uint64_t given() const { return sieve_.given(); }

private:
    [[nodiscard]] std::optional<codecs::dlms::Selection> selective(bool with_deviation) const;
    [[nodiscard]] std::optional<codecs::dlms::Selection> by_range(bool with_deviation) const;
    [[nodiscard]] DateTime bound(DateTime time, bool with_deviation, std::chrono::seconds wider) const;
    [[nodiscard]] bool ranged() const;
    [[nodiscard]] bool is_enough() const;
    void take_head(const std::vector<Result<codecs::dlms::Data>>& values);
    ProfileSink counting_sink();
    void end();
    Task<Result<void>> stream(std::optional<codecs::dlms::Selection> selection);
    [[nodiscard]] codecs::dlms::AttributeDescriptor attribute(std::int8_t index) const;
    Task<Result<void>> scalers(std::vector<ProfileCell>& cells);
    ProfileCell cell_of(const codecs::dlms::CaptureObject& object, std::size_t place) const;
    void note(std::string text);
    void tell_head();

    Association& association_;
    Services& services_;
    Reader& reader_;
    const catalogue::Definition* meter_;
    catalogue::Profile profile_;
    ProfileSelection selection_;
    const ProfileSink& sink_;
    codecs::dlms::PointAddress address_;
    ProfileRows rows_;
    ProfileHead head_;
    ProfileSieve sieve_;
    std::optional<DateTime> clock_;     ///< the meter's own time when it was described
    std::optional<std::uint64_t> most_; ///< records that are wanted
    bool enough_ = false;               ///< whoever takes the records wants no more
    bool described_ = false, told_ = false, newest_first_ = false;
};

} // namespace meterctl::sessions::dlms
