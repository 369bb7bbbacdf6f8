#include "simulators/dlms_server.hpp"

#include "codecs/dlms/names.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint8_t rejected_permanent = 1;
constexpr std::uint16_t max_pdu = 1024; ///< octets of an APDU that the meter takes
constexpr std::size_t challenge_octets = 16;
/// Tag, length, security control, counter and authentication tag.
constexpr std::size_t protection_octets = 24;

/// Diagnostics of an AARE, of the service user.
namespace diagnostic {
constexpr std::uint8_t no_reason = 1, context_not_supported = 2, title_not_recognised = 3,
                       mechanism_not_recognised = 11, mechanism_required = 12, authentication_failure = 13,
                       authentication_required = 14;
}
/// Errors of an exception response.
namespace service_error {
constexpr std::uint8_t not_possible = 1, other = 3, pdu_too_long = 4, deciphering = 5, counter = 6;
}

Bytes exception(std::uint8_t service, std::optional<std::uint32_t> counter = std::nullopt) {
    constexpr std::uint8_t service_not_allowed = 1;
    return dlms::encode(dlms::ExceptionResponse{service_not_allowed, service, counter});
}

Bytes reject(std::uint8_t context, std::uint8_t why) {
    dlms::Aare answer;
    answer.context = context;
    answer.result = rejected_permanent;
    answer.diagnostic = why;
    return dlms::encode(answer);
}

/// Why the xDLMS part is refused: confirmedServiceError of initiate.
Bytes reject_initiate(std::uint8_t context, std::uint8_t error) {
    dlms::Aare answer;
    answer.context = context;
    answer.result = rejected_permanent;
    answer.diagnostic = diagnostic::no_reason;
    constexpr std::uint8_t initiate = 1, initiate_error = 6;
    answer.user_information = dlms::encode(dlms::ConfirmedServiceError{initiate, initiate_error, error});
    return dlms::encode(answer);
}

std::uint8_t context_of(const DlmsParty& party) {
    return party.suite ? dlms::context::logical_names_ciphered : dlms::context::logical_names;
}

/// The same for any code that arrives: what is not ciphered is answered in the clear.
bool accepts_counter(std::optional<std::uint32_t> last, std::uint32_t counter) {
    return !last || counter > *last;
}

} // namespace

void DlmsServer::disconnect() {
    state_ = State::idle;
    party_.reset();
    services_.reset();
    keys_ = {};
    ciphered_ = false;
    asked_.reset();
    dedicated_counter_.reset();
    dedicated_sent_ = 0;
    client_challenge_.clear();
    own_challenge_.clear();
}

std::optional<Bytes> DlmsServer::answer(std::uint16_t sap, ByteView apdu) {
    if (apdu.empty()) { return std::nullopt; }
    meter_.set_speaker(party_);
    if (apdu.front() == dlms::apdu_tag::aarq) {
        disconnect();
        const auto& parties = meter_.parties();
        const auto known = std::ranges::find(parties, sap, &DlmsParty::sap);
        if (known == parties.end()) { return reject(dlms::context::logical_names, diagnostic::title_not_recognised); }
        party_ = static_cast<std::size_t>(known - parties.begin());
        meter_.set_speaker(party_);
        Bytes answer = associate(apdu);
        if (state_ == State::idle) { disconnect(); }
        return answer;
    }
    const bool others = party() != nullptr && party()->sap != sap;
    if (state_ == State::idle || others) { return exception(service_error::not_possible); }
    if (apdu.front() == dlms::apdu_tag::rlrq) { return release(apdu); }
    return serve(apdu);
}

Bytes DlmsServer::associate(ByteView apdu) {
    const auto request = dlms::decode_aarq(apdu);
    DlmsParty& client = *party();
    const std::uint8_t context = context_of(client);
    if (!request) { return reject(context, diagnostic::no_reason); }
    if (request->context != context) { return reject(context, diagnostic::context_not_supported); }
    const auto mechanism = static_cast<dlms::Mechanism>(request->mechanism.value_or(0));
    if (mechanism != client.mechanism) {
        return reject(context, mechanism == dlms::Mechanism::none ? diagnostic::mechanism_required
                                                                  : diagnostic::mechanism_not_recognised);
    }
    const auto title = request->calling_ap_title ? dlms::system_title(*request->calling_ap_title) : std::nullopt;
    if (client.suite && !title) { return reject(context, diagnostic::title_not_recognised); }
    client_title_ = title.value_or(dlms::SystemTitle{});
    client.title = client_title_;
    keys_ = client.keys;
    ciphered_ = client.suite.has_value();
    const Bytes information = request->user_information.value_or(Bytes());
    if (!ciphered_) { return accept(*request, information); }
    if (!dlms::is_ciphered(information)) { return reject(context, diagnostic::authentication_failure); }
    auto plain = uncover(information);
    if (plain) { return accept(*request, *plain); }
    const bool counter = plain.error().size() > 2 && plain.error()[2] == service_error::counter;
    return counter ? plain.error() : reject(context, diagnostic::authentication_failure);
}

