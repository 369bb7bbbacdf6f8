// The readings that answers and notifications hold, named by a definition's points, else by object and property.
#pragma once

#include "codecs/bacnet/point.hpp"

#include <map>
#include <optional>
#include <tuple>

namespace meterctl::codecs::bacnet {

/// A definition's points by what they read, their addresses parsed once.
class PointIndex {
public:
    using Key = std::tuple<ObjectId, std::uint32_t, std::optional<std::uint32_t>>; ///< object, property, array index

    explicit PointIndex(const catalogue::Definition* definition);
    /// Points of the device object fit any instance. nullptr where the definition has none.
    [[nodiscard]] const catalogue::Point* find(ObjectId object, const PropertyReference& property) const;
    [[nodiscard]] bool empty() const { return points_.empty(); }

private:
    std::map<Key, const catalogue::Point*> points_;
};

/// Of a ReadProperty answer.
std::vector<Reading> readings(const PointIndex& points, const ReadPropertyAck& ack);
/// Of a ReadPropertyMultiple answer: what was refused is null with the flag "refused". Where a definition does not say
/// the unit, the Units property read along does.
std::vector<Reading> readings(const PointIndex& points, const std::vector<ReadResult>& results);
/// Of a notification.
std::vector<Reading> readings(const PointIndex& points, const CovNotification& notification);

} // namespace meterctl::codecs::bacnet
