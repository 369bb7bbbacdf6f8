#include "sessions/dlms/services.hpp"

#include "codecs/dlms/blocks.hpp"
#include "codecs/dlms/refusal.hpp"
#include "sessions/dlms/refusals.hpp"
#include "sessions/dlms/service_answer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr unsigned most_late = 8; ///< answers to earlier requests in a row
constexpr std::size_t invoke_at = 2;

/// Nothing more can be asked behind it.
bool ends_all(const Error& error) {
    const bool of_value = error.category == Category::untrusted &&
                          (error.code.starts_with("dlms.axdr") || error.code.starts_with("dlms.apdu") ||
                           error.code.starts_with("dlms.block"));
    return error.category != Category::refused && !of_value;
}

/// Reads of short names have no invoke id.
bool has_invoke(std::uint8_t tag) {
    return tag == dlms::apdu_tag::get_response || tag == dlms::apdu_tag::set_response ||
           tag == dlms::apdu_tag::action_response;
}

bool answers(const Bytes& answer, std::uint8_t tag, std::uint8_t invoke) {
    if (answer.empty() || answer[0] != tag) { return false; }
    if (!has_invoke(tag)) { return true; }
    constexpr unsigned id = 0x0F;
    return answer.size() > invoke_at && (answer[invoke_at] & id) == (invoke & id);
}

/// Whole octets, as a get-response-normal with data has them behind its four.
std::optional<ByteView> plain_value(const Bytes& answer) {
    constexpr std::size_t head = 4;
    const bool normal = answer.size() >= head && answer[1] == 1 && answer[3] == 0;
    return normal ? std::optional(ByteView(answer).subspan(head)) : std::nullopt;
}

Error placed(Error error, const std::string& where) {
    error.where = error.where.empty() ? where : where + ", " + error.where;
    return error;
}

} // namespace

Services::Services(Association& association, ServiceOptions options)
    : association_(association), options_(std::move(options)) {}

dlms::Invoke Services::next_invoke() {
    constexpr std::uint8_t last = 15;
    invoke_ = static_cast<std::uint8_t>(invoke_ % last + 1);
    return {invoke_, true, true};
}

std::string Services::at(const std::string& what) const {
    return fmt::format("{} of {}", what, association_.link().where());
}

/// Octets that a plain APDU may have so that it fits what the meter takes when it is ciphered.
std::size_t Services::room() const {
    constexpr std::size_t ciphering = 40, least = 64;
    const std::size_t most = association_.negotiated().max_send_pdu;
    if (most == 0) { return SIZE_MAX; }
    const auto around = association_.options().ciphered ? ciphering : 0;
    return most > least + around ? most - around : least;
}

Task<Result<Bytes>> Services::exchange(Bytes request, std::uint8_t answer_tag, std::string what) {
    const std::uint8_t invoke = request.size() > invoke_at ? request[invoke_at] : std::uint8_t{0};
    auto answer = co_await association_.request(std::move(request));
    bool odd = false; // something came that answers nothing
    for (unsigned late = 0; answer; ++late) {
        if (answers(*answer, answer_tag, invoke)) { co_return answer; }
        const std::uint8_t tag = answer->empty() ? std::uint8_t{0} : answer->front();
        if (tag == dlms::apdu_tag::exception_response || tag == dlms::apdu_tag::confirmed_service_error) {
            const auto refused = dlms::decode_apdu(*answer);
            if (!refused) { co_return tl::unexpected(placed(refused.error(), at(what))); }
            if (const auto* const exception = std::get_if<dlms::ExceptionResponse>(&*refused)) {
                co_return tl::unexpected(exception_error(*exception, at(what)));
            }
            const auto& error = std::get<dlms::ConfirmedServiceError>(*refused);
            co_return tl::unexpected(dlms::service_refused(error, at(what)));
        }
        if (late >= most_late) { co_return tl::unexpected(unexpected_answer(at(what))); }
        ++association_.link().statistics().dropped_late;
        odd = odd || !has_invoke(tag) || answer->size() <= invoke_at;
        answer = co_await association_.next();
    }
    if (odd && answer.error().category == Category::timeout) { co_return tl::unexpected(unexpected_answer(at(what))); }
    co_return tl::unexpected(placed(std::move(answer.error()), what));
}

