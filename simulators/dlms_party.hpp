// The clients that a virtual meter tells apart: what each has to prove, under which keys, and how far its invocation
// counter has come. Every counter that comes is noted, accepted or not.
#pragma once

#include "codecs/dlms/ciphering.hpp"
#include "codecs/dlms/hls.hpp"
#include "codecs/dlms/initiate.hpp"
#include "codecs/dlms/security_policy.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/error.hpp"
#include "src/core/key_ring.hpp"

#include <deque>

namespace meterctl::simulators {

struct DlmsParty {
    std::string name;
    std::uint16_t sap = 16;
    codecs::dlms::Mechanism mechanism = codecs::dlms::Mechanism::none;
    std::optional<std::uint8_t> suite; ///< none: nothing is ciphered
    codecs::dlms::SecurityPolicy policy;
    codecs::dlms::Conformance conformance;
    codecs::dlms::Keys keys;
    SecretBytes secret;                ///< of LLS, and of HLS 2 to 4 and 6
    codecs::dlms::SystemTitle title{}; ///< of the client that came last

    /// The invocation counter of the last APDU that was accepted.
    std::optional<std::uint32_t> received;
    std::uint32_t sent = 0; ///< the meter's own, of what it sent to this client
};

/// One that came.
struct DlmsCounterNote {
    std::uint16_t sap = 0;
    std::uint32_t counter = 0;
    bool accepted = false;
};
/// The newest of them.
using DlmsCounterLog = std::deque<DlmsCounterNote>;
inline constexpr std::size_t counter_log_size = 100'000;

/// The keys of every virtual meter, which the documents print: so that tests and trials need none of their own.
codecs::dlms::Keys dlms_simulated_keys(std::uint8_t suite);
inline constexpr std::string_view dlms_simulated_secret = "12345678";
/// The same as a client has them, for all clients of a definition.
KeyRing dlms_simulated_ring(const catalogue::Definition& meter);

/// Of a definition's client. Usage error for words that are none.
Result<DlmsParty> dlms_party(const catalogue::Client& client);

} // namespace meterctl::simulators
