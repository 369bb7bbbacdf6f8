// The server side of BACnet, without any network: a confirmed request in, the answer a device gives out, whole; an
// unconfirmed one in, the unconfirmed one it causes out. ASHRAE 135, clauses 13, 15 and 16.
#pragma once

#include "codecs/bacnet/apdu.hpp"
#include "simulators/bacnet_device.hpp"

namespace meterctl::simulators {

/// Carries a request out. `most_octets` bounds the service data of answers that can be made shorter (ReadRange).
/// A ComplexACK may be longer than its asker can take: the caller sends it in segments or aborts.
codecs::bacnet::Apdu serve_confirmed(BacnetDevice& device, const codecs::bacnet::ConfirmedRequest& request,
                                     std::size_t most_octets);

/// Who-Is, Who-Has, TimeSynchronization. Nullopt where nothing is said to it.
std::optional<codecs::bacnet::UnconfirmedRequest> serve_unconfirmed(BacnetDevice& device,
                                                                    const codecs::bacnet::UnconfirmedRequest& request);

codecs::bacnet::UnconfirmedRequest i_am(const BacnetDevice& device);

} // namespace meterctl::simulators
