// The server's side of one client's connection: associations, what protects their APDUs, and the services in them.
// IEC 62056-5-3, clauses 7.2 and 9.2. An APDU in, the answer out.
#pragma once

#include "codecs/dlms/acse.hpp"
#include "simulators/dlms_meter.hpp"
#include "simulators/dlms_services.hpp"

namespace meterctl::simulators {

class DlmsServer {
public:
    explicit DlmsServer(DlmsMeter& meter) : meter_(meter) {}

    /// The answer to an APDU of this client; nullopt where there is none.
    std::optional<Bytes> answer(std::uint16_t sap, ByteView apdu);
    /// The connection is gone, and the association with it.
    void disconnect();
    [[nodiscard]] bool associated() const { return state_ == State::associated; }
    /// A notification as the association protects it; plain where there is none.
    [[nodiscard]] Bytes protect_notification(ByteView apdu);

private:
    enum class State : std::uint8_t { idle, pending, associated };

    Bytes associate(ByteView apdu);
    Bytes accept(const codecs::dlms::Aarq& request, ByteView initiate);
    Bytes release(ByteView apdu);
    std::optional<Bytes> serve(ByteView apdu);
    Bytes serve_plain(ByteView apdu);
    /// The plain APDU, or the answer that says why there is none.
    tl::expected<Bytes, Bytes> uncover(ByteView apdu);
    [[nodiscard]] Bytes cover(ByteView apdu);
    Bytes check_proof(const codecs::dlms::ActionRequestNormal& request);
    [[nodiscard]] DlmsParty* party() { return party_ ? &meter_.parties()[*party_] : nullptr; }

    DlmsMeter& meter_;
    State state_ = State::idle;
    std::optional<std::size_t> party_;
    std::optional<DlmsServices> services_;
    codecs::dlms::Keys keys_; ///< of the association: the party's, and a dedicated key
    codecs::dlms::SystemTitle client_title_{};
    bool ciphered_ = false;
    std::optional<codecs::dlms::CipheredHead> asked_; ///< how the request came: the answer goes alike
    std::optional<std::uint32_t> before_;             ///< the last counter that was accepted before this APDU's
    std::optional<std::uint32_t> dedicated_counter_;
    std::uint32_t dedicated_sent_ = 0;
    Bytes client_challenge_, own_challenge_;
};

} // namespace meterctl::simulators
