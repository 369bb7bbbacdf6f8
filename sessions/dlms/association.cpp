#include "sessions/dlms/association.hpp"

#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/names.hpp"
#include "sessions/dlms/refusals.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;
using dlms::Mechanism;

namespace {

constexpr std::uint8_t accepted = 0;
/// A late answer to an earlier request may come before ours.
constexpr unsigned most_foreign = 4;

ChannelOptions channel_options(const AssociationOptions& options, const dlms::Keys& keys,
                               std::shared_ptr<FrameCounter> counter) {
    return {.ciphered = options.ciphered,
            .general_protection = options.general_protection,
            .control = options.control,
            .answers = options.answers,
            .keys = keys,
            .own_title = options.own_title,
            .meter_title = options.meter_title,
            .counter = std::move(counter),
            .notice = options.notice};
}

std::uint8_t context_of(const AssociationOptions& options) {
    if (options.short_names) {
        return options.ciphered ? dlms::context::short_names_ciphered : dlms::context::short_names;
    }
    return options.ciphered ? dlms::context::logical_names_ciphered : dlms::context::logical_names;
}

/// As it stands in the AARQ, so that other octets that happen to be the same stay visible.
transports::Secret password_element(ByteView password) {
    constexpr std::uint8_t characters = 0x80;
    ByteWriter out;
    out.u8(characters).u8(static_cast<std::uint8_t>(password.size())).bytes(password);
    return {.octets = out.take(), .first = 2, .count = password.size()};
}

dlms::MethodDescriptor reply_to_hls() {
    constexpr std::uint16_t association_class = 15;
    return {.class_id = association_class, .logical_name = Obis{0, 0, 40, 0, 0, 255}, .method = 1};
}

} // namespace

bool AssociationOptions::counts() const {
    return ciphered || mechanism == Mechanism::hls_gmac;
}

Association::Association(ApduLink& link, AssociationOptions options)
    : link_(link), options_(std::move(options)), channel_(channel_options(options_, options_.keys, nullptr)) {}

void Association::say(const std::string& text) const {
    if (options_.notice) { options_.notice(text); }
}

Result<Bytes> Association::make_initiate() {
    dlms::InitiateRequest request{.dedicated_key = {},
                                  .response_allowed = true,
                                  .quality_of_service = {},
                                  .version = dlms::dlms_version,
                                  .conformance = options_.conformance,
                                  .max_receive_pdu = options_.max_receive_pdu};
    dlms::Keys keys = options_.keys;
    keys.dedicated = SecretBytes();
    if (options_.dedicated_key && options_.ciphered) {
        auto key = dlms::crypto::random_octets(dlms::key_octets(options_.control.suite));
        if (!key) { return tl::unexpected(key.error()); }
        keys.dedicated = SecretBytes(*key);
        request.dedicated_key = std::move(*key);
    }
    if (options_.general_protection) { request.conformance.add(dlms::Feature::general_protection); }
    channel_ = CipherChannel(channel_options(options_, keys, counter_));
    Bytes plain = dlms::encode(request);
    initiate_ = SecretBytes(plain);
    auto wrapped = channel_.wrap(plain, Scope::association);
    wipe(plain);
    wipe(request.dedicated_key);
    return wrapped;
}

Result<Bytes> Association::make_aarq() {
    auto initiate = make_initiate();
    if (!initiate) { return tl::unexpected(initiate.error()); }
    dlms::Aarq aarq;
    aarq.context = context_of(options_);
    aarq.user_information = std::move(*initiate);
    const Mechanism mechanism = options_.mechanism;
    if (options_.counts() || mechanism == Mechanism::hls_sha256) {
        aarq.calling_ap_title = Bytes(options_.own_title.begin(), options_.own_title.end());
    }
    if (mechanism == Mechanism::none) { return dlms::encode(aarq); }
    aarq.mechanism = static_cast<std::uint8_t>(mechanism);
    if (dlms::is_hls(mechanism)) {
        auto challenge = dlms::make_challenge(options_.challenge_octets);
        if (!challenge) { return tl::unexpected(challenge.error()); }
        challenge_ = std::move(*challenge);
        aarq.authentication_value = challenge_;
        return dlms::encode(aarq);
    }
    if (options_.password.empty()) {
        return fail(Category::usage, "the client's password is not known", link_.where(),
                    {"lls_password in a file of keys: --keys FILE", "--password-file FILE"}, "dlms.key_missing");
    }
    const ByteView password = options_.password.view();
    link_.transport().keep_secret(password_element(password));
    aarq.authentication_value = Bytes(password.begin(), password.end());
    return dlms::encode(aarq);
}

