// Readings of attributes that a listener hears: named by a definition's points where there is one, else by our names
// for the logical names, else by the attribute itself.
#pragma once

#include "codecs/dlms/notification.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

#include <functional>
#include <map>

namespace meterctl::codecs::dlms {

/// The setting that names the values of pushes which name none themselves, in their order: names of points, `-` for a
/// value that none is meant by, lists parted by semicolons. The list with as many values as came is taken.
inline constexpr std::string_view push_lists_setting = "push_lists", unnamed_value = "-";
std::vector<std::vector<std::string>> parse_push_lists(std::string_view text);

/// The setting that names attributes by the short names that a meter reports them under: `0108=active_energy_import`,
/// parted by spaces.
inline constexpr std::string_view short_names_setting = "short_names";
struct ShortNamed {
    std::optional<std::uint16_t> name; ///< nullopt: four hexadecimal digits were wanted
    std::string text, point;
};
std::vector<ShortNamed> parse_short_names(std::string_view text);

/// A definition's points by the attributes they read.
class PointIndex {
public:
    explicit PointIndex(const catalogue::Definition* definition);
    /// nullptr where no point reads the whole of it.
    [[nodiscard]] const catalogue::Point* find(const AttributeDescriptor& attribute) const;
    /// By logical name, for values whose class is not said.
    [[nodiscard]] const catalogue::Point* find(const Obis& logical_name) const;
    /// By short name, where the definition gives them.
    [[nodiscard]] const catalogue::Point* find_short(std::uint16_t name) const;
    /// Of a push of so many values, nullptr for those without a name; empty where no list, or more than one, has so
    /// many.
    [[nodiscard]] std::vector<const catalogue::Point*> pushed(std::size_t values) const;

private:
    std::vector<std::vector<const catalogue::Point*>> push_lists_;
    std::map<std::string, const catalogue::Point*> points_;
    std::map<Obis, const catalogue::Point*> values_;
    std::map<std::uint16_t, const catalogue::Point*> short_names_;
};

/// nullopt for what is no single value: a list, a logical name, a scaler_unit. A number without the scaler that its
/// meter keeps for it, from anywhere, is as the meter sent it: without unit, and flagged "unscaled".
std::optional<Reading> reading_of(const PointIndex& points, const AttributeDescriptor& attribute, const Data& value,
                                  const std::optional<ScalerUnit>& scaling);

/// Of a value that only its short name is known of: by the definition, else called short_name_0x0108. nullopt for a
/// list that no point reads.
std::optional<Reading> reading_of(const PointIndex& points, std::uint16_t short_name, const Data& value);

/// The scaler of an attribute, where it was heard.
using ScalerOf = std::function<std::optional<ScalerUnit>(const AttributeDescriptor&)>;

/// Of a data-notification; each has the notification's time. `heard`: lists that were read from this meter, which name
/// values that come bare. `scaler_of` may be empty.
std::vector<Reading> readings(const PointIndex& points, const DataNotification& notification,
                              std::span<const std::vector<CaptureObject>> heard = {}, const ScalerOf& scaler_of = {});

} // namespace meterctl::codecs::dlms
