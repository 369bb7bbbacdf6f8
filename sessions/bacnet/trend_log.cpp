#include "sessions/bacnet/trend_log.hpp"

#include "codecs/bacnet/apdu.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint32_t log_buffer = 131, log_reference = 132, log_interval = 134, record_count = 141,
                        total_record_count = 145;
constexpr int first_year_of_clocks = 2000; ///< where a clock begins that has lost the time
constexpr const char* clock_reset_point = "clock_reset";

Wanted wanted_of(const bacnet::ObjectId& object, std::uint32_t number, std::size_t octets) {
    Wanted wanted;
    wanted.object = object;
    wanted.property.property = number;
    wanted.octets = octets;
    return wanted;
}

std::optional<std::uint64_t> number_in(const Result<Bytes>& value) {
    if (!value) { return std::nullopt; }
    const auto held = bacnet::decode_primitives(*value);
    const auto* number = held && held->size() == 1 ? std::get_if<std::uint64_t>(&held->front()) : nullptr;
    return number == nullptr ? std::nullopt : std::optional(*number);
}

/// Local times in their order.
auto moment(const DateTime& time) {
    return std::tuple(time.year.value_or(0), time.month.value_or(0), time.day.value_or(0), time.hour.value_or(0),
                      time.minute.value_or(0), time.second.value_or(0), time.millisecond.value_or(0));
}

ProfileGap gap_of(std::uint64_t first, std::uint64_t count, std::string reason) {
    ProfileGap gap;
    gap.first = first;
    gap.count = count;
    gap.reason = std::move(reason);
    return gap;
}

std::string status_text(const bacnet::LogStatus& status) {
    std::string text;
    const auto add = [&text](bool set, std::string_view name) {
        if (set) { text += (text.empty() ? "" : ", ") + std::string(name); }
    };
    add(status.disabled, "log disabled");
    add(status.purged, "buffer purged");
    add(status.interrupted, "log interrupted");
    return text.empty() ? "log enabled" : text;
}

struct DatumReader {
    ProfileRecord& record;
    void operator()(const bacnet::LogStatus& status) const {
        record.kind = "status";
        record.values.emplace_back();
        record.text = status_text(status);
    }
    void operator()(const bacnet::Primitive& value) const {
        auto shown = bacnet::show(value);
        record.values.push_back(std::move(shown.value));
        record.text = std::move(shown.text);
        for (std::string& flag : shown.flags) { record.flags.push_back(std::move(flag)); }
    }
    void operator()(const bacnet::AccessError& error) const {
        record.kind = "failure";
        record.values.emplace_back();
        record.text = bacnet::refusal(error.error_class, error.error_code).what;
    }
    void operator()(const bacnet::TimeChange& change) const {
        record.kind = "time_change";
        record.values.emplace_back();
        record.text =
            std::isnan(change.seconds) ? "the clock was set" : fmt::format("the clock was set by {} s", change.seconds);
    }
    void operator()(const bacnet::AnyValue& value) const { record.values.emplace_back(value.octets); }
};

} // namespace

Task<Result<TrendLog::State>> TrendLog::state() {
    std::vector<Wanted> wanted;
    wanted.push_back(wanted_of(log_, record_count, 4));
    wanted.push_back(wanted_of(log_, total_record_count, 5));
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    const auto count = number_in((*values)[0]), total = number_in((*values)[1]);
    if (!(*values)[0]) { co_return tl::unexpected((*values)[0].error()); }
    State state;
    state.count = count.value_or(0);
    state.total = total.value_or(state.count);
    co_return state;
}

Task<Result<ProfileColumn>> TrendLog::column() {
    ProfileColumn column;
    column.name = "value";
    auto value = co_await properties_.read_one(log_, log_reference);
    if (!value) {
        if (value.error().category != Category::refused) { co_return tl::unexpected(value.error()); }
        co_return column;
    }
    const auto reference = bacnet::decode_device_object_property_reference(*value);
    if (!reference) { co_return column; }
    bacnet::PointAddress address;
    address.object = reference->object;
    address.property = reference->property;
    column.address = address.text();
    const catalogue::Point* point = reference->device ? nullptr : points_.find(address.object, address.property);
    if (point != nullptr) {
        column.name = point->name;
        column.obis = point->obis;
        column.unit = point->unit;
        co_return column;
    }
    std::vector<Wanted> wanted;
    constexpr std::size_t name_octets = 24;
    wanted.push_back(wanted_of(reference->object, property::object_name, name_octets));
    wanted.push_back(wanted_of(reference->object, property::units, 2));
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    if ((*values)[0]) {
        const auto held = bacnet::decode_primitives(*(*values)[0]);
        const auto* text = held && held->size() == 1 ? std::get_if<bacnet::CharacterString>(&held->front()) : nullptr;
        const std::string name = text == nullptr ? std::string() : snake_case(text->text().value_or(""));
        if (!name.empty()) { column.name = name; }
    }
    const auto units = (*values)[1] ? enumerated_in(*(*values)[1]) : std::nullopt;
    if (units) { column.unit = bacnet::unit_of(*units).value_or(Unit::none); }
    co_return column;
}

