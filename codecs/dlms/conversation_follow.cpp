// What APDUs say only together with others: blocks, and answers with what was asked.
#include "codecs/dlms/conversation.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint16_t demand_class = 5, push_class = 40;
constexpr std::int8_t push_list_attribute = 2;

Field* find(std::vector<Field>& fields, std::string_view name) {
    for (auto& field : fields) {
        if (field.name == name) { return &field; }
    }
    return nullptr;
}

std::string scaler_key(std::string_view server, const AttributeDescriptor& attribute) {
    return fmt::format("{} {}:{}", server, attribute.class_id, attribute.logical_name.to_logical_name());
}

bool is_scaler(const AttributeDescriptor& attribute) {
    constexpr std::int8_t of_register = 3, of_demand = 4;
    return attribute.attribute == (attribute.class_id == demand_class ? of_demand : of_register);
}

} // namespace

void Conversation::follow(Said& said, const Apdu& apdu, Direction direction, unsigned depth) {
    if (const auto* const one = std::get_if<GeneralBlock>(&apdu)) {
        return follow_general(said, *one, direction, depth);
    }
    if (const auto* const one = std::get_if<GetRequest>(&apdu)) { return follow_request(*one); }
    if (const auto* const one = std::get_if<GetResponse>(&apdu)) { return follow_response(said, *one, direction); }
    if (const auto* const one = std::get_if<SetRequest>(&apdu)) { return follow_set(said, *one, direction); }
    if (const auto* const one = std::get_if<InitiateRequest>(&apdu)) {
        return decipherer_.take_dedicated_key(one->dedicated_key);
    }
    if (const auto* const one = std::get_if<DataNotification>(&apdu)) {
        said.readings = readings(points_, *one, push_lists_);
    }
    if (const auto* const one = std::get_if<EventNotification>(&apdu)) {
        add_reading(said, one->attribute, one->value);
    }
    if (const auto* const one = std::get_if<ReadRequest>(&apdu)) { return follow_read(*one); }
    if (const auto* const one = std::get_if<ReadResponse>(&apdu)) { return follow_read_answer(said, *one); }
    if (const auto* const one = std::get_if<InformationReport>(&apdu)) { return follow_report(said, *one); }
}

void Conversation::follow_general(Said& said, const GeneralBlock& block, Direction direction, unsigned depth) {
    auto& transfer = lane(direction);
    if (block.data.empty()) { return; } // only confirms
    if (block.number == 1 && transfer.general.begun()) { transfer.general = GeneralBlockReceiver(0); }
    if (block.number == 1) { transfer.general_lost = false; }
    if (transfer.general_lost) {
        said.summary += ", of a transfer that lacks a block";
        return;
    }
    const auto duplicates = transfer.general.duplicates();
    const auto step = transfer.general.accept(block);
    if (!step) {
        said.error = step.error();
        transfer.general_lost = true;
        return;
    }
    if (transfer.general.duplicates() > duplicates) { said.summary += ", repeated"; }
    if (!step->complete) { return; }
    const Bytes whole(transfer.general.apdu().begin(), transfer.general.apdu().end());
    transfer.general = GeneralBlockReceiver(0);
    auto inside = say(whole, 0, direction, depth + 1);
    said.summary += ": " + inside.summary;
    if (auto* const field = find(said.fields, "block_data")) {
        place_fields(inside.fields, field->offset, field->length);
        field->children = std::move(inside.fields);
    }
    if (inside.error) {
        inside.error->where = "the joined APDU, " + inside.error->where;
        said.error = std::move(inside.error);
    }
    said.readings = std::move(inside.readings);
}

void Conversation::follow_request(const GetRequest& request) {
    if (const auto* const one = std::get_if<GetRequestNormal>(&request)) {
        asked_.at(one->invoke.id) = {one->attribute};
        lane(Direction::response).blocks = BlockAssembler{};
        lane(Direction::response).blocks_lost = false;
    }
    if (const auto* const one = std::get_if<GetRequestWithList>(&request)) {
        asked_.at(one->invoke.id) = one->attributes;
        lane(Direction::response).blocks = BlockAssembler{};
        lane(Direction::response).blocks_lost = false;
    }
}

void Conversation::follow_response(Said& said, const GetResponse& response, Direction direction) {
    if (const auto* const one = std::get_if<GetResponseNormal>(&response)) {
        const auto& asked = asked_.at(one->invoke.id);
        const auto* const data = std::get_if<Data>(&one->result);
        if (asked.size() == 1 && data != nullptr) { add_reading(said, asked.front(), *data); }
        return;
    }
    if (const auto* const one = std::get_if<GetResponseWithList>(&response)) {
        return add_readings(said, asked_.at(one->invoke.id), one->results);
    }
    const auto& one = std::get<GetResponseWithBlock>(response);
    const auto* const raw = std::get_if<Bytes>(&one.result);
    if (raw == nullptr) { return; }
    const auto asked = asked_.at(one.invoke.id);
    add_joined(said, lane(direction), {one.last, one.number, *raw}, asked.size() > 1, asked);
}

