#include "codecs/dlms/apdu_fields.hpp"
#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/names.hpp"
#include "codecs/dlms/obis.hpp"
#include "codecs/dlms/selection.hpp"
#include "src/core/obis_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace meterctl::codecs::dlms {
namespace {

std::string data_text(const Data& data) {
    if (const auto* const items = data.items()) { return fmt::format("{} of {}", type_name(data.type), items->size()); }
    if (data.is_null()) { return std::string(type_name(data.type)); }
    auto shown = to_value(data);
    if (shown.value.get<std::string>() != nullptr) { return fmt::format("\"{}\"", shown.value.to_string()); }
    return shown.value.is_null() ? shown.flags.front() : shown.value.to_string();
}

std::string attribute_text(const AttributeDescriptor& attribute) {
    auto text = attribute.text();
    if (const auto name = name_of(attribute.logical_name)) { text += ' ' + *name; }
    if (attribute.selection) { text += ", " + selection_text(*attribute.selection); }
    return text;
}

std::string result_text(AccessResult result) {
    return name_or_number(data_access_result_name(result.code), result.code);
}

std::string get_text(const GetResult& result) {
    const auto* const data = std::get_if<Data>(&result);
    return data != nullptr ? data_text(*data) : result_text(std::get<AccessResult>(result));
}

std::string block_text(const Block& block) {
    return fmt::format("block {}{}, {} octets", block.number, block.last ? ", the last" : "", block.raw.size());
}

std::string action_text(const ActionResult& result) {
    auto text = name_or_number(action_result_name(result.result.code), result.result.code);
    if (result.returned) { text += ", " + get_text(*result.returned); }
    return text;
}

std::string time_text(const std::optional<CosemTime>& time) {
    if (!time) { return {}; }
    const auto shown = show_date_time(*time).value.to_string();
    return shown.empty() ? shown : ' ' + shown;
}

struct Summary {
    std::string operator()(const InitiateRequest& one) const {
        return fmt::format("initiate-request: {}", fmt::join(one.conformance.names(), ", "));
    }
    std::string operator()(const InitiateResponse& one) const {
        return fmt::format("initiate-response: {}", fmt::join(one.conformance.names(), ", "));
    }
    std::string operator()(const ConfirmedServiceError& one) const {
        return "confirmed-service-error: " + error_kind_text(one.kind, one.value);
    }
    std::string operator()(const Aarq& /*one*/) const { return "AARQ"; }
    std::string operator()(const Aare& /*one*/) const { return "AARE"; }
    std::string operator()(const Rlrq& /*one*/) const { return "RLRQ"; }
    std::string operator()(const Rlre& /*one*/) const { return "RLRE"; }

    std::string operator()(const GetRequestNormal& one) const {
        return "get-request-normal " + attribute_text(one.attribute);
    }
    std::string operator()(const GetRequestNext& one) const {
        return fmt::format("get-request-next behind block {}", one.block);
    }
    std::string operator()(const GetRequestWithList& one) const {
        return fmt::format("get-request-with-list of {}", one.attributes.size());
    }
    std::string operator()(const GetResponseNormal& one) const { return "get-response-normal " + get_text(one.result); }
    std::string operator()(const GetResponseWithBlock& one) const {
        const auto* const raw = std::get_if<Bytes>(&one.result);
        return "get-response-with-datablock " + (raw != nullptr ? block_text({one.last, one.number, *raw})
                                                                : result_text(std::get<AccessResult>(one.result)));
    }
    std::string operator()(const GetResponseWithList& one) const {
        return fmt::format("get-response-with-list of {}", one.results.size());
    }

    std::string operator()(const SetRequestNormal& one) const {
        return fmt::format("set-request-normal {} = {}", attribute_text(one.attribute), data_text(one.value));
    }
    std::string operator()(const SetRequestFirstBlock& one) const {
        return fmt::format("set-request-with-first-datablock {}, {}", attribute_text(one.attribute),
                           block_text(one.block));
    }
    std::string operator()(const SetRequestBlock& one) const {
        return "set-request-with-datablock " + block_text(one.block);
    }
    std::string operator()(const SetRequestWithList& one) const {
        return fmt::format("set-request-with-list of {}", one.attributes.size());
    }
    std::string operator()(const SetRequestWithListFirstBlock& one) const {
        return fmt::format("set-request-with-list-and-first-datablock of {}, {}", one.attributes.size(),
                           block_text(one.block));
    }
    std::string operator()(const SetResponseNormal& one) const {
        return "set-response-normal " + result_text(one.result);
    }
    std::string operator()(const SetResponseBlock& one) const {
        return fmt::format("set-response-datablock {}", one.number);
    }
    std::string operator()(const SetResponseLastBlock& one) const {
        return fmt::format("set-response-last-datablock {}: {}", one.number, result_text(one.result));
    }
    std::string operator()(const SetResponseLastBlockWithList& one) const {
        return fmt::format("set-response-last-datablock-with-list {}, of {}", one.number, one.results.size());
    }
    std::string operator()(const SetResponseWithList& one) const {
        return fmt::format("set-response-with-list of {}", one.results.size());
    }

