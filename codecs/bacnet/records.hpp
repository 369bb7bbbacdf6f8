// What properties of meters hold beyond single primitives (clause 21): dates with times, references to properties, the
// records of trend logs. All are read from and written as the octets between the tags that hold them.
#pragma once

#include "codecs/bacnet/services.hpp"
#include "src/core/datetime.hpp"

namespace meterctl::codecs::bacnet {

/// Local time of the device, or UTC, as the property says.
struct DateAndTime {
    Date date;
    Time time;
    friend bool operator==(const DateAndTime&, const DateAndTime&) = default;
};
/// Open fields stay open. A month or day that stands for several (odd, even, last) stays open too.
DateTime date_time(const DateAndTime& value);
/// With the weekday where the date is whole. Rejected outside the years 1900 to 2154.
Result<DateAndTime> date_and_time(const DateTime& value);
Bytes encode(const DateAndTime& value);
Result<DateAndTime> decode_date_and_time(ByteView octets);

/// BACnetDeviceObjectPropertyReference.
struct DeviceObjectPropertyReference {
    ObjectId object;
    PropertyReference property;
    std::optional<ObjectId> device; ///< none: the device itself
    friend bool operator==(const DeviceObjectPropertyReference&, const DeviceObjectPropertyReference&) = default;
};
Bytes encode(const DeviceObjectPropertyReference& value);
Result<DeviceObjectPropertyReference> decode_device_object_property_reference(ByteView octets);

struct StatusFlags {
    bool in_alarm = false, fault = false, overridden = false, out_of_service = false;
    friend bool operator==(const StatusFlags&, const StatusFlags&) = default;
};
StatusFlags status_flags(const BitString& bits);
BitString bit_string(const StatusFlags& flags);

/// The log was stopped, emptied, or collecting was interrupted.
struct LogStatus {
    bool disabled = false, purged = false, interrupted = false;
    friend bool operator==(const LogStatus&, const LogStatus&) = default;
};
/// The clock was set by so many seconds; positive: forwards.
struct TimeChange {
    float seconds = 0;
    friend bool operator==(const TimeChange&, const TimeChange&) = default;
};
/// A value of a type that has no choice of its own: octets, tagged.
struct AnyValue {
    Bytes octets;
    friend bool operator==(const AnyValue&, const AnyValue&) = default;
};

/// BACnetLogRecord: a primitive is a boolean, real, enumerated, unsigned, signed, bit string or null.
struct LogRecord {
    DateAndTime timestamp;
    std::variant<LogStatus, Primitive, AccessError, TimeChange, AnyValue> datum;
    std::optional<StatusFlags> status;
    friend bool operator==(const LogRecord&, const LogRecord&) = default;
};
Bytes encode(const std::vector<LogRecord>& records);
/// The items of a ReadRange answer of a log buffer.
Result<std::vector<LogRecord>> decode_log_records(ByteView octets);

} // namespace meterctl::codecs::bacnet