void Conversation::follow_set(Said& said, const SetRequest& request, Direction direction) {
    auto& transfer = lane(direction);
    if (const auto* const one = std::get_if<SetRequestFirstBlock>(&request)) {
        return add_joined(said, transfer, one->block, false, {});
    }
    if (std::holds_alternative<SetRequestWithListFirstBlock>(request)) {
        transfer.blocks_lost = true; // a count and values, which are no one value
        return;
    }
    if (const auto* const one = std::get_if<SetRequestBlock>(&request)) {
        add_joined(said, transfer, one->block, false, {});
    }
}

/// A block, and behind the last one what all of them say. `list`: results of several attributes.
void Conversation::add_joined(Said& said, Lane& transfer, const Block& block, bool list,
                              std::vector<AttributeDescriptor> attributes) {
    if (block.number == 1) {
        transfer.blocks = BlockAssembler{};
        transfer.blocks_lost = false;
    }
    if (transfer.blocks_lost) { return; }
    const auto accepted = transfer.blocks.accept(block);
    if (!accepted) {
        // A capture may begin in the middle: only a block that is missing from a transfer seen so far is an error.
        const bool begun = transfer.blocks.received() > 0;
        transfer.blocks_lost = true;
        if (begun) { said.error = accepted.error(); }
        return;
    }
    if (!transfer.blocks.complete()) { return; }
    auto* const field = find(said.fields, "raw_data");
    const auto at = field != nullptr ? field->offset : 0;
    const auto length = field != nullptr ? field->length : 0;
    Bytes lead;
    if (!list) { lead = {apdu_tag::get_response, 1, 0, 0}; }
    if (list) { lead = {apdu_tag::get_response, 3, 0}; }
    lead.insert(lead.end(), transfer.blocks.raw().begin(), transfer.blocks.raw().end());
    transfer.blocks = BlockAssembler{};
    auto whole = apdu_fields(lead, 0);
    if (whole.error) {
        said.error = whole.error;
        said.error->where = "the joined blocks";
        return;
    }
    const std::size_t heads = list ? 3 : 4;
    whole.fields.erase(whole.fields.begin(), whole.fields.begin() + static_cast<std::ptrdiff_t>(heads));
    place_fields(whole.fields, at, length);
    if (field != nullptr) { field->children = std::move(whole.fields); }
    const auto& response = std::get<GetResponse>(*whole.apdu);
    if (const auto* const one = std::get_if<GetResponseNormal>(&response)) {
        const auto& data = std::get<Data>(one->result);
        said.summary += ": " + apdu_summary(*whole.apdu).substr(std::string_view("get-response-normal ").size());
        if (attributes.size() == 1) { add_reading(said, attributes.front(), data); }
        return;
    }
    add_readings(said, attributes, std::get<GetResponseWithList>(response).results);
}

/// A list may have a value's scaler behind the value.
void Conversation::add_readings(Said& said, const std::vector<AttributeDescriptor>& attributes,
                                const std::vector<GetResult>& results) {
    if (attributes.size() != results.size()) { return; }
    for (std::size_t index = 0; index < results.size(); ++index) {
        const auto* const data = std::get_if<Data>(&results[index]);
        if (data != nullptr) { take_scaler(attributes[index], *data); }
    }
    for (std::size_t index = 0; index < results.size(); ++index) {
        const auto* const data = std::get_if<Data>(&results[index]);
        if (data != nullptr) { add_reading(said, attributes[index], *data); }
    }
}

/// True where it was one.
bool Conversation::take_scaler(const AttributeDescriptor& attribute, const Data& value) {
    const auto scaling = is_scaler(attribute) ? scaler_unit_of(value) : std::nullopt;
    if (scaling) { scalers_[scaler_key(server_, attribute)] = *scaling; }
    return scaling.has_value();
}

std::optional<ScalerUnit> Conversation::scaler_of(const AttributeDescriptor& attribute) const {
    const auto known = scalers_.find(scaler_key(server_, attribute));
    return known == scalers_.end() ? std::nullopt : std::optional(known->second);
}

void Conversation::take_push_list(const Data& value) {
    constexpr std::size_t most_lists = 32;
    auto list = object_list(value);
    if (list && push_lists_.size() < most_lists) { push_lists_.push_back(std::move(*list)); }
}

void Conversation::add_reading(Said& said, const AttributeDescriptor& attribute, const Data& value) {
    if (take_scaler(attribute, value)) { return; }
    if (attribute.class_id == push_class && attribute.attribute == push_list_attribute) { take_push_list(value); }
    const auto scaling = scaler_of(attribute);
    if (auto reading = reading_of(points_, attribute, value, scaling)) { said.readings.push_back(std::move(*reading)); }
}

} // namespace meterctl::codecs::dlms
