#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/base_names.hpp"
#include "codecs/dlms/blocks.hpp"
#include "codecs/dlms/refusal.hpp"
#include "sessions/dlms/service_answer.hpp"
#include "sessions/dlms/services.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

/// The association's counterpart of logical names.
constexpr std::uint16_t association_class = 15;
constexpr std::int8_t object_list = 2;

std::string key(std::uint16_t class_id, const Obis& logical_name) {
    return fmt::format("{}:{}", class_id, logical_name.to_logical_name());
}

Bytes read_request(dlms::VariableAccess variable) {
    dlms::ReadRequest request;
    request.variables.push_back(std::move(variable));
    return dlms::encode(request);
}

dlms::VariableAccess variable_of(std::uint16_t name, const std::optional<dlms::Selection>& selection) {
    if (selection) { return dlms::ParameterizedAccess{name, *selection}; }
    return dlms::VariableName{name};
}

/// The value of an answer that is one value and no block, as it stands: octets behind it are told by who decodes it.
std::optional<ByteView> plain_variable(ByteView answer) {
    constexpr std::size_t head = 3; // tag, count, choice
    const bool plain = answer.size() > head && answer[1] == 1 && answer[2] == 0;
    return plain ? std::optional(answer.subspan(head)) : std::nullopt;
}

/// The same as an association by logical names lists them; nothing says what may be done with each.
Data without_bases(const Data& list) {
    std::vector<Data> rows;
    const auto* const items = list.items();
    if (items == nullptr) { return Data::array({}); }
    rows.reserve(items->size());
    for (const auto& row : *items) {
        const auto *const class_id = row.at(1), *const version = row.at(2), *const name = row.at(3);
        if (class_id == nullptr || version == nullptr || name == nullptr) { continue; }
        rows.push_back(Data::structure({*class_id, *version, *name}));
    }
    return Data::array(std::move(rows));
}

} // namespace

bool Services::by_short_names() const {
    return association_.options().short_names;
}

bool Services::selects() const {
    using dlms::Feature;
    const auto wanted = by_short_names() ? Feature::parameterized_access : Feature::selective_access;
    return association_.negotiated().conformance.has(wanted);
}

Task<Result<void>> Services::read_variable(Bytes request, std::string what, RawSink sink) {
    dlms::BlockOrder order;
    while (true) {
        auto answer = co_await exchange(std::move(request), dlms::apdu_tag::read_response, what);
        if (!answer) { co_return tl::unexpected(answer.error()); }
        if (const auto value = plain_variable(*answer)) { co_return sink(*value); }
        const auto decoded = dlms::decode_apdu(*answer);
        if (!decoded) { co_return tl::unexpected(decoded.error()); }
        const auto* const response = std::get_if<dlms::ReadResponse>(&*decoded);
        if (response == nullptr || response->results.size() != 1) {
            co_return tl::unexpected(unexpected_answer(at(what)));
        }
        const auto& result = response->results.front();
        if (const auto* const refused = std::get_if<dlms::AccessResult>(&result)) {
            co_return tl::unexpected(dlms::access_refused(*refused, at(what)));
        }
        const auto* const block = std::get_if<dlms::ShortBlock>(&result);
        if (block == nullptr) { co_return tl::unexpected(unexpected_answer(at(what))); }
        const auto in_order = order.accept(block->number, block->last);
        if (!in_order) { co_return tl::unexpected(in_order.error()); }
        const auto taken = sink(block->raw);
        if (!taken) { co_return tl::unexpected(taken.error()); }
        if (block->last) { co_return Result<void>{}; }
        request = read_request(dlms::BlockNumberAccess{block->number});
    }
}

Task<Result<Data>> Services::read_short_names() {
    Bytes raw;
    const RawSink sink = [&raw](ByteView part) -> Result<void> {
        raw.insert(raw.end(), part.begin(), part.end());
        return {};
    };
    auto request = read_request(dlms::VariableName{dlms::object_list_name});
    const auto got = co_await read_variable(std::move(request), "the list of short names", sink);
    if (!got) { co_return tl::unexpected(got.error()); }
    auto list = dlms::decode_data(raw);
    if (!list) { co_return tl::unexpected(list.error()); }
    named_ = true;
    for (const auto& object : dlms::base_names(*list)) {
        options_.short_names[key(object.class_id, object.logical_name)] = object.base;
    }
    co_return list;
}

Task<Result<std::uint16_t>> Services::short_name(AttributeDescriptor attribute) {
    const auto behind = static_cast<std::uint16_t>((attribute.attribute - 1) * dlms::names_per_attribute);
    const auto wanted = key(attribute.class_id, attribute.logical_name);
    if (!named_ && !options_.short_names.contains(wanted)) {
        const auto list = co_await read_short_names();
        named_ = true;
        if (!list) { co_return tl::unexpected(list.error()); }
    }
    const auto found = options_.short_names.find(wanted);
    if (found == options_.short_names.end()) {
        co_return tl::unexpected(dlms::access_refused(dlms::AccessResult{4}, at(attribute.text())));
    }
    co_return static_cast<std::uint16_t>(found->second + behind);
}

Task<Result<void>> Services::get_short(AttributeDescriptor attribute, RawSink sink) {
    const auto what = attribute.text();
    if (attribute.class_id == association_class && attribute.attribute == object_list) {
        const auto list = co_await read_short_names();
        if (!list) { co_return tl::unexpected(list.error()); }
        const auto octets = dlms::encode(without_bases(*list));
        co_return sink(octets);
    }
    const auto name = co_await short_name(attribute);
    if (!name) { co_return tl::unexpected(name.error()); }
    auto request = read_request(variable_of(*name, attribute.selection));
    co_return co_await read_variable(std::move(request), what, std::move(sink));
}

Task<Result<void>> Services::set_short(AttributeDescriptor attribute, Data value) {
    const auto what = attribute.text();
    const auto name = co_await short_name(attribute);
    if (!name) { co_return tl::unexpected(name.error()); }
    dlms::WriteRequest request;
    request.variables.push_back(variable_of(*name, attribute.selection));
    request.values.push_back(std::move(value));
    auto answer = co_await exchange(dlms::encode(request), dlms::apdu_tag::write_response, what);
    if (!answer) { co_return tl::unexpected(answer.error()); }
    const auto decoded = dlms::decode_apdu(*answer);
    if (!decoded) { co_return tl::unexpected(decoded.error()); }
    const auto* const response = std::get_if<dlms::WriteResponse>(&*decoded);
    const auto* const result = response != nullptr && response->results.size() == 1
                                   ? std::get_if<dlms::AccessResult>(&response->results.front())
                                   : nullptr;
    if (result == nullptr) { co_return tl::unexpected(unexpected_answer(at(what))); }
    if (!result->success()) { co_return tl::unexpected(dlms::access_refused(*result, at(what))); }
    co_return Result<void>{};
}

} // namespace meterctl::sessions::dlms
