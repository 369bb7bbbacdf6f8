#include "codecs/iec62056_21/explain.hpp"

#include "codecs/iec62056_21/readings.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::string_view unverified = "unverified";

Field text_field(std::string name, std::string value, std::string_view text, std::size_t offset) {
    const auto length = value.size();
    return {std::move(name), Value(std::move(value)), std::string(text), offset, length, {}};
}

Field check_field(const Block& block, std::size_t size) {
    const bool good = block.check == Block::Check::good;
    const auto text = good ? std::string("good") : fmt::format("wrong, computed {:02X}", block.computed);
    return {"bcc", Value(fmt::format("{:02X}", block.sent)), text, size - 1, 1, {}};
}

std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

/// A value alone answers the read command before it.
std::vector<DataSet> named_sets(const DataBlock& block, const std::string& asked) {
    auto sets = block.sets;
    if (!asked.empty() && !sets.empty() && sets.front().id.empty()) { sets.front().id = asked; }
    return sets;
}

class Explainer {
public:
    Explainer(DecodedFrame& frame, ByteView octets, const DecodeOptions& options)
        : frame_(frame), octets_(octets), options_(options) {}

    void operator()(const Request& one) {
        frame_.direction = Direction::request;
        frame_.summary = one.address.empty() ? "sign-on" : "sign-on to " + one.address;
        if (!one.address.empty()) { add(text_field("address", one.address, "", 2)); }
    }

    void operator()(const Identification& one) {
        constexpr std::size_t maker_at = 1, baud_at = 4, text_at = 5;
        frame_.direction = Direction::response;
        const auto rate = one.baud_rate();
        const auto speed = rate ? fmt::format("{} baud", *rate) : std::string();
        frame_.summary =
            fmt::format("identification {} {}, mode {}", one.manufacturer, trim(one.product()), mode_name(one.mode()));
        if (rate) { frame_.summary += ", " + speed; }
        add(text_field("manufacturer", one.manufacturer,
                       fmt::format("reaction time {} ms", one.reaction_time().count()), maker_at));
        add(text_field("baud", std::string(1, one.baud), speed, baud_at));
        add(text_field("identification", one.text, fmt::format("mode {}", mode_name(one.mode())), text_at));
    }

    void operator()(const OptionSelect& one) {
        const auto rate = baud_rate_of(one.baud);
        const auto speed = rate ? fmt::format("{} baud", *rate) : std::string();
        frame_.direction = Direction::request;
        frame_.summary = fmt::format("select {}{}", option_mode_meaning(one.mode), rate ? ", " + speed : "");
        add(text_field("protocol", std::string(1, one.protocol), option_protocol_meaning(one.protocol), 1));
        add(text_field("baud", std::string(1, one.baud), speed, 2));
        add(text_field("mode", std::string(1, one.mode), option_mode_meaning(one.mode), 3));
    }

    void operator()(const Command& one) {
        constexpr std::size_t data_at = 4;
        const bool from_meter = one.command == 'P' && one.type == '0';
        frame_.direction = from_meter ? Direction::response : Direction::request;
        const auto meaning = command_meaning(one.command, one.type);
        frame_.summary = fmt::format("{}{}{}", one.command, one.type, meaning.empty() ? "" : " ");
        frame_.summary += meaning;
        add(text_field("command", {one.command, one.type}, meaning, 1));
        if (!one.data) { return; }
        if (one.command != 'P') { frame_.summary += ": " + *one.data; }
        for (auto& field : block_fields(parse_block(*one.data), data_at)) { add(std::move(field)); }
        if (one.partial) { frame_.summary += ", more follows"; }
    }

    void operator()(const Data& one) {
        const std::size_t front = octets_.front() == stx ? 1 : 0;
        const auto block = parse_block(one.block);
        frame_.direction = Direction::response;
        if (const auto error = error_message(one)) {
            frame_.summary = "error message " + *error;
        } else {
            frame_.summary = "data, " + counted(block.sets.size(), "data set");
        }
        if (one.partial) { frame_.summary += ", more follows"; }
        for (auto& field : block_fields(block, front)) { add(std::move(field)); }
    }

    void operator()(const Acknowledge& /*one*/) { frame_.summary = "acknowledge"; }
    void operator()(const Repeat& /*one*/) { frame_.summary = "repeat"; }

    void readings(const Data& data, const std::string& asked) {
        if (error_message(data)) { return; }
        const auto sets = named_sets(parse_block(data.block), asked);
        frame_.readings = to_readings(sets, options_.meter);
    }

    void add(Field field) { frame_.fields.push_back(std::move(field)); }

private:
    DecodedFrame& frame_;
    ByteView octets_;
    const DecodeOptions& options_;
};