Task<Result<void>> Services::take_blocks(Bytes answer, std::uint8_t invoke, std::string what, RawSink sink) {
    dlms::BlockOrder order;
    while (true) {
        const auto decoded = dlms::decode_apdu(answer);
        if (!decoded) { co_return tl::unexpected(placed(decoded.error(), at(what))); }
        const auto* const response = std::get_if<GetResponse>(&*decoded);
        const auto* const block = response != nullptr ? std::get_if<dlms::GetResponseWithBlock>(response) : nullptr;
        if (block == nullptr) {
            const auto* const normal = response != nullptr ? std::get_if<dlms::GetResponseNormal>(response) : nullptr;
            const auto* const result = normal != nullptr ? std::get_if<dlms::AccessResult>(&normal->result) : nullptr;
            co_return tl::unexpected(result != nullptr ? dlms::access_refused(*result, at(what))
                                                       : unexpected_answer(at(what)));
        }
        if (const auto* const result = std::get_if<dlms::AccessResult>(&block->result)) {
            co_return tl::unexpected(dlms::access_refused(*result, at(what)));
        }
        const auto in_order = order.accept(block->number, block->last);
        if (!in_order) { co_return tl::unexpected(placed(in_order.error(), at(what))); }
        const auto taken = sink(std::get<Bytes>(block->result));
        if (!taken) { co_return tl::unexpected(taken.error()); }
        if (block->last) { co_return Result<void>{}; }
        const dlms::GetRequest next = dlms::GetRequestNext{dlms::Invoke::from(invoke), block->number};
        auto more = co_await exchange(dlms::encode(next), dlms::apdu_tag::get_response, what);
        if (!more) { co_return tl::unexpected(more.error()); }
        answer = std::move(*more);
    }
}

Task<Result<void>> Services::get_raw(AttributeDescriptor attribute, RawSink sink) {
    if (by_short_names()) { co_return co_await get_short(std::move(attribute), std::move(sink)); }
    const auto invoke = next_invoke();
    const auto what = attribute.text();
    const dlms::GetRequest request = dlms::GetRequestNormal{invoke, std::move(attribute)};
    auto answer = co_await exchange(dlms::encode(request), dlms::apdu_tag::get_response, what);
    if (!answer) { co_return tl::unexpected(answer.error()); }
    if (const auto value = plain_value(*answer)) { co_return sink(*value); }
    co_return co_await take_blocks(std::move(*answer), invoke.octet(), what, std::move(sink));
}

Task<Result<Data>> Services::get(AttributeDescriptor attribute) {
    const auto what = attribute.text();
    Bytes raw;
    const RawSink sink = [&raw, most = options_.longest_value](ByteView part) -> Result<void> {
        if (part.size() > most - raw.size()) {
            return fail(Category::untrusted, fmt::format("a value of more than {} octets", most), {}, {},
                        "dlms.block.too_long");
        }
        raw.insert(raw.end(), part.begin(), part.end());
        return {};
    };
    const auto got = co_await get_raw(std::move(attribute), sink);
    if (!got) { co_return tl::unexpected(got.error()); }
    auto data = dlms::decode_data(raw);
    if (!data) { co_return tl::unexpected(placed(data.error(), at(what))); }
    co_return data;
}

Task<Result<Rows>> Services::get_rows(AttributeDescriptor attribute, RowSink sink) {
    const auto what = attribute.text();
    dlms::ArrayStream stream;
    const RawSink raw = [&stream, &sink](ByteView part) -> Result<void> {
        stream.feed(part);
        while (true) {
            auto row = stream.next();
            if (!row) { return tl::unexpected(row.error()); }
            if (!*row) { return {}; }
            auto taken = sink(std::move(**row));
            if (!taken) { return taken; }
        }
    };
    const auto got = co_await get_raw(std::move(attribute), raw);
    if (!got) { co_return tl::unexpected(got.error()); }
    if (!stream.complete()) {
        const auto wanted = stream.count().value_or(0);
        co_return fail(Category::untrusted,
                       fmt::format("{} of {} records came before the transfer's end", stream.taken(), wanted), at(what),
                       {}, "dlms.axdr");
    }
    const Rows rows{stream.taken(), stream.held()};
    co_return rows;
}