Task<Result<ProfileHead>> TrendLog::head(std::uint64_t held) {
    ProfileHead head;
    head.held = held;
    auto what = co_await column();
    if (!what) { co_return tl::unexpected(what.error()); }
    head.columns.push_back(std::move(*what));
    std::vector<Wanted> wanted(1, wanted_of(log_, log_interval, 5));
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    constexpr std::uint64_t hundredths = 100;
    const auto interval = number_in(values->front());
    if (interval && *interval >= hundredths) { head.period = std::chrono::seconds(*interval / hundredths); }
    co_return head;
}

/// What tells that the clock has lost the time since the log was begun, where the definition knows it.
Task<Result<bool>> TrendLog::clock_was_reset() {
    const catalogue::Point* point = meter_ == nullptr ? nullptr : meter_->find(clock_reset_point);
    const auto address = point == nullptr ? Result<bacnet::PointAddress>(fail(Category::usage, "none"))
                                          : bacnet::parse_point_address(point->address);
    if (!address) { co_return false; }
    auto value = co_await properties_.read_one(address->object, address->property.property);
    if (!value) {
        if (value.error().category != Category::refused) { co_return tl::unexpected(value.error()); }
        co_return false;
    }
    co_return enumerated_in(*value) == 1U;
}

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

/// Records from `next` on, as many as one answer holds.
Task<Result<bacnet::ReadRangeAck>> TrendLog::part(std::uint64_t next, std::uint64_t end, const State& held) {
    for (;;) {
        const auto count = static_cast<std::int32_t>(std::min(end - next + 1, most_));
        bacnet::ReadRange service;
        service.object = log_;
        service.property.property = log_buffer;
        if (by_position_) {
            bacnet::RangeByPosition range;
            range.reference = static_cast<std::uint32_t>(next - held.oldest() + 1);
            range.count = count;
            service.range = range;
        } else {
            bacnet::RangeBySequence range;
            range.reference = static_cast<std::uint32_t>(next);
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
Task<Result<std::uint64_t>> TrendLog::first_at(const DateTime& from, const State& held) {
    DateTime local = from;
    local.utc_offset_minutes.reset();
    auto both = bacnet::date_and_time(local);
    if (!both) { co_return tl::unexpected(both.error()); }
    // A range by time is what is later than its reference; a hundredth less takes in the time itself.
    bacnet::RangeByTime range;
    range.date = both->date;
    range.time = both->time;
    if (range.time.hundredths == bacnet::unspecified) { range.time.hundredths = 0; }
    constexpr std::uint8_t last_hundredth = 99, last_sixtieth = 59;
    const auto borrow = [](std::uint8_t& field, std::uint8_t wrapped) {
        const bool below = field == 0;
        field = below ? wrapped : static_cast<std::uint8_t>(field - 1);
        return below;
    };
    if (borrow(range.time.hundredths, last_hundredth) && borrow(range.time.second, last_sixtieth) &&
        borrow(range.time.minute, last_sixtieth) && range.time.hour > 0) {
        --range.time.hour;
    } else if (range.time.minute == last_sixtieth && both->time.minute == 0 && both->time.hour == 0) {
        range.time = both->time; // midnight: what is at it is found by looking one record back
        range.time.hundredths = 0;
    }
    range.count = 1;
    bacnet::ReadRange service;
    service.object = log_;
    service.property.property = log_buffer;
    service.range = range;
    auto ack = co_await this->range(std::move(service));
    if (!ack) {
        if (ack.error().category != Category::refused) { co_return tl::unexpected(ack.error()); }
        co_return held.oldest(); // no ranges by time: all are read, and what is earlier is left out
    }
    if (ack->item_count == 0 || !ack->first_sequence) { co_return held.total + 1; }
    const std::uint64_t first = *ack->first_sequence;
    co_return std::max(held.oldest(), first > 1 ? first - 1 : first);
}

ProfileRecord TrendLog::record_of(const bacnet::LogRecord& record, std::uint64_t sequence) {
    ProfileRecord out;
    out.sequence = sequence;
    out.time = bacnet::date_time(record.timestamp);
    out.flags.emplace_back("local_time");
    std::visit(DatumReader{out}, record.datum);
    clock_set_ = clock_set_ || std::holds_alternative<bacnet::TimeChange>(record.datum);
    const bool at_the_beginning = out.time->year.value_or(0) <= first_year_of_clocks;
    if (at_the_beginning || (clock_reset_ && !clock_set_)) { out.flags.emplace_back("clock_invalid"); }
    if (record.status && record.status->fault) { out.flags.emplace_back("fault"); }
    if (record.status && record.status->overridden) { out.flags.emplace_back("overridden"); }
    if (record.status && record.status->out_of_service) { out.flags.emplace_back("out_of_service"); }
    const bool unexplained = out.kind == "value" && !out.values.empty() && out.values.front().is_null();
    if (unexplained && out.flags.size() == 1) { out.flags.emplace_back("not_available"); }
    return out;
}

Task<Result<void>> TrendLog::fetch(const ProfileSelection& selection, const ProfileSink& sink) {
    auto held = co_await state();
    if (!held) { co_return tl::unexpected(held.error()); }
    auto told = co_await head(held->count);
    if (!told) { co_return tl::unexpected(told.error()); }
    auto reset = co_await clock_was_reset();
    if (!reset) { co_return tl::unexpected(reset.error()); }
    clock_reset_ = *reset;
    if (clock_reset_) {
        told->notes.emplace_back("the device has lost the time: records before it was set are flagged");
    }
    if (sink.head) { sink.head(*told); }
    std::uint64_t next = held->oldest(), end = held->total;
    if (selection.last && *selection.last < held->count) { next = end - *selection.last + 1; }
    if (selection.entries) {
        end = std::min(end, next + selection.entries->second - 1);
        next += selection.entries->first - 1;
    }
    if (selection.from) {
        auto first = co_await first_at(*selection.from, *held);
        if (!first) { co_return tl::unexpected(first.error()); }
        next = *first;
    }
    if (selection.after && selection.after->sequence) {
        const std::uint64_t last = *selection.after->sequence;
        const std::uint64_t oldest = held->oldest();
        if (last > held->total) {
            ProfileGap gap;
            gap.reason = "the device counts its records anew";
            if (sink.gap) { sink.gap(gap); }
        } else {
            const bool overrun = last + 1 < oldest;
            if (overrun && sink.gap) {
                sink.gap(gap_of(last + 1, oldest - last - 1, "buffer overrun: records were overwritten unread"));
            }
            next = std::max(next, last + 1);
        }
    }
    while (next <= end) {
        auto ack = co_await part(next, end, *held);
        if (!ack) { co_return tl::unexpected(ack.error()); }
        const auto records = bacnet::decode_log_records(ack->items);
        if (!records) { co_return tl::unexpected(records.error()); }
        const std::uint64_t first = ack->first_sequence.value_or(static_cast<std::uint32_t>(next));
        if (records->empty() || first > next) {
            // The oldest records went while we read.
            auto now = co_await state();
            if (!now) { co_return tl::unexpected(now.error()); }
            const std::uint64_t oldest = records->empty() ? now->oldest() : first;
            *held = *now;
            if (oldest <= next) { break; }
            if (sink.gap) {
                sink.gap(gap_of(next, oldest - next, "buffer overrun: records were overwritten meanwhile"));
            }
            next = oldest;
            if (records->empty()) { continue; }
        }
        for (const bacnet::LogRecord& one : *records) {
            if (next > end) { break; }
            ProfileRecord record = record_of(one, next++);
            if (selection.from && moment(*record.time) < moment(*selection.from)) { continue; }
            if (selection.to && moment(*record.time) > moment(*selection.to)) { co_return Result<void>(); }
            if (sink.record && !sink.record(std::move(record))) { co_return Result<void>(); }
        }
    }
    co_return Result<void>();
}

} // namespace meterctl::sessions::bacnet
