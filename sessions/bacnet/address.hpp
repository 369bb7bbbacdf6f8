// Where a device is, as users write it: "12" (an MS/TP address; on BACnet/IP, of the one network behind the router),
// "7:12" (a station of network 7), "device:473001" or any number above 254 (asked for by Who-Is), "name:Main meter"
// (what has an object of that name, asked for by Who-Has), "10.0.0.5:47808" (BACnet/IP); empty on BACnet/IP: the
// endpoint's own peer.
#pragma once

#include "sessions/bacnet/client.hpp"

namespace meterctl::sessions::bacnet {

struct Address {
    enum class Kind : std::uint8_t { peer, mac, remote, device, name };
    Kind kind = Kind::peer;
    std::string link; ///< of a peer
    std::uint8_t mac = 0;
    codecs::bacnet::NetworkAddress remote;
    std::uint32_t device = 0;
    std::string name; ///< of an object
};

/// Usage error with the forms.
Result<Address> parse_address(std::string_view text);
/// Asks who is there, or which router leads there, where that is needed.
Task<Result<Station>> locate(Client& client, Address address);

} // namespace meterctl::sessions::bacnet
