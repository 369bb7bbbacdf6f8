// What `meters MODEL` tells beside the points: the profiles that a meter records, and the clients that it tells apart.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/output/json_writer.hpp"

#include <string>

namespace meterctl::output {

/// The lists "profiles" and "clients"; left out where they are empty.
void write_profiles(JsonWriter& json, const catalogue::Definition& definition);
void write_clients(JsonWriter& json, const catalogue::Definition& definition);

/// The same for people; "" where there are none.
std::string profiles_text(const catalogue::Definition& definition);
std::string clients_text(const catalogue::Definition& definition);

} // namespace meterctl::output
