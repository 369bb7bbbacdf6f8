#include "codecs/dlms/blocks.hpp"
#include "codecs/dlms/refusal.hpp"
#include "sessions/dlms/service_answer.hpp"
#include "sessions/dlms/services.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr std::size_t block_head = 16; ///< tag, type, invoke octet, last, number, length, and some to spare

Error wrong_block(std::uint32_t number, std::uint32_t sent, std::string where) {
    return {Category::untrusted,
            fmt::format("block {} confirmed, {} was sent", number, sent),
            std::move(where),
            {},
            "dlms.block.order"};
}

/// What the last answer to a SET says.
struct Outcome {
    std::optional<std::uint32_t> go_on_behind;
    std::optional<dlms::AccessResult> result;
};

Result<Outcome> outcome_of(const Bytes& answer, const std::string& where) {
    const auto decoded = dlms::decode_apdu(answer);
    if (!decoded) { return tl::unexpected(decoded.error()); }
    const auto* const response = std::get_if<dlms::SetResponse>(&*decoded);
    if (response == nullptr) { return tl::unexpected(unexpected_answer(where)); }
    if (const auto* const one = std::get_if<dlms::SetResponseNormal>(response)) { return Outcome{{}, one->result}; }
    if (const auto* const one = std::get_if<dlms::SetResponseBlock>(response)) { return Outcome{one->number, {}}; }
    if (const auto* const one = std::get_if<dlms::SetResponseLastBlock>(response)) { return Outcome{{}, one->result}; }
    return tl::unexpected(unexpected_answer(where));
}

} // namespace

Bytes Services::set_apdu(const AttributeDescriptor& attribute, const Data& value) {
    return dlms::encode(dlms::SetRequest(dlms::SetRequestNormal{{}, attribute, value}));
}

Bytes Services::action_apdu(const MethodDescriptor& method, const std::optional<Data>& parameter) {
    return dlms::encode(dlms::ActionRequest(dlms::ActionRequestNormal{{}, method, parameter}));
}

Task<Result<void>> Services::set(AttributeDescriptor attribute, Data value) {
    if (by_short_names()) { co_return co_await set_short(std::move(attribute), std::move(value)); }
    const auto what = attribute.text();
    const dlms::SetRequest request = dlms::SetRequestNormal{next_invoke(), attribute, value};
    auto octets = dlms::encode(request);
    const bool blocks = association_.negotiated().conformance.has(dlms::Feature::block_transfer_with_set);
    if (octets.size() > room() && blocks) {
        auto raw = dlms::encode(value);
        co_return co_await set_in_blocks(std::move(attribute), std::move(raw));
    }
    auto answer = co_await exchange(std::move(octets), dlms::apdu_tag::set_response, what);
    if (!answer) { co_return tl::unexpected(answer.error()); }
    const auto outcome = outcome_of(*answer, at(what));
    if (!outcome) { co_return tl::unexpected(outcome.error()); }
    if (!outcome->result) { co_return tl::unexpected(unexpected_answer(at(what))); }
    if (!outcome->result->success()) { co_return tl::unexpected(dlms::access_refused(*outcome->result, at(what))); }
    co_return Result<void>{};
}

Task<Result<void>> Services::set_in_blocks(AttributeDescriptor attribute, Bytes value) {
    const auto what = attribute.text();
    const auto invoke = next_invoke();
    const auto descriptor = get_apdu(attribute).size();
    const auto size = room() > block_head + descriptor ? room() - block_head - descriptor : std::size_t{16};
    for (std::uint32_t number = 1;; ++number) {
        auto block = dlms::block_of(value, size, number);
        const bool last = block.last;
        dlms::SetRequest request = dlms::SetRequestBlock{invoke, block};
        if (number == 1) { request = dlms::SetRequestFirstBlock{invoke, attribute, std::move(block)}; }
        auto answer = co_await exchange(dlms::encode(request), dlms::apdu_tag::set_response, what);
        if (!answer) { co_return tl::unexpected(answer.error()); }
        const auto outcome = outcome_of(*answer, at(what));
        if (!outcome) { co_return tl::unexpected(outcome.error()); }
        if (outcome->result && !outcome->result->success()) {
            co_return tl::unexpected(dlms::access_refused(*outcome->result, at(what)));
        }
        if (last && outcome->result) { co_return Result<void>{}; }
        const bool goes_on = !last && outcome->go_on_behind;
        if (!goes_on) { co_return tl::unexpected(unexpected_answer(at(what))); }
        if (*outcome->go_on_behind != number) {
            co_return tl::unexpected(wrong_block(*outcome->go_on_behind, number, at(what)));
        }
    }
}

