// Runs one case of a Modbus meter's tests inside a doctest case.
#pragma once

#include "src/catalogue/definition.hpp"
#include "tests/meters/meter_case.hpp"

#include <set>
#include <string>

namespace meterctl::test {

/// Checks that the frames hold the readings that the case names and no others, or are what writes its value; returns
/// the names of the points read.
std::set<std::string> run_modbus_case(const catalogue::Definition& meter, const MeterCase& one);

} // namespace meterctl::test