    std::string operator()(const ActionRequestNormal& one) const {
        auto text = "action-request-normal " + one.method.text();
        if (one.parameter) { text += ", " + data_text(*one.parameter); }
        return text;
    }
    std::string operator()(const ActionRequestNext& one) const {
        return fmt::format("action-request-next-pblock behind block {}", one.block);
    }
    std::string operator()(const ActionRequestWithList& one) const {
        return fmt::format("action-request-with-list of {}", one.methods.size());
    }
    std::string operator()(const ActionRequestFirstBlock& one) const {
        return fmt::format("action-request-with-first-pblock {}, {}", one.method.text(), block_text(one.block));
    }
    std::string operator()(const ActionRequestWithListFirstBlock& one) const {
        return fmt::format("action-request-with-list-and-first-pblock of {}, {}", one.methods.size(),
                           block_text(one.block));
    }
    std::string operator()(const ActionRequestBlock& one) const {
        return "action-request-with-pblock " + block_text(one.block);
    }
    std::string operator()(const ActionResponseNormal& one) const {
        return "action-response-normal " + action_text(one.result);
    }
    std::string operator()(const ActionResponseBlock& one) const {
        return "action-response-with-pblock " + block_text(one.block);
    }
    std::string operator()(const ActionResponseWithList& one) const {
        return fmt::format("action-response-with-list of {}", one.results.size());
    }
    std::string operator()(const ActionResponseNext& one) const {
        return fmt::format("action-response-next-pblock {}", one.number);
    }

    std::string operator()(const EventNotification& one) const {
        return fmt::format("event-notification-request{} {} = {}", time_text(one.time), attribute_text(one.attribute),
                           data_text(one.value));
    }
    std::string operator()(const DataNotification& one) const {
        return fmt::format("data-notification{}, {}", time_text(one.time), data_text(one.body));
    }
    std::string operator()(const DataNotificationConfirm& one) const {
        return fmt::format("data-notification-confirm of {}", one.invoke.id());
    }
    std::string operator()(const ExceptionResponse& one) const {
        auto text = fmt::format("exception-response: {}, {}", name_or_number(state_error_name(one.state), one.state),
                                name_or_number(service_error_name(one.service), one.service));
        if (one.invocation_counter) { text += fmt::format(", {} is expected", *one.invocation_counter); }
        return text;
    }

    std::string operator()(const ReadRequest& one) const {
        return fmt::format("read-request of {}", one.variables.size());
    }
    std::string operator()(const ReadResponse& one) const {
        return fmt::format("read-response of {}", one.results.size());
    }
    std::string operator()(const WriteRequest& one) const {
        return fmt::format("write-request of {}", one.variables.size());
    }
    std::string operator()(const WriteResponse& one) const {
        return fmt::format("write-response of {}", one.results.size());
    }
    std::string operator()(const UnconfirmedWriteRequest& one) const {
        return fmt::format("unconfirmed-write-request of {}", one.variables.size());
    }
    std::string operator()(const InformationReport& one) const {
        return fmt::format("information-report of {}", one.variables.size());
    }
    std::string operator()(const AccessRequest& one) const {
        return fmt::format("access-request of {}", one.specifications.size());
    }
    std::string operator()(const AccessResponse& one) const {
        return fmt::format("access-response of {}", one.outcomes.size());
    }
    std::string operator()(const GeneralBlock& one) const {
        return fmt::format("general-block-transfer, block {}{}, {} octets", one.number, one.last ? ", the last" : "",
                           one.data.size());
    }

    template <class... Kinds>
    std::string operator()(const std::variant<Kinds...>& service) const {
        return std::visit(*this, service);
    }
};

} // namespace

std::string apdu_summary(const Apdu& apdu) {
    return std::visit(Summary{}, apdu);
}

} // namespace meterctl::codecs::dlms
