// What a meter's own list of objects and its definition's clients say to a session.
#pragma once

#include "codecs/dlms/object_list.hpp"
#include "src/catalogue/definition.hpp"

namespace meterctl::sessions::dlms {

/// A point for each object that has a value of its own: by our common name, else its logical name; "@1" and on are
/// billing periods.
std::vector<catalogue::Point> points_of(const std::vector<codecs::dlms::ListedObject>& objects);
/// A profile for each profile generic.
std::vector<catalogue::Profile> profiles_of(const std::vector<codecs::dlms::ListedObject>& objects);

/// The definition's client of this service access point; nullptr where it has none.
const catalogue::Client* client_of(const catalogue::Definition& meter, unsigned sap);
/// What a client may read, or write.
using Rights = std::vector<std::string> catalogue::Client::*;
/// The first client that may do so with everything; empty where none may.
std::string who_may_all(const catalogue::Definition& meter, Rights rights);

} // namespace meterctl::sessions::dlms
