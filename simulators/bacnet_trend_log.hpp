// The buffer of a Trend Log: records with their sequence numbers, read by position, by sequence number or by time.
// ASHRAE 135, clauses 12.25 and 15.8.
#pragma once

#include "simulators/bacnet_device.hpp"

#include <deque>

namespace meterctl::simulators {

struct TrendRecord {
    SystemTime stamp;
    std::variant<codecs::bacnet::LogStatus, codecs::bacnet::TimeChange, float> datum;
    bool fault = false; ///< of the status flags that stand beside a value
};

class TrendBuffer {
public:
    explicit TrendBuffer(std::size_t capacity) : capacity_(capacity) {}

    /// The oldest goes where the buffer is full.
    void add(TrendRecord record);
    /// All records go; sequence numbers go on.
    void clear() { records_.clear(); }
    /// What was recorded before: as many as fit of `records`, the last of which has the number `total`.
    void fill(std::vector<TrendRecord> records, std::uint32_t total);
    [[nodiscard]] std::size_t count() const { return records_.size(); }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] bool full() const { return records_.size() >= capacity_; }
    [[nodiscard]] std::uint32_t total() const { return total_; }
    [[nodiscard]] const std::deque<TrendRecord>& records() const { return records_; }

    /// The records asked for, as many as `most_octets` of service data hold. Parameter-out-of-range where the count is
    /// 0 or a time has open fields.
    [[nodiscard]] Granted<RangeAnswer> read(const codecs::bacnet::ReadRange& request, std::size_t most_octets) const;

private:
    /// Records from `first` on, counted from 0; `numbered`: by sequence number or time.
    struct Asked {
        std::size_t first = 0, count = 0;
        bool numbered = false;
    };
    static Asked around(std::size_t reference, std::int32_t count, std::size_t size, bool numbered);
    [[nodiscard]] Granted<Asked> asked_for(const codecs::bacnet::ReadRange& request) const;
    [[nodiscard]] Granted<Asked> by_time(const codecs::bacnet::RangeByTime& range) const;
    [[nodiscard]] std::uint32_t oldest() const { return static_cast<std::uint32_t>(total_ - records_.size() + 1); }

    std::size_t capacity_;
    std::deque<TrendRecord> records_;
    std::uint32_t total_ = 0; ///< the sequence number of the newest
};

} // namespace meterctl::simulators
