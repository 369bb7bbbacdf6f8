#include "tests/sessions/dlms/fake_meter.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace dlms_fake {

using namespace meterctl;

namespace {

constexpr std::uint16_t public_client = 16;
constexpr dlms::SecurityControl both;

Bytes aare(std::uint8_t result, std::uint8_t diagnostic, std::optional<Bytes> information) {
    dlms::Aare answer;
    answer.result = result;
    answer.diagnostic = diagnostic;
    answer.user_information = std::move(information);
    return dlms::encode(answer);
}

Bytes initiate_response() {
    dlms::InitiateResponse response;
    response.conformance.bits = 0x001A1D;
    response.max_receive_pdu = 1024;
    return dlms::encode(response);
}

Bytes exception(std::uint8_t service, std::optional<std::uint32_t> counter = {}) {
    dlms::ExceptionResponse answer;
    answer.state = 1;
    answer.service = service;
    answer.invocation_counter = counter;
    return dlms::encode(answer);
}

Bytes get_answer(const dlms::Data& data) {
    dlms::GetResponseNormal answer;
    answer.result = data;
    return dlms::encode(dlms::GetResponse(answer));
}

} // namespace

Bytes Meter::cipher(ByteView plain_apdu, bool dedicated_key) {
    dlms::Keys used = keys;
    if (dedicated) { used.dedicated = SecretBytes(*dedicated); }
    const dlms::Protection protection{.ciphering = dedicated_key ? dlms::Ciphering::dedicated : dlms::Ciphering::global,
                                      .control = both,
                                      .title = title,
                                      .counter = repeats_counter ? own_counter : own_counter++,
                                      .general = {}};
    auto ciphered_apdu = dlms::protect(protection, used, plain_apdu);
    REQUIRE_MESSAGE(ciphered_apdu.has_value(), (ciphered_apdu ? std::string() : describe(ciphered_apdu.error())));
    return *ciphered_apdu;
}

std::optional<Bytes> Meter::open_ciphered(ByteView apdu, Bytes& refusal) {
    constexpr std::uint8_t deciphering_error = 5, counter_error = 6;
    dlms::Keys used = keys;
    if (dedicated) { used.dedicated = SecretBytes(*dedicated); }
    const auto opened = dlms::unprotect(apdu, used, client_title);
    if (!opened) {
        refusal = exception(deciphering_error);
        return std::nullopt;
    }
    if (races > 0) {
        --races;
        remembered = std::max(remembered, opened->head.counter + 1);
    }
    if (opened->head.counter <= remembered) {
        refusal = names_expected_counter ? exception(counter_error, remembered + 1) : exception(1);
        return std::nullopt;
    }
    remembered = opened->head.counter;
    counters.push_back(remembered);
    return opened->apdu;
}

Bytes Meter::take_aarq(const dlms::Aarq& aarq) {
    ++associations;
    associated = false;
    dedicated.reset();
    if (diagnostic) { return aare(1, *diagnostic, initiate_answer); }
    if (aarq.mechanism.value_or(0) != static_cast<std::uint8_t>(mechanism)) { return aare(1, 11, {}); }
    if (aarq.context != (ciphered ? 3 : 1)) { return aare(1, 2, {}); }
    if (mechanism == dlms::Mechanism::lls && aarq.authentication_value != password) { return aare(1, 13, {}); }
    if (aarq.calling_ap_title) { client_title = dlms::system_title(*aarq.calling_ap_title).value(); }
    Bytes initiate = aarq.user_information.value();
    Bytes refusal;
    if (ciphered) {
        const auto plain_initiate = open_ciphered(initiate, refusal);
        if (!plain_initiate) { return refusal; }
        initiate = *plain_initiate;
    }
    const auto request = dlms::decode_initiate_request(initiate);
    if (!request) { return aare(1, 1, {}); }
    if (!request->dedicated_key.empty()) { dedicated = request->dedicated_key; }
    Bytes information = initiate_answer.value_or(initiate_response());
    dlms::Aare answer;
    answer.context = aarq.context;
    answer.user_information = ciphered ? cipher(information, false) : information;
    if (says_title) { answer.responding_ap_title = Bytes(title.begin(), title.end()); }
    if (dlms::is_hls(mechanism)) {
        client_challenge = aarq.authentication_value.value();
        answer.diagnostic = 14;
        answer.mechanism = static_cast<std::uint8_t>(mechanism);
        answer.authentication_value = echoes_challenge ? client_challenge : own_challenge;
    } else {
        associated = true;
    }
    return dlms::encode(answer);
}

