#include "codecs/iec62056_21/profile.hpp"

#include "codecs/iec62056_21/readings.hpp"
#include "codecs/iec62056_21/times.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "src/core/text.hpp"

#include <charconv>
#include <chrono>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::size_t time_at = 0, status_at = 1, period_at = 2, count_at = 3; ///< groups of a header
constexpr std::size_t head = 4;
constexpr std::int64_t most_minutes = 31L * 24 * 60;

std::optional<std::int64_t> whole_number(std::string_view text) {
    text = trim(text);
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc{} && end == text.data() + text.size() && value >= 0;
    return whole ? std::optional(value) : std::nullopt;
}

Error wrong(std::string what, const DataSet& set) {
    return Error{Category::untrusted,
                 std::move(what),
                 fmt::format("{}, offset {}", set.id, set.offset),
                 {},
                 "iec62056_21.profile"};
}

/// Minutes later on the same clock, whatever its offset.
std::optional<DateTime> later(const std::optional<DateTime>& time, std::int64_t minutes) {
    if (!time) { return std::nullopt; }
    DateTime counted = *time;
    counted.utc_offset_minutes = 0;
    const auto point = counted.to_utc();
    if (!point) { return std::nullopt; }
    DateTime out = DateTime::from_utc(*point + std::chrono::minutes(minutes));
    out.utc_offset_minutes = time->utc_offset_minutes;
    return out;
}

Value cell(const Group& group) {
    if (const auto number = parse_number(group.value)) { return *number; }
    if (trim(group.value).find_first_not_of('-') == std::string_view::npos) { return {}; }
    return group.value;
}

/// Builds a profile from its sets, one after the other.
class Builder {
public:
    explicit Builder(ProfileBlock& out) : out_(out) {}

    /// False where the header cannot be read: then nothing is known of what follows.
    bool header(const DataSet& set) {
        known_ = false;
        const auto& groups = set.groups;
        const auto count = groups.size() < head ? std::nullopt : whole_number(groups[count_at].value);
        if (!count || *count == 0 || static_cast<std::uint64_t>(*count) > (groups.size() - head) / 2) {
            out_.errors.push_back(wrong("a header without its time, status, period, channels and their units", set));
            return false;
        }
        const auto columns = static_cast<std::size_t>(*count);
        time_ = parse_time(trim(groups[time_at].value));
        if (!time_) { out_.errors.push_back(wrong("'" + groups[time_at].value + "' is no time", set)); }
        status_ = groups[status_at].value;
        period_ = whole_number(groups[period_at].value).value_or(0);
        if (period_ > most_minutes) { period_ = 0; }
        set_columns(std::span(groups).subspan(head, 2 * columns));
        passed_ = 0;
        known_ = true;
        rows(set, std::span(groups).subspan(head + 2 * columns));
        return true;
    }

    /// A set without an id: one row, or several.
    void rows(const DataSet& set, std::span<const Group> groups) {
        const auto width = out_.columns.size();
        if (!known_ || groups.empty()) { return; }
        if (groups.size() % width != 0) {
            out_.errors.push_back(wrong(fmt::format("{} values in a row of {} channels", groups.size(), width), set));
            ++passed_;
            return;
        }
        for (; !groups.empty(); groups = groups.subspan(width)) { row(groups.first(width)); }
    }

private:
    void set_columns(std::span<const Group> groups) {
        std::vector<ProfileColumn> columns;
        for (std::size_t i = 0; i + 1 < groups.size(); i += 2) {
            columns.push_back({groups[i].value, groups[i + 1].value, unit_of(groups[i + 1].value)});
        }
        out_.columns = std::move(columns);
        if (period_ > 0) { out_.period_min = period_; }
    }

    /// The header's time is that of its first row.
    void row(std::span<const Group> groups) {
        ProfileRow row;
        const bool first = passed_ == 0;
        if (first || period_ > 0) { row.time = later(time_, passed_ * period_); }
        if (first) { row.status = status_; }
        for (const Group& group : groups) { row.values.push_back(cell(group)); }
        out_.rows.push_back(std::move(row));
        ++passed_;
    }

    ProfileBlock& out_;
    std::optional<DateTime> time_;
    std::string status_;
    std::int64_t period_ = 0;
    std::int64_t passed_ = 0; ///< rows since the header
    bool known_ = false;
};

bool same_columns(const DataSet& set, const ProfileBlock& profile) {
    const auto& groups = set.groups;
    for (std::size_t i = 0; i < profile.columns.size(); ++i) {
        const auto at = head + 2 * i;
        if (at + 1 >= groups.size() || groups[at].value != profile.columns[i].id) { return false; }
    }
    return groups.size() >= head &&
           whole_number(groups[count_at].value) == static_cast<std::int64_t>(profile.columns.size());
}

} // namespace

bool opens_profile(const DataSet& set) {
    auto id = std::string_view(set.id);
    const auto colon = id.find(':');
    if (colon != std::string_view::npos) { id.remove_prefix(colon + 1); }
    return id.starts_with("P.") && set.groups.size() > head;
}

ProfileBlock parse_profile(std::span<const DataSet> sets, std::size_t& taken) {
    ProfileBlock out;
    out.id = sets.front().id;
    Builder builder(out);
    builder.header(sets.front());
    for (taken = 1; taken < sets.size(); ++taken) {
        const DataSet& set = sets[taken];
        if (set.id.empty()) {
            builder.rows(set, set.groups);
        } else if (set.id == out.id && same_columns(set, out)) {
            builder.header(set);
        } else {
            break;
        }
    }
    return out;
}

Value to_value(const ProfileBlock& profile) {
    List columns, rows;
    for (const auto& column : profile.columns) {
        Structure one{{"id", Value(column.id)}};
        if (!column.unit_text.empty()) {
            const auto known = symbol(column.unit);
            one.push_back({"unit", Value(known.empty() ? column.unit_text : std::string(known))});
        }
        columns.emplace_back(std::move(one));
    }
    for (const auto& row : profile.rows) {
        Structure one;
        one.push_back({"time", row.time ? Value(*row.time) : Value()});
        if (!row.status.empty()) { one.push_back({"status", Value(row.status)}); }
        one.push_back({"values", Value(row.values)});
        rows.emplace_back(std::move(one));
    }
    Structure out;
    if (profile.period_min) { out.push_back({"period_min", Value(*profile.period_min)}); }
    out.push_back({"columns", Value(std::move(columns))});
    out.push_back({"rows", Value(std::move(rows))});
    return out;
}

} // namespace meterctl::codecs::iec62056_21
