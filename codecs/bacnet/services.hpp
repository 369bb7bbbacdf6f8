// The services that meters are read, written and found with: their parameters as plain structs, both directions, for
// clients and servers (clauses 13, 15 and 16). What a property holds is octets, tagged as clause 21 says: primitive.hpp
// and records.hpp read them. Every decode is untrusted, with the byte offset in the service data, where parameters are
// missing, of another type or left over.
#pragma once

#include "codecs/bacnet/primitive.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace meterctl::codecs::bacnet {

/// Properties that stand for several in ReadPropertyMultiple.
inline constexpr std::uint32_t all_properties = 8, optional_properties = 80, required_properties = 105;

struct PropertyReference {
    std::uint32_t property = 0;
    std::optional<std::uint32_t> index; ///< of an array; 0 asks for its size
    friend bool operator==(const PropertyReference&, const PropertyReference&) = default;
};

/// Clause 15.5.
struct ReadProperty {
    ObjectId object;
    PropertyReference property;
    friend bool operator==(const ReadProperty&, const ReadProperty&) = default;
};
struct ReadPropertyAck {
    ObjectId object;
    PropertyReference property;
    Bytes value;
    friend bool operator==(const ReadPropertyAck&, const ReadPropertyAck&) = default;
};
Bytes encode(const ReadProperty& service);
Bytes encode(const ReadPropertyAck& service);
Result<ReadProperty> decode_read_property(ByteView data);
Result<ReadPropertyAck> decode_read_property_ack(ByteView data);

/// Clause 15.7.
struct ReadAccess {
    ObjectId object;
    std::vector<PropertyReference> properties;
    friend bool operator==(const ReadAccess&, const ReadAccess&) = default;
};
struct AccessError {
    std::uint32_t error_class = 0;
    std::uint32_t error_code = 0;
    friend bool operator==(const AccessError&, const AccessError&) = default;
};
struct PropertyResult {
    PropertyReference property;
    std::variant<Bytes, AccessError> result;
    friend bool operator==(const PropertyResult&, const PropertyResult&) = default;
};
struct ReadResult {
    ObjectId object;
    std::vector<PropertyResult> properties;
    friend bool operator==(const ReadResult&, const ReadResult&) = default;
};
Bytes encode(const std::vector<ReadAccess>& service);
Bytes encode(const std::vector<ReadResult>& service);
Result<std::vector<ReadAccess>> decode_read_property_multiple(ByteView data);
Result<std::vector<ReadResult>> decode_read_property_multiple_ack(ByteView data);

/// Clause 15.9; answered by a SimpleACK.
struct WriteProperty {
    ObjectId object;
    PropertyReference property;
    Bytes value;
    std::optional<std::uint8_t> priority; ///< 1 to 16
    friend bool operator==(const WriteProperty&, const WriteProperty&) = default;
};
Bytes encode(const WriteProperty& service);
Result<WriteProperty> decode_write_property(ByteView data);

/// Clause 15.10.
struct PropertyValue {
    PropertyReference property;
    Bytes value;
    std::optional<std::uint8_t> priority;
    friend bool operator==(const PropertyValue&, const PropertyValue&) = default;
};
struct WriteAccess {
    ObjectId object;
    std::vector<PropertyValue> properties;
    friend bool operator==(const WriteAccess&, const WriteAccess&) = default;
};
/// The parameters of its Error: the first write that failed.
struct WriteError {
    AccessError error;
    ObjectId object;
    PropertyReference property;
    friend bool operator==(const WriteError&, const WriteError&) = default;
};
Bytes encode(const std::vector<WriteAccess>& service);
Bytes encode(const WriteError& error);
Result<std::vector<WriteAccess>> decode_write_property_multiple(ByteView data);
Result<WriteError> decode_write_error(ByteView data);

