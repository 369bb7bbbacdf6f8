// The vector files of M-Bus: frames and what they hold. Expectations are compared by number, unit, function, storage
// number, tariff and sub-unit; the words for quantities are the vectors' own.
#pragma once

#include "codecs/mbus/telegram.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mbus_vectors {

using Json = nlohmann::json;

struct Vector {
    std::string name;
    meterctl::Bytes octets;
    Json expect;
    Json entry;
};

/// Of tests/vectors/mbus.
std::vector<Vector> own(std::string_view file);
/// Of METERCTL_EXTRA_VECTORS/mbus where there are any; else a message says what is skipped.
std::vector<Vector> extra(std::string_view file);
/// Real meters' frames: those of test-frames/ with the expectations of records.json.
std::vector<Vector> extra_meters();
/// All good answers with records, own and extra.
std::vector<Vector> answers();
/// The octets of each .hex file of a folder of the extra vectors; names without ending.
std::vector<Vector> extra_folder(std::string_view folder);

meterctl::Bytes octets(std::string_view hex);

/// The telegram of a whole frame.
meterctl::codecs::mbus::VariableData variable_data(const meterctl::Bytes& frame);
/// Header and records are those expected.
void check_telegram(const Json& expect, const meterctl::codecs::mbus::VariableData& telegram);

} // namespace mbus_vectors
