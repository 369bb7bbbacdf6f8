// Writing attributes: what was written is read back. Clocks are set in their own zone, tariff calendars as a whole.
#pragma once

#include "codecs/dlms/tariff_calendar.hpp"
#include "sessions/dlms/reader.hpp"

namespace meterctl::sessions::dlms {

class Writer {
public:
    /// All outlive it.
    Writer(Association& association, Services& services, Reader& reader, const SessionOptions& options)
        : association_(association), services_(services), reader_(reader), options_(options) {}

    /// The plain APDUs and what they ask; with no meter at hand, a number is taken to need no scaler but the point's
    /// own.
    [[nodiscard]] Result<std::vector<PlannedFrame>> plan(const catalogue::Point& point, const Value& value) const;
    /// Verified where what is read back is what was written.
    Task<Result<WriteOutcome>> write(catalogue::Point point, Value value);

private:
    Task<Result<WriteOutcome>> write_calendar(catalogue::Point point, Value value);
    Task<Result<codecs::dlms::Data>> encoded(catalogue::Point point, Value value, codecs::dlms::PointAddress address,
                                             std::optional<codecs::dlms::ScalerUnit> scaling,
                                             std::optional<codecs::dlms::Data> before);

    Association& association_;
    Services& services_;
    Reader& reader_;
    const SessionOptions& options_;
};

} // namespace meterctl::sessions::dlms