/// Where the meter says which counter it expects, the next one is above that.
tl::unexpected<Error> Association::refused(const dlms::ExceptionResponse& exception) {
    if (exception.invocation_counter && counter_ != nullptr) {
        counter_->raise_to(*exception.invocation_counter);
        counter_told_ = counter_is_good_ = true;
    }
    return tl::unexpected(exception_error(exception, link_.where()));
}

Result<dlms::Aare> Association::read_answer(const Bytes& apdu) {
    const auto answer = dlms::decode_apdu(apdu);
    if (!answer) { return tl::unexpected(answer.error()); }
    if (const auto* aare = std::get_if<dlms::Aare>(&*answer)) { return *aare; }
    if (const auto* exception = std::get_if<dlms::ExceptionResponse>(&*answer)) { return refused(*exception); }
    if (const auto* error = std::get_if<dlms::ConfirmedServiceError>(&*answer)) {
        return tl::unexpected(initiate_refused(*error, link_.where()));
    }
    return fail(Category::untrusted, "the meter answers with something else than an AARE", link_.where(), {},
                "dlms.no_aare");
}

Task<Result<dlms::Aare>> Association::exchange_aarq(Bytes aarq) {
    auto answer = co_await link_.request(std::move(aarq));
    for (unsigned foreign = 0; answer && foreign < most_foreign; ++foreign) {
        auto aare = read_answer(*answer);
        if (aare || aare.error().code != "dlms.no_aare") { co_return aare; }
        answer = co_await link_.next();
    }
    if (answer) { co_return read_answer(*answer); }
    co_return tl::unexpected(answer.error());
}

Result<void> Association::accept_initiate(const Bytes& information) {
    const auto plain = channel_.unwrap(information);
    if (!plain) { return tl::unexpected(plain.error()); }
    if (const auto refused = dlms::decode_confirmed_service_error(*plain)) {
        return tl::unexpected(initiate_refused(*refused, link_.where()));
    }
    const auto response = dlms::decode_initiate_response(*plain);
    if (!response) { return tl::unexpected(response.error()); }
    negotiated_.conformance = response->conformance;
    negotiated_.max_send_pdu = response->max_receive_pdu;
    negotiated_.vaa_name = response->vaa_name;
    return {};
}

Result<void> Association::accept(const dlms::Aare& aare) {
    negotiated_ = {};
    const auto title =
        aare.responding_ap_title ? dlms::system_title(*aare.responding_ap_title) : std::optional<dlms::SystemTitle>();
    if (title && options_.meter_title && *title != *options_.meter_title) {
        return fail(Category::untrusted,
                    "another meter answers: it is " + dlms::title_text(*title) + ", and the file of keys says " +
                        dlms::title_text(*options_.meter_title),
                    link_.where(), {"server_title in the file of keys", "the meter's address"}, "dlms.title");
    }
    if (title) { channel_.take_meter_title(*title); }
    negotiated_.meter_title = channel_.options().meter_title;
    if (aare.result != accepted) { return tl::unexpected(association_refused(aare, link_.where())); }
    if (!aare.user_information) {
        return fail(Category::untrusted, "the meter accepts the association without saying on what terms",
                    link_.where(), {}, "dlms.no_initiate");
    }
    return accept_initiate(*aare.user_information);
}

