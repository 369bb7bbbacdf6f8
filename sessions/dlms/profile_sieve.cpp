#include "sessions/dlms/profile_sieve.hpp"

#include <algorithm>
#include <tuple>

namespace meterctl::sessions::dlms {

namespace {

using namespace std::chrono_literals;
using Instant = std::chrono::system_clock::time_point;

/// An hour that comes twice is told from one that is behind the span by what follows within this time.
constexpr auto twice = 2h;
/// Records behind the last one had are held back so many, until it is found among them.
constexpr std::size_t most_held = 2048;
/// Of so many records is known how often their times came.
constexpr std::size_t most_recent = 1024;

auto local(const DateTime& time) {
    return std::tuple(time.year.value_or(0), time.month.value_or(0), time.day.value_or(0), time.hour.value_or(0),
                      time.minute.value_or(0), time.second.value_or(0), time.millisecond.value_or(0));
}

bool same(const DateTime& a, const DateTime& b) {
    return !earlier(a, b) && !earlier(b, a);
}

/// The time as if the meter's local time were that of Greenwich, which is good for differences.
std::optional<Instant> as_local(DateTime time) {
    time.utc_offset_minutes = 0;
    return time.to_utc();
}

bool has_flag(const ProfileRecord& record, std::string_view flag) {
    return std::ranges::find(record.flags, flag) != record.flags.end();
}

/// From local time to the time that no change to summer time moves, as far as the record tells.
std::chrono::minutes offset_of(const ProfileRecord& record) {
    if (record.time->utc_offset_minutes) { return std::chrono::minutes(*record.time->utc_offset_minutes); }
    return has_flag(record, "summer_time") || has_flag(record, "daylight_saving") ? 60min : 0min;
}

std::optional<Instant> instant(const ProfileRecord& record) {
    const auto time = as_local(*record.time);
    return time ? std::optional<Instant>(*time - offset_of(record)) : std::nullopt;
}

/// Of an earlier run, which has kept the time alone: without an offset, its hour was counted as that of `record`.
std::optional<Instant> had_before(const DateTime& time, const ProfileRecord& record) {
    ProfileRecord had;
    had.time = time;
    if (!time.utc_offset_minutes) { had.flags = record.flags; }
    return instant(had);
}

/// "--to 10:00:00" takes in all of that second.
DateTime without_fraction(DateTime time) {
    time.millisecond.reset();
    return time;
}

} // namespace

bool earlier(const DateTime& a, const DateTime& b) {
    const auto first = a.to_utc(), second = b.to_utc();
    if (first && second) { return *first < *second; }
    return local(a) < local(b);
}

std::optional<DateTime> later_by(const DateTime& time, std::chrono::seconds seconds) {
    const auto from = as_local(time);
    if (!from) { return std::nullopt; }
    auto later = DateTime::from_utc(*from + seconds);
    later.utc_offset_minutes = time.utc_offset_minutes;
    later.millisecond = time.millisecond;
    return later;
}

ProfileSieve::ProfileSieve(ProfileSelection selection, std::chrono::seconds period, ProfileSink sink)
    : selection_(std::move(selection)), period_(period), sink_(std::move(sink)), last_(selection_.after) {
    if (last_) { before_time_ = last_->time; }
}

void ProfileSieve::restart() {
    held_.clear();
    recent_.clear();
    latest_.reset();
    searching_ = last_ && last_->time;
    within_ = false;
}

/// Which of several records of one time it is: a clock that is set back makes times come again.
void ProfileSieve::count(ProfileRecord& record) {
    record.same_time = 1;
    const bool later = !latest_ || earlier(*latest_, *record.time);
    if (later) { latest_ = record.time; }
    const auto known = later ? recent_.rend() : std::find_if(recent_.rbegin(), recent_.rend(), [&](const auto& one) {
        return same(one.first, *record.time);
    });
    if (known != recent_.rend()) {
        record.same_time = ++known->second;
        return;
    }
    recent_.emplace_back(*record.time, 1);
    if (recent_.size() > most_recent) { recent_.pop_front(); }
}

bool ProfileSieve::take(ProfileRecord&& record) {
    if (record.time) { count(record); }
    if (!searching_) { return take_new(std::move(record)); }
    const DateTime& mark = *last_->time;
    if (record.time && same(*record.time, mark) && record.same_time >= last_->same_time) {
        searching_ = false; // what follows is new; what was held came before it
        held_.clear();
        return true;
    }
    const bool behind = record.time ? earlier(mark, *record.time) : !held_.empty();
    if (behind) { held_.push_back(std::move(record)); }
    return held_.size() < most_held || finish();
}

/// The last record that was had is in the answer no more, or not so often: what came behind its time is new.
bool ProfileSieve::finish() {
    if (!searching_) {
        held_.clear();
        return true;
    }
    searching_ = false;
    auto found = std::exchange(held_, {});
    for (ProfileRecord& record : found) {
        if (!take_new(std::move(record))) { return false; }
    }
    return true;
}

/// A bound without an offset is the meter's local time. Where summer time ends it comes twice: the span begins with the
/// first and ends with the second.
ProfileSieve::Place ProfileSieve::place_of(const ProfileRecord& record) {
    if (!record.time) { return within_ ? Place::within : Place::before; }
    const auto when = instant(record);
    if (!when) { return Place::within; }
    if (selection_.from && !begin_) {
        if (earlier(*record.time, *selection_.from)) { return Place::before; }
        const bool known = selection_.from->utc_offset_minutes && record.time->utc_offset_minutes;
        const auto from = known ? selection_.from->to_utc() : as_local(*selection_.from);
        if (from) { begin_ = known ? *from : *from - offset_of(record); }
    }
    if (begin_ && *when < *begin_) { return Place::before; }
    if (!selection_.to) { return Place::within; }
    const DateTime time = selection_.to->millisecond ? *record.time : without_fraction(*record.time);
    return earlier(*selection_.to, time) ? Place::behind : Place::within;
}

bool ProfileSieve::take_new(ProfileRecord&& record) {
    const bool spanned = selection_.from || selection_.to;
    const auto place = record.time || spanned ? place_of(record) : Place::within;
    within_ = place == Place::within;
    if (place == Place::within) { return give_held(record) && give(std::move(record)); }
    if (place == Place::behind) { hold(std::move(record)); }
    return true;
}

/// Behind the end by local time. That hour may come again, and then this record is before the end.
void ProfileSieve::hold(ProfileRecord&& record) {
    const bool by_instant = selection_.to->utc_offset_minutes && record.time->utc_offset_minutes;
    const auto end = as_local(*selection_.to), now = as_local(*record.time);
    if (by_instant || !end || !now || *now - *end >= twice || held_.size() >= most_held) {
        held_.clear();
    } else {
        held_.push_back(std::move(record));
    }
}

/// `next` is before the end: so are those held that are before the end by its offset.
bool ProfileSieve::give_held(const ProfileRecord& next) {
    auto held = std::exchange(held_, {});
    const auto local_end = selection_.to && !held.empty() ? as_local(*selection_.to) : std::nullopt;
    if (!local_end || !next.time) { return true; }
    const Instant end = *local_end - offset_of(next);
    return std::ranges::all_of(held, [&](ProfileRecord& record) {
        const auto when = instant(record);
        return !when || *when > end || give(std::move(record));
    });
}

bool ProfileSieve::give(ProfileRecord&& record) {
    if (record.time) {
        const auto when = instant(record);
        if (!before_ && before_time_) { before_ = had_before(*before_time_, record); }
        if (when && before_ && *when < *before_) { record.flags.emplace_back("clock_set_back"); }
        if (when) { tell_gap(record, *when); }
        before_ = when;
        before_time_ = record.time;
        ProfileMark mark;
        mark.time = record.time;
        mark.same_time = record.same_time;
        last_ = mark;
    }
    ++given_;
    return !sink_.record || sink_.record(std::move(record));
}

void ProfileSieve::tell_gap(const ProfileRecord& record, Instant when) {
    if (period_ <= 0s || !sink_.gap) { return; }
    ProfileGap gap;
    gap.to = record.time;
    gap.reason = "no records";
    if (before_) {
        if (when - *before_ < 2 * period_) { return; }
        gap.count = static_cast<std::uint64_t>((when - *before_) / period_ - 1);
        gap.from = before_time_;
    } else {
        if (!begin_ || when - *begin_ < period_) { return; }
        gap.count = static_cast<std::uint64_t>((when - *begin_) / period_);
        gap.from = selection_.from;
        gap.reason = "no records from the beginning of the span";
    }
    sink_.gap(gap);
}

void ProfileSieve::tell_end(const DateTime& now) {
    const auto& to = selection_.to;
    if (period_ <= 0s || !sink_.gap || !to || !earlier(*to, now)) { return; }
    ProfileGap gap;
    gap.to = to;
    gap.reason = "no records up to the end of the span";
    if (given_ == 0) {
        if (last_ || !selection_.from) { return; }
        gap.from = selection_.from;
        gap.reason = "no records in the span";
        sink_.gap(gap);
        return;
    }
    if (!before_time_) { return; }
    const bool instants = to->utc_offset_minutes && before_time_->utc_offset_minutes;
    const auto end = instants ? to->to_utc() : as_local(*to);
    const auto last = instants ? before_time_->to_utc() : as_local(*before_time_);
    if (!end || !last || *end - *last < period_) { return; }
    gap.count = static_cast<std::uint64_t>((*end - *last) / period_);
    gap.from = before_time_;
    sink_.gap(gap);
}

} // namespace meterctl::sessions::dlms
