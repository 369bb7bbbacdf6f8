// The links that a bus of virtual BACnet devices can have.
#pragma once

#include "simulators/bacnet_installation.hpp"
#include "simulators/bacnet_router.hpp"

namespace meterctl::simulators {

/// What all links to the same devices have in common: the devices, and the router once a link asked for it.
struct BacnetSite {
    std::shared_ptr<BacnetInstallation> installation;
    std::shared_ptr<BacnetRouter> router;
    std::uint16_t ip_links = 0;
    std::map<Bytes, std::vector<BacnetOutgoing>> mail; ///< by the link address that it is for
};

std::unique_ptr<Bus> make_mstp_link(const std::shared_ptr<BacnetSite>& site);
std::unique_ptr<Bus> make_ip_link(const std::shared_ptr<BacnetSite>& site);
/// By the framing's name; nullptr where it is unknown.
std::unique_ptr<Bus> make_bacnet_link(const std::shared_ptr<BacnetSite>& site, std::string_view framing);

} // namespace meterctl::simulators