Bytes DlmsServer::accept(const dlms::Aarq& request, ByteView initiate) {
    DlmsParty& client = *party();
    const std::uint8_t context = context_of(client);
    const auto proposed = dlms::decode_initiate_request(initiate);
    constexpr std::uint8_t version_too_low = 1, incompatible_conformance = 2, pdu_too_short = 3;
    if (!proposed) { return reject(context, diagnostic::no_reason); }
    if (proposed->version < dlms::dlms_version) { return reject_initiate(context, version_too_low); }
    const auto common = client.conformance.common(proposed->conformance);
    if (common.bits == 0) { return reject_initiate(context, incompatible_conformance); }
    constexpr std::uint16_t least_pdu = 48;
    const std::uint16_t theirs = proposed->max_receive_pdu;
    if (theirs != 0 && theirs < least_pdu) { return reject_initiate(context, pdu_too_short); }
    if (client.mechanism == dlms::Mechanism::lls) {
        const auto& given = request.authentication_value;
        if (!given || !equal_in_constant_time(*given, client.secret.view())) {
            meter_.log("access_meter_with_incorrect_password");
            return reject(context, diagnostic::authentication_failure);
        }
    }
    if (!proposed->dedicated_key.empty()) { keys_.dedicated = SecretBytes(proposed->dedicated_key); }
    const std::size_t room = theirs == 0 ? max_pdu : std::min(theirs, max_pdu);
    services_.emplace(meter_.model(), *party_, common, ciphered_ ? room - protection_octets : room);
    dlms::Aare answer;
    answer.context = context;
    if (ciphered_ || dlms::is_hls(client.mechanism)) {
        answer.responding_ap_title = Bytes(meter_.title().begin(), meter_.title().end());
    }
    state_ = State::associated;
    if (dlms::is_hls(client.mechanism)) {
        if (!request.authentication_value || request.authentication_value->size() < dlms::least_challenge) {
            state_ = State::idle;
            return reject(context, diagnostic::authentication_failure);
        }
        client_challenge_ = *request.authentication_value;
        own_challenge_.clear();
        for (std::size_t at = 0; at < challenge_octets; ++at) {
            own_challenge_.push_back(static_cast<std::uint8_t>(meter_.random().below(256)));
        }
        answer.mechanism = static_cast<std::uint8_t>(client.mechanism);
        answer.authentication_value = own_challenge_;
        answer.diagnostic = diagnostic::authentication_required;
        state_ = State::pending;
    }
    dlms::InitiateResponse granted;
    granted.conformance = common;
    granted.max_receive_pdu = max_pdu;
    answer.user_information = cover(dlms::encode(granted));
    return dlms::encode(answer);
}

Bytes DlmsServer::release(ByteView apdu) {
    const auto request = dlms::decode_rlrq(apdu);
    dlms::Rlre answer;
    answer.reason = 0;
    if (request && request->user_information && ciphered_) {
        const auto plain = uncover(*request->user_information);
        if (plain) {
            dlms::InitiateResponse granted;
            granted.max_receive_pdu = max_pdu;
            granted.conformance = party()->conformance;
            answer.user_information = cover(dlms::encode(granted));
        }
    }
    disconnect();
    return dlms::encode(answer);
}

tl::expected<Bytes, Bytes> DlmsServer::uncover(ByteView apdu) {
    DlmsParty& client = *party();
    auto dedicated_key = std::move(keys_.dedicated);
    keys_ = client.keys; // a change of keys holds from the APDU behind it on
    keys_.dedicated = std::move(dedicated_key);
    const auto head = dlms::read_ciphered_head(apdu);
    if (!head) { return tl::unexpected(exception(service_error::deciphering)); }
    const auto plain = dlms::unprotect(apdu, keys_, client_title_);
    if (!plain || plain->trust == dlms::Trust::not_authenticated) {
        return tl::unexpected(exception(service_error::deciphering));
    }
    const bool dedicated =
        head->ciphering == dlms::Ciphering::dedicated || head->ciphering == dlms::Ciphering::general_dedicated;
    auto& last = dedicated ? dedicated_counter_ : client.received;
    const bool fresh = accepts_counter(last, head->counter);
    if (!dedicated) { meter_.note_counter(client, head->counter, fresh); }
    if (!fresh) { return tl::unexpected(exception(service_error::counter, *last + 1)); }
    before_ = client.received;
    last = head->counter;
    if (!dlms::satisfies(head->control, client.policy.request)) {
        return tl::unexpected(exception(service_error::not_possible));
    }
    asked_ = *head;
    return plain->apdu;
}

