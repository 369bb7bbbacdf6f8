// Trend logs: their records by ReadRange, told by sequence number, so that a later run takes up where this one ended.
// ASHRAE 135, clauses 12.25 and 15.8.
#pragma once

#include "codecs/bacnet/readings.hpp"
#include "codecs/bacnet/records.hpp"
#include "sessions/bacnet/reader.hpp"

namespace meterctl::sessions::bacnet {

class TrendLog {
public:
    /// `meter` names what is logged; null: the device does.
    TrendLog(Properties& properties, const catalogue::Definition* meter, codecs::bacnet::ObjectId log)
        : properties_(properties), meter_(meter), points_(meter), log_(log) {}

    Task<Result<void>> fetch(const ProfileSelection& selection, const ProfileSink& sink);

private:
    struct State {
        std::uint64_t count = 0, total = 0;
        /// Sequence number of the oldest record.
        [[nodiscard]] std::uint64_t oldest() const { return total - std::min(count, total) + 1; }
    };
    Task<Result<State>> state();
    Task<Result<ProfileHead>> head(std::uint64_t held);
    Task<Result<ProfileColumn>> column();
    Task<Result<std::uint64_t>> first_at(const DateTime& from, const State& held);
    Task<Result<codecs::bacnet::ReadRangeAck>> range(codecs::bacnet::ReadRange service);
    Task<Result<codecs::bacnet::ReadRangeAck>> part(std::uint64_t next, std::uint64_t end, const State& held);
    Task<Result<bool>> clock_was_reset();
    ProfileRecord record_of(const codecs::bacnet::LogRecord& record, std::uint64_t sequence);

    Properties& properties_;
    const catalogue::Definition* meter_;
    codecs::bacnet::PointIndex points_;
    codecs::bacnet::ObjectId log_;
    bool by_position_ = false; ///< the device knows no sequence numbers in ReadRange
    bool clock_reset_ = false, clock_set_ = false;
    std::uint64_t most_ = 1000; ///< records asked for at once
};

} // namespace meterctl::sessions::bacnet
