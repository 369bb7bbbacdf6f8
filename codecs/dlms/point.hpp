// Points in the terms of DLMS/COSEM: CLASS:LOGICAL-NAME:ATTRIBUTE, "3:1-0:1.8.0.255:2". An attribute can be named,
// "8:0-0:1.0.0.255:time_zone"; so can a class that a device has one object of, "clock/time_zone". A logical name alone,
// "1-0:1.8.0.255", is its value. Methods: "70:0-0:96.3.10.255:m1", "disconnect_control/remote_reconnect"; ":m" alone is
// any of them: what is written is its number. "[2][1]" behind an attribute takes parts out of it, counted from 1.
#pragma once

#include "codecs/dlms/classes.hpp"
#include "codecs/dlms/data.hpp"
#include "codecs/dlms/units.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

namespace meterctl::codecs::dlms {

struct PointAddress {
    std::uint16_t class_id = 0; ///< 0: not said; the meter's list of objects knows
    Obis logical_name{};
    std::int8_t index = 2; ///< of the attribute, or of the method; 0: any method, told by its number
    bool method = false;
    std::vector<std::uint16_t> path{}; ///< elements, counted from 1

    /// "3:1-0:1.8.0.255:2"
    [[nodiscard]] std::string text() const;
    friend bool operator==(const PointAddress&, const PointAddress&) = default;
};

/// Usage error with hints.
Result<PointAddress> parse_point_address(std::string_view text);

/// The class that objects of such a logical name have as a rule: 3 for 1-0:1.8.0, 4 for 1-0:1.6.0; 0 where no rule
/// tells. For meters whose list of objects cannot be read.
std::uint16_t usual_class(const Obis& logical_name);

/// Where the scaler_unit of this value is: attribute 3 of a register, 4 of a demand register; nullopt: it has none.
std::optional<PointAddress> scaler_unit_address(const PointAddress& value);
/// Where the time of this value is: attribute 5 of an extended register, 6 of a demand register's last average.
std::optional<PointAddress> capture_time_address(const PointAddress& value);

/// A point that no definition names. Usage error with hints.
Result<catalogue::Point> ad_hoc_point(std::string_view text);

/// Checks every address, type, choice, column, client and setting of a definition; the error names the point.
Result<void> validate(const catalogue::Definition& definition);

/// A whole attribute as the user sees it: the part that the address takes out of it, scaled, in the point's unit where
/// the meter's unit measures the same (else in the meter's, flagged "unexpected_unit"), with label, status bits, flags.
/// Untrusted where the attribute lacks the part.
Result<Reading> decode_point(const catalogue::Point& point, const Data& attribute,
                             const std::optional<ScalerUnit>& scaling = std::nullopt);

/// What writes `value`, a number as the user sees it, a label of the point's choices, a text, a list or a structure.
/// The type is the point's, else the class's, else that of `before`, the attribute as it was read. For a point that is
/// a part, the whole of `before` with the part in its place. Nothing is rounded: Category::rejected where it does not
/// fit; usage error, dlms.type_unknown, where only `before` could tell the type and there is none.
Result<Data> encode_point(const catalogue::Point& point, const Value& value,
                          const std::optional<ScalerUnit>& scaling = std::nullopt, const Data* before = nullptr);

/// The method and its parameter for a point that is a method. Without a value the parameter is integer 0;
/// `simulate`-free choices say; where the address is ":m", the value is the method's number and the parameter integer
/// 0.
struct MethodCall {
    PointAddress address;
    Data parameter;
};
Result<MethodCall> encode_method(const catalogue::Point& point, const Value& value);

/// Names of settings that a definition of this protocol can have; sessions take them as they take an endpoint's.
std::span<const std::string_view> setting_names();

} // namespace meterctl::codecs::dlms
