#include "codecs/iec62056_21/readings.hpp"

#include "codecs/iec62056_21/point.hpp"
#include "codecs/iec62056_21/profile.hpp"
#include "codecs/iec62056_21/times.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace meterctl::codecs::iec62056_21 {
namespace {

/// An id with all its groups, also those on lines of their own.
struct Joined {
    std::string_view id;
    std::vector<Group> groups;
};

Bytes raw_of(const Joined& set) {
    const auto text = to_text(DataSet{{}, set.groups, 0, 0});
    return {text.begin(), text.end()};
}

bool measures(const ObisMeaning& meaning, const Group& group) {
    const Unit unit = group.has_unit ? unit_of(group.unit) : Unit::none;
    return unit == Unit::none || meaning.base == Unit::none || base_of(unit).unit == meaning.base;
}

/// Two numbers can also be what a heat or water meter counts by: only a unit of the right kind tells.
bool is_short(std::string_view stem) {
    return stem.find(':') == std::string_view::npos && std::ranges::count(stem, '.') == 1 &&
           stem.find_first_of("CFLP") == std::string_view::npos;
}

bool confirmed(const ObisMeaning& meaning, const Group& group) {
    return group.has_unit && meaning.base != Unit::none && unit_of(group.unit) != Unit::none &&
           measures(meaning, group);
}

/// The period's number without its leading zeros.
std::string period_number(std::string_view digits) {
    const auto first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

std::string plain_id(std::string_view id) {
    constexpr std::string_view present = "*255";
    if (id.ends_with(present)) { id.remove_suffix(present.size()); }
    return id.empty() ? std::string("value") : std::string(id);
}

/// What stands for the value among the groups: the one that is not its time.
const Group& value_group(const Joined& set, std::optional<std::size_t> time) {
    return set.groups.at(time == 0U ? 1 : 0);
}

void take_value(Reading& reading, GroupValue&& found) {
    reading.value = std::move(found.value);
    reading.unit = found.unit;
    reading.text = std::move(found.text);
    for (auto& flag : found.flags) { reading.flags.push_back(std::move(flag)); }
}

void take_time(Reading& reading, const Group& group) {
    reading.time = parse_time(trim(group.value));
    const bool local = reading.time && !reading.time->utc_offset_minutes;
    if (local && std::ranges::find(reading.flags, "local_time") == reading.flags.end()) {
        reading.flags.emplace_back("local_time");
    }
}

Value as_texts(const Joined& set) {
    List texts;
    for (const Group& group : set.groups) {
        texts.emplace_back(group.has_unit ? group.value + "*" + group.unit : group.value);
    }
    return texts;
}

/// Names and OBIS code by the id, where what was sent does not speak against it.
std::optional<ObisMeaning> name_it(Reading& reading, const Joined& set, const Group& value) {
    const auto id = parse_id(set.id);
    auto meaning = id.obis ? meaning_of(*id.obis) : std::nullopt;
    if (meaning && (is_short(id.stem) ? !confirmed(*meaning, value) : !measures(*meaning, value))) { meaning.reset(); }
    const bool whole = set.id.find(':') != std::string_view::npos;
    if (id.obis && (meaning || whole || !is_short(id.stem))) { reading.obis = id.obis; }
    reading.name = plain_id(set.id);
    if (meaning) { reading.name = meaning->name + (id.period.empty() ? "" : "@" + period_number(id.period)); }
    if (id.manual_reset) { reading.flags.emplace_back("manual_reset"); }
    return meaning;
}

Reading generic(const Joined& set) {
    Reading reading;
    reading.address = set.id;
    reading.raw = raw_of(set);
    const auto time = time_group(set.groups);
    const Group& value = value_group(set, time);
    const auto meaning = name_it(reading, set, value);
    if (set.groups.size() > 1 && !time) {
        reading.value = as_texts(set);
        return reading;
    }
    take_value(reading, value_of(value, meaning ? std::optional(meaning->kind) : std::nullopt));
    if (time) { take_time(reading, set.groups.at(*time)); }
    return reading;
}

const catalogue::Point* point_of(const catalogue::Definition* meter, std::string_view id) {
    if (meter == nullptr) { return nullptr; }
    const auto found =
        std::ranges::find_if(meter->points, [&](const catalogue::Point& one) { return same_id(one.address, id); });
    return found == meter->points.end() ? nullptr : &*found;
}

Reading named_by(const catalogue::Point& point, const Joined& set) {
    auto reading = decode_point(point, set.groups);
    if (reading) { return std::move(*reading); }
    Reading failed = generic(set);
    failed.name = point.name;
    failed.obis = point.obis;
    failed.value = Value();
    failed.flags = {"not_decodable"};
    failed.text = reading.error().what;
    return failed;
}

Reading profile_reading(std::string_view id, const ProfileBlock& profile) {
    Reading reading;
    reading.name = id;
    reading.address = id;
    reading.obis = parse_id(id).obis;
    reading.value = to_value(profile);
    reading.flags.emplace_back("local_time");
    if (!profile.errors.empty()) {
        reading.flags.emplace_back("incomplete");
        reading.text = describe(profile.errors.front());
    }
    return reading;
}

/// A profile whose header can be read; else it is shown as the texts it is made of.
std::optional<Reading> take_profile(std::span<const DataSet>& sets) {
    if (!opens_profile(sets.front())) { return std::nullopt; }
    std::size_t taken = 0;
    const auto profile = parse_profile(sets, taken);
    if (profile.columns.empty()) { return std::nullopt; }
    auto reading = profile_reading(sets.front().id, profile);
    sets = sets.subspan(taken);
    return reading;
}

/// The set at the front with all that carries it on.
Joined take_joined(std::span<const DataSet>& sets) {
    Joined joined{sets.front().id, sets.front().groups};
    sets = sets.subspan(1);
    for (; !sets.empty() && sets.front().id.empty(); sets = sets.subspan(1)) {
        const auto& more = sets.front().groups;
        joined.groups.insert(joined.groups.end(), more.begin(), more.end());
    }
    return joined;
}

} // namespace

std::vector<Reading> to_readings(std::span<const DataSet> sets, const catalogue::Definition* meter) {
    std::vector<Reading> readings;
    std::set<std::string, std::less<>> names;
    while (!sets.empty()) {
        if (auto profile = take_profile(sets)) {
            readings.push_back(std::move(*profile));
            continue;
        }
        const auto joined = take_joined(sets);
        const auto* const point = point_of(meter, joined.id);
        readings.push_back(point != nullptr ? named_by(*point, joined) : generic(joined));
        if (!names.insert(readings.back().name).second) { readings.back().name = plain_id(joined.id); }
    }
    return readings;
}

} // namespace meterctl::codecs::iec62056_21
