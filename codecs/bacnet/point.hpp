// Points in the terms of BACnet: "analog-input:11", "trend-log:1/record-count", "device/location",
// "device/object-list[3]". An object is TYPE:INSTANCE, a property its name or number; without one it is present-value.
// "device" alone is the meter itself. "service:coldstart" is what it is asked to do: device_service.hpp.
#pragma once

#include "codecs/bacnet/device_service.hpp"
#include "codecs/bacnet/services.hpp"
#include "codecs/bacnet/values.hpp"
#include "src/catalogue/definition.hpp"

namespace meterctl::codecs::bacnet {

inline constexpr std::uint16_t device_type = 8;
inline constexpr std::uint32_t present_value_property = 85;

struct PointAddress {
    ObjectId object; ///< instance 4194303 of type device: the meter itself
    PropertyReference property{present_value_property, {}};
    std::optional<Decimal> command{};       ///< what a method without an argument writes: "analog-value:1=30078"
    std::optional<DeviceService> service{}; ///< no property, but something that the device is asked to do
    friend bool operator==(const PointAddress&, const PointAddress&) = default;
    /// "analog-input:11", "device/location": without what stands for itself
    [[nodiscard]] std::string text() const;
};

/// Usage error with hints.
Result<PointAddress> parse_point_address(std::string_view text);

/// A point that no definition names. Usage error with hints.
Result<catalogue::Point> ad_hoc_point(std::string_view text);

/// A definition's settings for this protocol.
struct Settings {
    std::uint16_t max_apdu = 480;
    bool read_property_multiple = true;
    bool write_property_multiple =
        true;                           ///< unless the definition says what the device executes, and it is not among it
    std::uint32_t write_settles_ms = 0; ///< after a write, until a read gives the new value
    std::string not_a_number;           ///< the flag of a NaN, where the meter sends one for a reason
};
Result<Settings> settings(const catalogue::Definition& definition);

/// Checks every address, type, identify rule and setting of a definition; the error names the point.
Result<void> validate(const catalogue::Definition& definition);

/// What a property of a point holds, as the user sees it: scaled, with unit, label, status bits and flags.
Result<Reading> decode_point(const catalogue::Point& point, ByteView value);
/// The same where the point's address is parsed already.
Result<Reading> decode_point(const catalogue::Point& point, const PointAddress& address, ByteView value);
/// Of what no definition names: its name is its address.
Result<Reading> decode_unnamed(const PointAddress& address, ByteView value);
/// The octets that write `value`, a number as the user sees it, a label of the point's choices, or a text; by the
/// point's type: "real", "unsigned", ... Nothing is rounded: Category::rejected where it does not fit.
Result<Bytes> encode_point(const catalogue::Point& point, const Value& value);

/// The octets that a method without an argument writes: the number of its address. Usage error where it has none.
Result<Bytes> encode_command(const PointAddress& address);

/// The types that a definition's points can have: null, boolean, unsigned, signed, real, double, octets, text,
/// enumerated, bits, date, time, datetime, instance (of an object identifier, as a number) and analog-input (a
/// reference to its present value, as the number of its instance).
std::span<const std::string_view> value_types();
/// The type that this property of such an object has in the standard.
std::string_view usual_type(const PointAddress& address);

} // namespace meterctl::codecs::bacnet
