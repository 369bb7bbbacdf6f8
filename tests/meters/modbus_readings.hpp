// The readings that a Modbus exchange holds, for tests that compare them with what a file expects.
#pragma once

#include "codecs/modbus/pdu.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"
#include "tests/meters/meter_case.hpp"

#include <string>
#include <vector>

namespace meterctl::test {

/// All points of the meter that lie wholly in the answer, in the definition's order. Throws where one does not decode.
std::vector<Reading> readings_in(const catalogue::Definition& meter, const codecs::modbus::Request& request,
                                 const codecs::modbus::Response& answer);

/// All points that lie wholly in `registers`, which start at `first`.
std::vector<Reading> readings_in_block(const catalogue::Definition& meter, codecs::modbus::Table table,
                                       std::uint16_t first, const std::vector<std::uint16_t>& registers);

/// What differs, for people; empty where nothing does. Unit and text are compared where the file gives them.
std::string difference(const ExpectedReading& expected, const Reading& reading);

} // namespace meterctl::test
