// Rows of a profile's buffer as records: times that were left out are filled in, values scaled, status and events
// named, and what was not asked for left away. Pure: knows no meter.
#pragma once

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/selection.hpp"
#include "sessions/profile.hpp"
#include "src/catalogue/definition.hpp"

namespace meterctl::sessions::dlms {

/// What one element of each row is.
struct ProfileCell {
    enum class Kind : std::uint8_t { value, time, event };
    Kind kind = Kind::value;
    codecs::dlms::CaptureObject object;
    catalogue::Point point; ///< name, type, bits
    std::optional<codecs::dlms::ScalerUnit> scaling;
};

class ProfileRows {
public:
    ProfileRows() = default;
    /// `period`: from the time of one row to that of the next; negative where the newest comes first.
    ProfileRows(std::vector<ProfileCell> cells, const catalogue::Profile& profile, std::chrono::seconds period)
        : cells_(std::move(cells)), events_(profile.events), period_(period) {}

    [[nodiscard]] std::vector<ProfileColumn> columns() const;
    /// Untrusted where the row has not the columns' shape.
    Result<ProfileRecord> record(const codecs::dlms::Data& row);
    /// Rows come anew from the beginning of an answer: nothing is above the next one.
    void restart();

    [[nodiscard]] const std::vector<ProfileCell>& cells() const { return cells_; }

private:
    void take_time(const codecs::dlms::Data& data, ProfileRecord& record);
    void take_value(const ProfileCell& cell, const codecs::dlms::Data& data, ProfileRecord& record);
    void take_status(const ProfileCell& cell, const Value& value, ProfileRecord& record) const;
    void take_event(const Value& value, ProfileRecord& record) const;

    std::vector<ProfileCell> cells_;
    std::vector<catalogue::ProfileEvent> events_;
    std::chrono::seconds period_{};
    std::vector<codecs::dlms::Data> above_; ///< of the row before: null-data means "as above"
    std::optional<DateTime> time_above_;
    bool summer_above_ = false;
};

} // namespace meterctl::sessions::dlms
