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
    /// In this order, in one request where all are plain attributes and the meter takes lists: then each has its own
    /// end. Else until one fails.
    Task<std::vector<Result<WriteOutcome>>> write_all(std::vector<PointValue> writes);
    /// As plan() of each; one request, which the first has, where the client asks for lists.
    [[nodiscard]] Result<std::vector<std::vector<PlannedFrame>>> plan_all(std::span<const PointValue> writes) const;

private:
    /// What is about to be set.
    struct Prepared {
        catalogue::Point point;
        Value value;
        codecs::dlms::PointAddress address;
        std::optional<codecs::dlms::ScalerUnit> scaling;
        std::optional<codecs::dlms::Data> before;
        codecs::dlms::Data data;
    };
    Task<Result<Prepared>> prepare(catalogue::Point point, Value value);
    Task<Result<WriteOutcome>> conclude(Prepared prepared);
    Task<std::vector<Result<WriteOutcome>>> write_list(std::vector<PointValue> writes);
    [[nodiscard]] static bool fits_list(std::span<const PointValue> writes);
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
