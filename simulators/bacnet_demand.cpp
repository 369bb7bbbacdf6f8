#include "simulators/bacnet_demand.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace {

constexpr std::array<std::string_view, DemandMeter::registers> energy_names{
    "active_energy_import", "reactive_energy_import", "apparent_energy_import",
    "active_energy_export", "reactive_energy_export", "apparent_energy_export"};

double power(const LoadModel& load, unsigned which) {
    const Flow& flow = load.flow(0);
    switch (which) {
    case DemandMeter::active_import:
        return std::max(0.0, flow.active);
    case DemandMeter::active_export:
        return std::max(0.0, -flow.active);
    case DemandMeter::reactive_import:
        return std::max(0.0, flow.reactive);
    case DemandMeter::reactive_export:
        return std::max(0.0, -flow.reactive);
    case DemandMeter::apparent_import:
        return flow.active >= 0 ? flow.apparent : 0;
    default:
        return flow.active < 0 ? flow.apparent : 0;
    }
}

} // namespace

DemandMeter::Snapshot DemandMeter::snapshot(const LoadModel& load) {
    Snapshot now;
    now.time = load.clock();
    for (unsigned i = 0; i < registers; ++i) { now.energies.at(i) = load.value(*find_quantity(energy_names.at(i))); }
    return now;
}

void DemandMeter::begin(const LoadModel& load) {
    snapshots_.assign(1, snapshot(load));
    for (unsigned i = 0; i < registers; ++i) { present_.at(i) = power(load, i); }
    maximum_ = present_;
}

void DemandMeter::clear(const LoadModel& load) {
    snapshots_.assign(1, snapshot(load));
    present_.fill(0);
}

void DemandMeter::end_subinterval(const LoadModel& load, unsigned subintervals) {
    const Snapshot now = snapshot(load);
    while (snapshots_.size() > std::max(1U, subintervals)) { snapshots_.pop_front(); }
    const Snapshot& then = snapshots_.front();
    const double hours = std::chrono::duration<double, std::ratio<3600>>(now.time - then.time).count();
    if (hours <= 0) { return; }
    for (unsigned i = 0; i < registers; ++i) {
        present_.at(i) = (now.energies.at(i) - then.energies.at(i)) / hours;
        maximum_.at(i) = std::max(maximum_.at(i), present_.at(i));
    }
    snapshots_.push_back(now);
}

} // namespace meterctl::simulators
