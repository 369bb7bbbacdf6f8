// Trend logs: their records by ReadRange, told by sequence number, so that a later run takes up where this one ended.
// ASHRAE 135, clauses 12.25 and 15.8.
#pragma once

#include "codecs/bacnet/readings.hpp"
#include "sessions/bacnet/reader.hpp"
#include "sessions/bacnet/trend_log_records.hpp"

namespace meterctl::sessions::bacnet {

class TrendLog {
public:
    /// `meter` names what is logged; null: the device does. `not_a_number`: the flag of a NaN.
    TrendLog(Properties& properties, const catalogue::Definition* meter, codecs::bacnet::ObjectId log,
             std::string not_a_number = {})
        : properties_(properties), meter_(meter), points_(meter), log_(log), not_a_number_(std::move(not_a_number)) {}

    Task<Result<void>> fetch(const ProfileSelection& selection, const ProfileSink& sink);

private:
    struct State {
        std::uint64_t count = 0, total = 0;
        /// Sequence number of the oldest record.
        [[nodiscard]] std::uint64_t oldest() const { return total - std::min(count, total) + 1; }
    };
    /// What is known before the first record.
    struct About {
        State state;
        ProfileHead head;
        bool clock_reset = false; ///< the clock has lost the time, and was not set since
    };
    /// Sequence numbers of records, both included; none where `next` is behind `end`.
    struct Stretch {
        std::uint64_t next = 1, end = 0;
    };
    using Values = std::vector<Result<Bytes>>;

    Task<Result<State>> state();
    Task<Result<About>> about();
    Task<Result<ProfileColumn>> column(Result<Bytes> reference);
    [[nodiscard]] std::optional<codecs::bacnet::PointAddress> clock_alert() const;

    Task<Result<Stretch>> select(const ProfileSelection& selection);
    Task<Result<std::uint64_t>> first_at(const DateTime& from);
    Task<Result<codecs::bacnet::ReadRangeAck>> range(codecs::bacnet::ReadRange service);
    Task<Result<codecs::bacnet::ReadRangeAck>> part(Stretch wanted);
    Task<Result<bool>> in_step(Stretch& wanted, const codecs::bacnet::ReadRangeAck& ack);
    void missed(std::uint64_t first, std::uint64_t oldest);
    void tell_gap(const ProfileSink& sink, bool purged);

    Properties& properties_;
    const catalogue::Definition* meter_;
    codecs::bacnet::PointIndex points_;
    codecs::bacnet::ObjectId log_;
    std::string not_a_number_;
    State held_;                    ///< as last read
    std::optional<ProfileGap> gap_; ///< in front of the next record, which may tell why
    bool begun_ = false;            ///< records came, now or in an earlier run
    bool by_position_ = false;      ///< the device knows no sequence numbers in ReadRange
    unsigned in_vain_ = 0;          ///< answers in a row that were of no use
    std::uint64_t most_ = 1000;     ///< records asked for at once
};

} // namespace meterctl::sessions::bacnet
