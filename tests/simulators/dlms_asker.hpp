// A client of virtual DLMS meters for tests: the wrapper around APDUs, and HLS with GMAC, from the codec's own parts.
#pragma once

#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/ciphering.hpp"
#include "codecs/dlms/hls.hpp"
#include "codecs/dlms/wrapper.hpp"
#include "simulators/dlms_bus.hpp"
#include "simulators/dlms_party.hpp"
#include "src/catalogue/catalogue.hpp"

#include <doctest/doctest.h>

namespace meterctl::test {

class DlmsAsker {
public:
    using Keys = codecs::dlms::Keys;

    explicit DlmsAsker(simulators::Options options = {}, std::string_view model = "dtsd545") {
        static const catalogue::Catalogue catalogue;
        simulators::Unit unit;
        unit.meter = catalogue.find(model).value();
        options.framing = "wrapper";
        bus_ = simulators::make_dlms_bus(std::span(&unit, 1), options).value();
    }
    explicit DlmsAsker(std::unique_ptr<simulators::Bus> bus) : bus_(std::move(bus)) {}

    /// Another connection to the same meter.
    [[nodiscard]] DlmsAsker another() const { return DlmsAsker(bus_->connect("")); }
    void wait(std::chrono::nanoseconds time) {
        const auto until = now_ + time;
        while (auto next = bus_->next_deadline()) {
            if (*next > until) { break; }
            now_ = std::max(now_, *next);
            take();
        }
        now_ = until;
        take();
    }
    [[nodiscard]] std::vector<Bytes> take_apdus() { return std::exchange(apdus_, {}); }

    /// The answer to an APDU as it is; empty where there is none.
    Bytes exchange(ByteView apdu) {
        apdus_.clear();
        bus_->receive(codecs::dlms::wrapper::encode(sap_, 1, apdu), now_);
        wait(std::chrono::seconds(1));
        return apdus_.empty() ? Bytes() : apdus_.front();
    }

    codecs::dlms::Aare open_public() {
        sap_ = 16;
        ciphered_ = false;
        codecs::dlms::Aarq request;
        request.user_information = initiate();
        return codecs::dlms::decode_aare(exchange(codecs::dlms::encode(request))).value();
    }

    /// Passes 1 and 2; `counter`: the first that is used.
    codecs::dlms::Aare begin(std::uint16_t sap, std::uint32_t counter, Keys keys = simulators::dlms_simulated_keys(0)) {
        sap_ = sap;
        ciphered_ = true;
        counter_ = counter;
        keys_ = std::move(keys);
        codecs::dlms::Aarq request;
        request.context = codecs::dlms::context::logical_names_ciphered;
        request.calling_ap_title = Bytes(title.begin(), title.end());
        request.mechanism = 5;
        request.authentication_value = challenge;
        request.user_information = cover(initiate());
        const auto octets = exchange(codecs::dlms::encode(request));
        const auto answer = codecs::dlms::decode_aare(octets);
        if (!answer) {
            refused = octets;
            return {};
        }
        if (answer->responding_ap_title) { meter_ = *codecs::dlms::system_title(*answer->responding_ap_title); }
        return *answer;
    }

    /// All four passes; true where the meter proved that it knows the keys. `proof_counter`: another than the next.
    bool open(std::uint16_t sap, std::uint32_t counter, Keys keys = simulators::dlms_simulated_keys(0),
              std::optional<std::uint32_t> proof_counter = {}) {
        const auto aare = begin(sap, counter, std::move(keys));
        if (!aare.authentication_value) { return false; }
        codecs::dlms::Proof proof;
        proof.prover = title;
        proof.verifier = meter_;
        proof.challenge = *aare.authentication_value;
        proof.own_challenge = challenge;
        proof.keys = &keys_;
        const auto ours = codecs::dlms::prove(proof, proof_counter ? *proof_counter : counter_++).value();
        const auto result = act(15, "0-0:40.0.0.255", 1, codecs::dlms::Data::octet_string(ours));
        const auto* const returned = result.returned ? std::get_if<codecs::dlms::Data>(&*result.returned) : nullptr;
        if (returned == nullptr || returned->octets() == nullptr) { return false; }
        std::swap(proof.prover, proof.verifier);
        proof.challenge = challenge;
        return codecs::dlms::check_proof(proof, *returned->octets()).has_value();
    }

    /// A service's plain APDU and the plain one that answers.
    Bytes ask(ByteView apdu) {
        if (!ciphered_) { return exchange(apdu); }
        const auto answer = exchange(cover(apdu));
        if (answer.empty() || !codecs::dlms::is_ciphered(answer)) { return answer; }
        return codecs::dlms::unprotect(answer, keys_, meter_).value().apdu;
    }

