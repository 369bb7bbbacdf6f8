// What virtual M-Bus meters hold: made from a definition, or generated as a building's mix of heat, water and
// electricity meters whose numbers are alike enough to collide in a search.
#pragma once

#include "simulators/mbus_meter.hpp"
#include "src/catalogue/definition.hpp"

namespace meterctl::simulators {

/// The meter that a definition describes: its records are the points "drh:...", its address the points "header:..."
/// that say what they simulate. `index` is added to the identification number, so that several on one bus differ. Usage
/// error where a point does not fit.
Result<MbusSetup> setup_of(const catalogue::Definition& meter, unsigned index);

/// The `index`th of a bus of generated meters. Of each eight, two differ in the last digit of their number only, two
/// share all eight digits and differ in the manufacturer, and two differ in the first digit only.
MbusSetup generated_setup(std::uint64_t seed, unsigned index);

} // namespace meterctl::simulators
