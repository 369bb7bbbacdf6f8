#include "simulators/dlms_services.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::AccessResult;
using dlms::Apdu;
using dlms::Data;

namespace {

/// What a block is wrapped into: get-response-with-block, its number, the result and a long length; and ciphering.
constexpr std::size_t block_head = 12;
/// The most that the blocks of a set or an action may add up to.
constexpr std::size_t longest_value = 65536;

AccessResult refusal(DlmsRefusal reason) {
    return AccessResult{static_cast<std::uint8_t>(reason)};
}

dlms::ExceptionResponse not_supported() {
    constexpr std::uint8_t service_not_allowed = 1, service_not_supported = 2;
    return {service_not_allowed, service_not_supported, std::nullopt};
}

/// A get's result as it is in an answer: what follows the service's head.
Bytes result_octets(const DlmsAnswer<Bytes>& got) {
    if (!got) { return {1, static_cast<std::uint8_t>(got.error())}; }
    Bytes octets{0};
    octets.insert(octets.end(), got->begin(), got->end());
    return octets;
}

/// GET.response-normal without decoding what is already encoded.
Bytes normal(dlms::Invoke invoke, ByteView result) {
    Bytes apdu{dlms::apdu_tag::get_response, 1, invoke.octet()};
    apdu.insert(apdu.end(), result.begin(), result.end());
    return apdu;
}

} // namespace

/// What is left for a block's octets.
std::size_t DlmsServices::room(std::size_t head) const {
    constexpr std::size_t unlimited = 0xFFFF, least = 16;
    const std::size_t most = max_pdu_ == 0 ? unlimited : max_pdu_;
    return most > head + least ? most - head : least;
}

std::optional<Bytes> DlmsServices::answer(ByteView apdu) {
    const auto request = dlms::decode_apdu(apdu);
    if (!request) {
        constexpr std::uint8_t service_unknown = 2, other_reason = 3;
        return dlms::encode(dlms::ExceptionResponse{service_unknown, other_reason, std::nullopt});
    }
    if (const auto* const read = std::get_if<dlms::GetRequest>(&*request)) {
        // The commonest by far is answered from octets, however long they are.
        const auto* const one = std::get_if<dlms::GetRequestNormal>(read);
        if (one != nullptr && conformance_.has(Feature::get) && allowed(one->attribute)) {
            incoming_.reset();
            outgoing_.reset();
            const auto got = model_.get(one->attribute, party_);
            const Bytes result = result_octets(got);
            if (result.size() + 3 <= room(0)) { return normal(one->invoke, result); }
            return dlms::encode_apdu(first_block(one->invoke, got ? Bytes(result.begin() + 1, result.end()) : result));
        }
        return dlms::encode_apdu(serve(*read));
    }
    if (const auto* const write = std::get_if<dlms::SetRequest>(&*request)) { return dlms::encode_apdu(serve(*write)); }
    if (const auto* const action = std::get_if<dlms::ActionRequest>(&*request)) {
        return dlms::encode_apdu(serve(*action));
    }
    return dlms::encode_apdu(not_supported());
}

Apdu DlmsServices::serve(const dlms::GetRequest& request) {
    if (!conformance_.has(Feature::get)) { return not_supported(); }
    return std::visit([this](const auto& one) { return get(one); }, request);
}

Apdu DlmsServices::serve(const dlms::SetRequest& request) {
    if (!conformance_.has(Feature::set)) { return not_supported(); }
    return std::visit([this](const auto& one) { return set(one); }, request);
}

Apdu DlmsServices::serve(const dlms::ActionRequest& request) {
    if (!conformance_.has(Feature::action)) { return not_supported(); }
    return std::visit([this](const auto& one) { return act(one); }, request);
}

/// Selective access is a service of its own.
bool DlmsServices::allowed(const dlms::AttributeDescriptor& attribute) const {
    return !attribute.selection || conformance_.has(Feature::selective_access);
}

// GET

Apdu DlmsServices::get(const dlms::GetRequestNormal& request) {
    return dlms::GetResponse(dlms::GetResponseNormal{request.invoke, refusal(DlmsRefusal::scope_of_access_violated)});
}