/// Blocks of a parameter that is too long; gives the answer to the last of them.
Task<Result<Bytes>> Services::send_parameter(MethodDescriptor method, Bytes parameter) {
    const auto what = method.text();
    const auto invoke = next_invoke();
    constexpr std::size_t descriptor = 9;
    const auto size = room() - block_head - descriptor;
    for (std::uint32_t number = 1;; ++number) {
        auto block = dlms::block_of(parameter, size, number);
        const bool last = block.last;
        dlms::ActionRequest request = dlms::ActionRequestBlock{invoke, block};
        if (number == 1) { request = dlms::ActionRequestFirstBlock{invoke, method, std::move(block)}; }
        auto answer = co_await exchange(dlms::encode(request), dlms::apdu_tag::action_response, what);
        if (!answer || last) { co_return answer; }
        const auto decoded = dlms::decode_apdu(*answer);
        if (!decoded) { co_return tl::unexpected(decoded.error()); }
        const auto* const response = std::get_if<dlms::ActionResponse>(&*decoded);
        const auto* const next = response != nullptr ? std::get_if<dlms::ActionResponseNext>(response) : nullptr;
        if (next == nullptr) { co_return answer; } // refused before the last block
        if (next->number != number) { co_return tl::unexpected(wrong_block(next->number, number, at(what))); }
    }
}

/// What a method returns in blocks, joined.
Task<Result<Bytes>> Services::returned_blocks(Bytes answer, std::uint8_t invoke, std::string what) {
    dlms::BlockAssembler assembler(options_.longest_value);
    while (true) {
        const auto decoded = dlms::decode_apdu(answer);
        if (!decoded) { co_return tl::unexpected(decoded.error()); }
        const auto* const response = std::get_if<dlms::ActionResponse>(&*decoded);
        const auto* const block = response != nullptr ? std::get_if<dlms::ActionResponseBlock>(response) : nullptr;
        if (block == nullptr) { co_return tl::unexpected(unexpected_answer(at(what))); }
        const auto in_order = assembler.accept(block->block);
        if (!in_order) {
            auto error = in_order.error();
            error.where = at(what);
            co_return tl::unexpected(std::move(error));
        }
        if (assembler.complete()) { co_return Bytes(assembler.raw().begin(), assembler.raw().end()); }
        const dlms::ActionRequest next = dlms::ActionRequestNext{dlms::Invoke::from(invoke), assembler.received()};
        auto more = co_await exchange(dlms::encode(next), dlms::apdu_tag::action_response, what);
        if (!more) { co_return more; }
        answer = std::move(*more);
    }
}

Task<Result<std::optional<Data>>> Services::action(MethodDescriptor method, std::optional<Data> parameter) {
    const auto what = method.text();
    if (by_short_names()) {
        co_return fail(Category::refused, "methods cannot be called by short names", at(what), {}, "dlms.short_names");
    }
    const dlms::ActionRequest request = dlms::ActionRequestNormal{next_invoke(), method, parameter};
    auto octets = dlms::encode(request);
    const bool blocks = association_.negotiated().conformance.has(dlms::Feature::block_transfer_with_action);
    Result<Bytes> answer = Bytes{};
    if (parameter && octets.size() > room() && blocks) {
        auto raw = dlms::encode(*parameter);
        answer = co_await send_parameter(method, std::move(raw));
    } else {
        answer = co_await exchange(std::move(octets), dlms::apdu_tag::action_response, what);
    }
    if (!answer) { co_return tl::unexpected(answer.error()); }
    auto decoded = dlms::decode_apdu(*answer);
    if (!decoded) { co_return tl::unexpected(decoded.error()); }
    const auto* const response = std::get_if<dlms::ActionResponse>(&*decoded);
    if (response == nullptr) { co_return tl::unexpected(unexpected_answer(at(what))); }
    dlms::ActionResult result;
    if (const auto* const normal = std::get_if<dlms::ActionResponseNormal>(response)) {
        result = normal->result;
    } else if (std::holds_alternative<dlms::ActionResponseBlock>(*response)) {
        const auto invoke = (*answer)[2];
        auto raw = co_await returned_blocks(std::move(*answer), invoke, what);
        if (!raw) { co_return tl::unexpected(raw.error()); }
        auto joined = dlms::decode_action_result(*raw);
        if (!joined) { co_return tl::unexpected(joined.error()); }
        result = std::move(*joined);
    } else {
        co_return tl::unexpected(unexpected_answer(at(what)));
    }
    if (!result.result.success()) { co_return tl::unexpected(dlms::action_refused(result.result, at(what))); }
    if (!result.returned) { co_return std::optional<Data>{}; }
    if (const auto* const refused = std::get_if<dlms::AccessResult>(&*result.returned)) {
        if (!refused->success()) { co_return tl::unexpected(dlms::access_refused(*refused, at(what))); }
        co_return std::optional<Data>{};
    }
    co_return std::optional<Data>(std::get<Data>(std::move(*result.returned)));
}

} // namespace meterctl::sessions::dlms