Task<Result<std::vector<Result<Data>>>> Services::get_singly(std::vector<AttributeDescriptor> attributes) {
    std::vector<Result<Data>> all;
    all.reserve(attributes.size());
    for (auto& attribute : attributes) {
        auto one = co_await get(std::move(attribute));
        if (!one && ends_all(one.error())) { co_return tl::unexpected(std::move(one.error())); }
        all.push_back(std::move(one));
    }
    co_return all;
}

Task<Result<std::vector<Result<Data>>>> Services::get_one_list(std::vector<AttributeDescriptor> attributes) {
    const auto invoke = next_invoke();
    const auto what = fmt::format("a list of {} attributes from {}", attributes.size(), attributes.front().text());
    const dlms::GetRequest request = dlms::GetRequestWithList{invoke, attributes};
    auto answer = co_await exchange(dlms::encode(request), dlms::apdu_tag::get_response, what);
    if (!answer) { co_return tl::unexpected(answer.error()); }
    std::vector<dlms::GetResult> results;
    auto decoded = dlms::decode_apdu(*answer);
    if (!decoded) { co_return tl::unexpected(placed(decoded.error(), at(what))); }
    auto* const response = std::get_if<GetResponse>(&*decoded);
    if (auto* const list = response != nullptr ? std::get_if<dlms::GetResponseWithList>(response) : nullptr) {
        results = std::move(list->results);
    } else {
        Bytes raw;
        const RawSink sink = [&raw](ByteView part) -> Result<void> {
            raw.insert(raw.end(), part.begin(), part.end());
            return {};
        };
        const auto got = co_await take_blocks(std::move(*answer), invoke.octet(), what, sink);
        if (!got) { co_return tl::unexpected(got.error()); }
        auto joined = dlms::decode_result_list(raw);
        if (!joined) { co_return tl::unexpected(placed(joined.error(), at(what))); }
        results = std::move(*joined);
    }
    if (results.size() != attributes.size()) {
        co_return fail(Category::untrusted,
                       fmt::format("{} results for {} attributes", results.size(), attributes.size()), at(what), {},
                       "dlms.apdu");
    }
    std::vector<Result<Data>> all;
    all.reserve(results.size());
    for (std::size_t index = 0; index < results.size(); ++index) {
        if (auto* const data = std::get_if<Data>(&results[index])) {
            all.emplace_back(std::move(*data));
        } else {
            const auto refused = std::get<dlms::AccessResult>(results[index]);
            all.emplace_back(tl::unexpected(dlms::access_refused(refused, at(attributes[index].text()))));
        }
    }
    co_return all;
}

Task<Result<std::vector<Result<Data>>>> Services::get_list(std::vector<AttributeDescriptor> attributes) {
    const bool granted = association_.negotiated().conformance.has(dlms::Feature::multiple_references);
    const bool lists = lists_ && granted && !by_short_names() && options_.most_in_list > 1;
    if (!lists || attributes.size() < 2) { co_return co_await get_singly(std::move(attributes)); }
    constexpr std::size_t head = 5, descriptor = 10;
    const auto fit = room() == SIZE_MAX ? options_.most_in_list : (room() - head) / descriptor;
    const auto most = std::max<std::size_t>(std::min(options_.most_in_list, fit), 1);
    std::vector<Result<Data>> all;
    all.reserve(attributes.size());
    for (std::size_t from = 0; from < attributes.size(); from += most) {
        const auto to = std::min(from + most, attributes.size());
        std::vector<AttributeDescriptor> part(attributes.begin() + static_cast<std::ptrdiff_t>(from),
                                              attributes.begin() + static_cast<std::ptrdiff_t>(to));
        Result<std::vector<Result<Data>>> some = tl::unexpected(Error{});
        if (lists_ && part.size() > 1) { some = co_await get_one_list(part); }
        const bool tried = lists_ && part.size() > 1;
        if (tried && !some && ends_all(some.error())) { co_return tl::unexpected(std::move(some.error())); }
        if (tried && !some) { lists_ = false; }
        if (!some) { some = co_await get_singly(std::move(part)); }
        if (!some) { co_return tl::unexpected(std::move(some.error())); }
        std::ranges::move(*some, std::back_inserter(all));
    }
    co_return all;
}

Bytes Services::get_apdu(const AttributeDescriptor& attribute) {
    return dlms::encode(dlms::GetRequest(dlms::GetRequestNormal{{}, attribute}));
}

} // namespace meterctl::sessions::dlms