Apdu DlmsServices::get(const dlms::GetRequestWithList& request) {
    if (!conformance_.has(Feature::multiple_references)) { return not_supported(); }
    incoming_.reset();
    outgoing_.reset();
    ByteWriter results;
    results.u8(static_cast<std::uint8_t>(std::min<std::size_t>(request.attributes.size(), 127)));
    for (const auto& attribute : request.attributes) {
        const DlmsAnswer<Bytes> denied = tl::unexpected(DlmsRefusal::scope_of_access_violated);
        results.bytes(result_octets(allowed(attribute) ? model_.get(attribute, party_) : denied));
    }
    Bytes whole = results.take();
    if (whole.size() + 3 > room(0)) { return first_block(request.invoke, std::move(whole)); }
    const auto decoded = dlms::decode_result_list(whole);
    if (!decoded) { return not_supported(); }
    return dlms::GetResponse(dlms::GetResponseWithList{request.invoke, *decoded});
}

Apdu DlmsServices::get(const dlms::GetRequestNext& request) {
    const auto refused = [&](DlmsRefusal reason) {
        outgoing_.reset();
        return dlms::GetResponse(dlms::GetResponseWithBlock{request.invoke, true, request.block, refusal(reason)});
    };
    if (!outgoing_) { return refused(DlmsRefusal::no_long_get_in_progress); }
    if (request.block != outgoing_->block) { return refused(DlmsRefusal::data_block_number_invalid); }
    return next_block(request.invoke);
}

Apdu DlmsServices::first_block(dlms::Invoke invoke, Bytes whole) {
    if (!conformance_.has(Feature::block_transfer_with_get)) {
        return dlms::GetResponse(dlms::GetResponseNormal{invoke, refusal(DlmsRefusal::other_reason)});
    }
    outgoing_ = Outgoing{std::move(whole)};
    return next_block(invoke);
}

Apdu DlmsServices::next_block(dlms::Invoke invoke) {
    Outgoing& out = *outgoing_;
    const std::size_t count = std::min(room(block_head), out.whole.size() - out.sent);
    const auto begin = out.whole.begin() + static_cast<std::ptrdiff_t>(out.sent);
    Bytes part(begin, begin + static_cast<std::ptrdiff_t>(count));
    out.sent += count;
    ++out.block;
    const bool last = out.sent == out.whole.size();
    dlms::GetResponseWithBlock block{invoke, last, out.block, std::move(part)};
    if (last) { outgoing_.reset(); }
    return dlms::GetResponse(std::move(block));
}

// SET

AccessResult DlmsServices::write(const dlms::AttributeDescriptor& attribute, const Data& value) {
    const auto written = model_.set(attribute, value, party_);
    return written ? AccessResult{} : refusal(written.error());
}

Apdu DlmsServices::set(const dlms::SetRequestNormal& request) {
    incoming_.reset();
    return dlms::SetResponse(dlms::SetResponseNormal{request.invoke, write(request.attribute, request.value)});
}

Apdu DlmsServices::set(const dlms::SetRequestWithList& request) {
    if (!conformance_.has(Feature::multiple_references)) { return not_supported(); }
    dlms::SetResponseWithList answer{request.invoke, {}};
    for (std::size_t at = 0; at < request.attributes.size() && at < request.values.size(); ++at) {
        answer.results.push_back(write(request.attributes[at], request.values[at]));
    }
    return dlms::SetResponse(std::move(answer));
}

Apdu DlmsServices::set(const dlms::SetRequestFirstBlock& request) {
    if (!conformance_.has(Feature::block_transfer_with_set)) { return not_supported(); }
    incoming_ = Incoming{};
    incoming_->attributes = {request.attribute};
    return take_set_block(request.invoke, request.block);
}

Apdu DlmsServices::set(const dlms::SetRequestWithListFirstBlock& request) {
    if (!conformance_.has(Feature::block_transfer_with_set)) { return not_supported(); }
    incoming_ = Incoming{};
    incoming_->attributes = request.attributes;
    incoming_->list = true;
    return take_set_block(request.invoke, request.block);
}

Apdu DlmsServices::set(const dlms::SetRequestBlock& request) {
    if (!incoming_ || incoming_->method) {
        return dlms::SetResponse(dlms::SetResponseLastBlock{
            request.invoke, refusal(DlmsRefusal::no_long_set_in_progress), request.block.number});
    }
    return take_set_block(request.invoke, request.block);
}

Apdu DlmsServices::take_set_block(dlms::Invoke invoke, const dlms::Block& block) {
    const auto refused = [&](DlmsRefusal reason) {
        incoming_.reset();
        return dlms::SetResponse(dlms::SetResponseLastBlock{invoke, refusal(reason), block.number});
    };
    if (block.number != incoming_->block + 1) { return refused(DlmsRefusal::data_block_number_invalid); }
    if (incoming_->raw.size() + block.raw.size() > longest_value) { return refused(DlmsRefusal::long_set_aborted); }
    incoming_->block = block.number;
    incoming_->raw.insert(incoming_->raw.end(), block.raw.begin(), block.raw.end());
    if (!block.last) { return dlms::SetResponse(dlms::SetResponseBlock{invoke, block.number}); }
    return finish_set(invoke, block.number);
}

