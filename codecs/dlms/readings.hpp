// Readings of attributes that a listener hears: named by a definition's points where there is one, else by our names
// for the logical names, else by the attribute itself.
#pragma once

#include "codecs/dlms/notification.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

#include <map>

namespace meterctl::codecs::dlms {

/// A definition's points by the attributes they read.
class PointIndex {
public:
    explicit PointIndex(const catalogue::Definition* definition);
    /// nullptr where no point reads the whole of it.
    [[nodiscard]] const catalogue::Point* find(const AttributeDescriptor& attribute) const;
    /// By logical name, for values whose class is not said.
    [[nodiscard]] const catalogue::Point* find(const Obis& logical_name) const;

private:
    std::map<std::string, const catalogue::Point*> points_;
    std::map<Obis, const catalogue::Point*> values_;
};

/// nullopt for what is no single value: a list, a logical name, a scaler_unit.
std::optional<Reading> reading_of(const PointIndex& points, const AttributeDescriptor& attribute, const Data& value,
                                  const std::optional<ScalerUnit>& scaling);

/// Of a data-notification; each has the notification's time. A number without a scaler from anywhere is as the meter
/// sent it, and flagged "unscaled".
std::vector<Reading> readings(const PointIndex& points, const DataNotification& notification);

} // namespace meterctl::codecs::dlms