Bytes DlmsServer::cover(ByteView apdu) {
    if (!ciphered_ || !asked_) { return Bytes(apdu.begin(), apdu.end()); }
    DlmsParty& client = *party();
    dlms::Protection protection;
    protection.ciphering = asked_->ciphering;
    protection.control = asked_->control;
    protection.control.authenticated |= client.policy.response.authenticated;
    protection.control.encrypted |= client.policy.response.encrypted;
    protection.title = meter_.title();
    const bool dedicated = protection.ciphering == dlms::Ciphering::dedicated ||
                           protection.ciphering == dlms::Ciphering::general_dedicated;
    protection.counter = dedicated ? ++dedicated_sent_ : ++client.sent;
    if (protection.ciphering == dlms::Ciphering::general) {
        protection.general = asked_->general;
        std::swap(protection.general.originator, protection.general.recipient);
    }
    const auto covered = dlms::protect(protection, keys_, apdu);
    return covered ? *covered : exception(service_error::other);
}

std::optional<Bytes> DlmsServer::serve(ByteView apdu) {
    if (apdu.size() > max_pdu + protection_octets) { return exception(service_error::pdu_too_long); }
    if (!dlms::is_ciphered(apdu)) {
        const bool proof = state_ == State::pending && !ciphered_;
        const bool allowed = proof || dlms::satisfies(std::nullopt, party()->policy.request);
        if (!allowed) { return exception(service_error::not_possible); }
        return serve_plain(apdu);
    }
    if (!ciphered_) { return exception(service_error::not_possible); }
    const auto plain = uncover(apdu);
    if (!plain) { return plain.error(); }
    Bytes answer = serve_plain(*plain);
    if (answer.empty()) { return std::nullopt; }
    return answer.front() == dlms::apdu_tag::exception_response ? answer : cover(answer);
}

Bytes DlmsServer::serve_plain(ByteView apdu) {
    if (state_ == State::pending) {
        const auto request = dlms::decode_apdu(apdu);
        const auto* const action = request ? std::get_if<dlms::ActionRequest>(&*request) : nullptr;
        const auto* const proof = action != nullptr ? std::get_if<dlms::ActionRequestNormal>(action) : nullptr;
        constexpr std::uint16_t association = 15;
        const bool reply = proof != nullptr && proof->method.class_id == association && proof->method.method == 1;
        return reply ? check_proof(*proof) : exception(service_error::not_possible);
    }
    return services_->answer(apdu).value_or(Bytes());
}

/// Passes 3 and 4 of high level security.
Bytes DlmsServer::check_proof(const dlms::ActionRequestNormal& request) {
    DlmsParty& client = *party();
    const auto* const octets = request.parameter ? request.parameter->octets() : nullptr;
    dlms::Proof theirs;
    theirs.mechanism = client.mechanism;
    theirs.prover = client_title_;
    theirs.verifier = meter_.title();
    theirs.challenge = own_challenge_;
    theirs.own_challenge = client_challenge_;
    theirs.secret = &client.secret;
    theirs.keys = &keys_;
    theirs.suite = client.suite.value_or(0);
    dlms::ActionResponseNormal answer{request.invoke, {}};
    const auto counter = octets != nullptr ? dlms::check_proof(theirs, *octets)
                                           : Result<std::optional<std::uint32_t>>(tl::unexpected(Error{}));
    bool good = counter.has_value();
    if (good && *counter) {
        // The proof was made before the APDU around it was ciphered, or behind it. Some clients give both one counter.
        good = accepts_counter(ciphered_ ? before_ : client.received, **counter);
        meter_.note_counter(client, **counter, good);
        if (good) { client.received = std::max(client.received.value_or(0), **counter); }
    }
    if (!good) {
        meter_.log("access_meter_with_incorrect_password");
        answer.result.result.code = static_cast<std::uint8_t>(DlmsRefusal::read_write_denied);
        return dlms::encode(dlms::ActionResponse(answer));
    }
    state_ = State::associated;
    dlms::Proof ours = theirs;
    std::swap(ours.prover, ours.verifier);
    std::swap(ours.challenge, ours.own_challenge);
    const auto proof = dlms::prove(ours, ++client.sent);
    if (proof) { answer.result.returned = dlms::Data::octet_string(*proof); }
    return dlms::encode(dlms::ActionResponse(answer));
}

Bytes DlmsServer::protect_notification(ByteView apdu) {
    const bool covered = state_ == State::associated && ciphered_;
    DlmsParty* const client = covered ? party() : state_ == State::associated ? nullptr : meter_.push_party();
    if (client == nullptr) { return Bytes(apdu.begin(), apdu.end()); }
    dlms::Protection protection;
    protection.ciphering = dlms::Ciphering::general_global;
    protection.control.suite = *client->suite;
    protection.title = meter_.title();
    protection.counter = ++client->sent;
    return dlms::protect(protection, client->keys, apdu).value_or(Bytes());
}

} // namespace meterctl::simulators
