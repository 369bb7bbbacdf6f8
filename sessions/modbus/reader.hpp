// Reads points of one meter in as few requests as it allows. What it refuses together is asked for apart, and
// remembered.
#pragma once

#include "codecs/modbus/point.hpp"
#include "sessions/modbus/identification.hpp"
#include "sessions/modbus/plan.hpp"

namespace meterctl::sessions::modbus {

class Reader {
public:
    Reader(Client& client, PlanLimits limits) : client_(client), identification_(client), limits_(std::move(limits)) {}

    /// Readings in the order asked. The error where nothing could be read because nothing that can be trusted came.
    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points);
    /// Registers, or 0 and 1 for bits.
    Task<Result<std::vector<std::uint16_t>>> read_range(Range range);
    [[nodiscard]] Identification& identification() { return identification_; }

private:
    struct Job;
    Task<void> read_registers(Job& job);
    Task<void> read_identification(Job& job);

    Client& client_;
    Identification identification_;
    PlanLimits limits_;
};

/// A definition's limits for this line; those of the standard without one.
Result<PlanLimits> plan_limits(const catalogue::Definition* meter, const std::optional<transports::LineSettings>& line);

} // namespace meterctl::sessions::modbus
