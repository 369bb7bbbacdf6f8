#include "sessions/bacnet/trend_log.hpp"

#include "codecs/bacnet/apdu.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint32_t log_buffer = 131;
constexpr unsigned most_in_vain = 8;

/// Local times in their order.
auto moment(const DateTime& time) {
    return std::tuple(time.year.value_or(0), time.month.value_or(0), time.day.value_or(0), time.hour.value_or(0),
                      time.minute.value_or(0), time.second.value_or(0), time.millisecond.value_or(0));
}

std::optional<std::chrono::system_clock::time_point> as_point(DateTime time) {
    if (!time.utc_offset_minutes) { time.utc_offset_minutes = 0; }
    return time.to_utc();
}

/// A clock that is put back repeats some of its times, an hour of them each autumn: only what is far behind the end of
/// a span tells that nothing more of it follows.
bool far_behind(const DateTime& time, const DateTime& end) {
    const auto one = as_point(time), other = as_point(end);
    return one && other && *one - *other > std::chrono::days(1);
}

/// A hundredth of a second earlier: a range by time is what is later than its reference.
Result<bacnet::DateAndTime> just_before(const DateTime& local) {
    const auto point = as_point(local);
    if (!point) { return bacnet::date_and_time(local); }
    DateTime earlier = DateTime::from_utc(*point - std::chrono::milliseconds(10));
    earlier.utc_offset_minutes.reset();
    return bacnet::date_and_time(earlier);
}

bool purged(const std::vector<bacnet::LogRecord>& records) {
    const auto* status = records.empty() ? nullptr : std::get_if<bacnet::LogStatus>(&records.front().datum);
    return status != nullptr && status->purged;
}

} // namespace

Task<Result<bacnet::ReadRangeAck>> TrendLog::range(bacnet::ReadRange service) {
    Bytes data = bacnet::encode(service);
    auto answer =
        co_await properties_.client().ask(properties_.station(), bacnet::ConfirmedService::read_range, std::move(data));
    if (!answer) { co_return tl::unexpected(answer.error()); }
    auto ack = bacnet::decode_read_range_ack(*answer);
    if (!ack) { co_return tl::unexpected(ack.error()); }
    if (ack->object != log_ || ack->property.property != log_buffer) {
        co_return fail(Category::untrusted, "the answer is about another log",
                       properties_.client().where(properties_.station()), {}, "bacnet.mismatch");
    }
    co_return ack;
}

/// Records from `wanted.next` on, as many as one answer holds.
Task<Result<bacnet::ReadRangeAck>> TrendLog::part(Stretch wanted) {
    for (;;) {
        const auto count = static_cast<std::int32_t>(std::min(wanted.end - wanted.next + 1, most_));
        bacnet::ReadRange service;
        service.object = log_;
        service.property.property = log_buffer;
        if (by_position_) {
            bacnet::RangeByPosition range;
            range.reference = static_cast<std::uint32_t>(wanted.next - held_.oldest() + 1);
            range.count = count;
            service.range = range;
        } else {
            bacnet::RangeBySequence range;
            range.reference = static_cast<std::uint32_t>(wanted.next);
            range.count = count;
            service.range = range;
        }
        auto ack = co_await this->range(std::move(service));
        if (ack || ack.error().category != Category::refused) { co_return ack; }
        const bool too_long = ack.error().code.starts_with("bacnet.abort.");
        if (too_long && most_ > 1) {
            most_ = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(count) / 2);
            continue;
        }
        if (by_position_) { co_return ack; }
        by_position_ = true;
    }
}

/// The sequence number of the first record at that time or later; one behind the last where there is none.
Task<Result<std::uint64_t>> TrendLog::first_at(const DateTime& from) {
    DateTime local = from;
    local.utc_offset_minutes.reset();
    const auto before = just_before(local);
    if (!before) { co_return tl::unexpected(before.error()); }
    bacnet::RangeByTime range;
    range.date = before->date;
    range.time = before->time;
    if (range.time.hundredths == bacnet::unspecified) { range.time.hundredths = 0; }
    range.count = 1;
    bacnet::ReadRange service;
    service.object = log_;
    service.property.property = log_buffer;
    service.range = range;
    auto ack = co_await this->range(std::move(service));
    if (!ack) {
        if (ack.error().category != Category::refused) { co_return tl::unexpected(ack.error()); }
        co_return held_.oldest(); // no ranges by time: all are read, and what is earlier is left out
    }
    if (ack->item_count == 0) { co_return held_.total + 1; }
    const std::uint64_t first = ack->first_sequence.value_or(0);
    const bool sure = first >= held_.oldest() && first <= held_.total;
    co_return sure ? first : held_.oldest();
}

