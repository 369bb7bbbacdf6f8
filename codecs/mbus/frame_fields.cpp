#include "codecs/mbus/frame_fields.hpp"

#include "codecs/mbus/command.hpp"
#include "codecs/mbus/telegram_fields.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t data_at = 7; ///< octets before the data of a long frame

std::string address_text(std::uint8_t address) {
    switch (address) {
    case address::unconfigured:
        return "unconfigured";
    case address::selected:
        return "the slave selected";
    case address::broadcast:
        return "all slaves, which answer";
    case address::broadcast_quiet:
        return "all slaves, none of which answers";
    default:
        return {};
    }
}

Field number_field(std::string_view name, std::uint8_t value, std::string text, std::size_t offset) {
    return {std::string(name), Value(std::uint64_t{value}), std::move(text), offset, 1, {}};
}

void add_link(std::vector<Field>& fields, const Frame& frame, std::size_t offset) {
    fields.push_back(number_field("control", frame.control, control_text(frame.control), offset));
    fields.push_back(number_field("address", frame.address, address_text(frame.address), offset + 1));
}

void add_end(std::vector<Field>& fields, ByteView octets) {
    const auto at = octets.size() - 2;
    fields.push_back(number_field("checksum", octets[at], "good", at));
    fields.push_back(number_field("stop", octets[at + 1], {}, at + 1));
}

void add_command(std::vector<Field>& fields, const Frame& frame) {
    if (frame.data.empty()) { return; }
    if (frame.ci == 0x51 || frame.ci == 0x55) {
        const auto found = decode_records(frame.data, ci_byte_order(frame.ci), Sender::master);
        return add_record_fields(fields, found, frame.data.size(), data_at);
    }
    Field field{"data", Value(Bytes(frame.data.begin(), frame.data.end())), {}, data_at, frame.data.size(), {}};
    fields.push_back(std::move(field));
}

std::string records_summary(const VariableData& variable) {
    if (variable.encrypted) { return "encrypted records"; }
    const auto count = variable.content.records.size();
    auto text = fmt::format("{} record{}", count, count == 1 ? "" : "s");
    if (variable.content.more_follows) { text += ", more follows"; }
    return text;
}

struct Summary {
    std::string operator()(const Unknown& unknown) const {
        const auto name = ci_name(unknown.ci);
        return fmt::format("{} (CI {:02X}), {} octets", name.empty() ? "unknown" : name, unknown.ci,
                           unknown.data.size());
    }
    std::string operator()(const VariableData& variable) const {
        if (variable.form != VariableData::Form::long_header) { return records_summary(variable); }
        const auto& identity = variable.header.identity;
        const auto medium = medium_name(identity.medium);
        return fmt::format("{} {}, {}, {}", id_text(identity.id), manufacturer_text(identity.manufacturer),
                           medium.empty() ? fmt::format("medium {:02X}", identity.medium) : std::string(medium),
                           records_summary(variable));
    }
    std::string operator()(const FixedData& fixed) const {
        return fmt::format("{}, {}, fixed data", id_text(fixed.id), medium_name(fixed.medium));
    }
    std::string operator()(const ApplicationError& error) const {
        return "application error: " + application_error_text(error.code);
    }
    std::string operator()(const Alarm& alarm) const {
        return alarm.present ? fmt::format("alarm {:02X}", alarm.state) : "alarm without state";
    }
};

} // namespace

std::vector<Field> part_fields(ByteView octets, const Frame& frame, const Telegram* telegram) {
    std::vector<Field> fields;
    const auto name = ci_name(frame.ci);
    fields.push_back({"length", Value(std::uint64_t{octets[1]}), {}, 0, 4, {}});
    add_link(fields, frame, 4);
    fields.push_back(number_field("ci", frame.ci, name.empty() ? "unknown" : name, 6));
    if (telegram != nullptr) {
        add_telegram_fields(fields, *telegram, frame.data, data_at);
    } else {
        add_command(fields, frame);
    }
    return fields;
}

std::vector<Field> frame_fields(ByteView octets, const Frame& frame, const Telegram* telegram) {
    if (frame.kind == FrameKind::ack) { return {number_field("ack", octets[0], "acknowledged", 0)}; }
    std::vector<Field> fields;
    if (frame.kind == FrameKind::short_frame) {
        fields.push_back(number_field("start", octets[0], "short frame", 0));
        add_link(fields, frame, 1);
    } else {
        fields = part_fields(octets, frame, telegram);
    }
    add_end(fields, octets);
    return fields;
}

std::string frame_summary(const Frame& frame, const Telegram* telegram) {
    if (frame.kind == FrameKind::ack) { return "ACK"; }
    const bool request = is_request(frame.control);
    auto text = fmt::format("{} {} {}", control_text(frame.control), request ? "to" : "of", frame.address);
    if (telegram != nullptr) { return text + ": " + std::visit(Summary{}, *telegram); }
    if (frame.kind != FrameKind::short_frame) { text += ": " + command_text(frame.ci, frame.data); }
    return text;
}

} // namespace meterctl::codecs::mbus