bool asks(const Message& message) {
    return std::holds_alternative<Request>(message) || std::holds_alternative<OptionSelect>(message) ||
           std::holds_alternative<Command>(message);
}

/// What the listener knows once this message has passed.
void remember(const DecodedFrame& frame, const Message& message, Heard& heard) {
    if (std::holds_alternative<Request>(message)) { heard = {}; }
    if (std::holds_alternative<Identification>(message)) { heard.identified = true; }
    const auto* const data = std::get_if<Data>(&message);
    if (data != nullptr) {
        heard.identified = false;
        if (!data->partial) { heard.asked.clear(); }
    }
    if (const auto* const command = std::get_if<Command>(&message)) {
        heard.writing = command->command == 'P' || command->command == 'W' || command->command == 'E';
        const auto sets =
            command->command == 'R' && command->data ? parse_block(*command->data).sets : std::vector<DataSet>{};
        heard.asked = sets.empty() ? std::string() : sets.front().id;
    }
    if (asks(message) && frame.direction == Direction::request) { heard.request = frame.offset; }
}

void answer(DecodedFrame& frame, const Message& message, Heard& heard) {
    if (std::holds_alternative<Acknowledge>(message)) {
        frame.direction = heard.writing ? Direction::response : Direction::request;
    }
    if (frame.direction != Direction::response) { return; }
    frame.answers = heard.request;
    if (!std::holds_alternative<Identification>(message)) { heard.request.reset(); }
}

} // namespace

std::vector<Field> block_fields(const DataBlock& block, std::size_t front) {
    std::vector<Field> fields;
    for (const DataSet& set : block.sets) {
        Field field{set.id.empty() ? "values" : set.id, Value(), {}, front + set.offset, set.length, {}};
        std::string text;
        for (const Group& group : set.groups) {
            const auto value = group.has_unit ? group.value + "*" + group.unit : group.value;
            text += (text.empty() ? "" : ", ") + value;
            if (set.groups.size() > 1) {
                field.children.push_back({"value", Value(value), {}, front + group.offset, group.length, {}});
            }
        }
        field.value = std::move(text);
        fields.push_back(std::move(field));
    }
    for (const OtherText& other : block.others) {
        fields.push_back({"text", Value(other.text), "no data set", front + other.offset, other.text.size(), {}});
    }
    return fields;
}

void explain(DecodedFrame& frame, ByteView octets, const Message& message, Heard& heard, const DecodeOptions& options) {
    const auto known = frame.direction;
    Explainer explainer(frame, octets, options);
    std::visit(explainer, message);
    if (const auto* const data = std::get_if<Data>(&message)) { explainer.readings(*data, heard.asked); }
    if (octets.front() == stx || octets.front() == soh) {
        if (const auto block = take_apart(octets)) { explainer.add(check_field(*block, octets.size())); }
    }
    answer(frame, message, heard);
    if (known != Direction::unknown) { frame.direction = known; }
    remember(frame, message, heard);
}

void explain_damaged(DecodedFrame& frame, ByteView octets, const Block& block, const Heard& heard,
                     const DecodeOptions& options) {
    Explainer explainer(frame, octets, options);
    std::visit(explainer, block.message);
    if (block.check == Block::Check::wrong) {
        explainer.add(check_field(block, octets.size()));
        return;
    }
    const auto* const data = std::get_if<Data>(&block.message);
    if (data == nullptr) { return; }
    explainer.readings(*data, heard.asked);
    for (auto& reading : frame.readings) { reading.flags.emplace_back(unverified); }
}

bool explain_loose(DecodedFrame& frame, ByteView octets, const DecodeOptions& options) {
    constexpr std::size_t telling = 2; ///< data sets that chance does not make
    const std::string text(octets.begin(), octets.end());
    const auto block = parse_block(text);
    // Where the first line begins is not known: "8.0(1)" can be the end of "1.8.0(1)".
    const auto first = text.find('\n');
    auto sets = block.sets;
    std::erase_if(sets, [&](const DataSet& set) { return set.offset <= first; });
    while (!sets.empty() && sets.front().id.empty()) { sets.erase(sets.begin()); }
    const auto coded =
        std::ranges::count_if(sets, [](const DataSet& set) { return parse_id(set.id).obis.has_value(); });
    if (static_cast<std::size_t>(coded) < telling) { return false; }
    frame.summary = "lines of data, " + counted(sets.size(), "data set");
    frame.fields = block_fields(block, 0);
    frame.readings = to_readings(sets, options.meter);
    for (auto& reading : frame.readings) { reading.flags.emplace_back(unverified); }
    return true;
}

} // namespace meterctl::codecs::iec62056_21