Apdu DlmsServices::finish_set(dlms::Invoke invoke, std::uint32_t number) {
    const Incoming whole = std::move(*incoming_);
    incoming_.reset();
    if (!whole.list) {
        const auto value = dlms::decode_data(whole.raw);
        const auto result = value ? write(whole.attributes.front(), *value) : refusal(DlmsRefusal::type_unmatched);
        return dlms::SetResponse(dlms::SetResponseLastBlock{invoke, result, number});
    }
    const auto values = dlms::decode_data_list(whole.raw);
    dlms::SetResponseLastBlockWithList answer{invoke, {}, number};
    for (std::size_t at = 0; at < whole.attributes.size(); ++at) {
        const bool there = values && at < values->size();
        answer.results.push_back(there ? write(whole.attributes[at], (*values)[at])
                                       : refusal(DlmsRefusal::type_unmatched));
    }
    return dlms::SetResponse(std::move(answer));
}

// ACTION

dlms::ActionResult DlmsServices::invoke(const dlms::MethodDescriptor& method, const std::optional<Data>& parameter) {
    auto done = model_.act(method, parameter.value_or(Data::null()), party_);
    if (!done) { return {refusal(done.error()), std::nullopt}; }
    dlms::ActionResult result;
    if (*done) { result.returned = std::move(**done); }
    return result;
}

Apdu DlmsServices::act(const dlms::ActionRequestNormal& request) {
    incoming_.reset();
    return dlms::ActionResponse(dlms::ActionResponseNormal{request.invoke, invoke(request.method, request.parameter)});
}

Apdu DlmsServices::act(const dlms::ActionRequestWithList& request) {
    if (!conformance_.has(Feature::multiple_references)) { return not_supported(); }
    dlms::ActionResponseWithList answer{request.invoke, {}};
    for (std::size_t at = 0; at < request.methods.size(); ++at) {
        const auto parameter = at < request.parameters.size() ? std::optional(request.parameters[at]) : std::nullopt;
        answer.results.push_back(invoke(request.methods[at], parameter));
    }
    return dlms::ActionResponse(std::move(answer));
}

Apdu DlmsServices::act(const dlms::ActionRequestFirstBlock& request) {
    if (!conformance_.has(Feature::block_transfer_with_action)) { return not_supported(); }
    incoming_ = Incoming{};
    incoming_->method = request.method;
    return act(dlms::ActionRequestBlock{request.invoke, request.block});
}

Apdu DlmsServices::act(const dlms::ActionRequestBlock& request) {
    const auto refused = [&](DlmsRefusal reason) {
        incoming_.reset();
        return dlms::ActionResponse(
            dlms::ActionResponseNormal{request.invoke, dlms::ActionResult{refusal(reason), std::nullopt}});
    };
    if (!incoming_ || !incoming_->method) { return refused(DlmsRefusal::no_long_get_in_progress); }
    if (request.block.number != incoming_->block + 1) { return refused(DlmsRefusal::data_block_number_invalid); }
    if (incoming_->raw.size() + request.block.raw.size() > longest_value) {
        return refused(DlmsRefusal::long_get_aborted);
    }
    incoming_->block = request.block.number;
    incoming_->raw.insert(incoming_->raw.end(), request.block.raw.begin(), request.block.raw.end());
    if (!request.block.last) {
        return dlms::ActionResponse(dlms::ActionResponseNext{request.invoke, request.block.number});
    }
    const auto method = *incoming_->method;
    const auto parameter = dlms::decode_data(incoming_->raw);
    if (!parameter) { return refused(DlmsRefusal::type_unmatched); }
    incoming_.reset();
    return dlms::ActionResponse(dlms::ActionResponseNormal{request.invoke, invoke(method, *parameter)});
}

/// Nothing that a method of these meters returns takes more than one APDU.
Apdu DlmsServices::act(const dlms::ActionRequestNext& request) {
    return dlms::ActionResponse(dlms::ActionResponseNormal{
        request.invoke, dlms::ActionResult{refusal(DlmsRefusal::no_long_get_in_progress), std::nullopt}});
}

Apdu DlmsServices::act(const dlms::ActionRequestWithListFirstBlock& /*request*/) {
    return not_supported();
}

} // namespace meterctl::simulators