Task<Result<void>> Association::prove_both(Bytes challenge) {
    if (challenge == challenge_) {
        co_return fail(Category::untrusted, "the meter's challenge is our own, sent back", link_.where(), {},
                       "dlms.challenge");
    }
    dlms::Proof ours{.mechanism = options_.mechanism,
                     .prover = options_.own_title,
                     .verifier = negotiated_.meter_title.value_or(dlms::SystemTitle{}),
                     .challenge = challenge,
                     .own_challenge = challenge_,
                     .secret = &options_.secret,
                     .keys = &options_.keys,
                     .suite = options_.control.suite};
    auto reply = make_reply(ours);
    if (!reply) { co_return tl::unexpected(reply.error()); }
    const auto answer = co_await link_.request(std::move(*reply));
    if (!answer) { co_return tl::unexpected(answer.error()); }
    const auto plain = channel_.unwrap(*answer);
    if (!plain) { co_return tl::unexpected(plain.error()); }
    co_return check_answer(*plain, ours);
}

/// Pass 3. The proof has a counter of its own, which the meter checks behind that of the APDU around it: where another
/// process comes between the two, the proof's is too low by then.
Result<Bytes> Association::make_reply(const dlms::Proof& ours) {
    for (unsigned again = 0;; ++again) {
        const auto counter = counter_ != nullptr ? counter_->next() : Result<std::uint32_t>(0);
        if (!counter) { return tl::unexpected(counter.error()); }
        const auto proof = dlms::prove(ours, *counter);
        if (!proof) { return tl::unexpected(proof.error()); }
        const dlms::ActionRequestNormal action{
            .invoke = {}, .method = reply_to_hls(), .parameter = dlms::Data::octet_string(*proof)};
        auto wrapped = channel_.wrap(dlms::encode(dlms::ActionRequest(action)), Scope::association);
        if (!wrapped || !options_.ciphered || again == most_raises) { return wrapped; }
        const auto head = dlms::read_ciphered_head(*wrapped);
        if (!head || head->counter == *counter + 1) { return wrapped; }
    }
}

/// Pass 4: what the action returned has to be the meter's own proof.
Result<void> Association::check_answer(const Bytes& plain, const dlms::Proof& ours) {
    const auto answer = dlms::decode_apdu(plain);
    if (!answer) { return tl::unexpected(answer.error()); }
    if (const auto* exception = std::get_if<dlms::ExceptionResponse>(&*answer)) { return refused(*exception); }
    const auto unproven = [&](const std::string& what) {
        return fail(Category::refused, what, link_.where(), {"the keys or the secret in the file of keys"},
                    "dlms.hls_refused");
    };
    const auto* responses = std::get_if<dlms::ActionResponse>(&*answer);
    const auto* response = responses == nullptr ? nullptr : std::get_if<dlms::ActionResponseNormal>(responses);
    if (response == nullptr) { return unproven("the meter does not answer the challenge"); }
    if (!response->result.result.success()) {
        return unproven(
            "the meter refuses our answer to its challenge: " +
            dlms::name_or_number(dlms::action_result_name(response->result.result.code), response->result.result.code));
    }
    const auto* data = response->result.returned ? std::get_if<dlms::Data>(&*response->result.returned) : nullptr;
    const Bytes* theirs = data == nullptr ? nullptr : data->octets();
    if (theirs == nullptr) { return unproven("the meter proves nothing itself"); }
    dlms::Proof expected = ours;
    std::swap(expected.prover, expected.verifier);
    std::swap(expected.challenge, expected.own_challenge);
    const auto fits = dlms::check_proof(expected, *theirs);
    if (!fits) { return tl::unexpected(fits.error()); }
    return {};
}

Task<Result<void>> Association::try_open() {
    const auto up = co_await link_.open();
    if (!up) { co_return up; }
    auto aarq = make_aarq();
    if (!aarq) { co_return tl::unexpected(aarq.error()); }
    const auto aare = co_await exchange_aarq(std::move(*aarq));
    if (!aare) { co_return tl::unexpected(aare.error()); }
    auto done = accept(*aare);
    if (done && dlms::is_hls(options_.mechanism)) {
        done = co_await prove_both(aare->authentication_value.value_or(Bytes()));
    }
    open_ = done.has_value();
    if (open_) {
        say("associated" + std::string(options_.ciphered ? ", ciphered" : "") + ", " +
            std::string(dlms::mechanism_name(options_.mechanism)));
    }
    co_return done;
}

} // namespace meterctl::sessions::dlms