/// Clause 15.8. Counts are signed: a negative one takes the items before the reference, and it.
struct RangeByPosition {
    std::uint32_t reference = 1; ///< 1 is the oldest
    std::int32_t count = 0;
    friend bool operator==(const RangeByPosition&, const RangeByPosition&) = default;
};
struct RangeBySequence {
    std::uint32_t reference = 0;
    std::int32_t count = 0;
    friend bool operator==(const RangeBySequence&, const RangeBySequence&) = default;
};
struct RangeByTime {
    Date date;
    Time time;
    std::int32_t count = 0;
    friend bool operator==(const RangeByTime&, const RangeByTime&) = default;
};
struct ReadRange {
    ObjectId object;
    PropertyReference property;
    std::variant<std::monostate, RangeByPosition, RangeBySequence, RangeByTime> range; ///< none: all items
    friend bool operator==(const ReadRange&, const ReadRange&) = default;
};
struct ReadRangeAck {
    ObjectId object;
    PropertyReference property;
    bool first_item = false, last_item = false, more_items = false;
    std::uint32_t item_count = 0;
    Bytes items;
    std::optional<std::uint32_t> first_sequence; ///< by sequence or time, where there are items
    friend bool operator==(const ReadRangeAck&, const ReadRangeAck&) = default;
};
Bytes encode(const ReadRange& service);
Bytes encode(const ReadRangeAck& service);
Result<ReadRange> decode_read_range(ByteView data);
Result<ReadRangeAck> decode_read_range_ack(ByteView data);

/// Clause 16.10. Device instances; both limits or none.
struct InstanceLimits {
    std::uint32_t low = 0;
    std::uint32_t high = max_instance + 1;
    friend bool operator==(const InstanceLimits&, const InstanceLimits&) = default;
};
struct WhoIs {
    std::optional<InstanceLimits> limits;
    friend bool operator==(const WhoIs&, const WhoIs&) = default;
};
struct IAm {
    ObjectId device;
    std::uint32_t max_apdu = 480;
    std::uint32_t segmentation = 3; ///< 0 both, 1 transmit, 2 receive, 3 none
    std::uint32_t vendor = 0;
    friend bool operator==(const IAm&, const IAm&) = default;
};
Bytes encode(const WhoIs& service);
Bytes encode(const IAm& service);
Result<WhoIs> decode_who_is(ByteView data);
Result<IAm> decode_i_am(ByteView data);

/// Clause 16.9.
struct WhoHas {
    std::optional<InstanceLimits> limits;
    std::variant<ObjectId, CharacterString> object;
    friend bool operator==(const WhoHas&, const WhoHas&) = default;
};
struct IHave {
    ObjectId device;
    ObjectId object;
    CharacterString name;
    friend bool operator==(const IHave&, const IHave&) = default;
};
Bytes encode(const WhoHas& service);
Bytes encode(const IHave& service);
Result<WhoHas> decode_who_has(ByteView data);
Result<IHave> decode_i_have(ByteView data);

/// Clauses 16.7 and 16.8: local time, or UTC.
struct TimeSynchronization {
    Date date;
    Time time;
    friend bool operator==(const TimeSynchronization&, const TimeSynchronization&) = default;
};
Bytes encode(const TimeSynchronization& service);
Result<TimeSynchronization> decode_time_synchronization(ByteView data);

/// Clause 16.4.
struct ReinitializeDevice {
    std::uint32_t state = 1; ///< names::reinitialized_states
    std::optional<CharacterString> password;
    friend bool operator==(const ReinitializeDevice&, const ReinitializeDevice&) = default;
};
/// Clause 16.1.
struct DeviceCommunicationControl {
    std::optional<std::uint16_t> minutes; ///< none: until told otherwise
    std::uint32_t state = 0;              ///< 0 enable, 1 disable, 2 disable initiation
    std::optional<CharacterString> password;
    friend bool operator==(const DeviceCommunicationControl&, const DeviceCommunicationControl&) = default;
};
Bytes encode(const ReinitializeDevice& service);
Bytes encode(const DeviceCommunicationControl& service);
Result<ReinitializeDevice> decode_reinitialize_device(ByteView data);
Result<DeviceCommunicationControl> decode_device_communication_control(ByteView data);

/// Clause 13.14; without confirmed and lifetime it cancels.
struct SubscribeCov {
    std::uint32_t process = 0;
    ObjectId object;
    std::optional<bool> confirmed;
    std::optional<std::uint32_t> lifetime; ///< seconds, 0 for ever
    friend bool operator==(const SubscribeCov&, const SubscribeCov&) = default;
};
/// Clauses 13.1 and 13.4, confirmed and not.
struct CovNotification {
    std::uint32_t process = 0;
    ObjectId device;
    ObjectId object;
    std::uint32_t time_remaining = 0; ///< seconds
    std::vector<PropertyValue> values;
    friend bool operator==(const CovNotification&, const CovNotification&) = default;
};
Bytes encode(const SubscribeCov& service);
Bytes encode(const CovNotification& service);
Result<SubscribeCov> decode_subscribe_cov(ByteView data);
Result<CovNotification> decode_cov_notification(ByteView data);

} // namespace meterctl::codecs::bacnet