/// Records up to `oldest`; what was never begun misses none.
void TrendLog::missed(std::uint64_t first, std::uint64_t oldest) {
    if (!begun_) { return; }
    if (!gap_) {
        gap_.emplace();
        gap_->first = first;
    }
    gap_->count = oldest - *gap_->first;
}

void TrendLog::tell_gap(const ProfileSink& sink, bool purged) {
    if (!gap_) { return; }
    gap_->reason =
        purged ? "the log was emptied: records were deleted unread" : "buffer overrun: records were overwritten unread";
    if (sink.gap) { sink.gap(*gap_); }
    gap_.reset();
}

Task<Result<TrendLog::Stretch>> TrendLog::select(const ProfileSelection& selection) {
    Stretch wanted;
    wanted.next = held_.oldest();
    wanted.end = held_.total;
    if (selection.last && *selection.last < held_.count) { wanted.next = wanted.end - *selection.last + 1; }
    if (selection.entries) {
        wanted.end = std::min(wanted.end, wanted.next + selection.entries->second - 1);
        wanted.next += selection.entries->first - 1;
    }
    if (selection.from) {
        auto first = co_await first_at(*selection.from);
        if (!first) { co_return tl::unexpected(first.error()); }
        wanted.next = *first;
    }
    const auto last = selection.after ? selection.after->sequence : std::nullopt;
    if (last && *last <= held_.total) {
        begun_ = true;
        if (*last + 1 < held_.oldest()) { missed(*last + 1, held_.oldest()); }
        wanted.next = std::max(wanted.next, *last + 1);
    }
    co_return wanted;
}

/// Whether the answer begins with the record that was wanted. Where records went while we read, the stretch is moved
/// behind them; where the device's numbers are of no use, positions are taken from now on.
Task<Result<bool>> TrendLog::in_step(Stretch& wanted, const bacnet::ReadRangeAck& ack) {
    const bool empty = ack.item_count == 0;
    const bool counted = !ack.first_sequence || *ack.first_sequence == static_cast<std::uint32_t>(wanted.next);
    if (!empty && counted && !by_position_) { co_return true; }
    const std::uint64_t asked_from = held_.oldest();
    auto now = co_await state();
    if (!now) { co_return tl::unexpected(now.error()); }
    held_ = *now;
    if (held_.oldest() > wanted.next) {
        missed(wanted.next, held_.oldest());
        wanted.next = held_.oldest();
        co_return false;
    }
    // A position is of the record that it was, unless some went before the answer or behind it.
    if (by_position_ && !empty && held_.oldest() == asked_from) { co_return true; }
    by_position_ = true;
    co_return false;
}

Task<Result<void>> TrendLog::fetch(const ProfileSelection& selection, const ProfileSink& sink) {
    auto known = co_await about();
    if (!known) { co_return tl::unexpected(known.error()); }
    held_ = known->state;
    const bool offset =
        (selection.from && selection.from->utc_offset_minutes) || (selection.to && selection.to->utc_offset_minutes);
    if (offset) { known->head.notes.emplace_back("the device's clock has no zone: times are taken as its own"); }
    if (sink.head) { sink.head(known->head); }
    TrendRecords reader(known->clock_reset, not_a_number_);
    auto wanted = co_await select(selection);
    if (!wanted) { co_return tl::unexpected(wanted.error()); }
    const bool anew = selection.after && selection.after->sequence && *selection.after->sequence > held_.total;
    if (anew && sink.gap) {
        ProfileGap gap;
        gap.reason = "the device counts its records anew";
        sink.gap(gap);
    }
    while (wanted->next <= wanted->end) {
        auto ack = co_await part(*wanted);
        if (!ack) { co_return tl::unexpected(ack.error()); }
        const auto right = co_await in_step(*wanted, *ack);
        if (!right) { co_return tl::unexpected(right.error()); }
        if (!*right) {
            if (++in_vain_ < most_in_vain) { continue; }
            co_return fail(Category::untrusted,
                           fmt::format("the device does not give record {}, which it says it holds", wanted->next),
                           properties_.client().where(properties_.station()), {}, "bacnet.no_record");
        }
        in_vain_ = 0;
        const auto records = bacnet::decode_log_records(ack->items);
        if (!records) { co_return tl::unexpected(records.error()); }
        tell_gap(sink, purged(*records));
        begun_ = true;
        for (const bacnet::LogRecord& one : *records) {
            if (wanted->next > wanted->end) { break; }
            ProfileRecord record = reader.take(one, wanted->next++);
            if (selection.from && moment(*record.time) < moment(*selection.from)) { continue; }
            if (selection.to && moment(*record.time) > moment(*selection.to)) {
                if (far_behind(*record.time, *selection.to)) { co_return Result<void>(); }
                continue;
            }
            if (sink.record && !sink.record(std::move(record))) { co_return Result<void>(); }
        }
    }
    tell_gap(sink, false);
    co_return Result<void>();
}

} // namespace meterctl::sessions::bacnet
