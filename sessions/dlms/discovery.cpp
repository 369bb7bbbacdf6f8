#include "sessions/dlms/discovery.hpp"

#include "src/core/obis_names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint16_t profile_class = 7;
constexpr std::uint8_t current_period = 255;

/// Classes whose objects are one value, and where it is.
struct ValueRow {
    std::uint16_t class_id;
    std::int8_t attribute;
};
constexpr std::array value_rows{ValueRow{1, 2}, ValueRow{3, 2}, ValueRow{4, 2},
                                ValueRow{5, 2}, ValueRow{8, 2}, ValueRow{70, 3}};

std::string name_of_object(const Obis& logical_name) {
    const auto common = name_of(logical_name);
    if (!common) { return logical_name.to_logical_name(); }
    if (logical_name.f == current_period) { return *common; }
    return fmt::format("{}@{}", *common, logical_name.f);
}

std::string unused(std::set<std::string>& names, const std::string& wanted) {
    std::string name = wanted;
    for (unsigned number = 2; !names.insert(name).second; ++number) { name = fmt::format("{}_{}", wanted, number); }
    return name;
}

} // namespace

std::vector<catalogue::Point> points_of(const std::vector<dlms::ListedObject>& objects) {
    std::vector<catalogue::Point> points;
    std::set<std::string> names;
    for (const dlms::ListedObject& object : objects) {
        const auto* const row = std::ranges::find(value_rows, object.class_id, &ValueRow::class_id);
        if (row == value_rows.end() || !object.readable(row->attribute)) { continue; }
        catalogue::Point point;
        point.name = unused(names, name_of_object(object.logical_name));
        point.obis = object.logical_name;
        point.address = fmt::format("{}:{}:{}", object.class_id, object.logical_name.to_logical_name(), row->attribute);
        points.push_back(std::move(point));
    }
    return points;
}

std::vector<catalogue::Profile> profiles_of(const std::vector<dlms::ListedObject>& objects) {
    std::vector<catalogue::Profile> profiles;
    for (const dlms::ListedObject& object : objects) {
        if (object.class_id != profile_class) { continue; }
        catalogue::Profile profile;
        profile.name = object.logical_name.to_logical_name();
        profile.address = fmt::format("{}:{}:2", profile_class, profile.name);
        profiles.push_back(std::move(profile));
    }
    return profiles;
}

const catalogue::Client* client_of(const catalogue::Definition& meter, unsigned sap) {
    const auto found = std::ranges::find(meter.clients, sap, &catalogue::Client::sap);
    return found == meter.clients.end() ? nullptr : &*found;
}

std::string who_may_all(const catalogue::Definition& meter, Rights rights) {
    const auto found = std::ranges::find_if(
        meter.clients, [&](const catalogue::Client& client) { return std::ranges::count(client.*rights, "*") > 0; });
    return found == meter.clients.end() ? std::string() : found->name;
}

} // namespace meterctl::sessions::dlms
