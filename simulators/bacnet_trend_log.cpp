#include "simulators/bacnet_trend_log.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

/// Object, property, flags, count, the tags around the items, and the first sequence number.
constexpr std::size_t answer_overhead = 5 + 3 + 3 + 3 + 2 + 5;
constexpr std::uint32_t first_sequence_number = 1; ///< the one after 2^32-1

Bytes encoded(const TrendRecord& record) {
    bacnet::LogRecord out;
    out.timestamp = bacnet_time(record.stamp);
    if (const auto* value = std::get_if<float>(&record.datum)) {
        out.datum = bacnet::Primitive(*value);
        bacnet::StatusFlags flags;
        flags.fault = record.fault;
        out.status = flags;
    } else if (const auto* change = std::get_if<bacnet::TimeChange>(&record.datum)) {
        out.datum = *change;
    } else {
        out.datum = std::get<bacnet::LogStatus>(record.datum);
    }
    return bacnet::encode(std::vector<bacnet::LogRecord>{out});
}

} // namespace

/// `count` records from the one at `reference` on, or, where it is negative, up to it.
TrendBuffer::Asked TrendBuffer::around(std::size_t reference, std::int32_t count, std::size_t size, bool numbered) {
    if (reference >= size) { return {0, 0, numbered}; }
    const auto wanted = static_cast<std::size_t>(std::abs(static_cast<std::int64_t>(count)));
    if (count > 0) { return {reference, std::min(wanted, size - reference), numbered}; }
    const std::size_t first = reference + 1 > wanted ? reference + 1 - wanted : 0;
    return {first, reference + 1 - first, numbered};
}

void TrendBuffer::add(TrendRecord record) {
    if (full() && !records_.empty()) { records_.pop_front(); }
    records_.push_back(record);
    total_ = total_ == UINT32_MAX ? first_sequence_number : total_ + 1;
}

void TrendBuffer::fill(std::vector<TrendRecord> records, std::uint32_t total) {
    const std::size_t kept = std::min(records.size(), capacity_);
    records_.assign(records.end() - static_cast<std::ptrdiff_t>(kept), records.end());
    total_ = total;
}

/// Records newer than the time, or older ones where the count is negative.
Granted<TrendBuffer::Asked> TrendBuffer::by_time(const bacnet::RangeByTime& range) const {
    bacnet::DateAndTime both;
    both.date = range.date;
    both.time = range.time;
    const auto time = system_time(both);
    if (range.count == 0 || !time) { return tl::unexpected(refusals::parameter_out_of_range); }
    const bool newer = range.count > 0;
    const auto bound = newer ? std::ranges::upper_bound(records_, *time, {}, &TrendRecord::stamp)
                             : std::ranges::lower_bound(records_, *time, {}, &TrendRecord::stamp);
    const auto index = static_cast<std::size_t>(bound - records_.begin());
    if (!newer && index == 0) { return Asked{0, 0, true}; }
    return around(newer ? index : index - 1, range.count, records_.size(), true);
}

Granted<TrendBuffer::Asked> TrendBuffer::asked_for(const bacnet::ReadRange& request) const {
    const std::size_t size = records_.size();
    if (const auto* position = std::get_if<bacnet::RangeByPosition>(&request.range)) {
        if (position->count == 0) { return tl::unexpected(refusals::parameter_out_of_range); }
        if (position->reference == 0) { return Asked{0, 0, false}; }
        return around(position->reference - 1, position->count, size, false);
    }
    if (const auto* sequence = std::get_if<bacnet::RangeBySequence>(&request.range)) {
        if (sequence->count == 0) { return tl::unexpected(refusals::parameter_out_of_range); }
        return around(static_cast<std::uint32_t>(sequence->reference - oldest()), sequence->count, size, true);
    }
    if (const auto* time = std::get_if<bacnet::RangeByTime>(&request.range)) { return by_time(*time); }
    return Asked{0, size, false};
}

Granted<RangeAnswer> TrendBuffer::read(const bacnet::ReadRange& request, std::size_t most_octets) const {
    const auto asked = asked_for(request);
    if (!asked) { return tl::unexpected(asked.error()); }
    RangeAnswer answer;
    const std::size_t room = most_octets > answer_overhead ? most_octets - answer_overhead : 0;
    for (std::size_t i = asked->first; i < asked->first + asked->count; ++i) {
        const Bytes item = encoded(records_[i]);
        if (answer.items.size() + item.size() > room) {
            answer.more = true;
            break;
        }
        answer.items.insert(answer.items.end(), item.begin(), item.end());
        ++answer.count;
    }
    if (answer.count == 0) { return answer; }
    answer.first = asked->first == 0;
    answer.last = asked->first + answer.count == records_.size();
    if (asked->numbered) { answer.first_sequence = static_cast<std::uint32_t>(oldest() + asked->first); }
    return answer;
}

} // namespace meterctl::simulators
