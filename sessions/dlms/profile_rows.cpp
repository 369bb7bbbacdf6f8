#include "sessions/dlms/profile_rows.hpp"

#include "sessions/dlms/profile_sieve.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view filled_flag = "time_filled", summer_flag = "summer_time";

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
        column.coded = !cell.point.bits.empty() || cell.kind == ProfileCell::Kind::event;
        columns.push_back(std::move(column));
    }
    return columns;
}

void ProfileRows::restart() {
    above_.clear();
    time_above_.reset();
}

void ProfileRows::take_time(const dlms::Data& data, ProfileRecord& record) {
    if (data.is_null()) {
        const auto next = time_above_ && period_ != 0s ? later_by(*time_above_, period_) : std::nullopt;
        if (next) {
            record.time = *next;
            record.flags.emplace_back(filled_flag);
            if (summer_above_) { record.flags.emplace_back(summer_flag); }
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
    summer_above_ = std::ranges::find(shown.flags, summer_flag) != shown.flags.end();
}

void ProfileRows::take_status(const ProfileCell& cell, const Value& value, ProfileRecord& record) const {
    if (value.is_null()) { return; }
    const auto bits = bits_of(value);
    for (const auto& bit : cell.point.bits) {
        const bool set = bit.bit < 64 && ((bits >> bit.bit) & 1U) != 0;
        const bool fault = bit.is_fault && set == bit.fault_when;
        if (set) { record.text += (record.text.empty() ? "" : ", ") + bit.name; }
        if (set || fault) { record.flags.push_back((fault ? "fault:" : "") + bit.name); }
    }
}

void ProfileRows::take_event(const Value& value, ProfileRecord& record) const {
    record.kind = "event";
    const auto number = value.number();
    const auto code = number ? number->to_int64() : std::nullopt;
    const auto found = std::ranges::find_if(events_, [&](const catalogue::ProfileEvent& event) {
        return code && *code == static_cast<std::int64_t>(event.code);
    });
    const std::string name = found == events_.end() ? fmt::format("event {}", value.to_string()) : found->name;
    record.text += (record.text.empty() ? "" : ", ") + name;
}

void ProfileRows::take_value(const ProfileCell& cell, const dlms::Data& data, ProfileRecord& record) {
    auto shown = dlms::to_value(data, cell.scaling);
    for (std::string& flag : shown.flags) {
        if (std::ranges::find(record.flags, flag) == record.flags.end()) { record.flags.push_back(std::move(flag)); }
    }
    if (!cell.point.bits.empty()) { take_status(cell, shown.value, record); }
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

} // namespace meterctl::sessions::dlms
