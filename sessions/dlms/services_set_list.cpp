// SET with a list: several attributes in one request, each with its own result.
#include "codecs/dlms/blocks.hpp"
#include "codecs/dlms/refusal.hpp"
#include "sessions/dlms/service_answer.hpp"
#include "sessions/dlms/services.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

Bytes Services::set_list_apdu(const std::vector<AttributeDescriptor>& attributes, const std::vector<Data>& values) {
    return dlms::encode(dlms::SetRequest(dlms::SetRequestWithList{{}, attributes, values}));
}

bool Services::sets_lists() const {
    const auto& conformance = association_.negotiated().conformance;
    return lists_ && conformance.has(dlms::Feature::multiple_references) && !by_short_names() &&
           options_.most_in_list > 1;
}

Task<Result<std::vector<Result<void>>>> Services::set_one_list(std::vector<AttributeDescriptor> attributes,
                                                               Bytes request) {
    const auto what = fmt::format("a list of {} attributes from {}", attributes.size(), attributes.front().text());
    auto answer = co_await exchange(std::move(request), dlms::apdu_tag::set_response, what);
    if (!answer) { co_return tl::unexpected(answer.error()); }
    const auto decoded = dlms::decode_apdu(*answer);
    if (!decoded) { co_return tl::unexpected(decoded.error()); }
    const auto* const response = std::get_if<dlms::SetResponse>(&*decoded);
    const auto* const list = response != nullptr ? std::get_if<dlms::SetResponseWithList>(response) : nullptr;
    if (list == nullptr || list->results.size() != attributes.size()) {
        co_return tl::unexpected(unexpected_answer(at(what)));
    }
    std::vector<Result<void>> all;
    all.reserve(attributes.size());
    for (std::size_t index = 0; index < attributes.size(); ++index) {
        const auto result = list->results[index];
        if (result.success()) {
            all.emplace_back();
        } else {
            all.emplace_back(tl::unexpected(dlms::access_refused(result, at(attributes[index].text()))));
        }
    }
    co_return all;
}

Task<Result<std::vector<Result<void>>>> Services::set_list(std::vector<AttributeDescriptor> attributes,
                                                           std::vector<Data> values) {
    if (sets_lists() && attributes.size() > 1 && attributes.size() <= options_.most_in_list) {
        dlms::SetRequestWithList list;
        list.invoke = next_invoke();
        list.attributes = attributes;
        list.values = values;
        Bytes request = dlms::encode(dlms::SetRequest(std::move(list)));
        if (request.size() <= room()) {
            auto all = co_await set_one_list(attributes, std::move(request));
            // What was not understood was not carried out: one by one, it may be.
            if (all || all.error().category != Category::refused) { co_return all; }
            lists_ = false;
        }
    }
    std::vector<Result<void>> all;
    all.reserve(attributes.size());
    for (std::size_t index = 0; index < attributes.size(); ++index) {
        auto one = co_await set(std::move(attributes[index]), std::move(values[index]));
        if (!one && one.error().category != Category::refused) { co_return tl::unexpected(std::move(one.error())); }
        all.push_back(std::move(one));
    }
    co_return all;
}

} // namespace meterctl::sessions::dlms
