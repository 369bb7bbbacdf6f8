#include "sessions/dlms/profile_rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;

constexpr const char* filled_flag = "time_filled";

auto local(const DateTime& time) {
    return std::tuple(time.year.value_or(0), time.month.value_or(0), time.day.value_or(0), time.hour.value_or(0),
                      time.minute.value_or(0), time.second.value_or(0), time.millisecond.value_or(0));
}

/// As if local time were that of Greenwich, which is good for differences.
std::optional<std::chrono::system_clock::time_point> instant(DateTime time) {
    if (!time.utc_offset_minutes) { time.utc_offset_minutes = 0; }
    return time.to_utc();
}

std::uint64_t bits_of(const Value& value) {
    if (const auto* const pattern = value.get<std::string>()) {
        std::uint64_t bits = 0;
        for (std::size_t at = 0; at < pattern->size() && at < 64; ++at) {
            if ((*pattern)[at] == '1') { bits |= std::uint64_t{1} << at; }
        }
        return bits;
    }
    const auto number = value.number();
    const auto whole = number ? number->to_int64() : std::nullopt;
    return whole ? static_cast<std::uint64_t>(*whole) : 0;
}

} // namespace

bool earlier(const DateTime& a, const DateTime& b) {
    const auto first = a.to_utc(), second = b.to_utc();
    if (first && second) { return *first < *second; }
    return local(a) < local(b);
}

std::optional<DateTime> later_by(const DateTime& time, std::chrono::seconds seconds) {
    const auto from = instant(time);
    if (!from) { return std::nullopt; }
    const auto offset = std::chrono::minutes(time.utc_offset_minutes.value_or(0));
    auto later = DateTime::from_utc(*from + seconds + offset);
    later.utc_offset_minutes = time.utc_offset_minutes;
    later.millisecond = time.millisecond;
    return later;
}

std::vector<ProfileColumn> ProfileRows::columns() const {
    std::vector<ProfileColumn> columns;
    std::set<std::string> names;
    for (const ProfileCell& cell : cells_) {
        if (cell.kind == ProfileCell::Kind::time) { continue; }
        ProfileColumn column;
        column.name = cell.point.name;
        for (unsigned number = 2; !names.insert(column.name).second; ++number) {
            column.name = fmt::format("{}_{}", cell.point.name, number);
        }
        column.obis = cell.point.obis;
        column.unit = cell.point.unit;
        if (cell.scaling) { column.unit = dlms::unit_row(cell.scaling->unit).unit.value_or(Unit::none); }
        column.address = cell.object.text();
        columns.push_back(std::move(column));
    }
    return columns;
}

void ProfileRows::restart() {
    above_.clear();
    time_above_.reset();
    same_time_ = 0;
}

void ProfileRows::take_time(const dlms::Data& data, ProfileRecord& record) {
    if (data.is_null()) {
        const auto next = time_above_ && period_ > 0s ? later_by(*time_above_, period_) : std::nullopt;
        if (next) {
            record.time = *next;
            record.flags.emplace_back(filled_flag);
        } else {
            record.flags.emplace_back("time_missing");
        }
        return;
    }
    const auto sent = dlms::date_time_of(data);
    if (!sent) {
        record.flags.emplace_back("time_missing");
        return;
    }
    const auto shown = dlms::show_date_time(*sent);
    if (const auto* const time = shown.value.get<DateTime>()) { record.time = *time; }
    record.flags.insert(record.flags.end(), shown.flags.begin(), shown.flags.end());
}

void ProfileRows::take_status(const ProfileCell& cell, const Value& value, ProfileRecord& record) const {
    const auto bits = bits_of(value);
    for (const auto& bit : cell.point.bits) {
        if (bit.bit < 64 && ((bits >> bit.bit) & 1U) != 0) { record.flags.push_back(bit.name); }
    }
}

void ProfileRows::take_event(const Value& value, ProfileRecord& record) const {
    record.kind = "event";
    const auto number = value.number();
    const auto code = number ? number->to_int64() : std::nullopt;
    const auto found = std::ranges::find_if(events_, [&](const catalogue::ProfileEvent& event) {
        return code && *code == static_cast<std::int64_t>(event.code);
    });
    record.text = found == events_.end() ? fmt::format("event {}", value.to_string()) : found->name;
}

void ProfileRows::take_value(const ProfileCell& cell, const dlms::Data& data, ProfileRecord& record) {
    auto shown = dlms::to_value(data, cell.scaling);
    for (std::string& flag : shown.flags) {
        if (std::ranges::find(record.flags, flag) == record.flags.end()) { record.flags.push_back(std::move(flag)); }
    }
    if (cell.kind == ProfileCell::Kind::status) { take_status(cell, shown.value, record); }
    if (cell.kind == ProfileCell::Kind::event) { take_event(shown.value, record); }
    record.values.push_back(std::move(shown.value));
}

Result<ProfileRecord> ProfileRows::record(const dlms::Data& row) {
    const auto* const items = row.items();
    if (items == nullptr || items->size() != cells_.size()) {
        return fail(Category::untrusted,
                    fmt::format("a record of {} elements where the profile has {} columns",
                                items == nullptr ? 0 : items->size(), cells_.size()),
                    {}, {}, "dlms.profile.row");
    }
    above_.resize(cells_.size());
    ProfileRecord record;
    for (std::size_t place = 0; place < cells_.size(); ++place) {
        const ProfileCell& cell = cells_[place];
        const dlms::Data& data = (*items)[place];
        if (cell.kind == ProfileCell::Kind::time && !record.time) {
            take_time(data, record);
            continue;
        }
        if (!data.is_null()) { above_[place] = data; }
        take_value(cell, data.is_null() ? above_[place] : data, record);
    }
    time_above_ = record.time;
    return record;
}

bool ProfileRows::wanted(const ProfileRecord& record, const ProfileSelection& selection) {
    const auto& mark = last_ ? last_ : selection.after;
    if (!record.time) { return !mark; }
    if (selection.from && earlier(*record.time, *selection.from)) { return false; }
    if (selection.to && earlier(*selection.to, *record.time)) { return false; }
    if (!mark || !mark->time) { return true; }
    if (earlier(*record.time, *mark->time)) { return false; }
    if (earlier(*mark->time, *record.time)) {
        same_time_ = 0;
        return true;
    }
    return ++same_time_ > mark->same_time;
}

std::optional<ProfileGap> ProfileRows::gap_before(const ProfileRecord& record) const {
    if (period_ <= 0s || !last_ || !last_->time || !record.time) { return std::nullopt; }
    const auto before = instant(*last_->time), now = instant(*record.time);
    if (!before || !now || *now - *before < 2 * period_) { return std::nullopt; }
    ProfileGap gap;
    gap.count = static_cast<std::uint64_t>((*now - *before) / period_ - 1);
    gap.from = last_->time;
    gap.to = record.time;
    gap.reason = "no records";
    return gap;
}

void ProfileRows::given(const ProfileRecord& record) {
    if (!record.time) { return; }
    same_time_ = std::max<std::uint64_t>(same_time_, 1);
    ProfileMark mark;
    mark.time = record.time;
    mark.same_time = same_time_;
    last_ = mark;
}

} // namespace meterctl::sessions::dlms