    codecs::dlms::GetResult get(std::uint16_t class_id, std::string_view name, int attribute,
                                std::optional<codecs::dlms::Selection> selection = {}) {
        codecs::dlms::GetRequestNormal request;
        request.attribute = {class_id, Obis::parse(name).value(), static_cast<std::int8_t>(attribute),
                             std::move(selection)};
        auto answer = codecs::dlms::decode_apdu(ask(codecs::dlms::encode(codecs::dlms::GetRequest(request))));
        REQUIRE(answer);
        Bytes joined;
        for (;;) {
            const auto* const response = std::get_if<codecs::dlms::GetResponse>(&*answer);
            REQUIRE(response != nullptr);
            if (const auto* const one = std::get_if<codecs::dlms::GetResponseNormal>(response)) { return one->result; }
            const auto& block = std::get<codecs::dlms::GetResponseWithBlock>(*response);
            REQUIRE(std::holds_alternative<Bytes>(block.result));
            ++blocks;
            const auto& raw = std::get<Bytes>(block.result);
            joined.insert(joined.end(), raw.begin(), raw.end());
            if (block.last) { return codecs::dlms::decode_data(joined).value(); }
            const codecs::dlms::GetRequestNext next{block.invoke, block.number};
            answer = codecs::dlms::decode_apdu(ask(codecs::dlms::encode(codecs::dlms::GetRequest(next))));
            REQUIRE(answer);
        }
    }
    /// The value of a get that succeeds.
    codecs::dlms::Data value(std::uint16_t class_id, std::string_view name, int attribute,
                             std::optional<codecs::dlms::Selection> selection = {}) {
        auto result = get(class_id, name, attribute, std::move(selection));
        REQUIRE(std::holds_alternative<codecs::dlms::Data>(result));
        return std::get<codecs::dlms::Data>(result);
    }
    unsigned result_of_get(std::uint16_t class_id, std::string_view name, int attribute) {
        const auto result = get(class_id, name, attribute);
        const auto* const code = std::get_if<codecs::dlms::AccessResult>(&result);
        return code == nullptr ? 0 : code->code;
    }
    unsigned set(std::uint16_t class_id, std::string_view name, int attribute, codecs::dlms::Data value) {
        codecs::dlms::SetRequestNormal request;
        request.attribute = {class_id, Obis::parse(name).value(), static_cast<std::int8_t>(attribute), {}};
        request.value = std::move(value);
        const auto answer = codecs::dlms::decode_apdu(ask(codecs::dlms::encode(codecs::dlms::SetRequest(request))));
        const auto* const response = answer ? std::get_if<codecs::dlms::SetResponse>(&*answer) : nullptr;
        if (response == nullptr) { return not_served; }
        return std::get<codecs::dlms::SetResponseNormal>(*response).result.code;
    }
    codecs::dlms::ActionResult act(std::uint16_t class_id, std::string_view name, int method,
                                   codecs::dlms::Data parameter = codecs::dlms::Data::integer(0)) {
        codecs::dlms::ActionRequestNormal request;
        request.method = {class_id, Obis::parse(name).value(), static_cast<std::int8_t>(method)};
        request.parameter = std::move(parameter);
        const auto answer = codecs::dlms::decode_apdu(ask(codecs::dlms::encode(codecs::dlms::ActionRequest(request))));
        const auto* const response = answer ? std::get_if<codecs::dlms::ActionResponse>(&*answer) : nullptr;
        if (response == nullptr) { return {codecs::dlms::AccessResult{not_served}, {}}; }
        return std::get<codecs::dlms::ActionResponseNormal>(*response).result;
    }

    [[nodiscard]] Bytes cover(ByteView apdu) {
        codecs::dlms::Protection protection;
        protection.title = title;
        protection.counter = counter_++;
        return codecs::dlms::protect(protection, keys_, apdu).value();
    }
    [[nodiscard]] std::uint32_t counter() const { return counter_; }
    [[nodiscard]] const codecs::dlms::SystemTitle& meter_title() const { return meter_; }
    [[nodiscard]] const Keys& keys() const { return keys_; }
    void take_keys(Keys keys) { keys_ = std::move(keys); }

    static constexpr std::uint8_t not_served = 255;
    const codecs::dlms::SystemTitle title{'M', 'T', 'C', 0, 0, 0, 0, 1};
    const Bytes challenge{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    Bytes refused;       ///< what came in place of an AARE
    unsigned blocks = 0; ///< of answers
    std::uint16_t pdu = 1024;

private:
    [[nodiscard]] Bytes initiate() const {
        codecs::dlms::InitiateRequest request;
        request.conformance.bits = 0x001E1D;
        request.max_receive_pdu = pdu;
        return codecs::dlms::encode(request);
    }

    void take() {
        for (const auto& transmission : bus_->transmit(now_)) {
            const auto header = codecs::dlms::wrapper::read_header(transmission.octets);
            CHECK(header.version == 1);
            CHECK(header.length == transmission.octets.size() - codecs::dlms::wrapper::header_octets);
            apdus_.emplace_back(transmission.octets.begin() + codecs::dlms::wrapper::header_octets,
                                transmission.octets.end());
        }
    }

    std::unique_ptr<simulators::Bus> bus_;
    simulators::TimePoint now_{};
    std::vector<Bytes> apdus_;
    std::uint16_t sap_ = 16;
    bool ciphered_ = false;
    std::uint32_t counter_ = 1;
    Keys keys_;
    codecs::dlms::SystemTitle meter_{};
};

} // namespace meterctl::test