Bytes Meter::take_reply(const dlms::ActionRequestNormal& action) {
    const SecretBytes secret(secret_text);
    dlms::Proof proof{.mechanism = mechanism,
                      .prover = client_title,
                      .verifier = title,
                      .challenge = own_challenge,
                      .own_challenge = client_challenge,
                      .secret = &secret,
                      .keys = &keys,
                      .suite = 0};
    dlms::ActionResponseNormal answer;
    const auto checked = dlms::check_proof(proof, *action.parameter.value().octets());
    if (!checked) {
        answer.result.result.code = 3;
        return dlms::encode(dlms::ActionResponse(answer));
    }
    std::swap(proof.prover, proof.verifier);
    std::swap(proof.challenge, proof.own_challenge);
    Bytes own = dlms::prove(proof, own_counter++).value();
    if (proves_wrongly) { own.back() ^= 1U; }
    answer.result.returned = dlms::Data::octet_string(own);
    associated = true;
    return dlms::encode(dlms::ActionResponse(answer));
}

Bytes Meter::take_keys(const dlms::ActionRequestNormal& action) {
    dlms::ActionResponseNormal answer;
    const auto changed = dlms::decode_key_transfer(dlms::encode(action.parameter.value()), keys.master);
    if (changed) {
        pending = *changed;
    } else {
        answer.result.result.code = 250;
    }
    return dlms::encode(dlms::ActionResponse(answer));
}

Bytes Meter::serve(ByteView plain_apdu) {
    plain.emplace_back(plain_apdu.begin(), plain_apdu.end());
    const auto apdu = dlms::decode_apdu(plain_apdu);
    REQUIRE(apdu.has_value());
    const auto* actions = std::get_if<dlms::ActionRequest>(&*apdu);
    const auto* action = actions == nullptr ? nullptr : std::get_if<dlms::ActionRequestNormal>(actions);
    if (action != nullptr && action->method.class_id == 15) { return take_reply(*action); }
    if (!associated) { return exception(1); }
    if (action != nullptr && action->method.class_id == 64) { return take_keys(*action); }
    return get_answer(dlms::Data::double_long_unsigned(42));
}

std::optional<Bytes> Meter::answer(ByteView apdu, std::uint16_t client) {
    const std::uint8_t tag = apdu.front();
    if (tag == dlms::apdu_tag::rlrq) {
        ++releases;
        associated = public_associated = false;
        return silent_to_release ? std::nullopt : std::optional(dlms::encode(dlms::Rlre{}));
    }
    if (client == public_client) {
        if (tag == dlms::apdu_tag::aarq) {
            public_associated = true;
            return aare(0, 0, initiate_response());
        }
        REQUIRE(public_associated);
        dlms::GetResponseNormal denied;
        denied.result = dlms::AccessResult{3};
        return shows_counter ? get_answer(dlms::Data::double_long_unsigned(remembered))
                             : dlms::encode(dlms::GetResponse(denied));
    }
    if (tag == dlms::apdu_tag::aarq) { return take_aarq(dlms::decode_aarq(apdu).value()); }
    if (!ciphered) { return serve(apdu); }
    Bytes refusal;
    const bool dedicated_key = tag >= 0xD0 && tag <= 0xD7;
    const auto opened = open_ciphered(apdu, refusal);
    if (!opened) { return refusal; }
    const Bytes served = serve(*opened);
    if (answers_plainly || served.front() == dlms::apdu_tag::exception_response) { return served; }
    const Bytes ciphered_answer = cipher(served, dedicated_key);
    if (!forgets_new_keys) { dlms::take_new_keys(keys, std::exchange(pending, {})); }
    return ciphered_answer;
}

Task<Result<void>> Link::open() {
    opens += open_ ? 0U : 1U;
    open_ = true;
    co_return Result<void>();
}

Task<Result<Bytes>> Link::request(Bytes apdu) {
    REQUIRE(open_);
    sent.push_back(apdu);
    const auto answer = meter_.answer(apdu, saps_.client);
    waiting_ = std::exchange(strangers, {});
    if (answer) { waiting_.push_back(*answer); }
    co_return co_await next();
}

Task<Result<Bytes>> Link::next() {
    if (waiting_.empty()) { co_return fail(Category::timeout, "no answer"); }
    Bytes first = waiting_.front();
    waiting_.erase(waiting_.begin());
    co_return first;
}

Task<Result<void>> Link::send(Bytes apdu) {
    sent.push_back(apdu);
    meter_.answer(apdu, saps_.client);
    co_return Result<void>();
}

Task<void> Link::close() {
    open_ = false;
    co_return;
}

} // namespace dlms_fake
