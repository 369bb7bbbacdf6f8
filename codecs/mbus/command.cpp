#include "codecs/mbus/command.hpp"

#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/telegram.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::array bauds{300U, 600U, 1200U, 2400U, 4800U, 9600U, 19200U, 38400U};
constexpr std::array<std::uint8_t, 2> bus_address_header{0x01, 0x7A};
constexpr std::array<std::uint8_t, 2> id_header{0x0C, 0x79};
constexpr std::array<std::uint8_t, 2> clock_f_header{0x04, 0x6D};
constexpr std::array<std::uint8_t, 2> clock_i_header{0x06, 0x6D};
constexpr std::uint8_t coding_bits = 0x0F;

std::string record_text(const Record& record) {
    if (record.kind == Record::Kind::global_readout) { return "all records wanted"; }
    if (record.kind == Record::Kind::manufacturer_data) { return "manufacturer data"; }
    const std::string title(record.vib.row->title.empty() ? "unknown VIF" : record.vib.row->title);
    if (record.dib.coding == Coding::selection) { return "select " + title; }
    for (const auto& vife : record.vib.extensions()) {
        if (vife.kind == Vife::Kind::action) {
            return fmt::format("{} {} {}", action_title(vife.code), title, record.value.to_string());
        }
    }
    return fmt::format("set {} to {}", title, record.value.to_string());
}

std::string records_text(ByteView data, ByteOrder order) {
    const auto found = decode_records(data, order, Sender::master);
    if (found.records.empty()) { return "no records"; }
    auto text = record_text(found.records.front());
    if (found.records.size() > 1) { text += fmt::format(", and {} more", found.records.size() - 1); }
    return text;
}

} // namespace

Command select(const Selection& selection) {
    return {ci::selection, encode_selection(selection)};
}

Command reset_application(std::optional<std::uint8_t> sub_code) {
    return {ci::application_reset, sub_code ? Bytes{*sub_code} : Bytes{}};
}

Result<Command> set_primary_address(unsigned address) {
    if (address > address::last_primary) {
        return fail(Category::usage, fmt::format("{} is no primary address", address), {}, {"0 to 250"},
                    "mbus.address");
    }
    return write_record(bus_address_header, Value(std::uint64_t{address}));
}

Result<Command> set_identification(std::string_view digits) {
    const bool good =
        digits.size() == 8 && std::ranges::all_of(digits, [](char one) { return one >= '0' && one <= '9'; });
    if (!good) {
        return fail(Category::usage, fmt::format("'{}' is no identification number", digits), {}, {"eight digits"},
                    "mbus.id");
    }
    return write_record(id_header, Value(std::string(digits)));
}

Result<Command> set_clock(const DateTime& time, bool with_seconds) {
    return write_record(with_seconds ? ByteView(clock_i_header) : ByteView(clock_f_header), Value(time));
}

Result<Command> set_baud(unsigned baud) {
    const auto* const row = std::ranges::find(bauds, baud);
    if (row == bauds.end()) {
        return fail(Category::usage, fmt::format("M-Bus sets no {} baud", baud), {},
                    {"300, 600, 1200, 2400, 4800, 9600, 19200 or 38400"}, "mbus.baud");
    }
    return Command{static_cast<std::uint8_t>(ci::first_baud + (row - bauds.begin())), {}};
}

std::optional<unsigned> baud_of(std::uint8_t ci) {
    const auto index = static_cast<std::size_t>(ci - ci::first_baud);
    return ci >= ci::first_baud && index < bauds.size() ? std::optional(bauds.at(index)) : std::nullopt;
}

Result<Command> select_records(std::span<const Bytes> headers) {
    Command command{ci::data_send, {}};
    for (const auto& header : headers) {
        if (const auto record = decode_header(header); !record) { return tl::unexpected(record.error()); }
        const auto at = command.data.size();
        command.data.insert(command.data.end(), header.begin(), header.end());
        const auto other_bits = static_cast<std::uint8_t>(header[0] & ~coding_bits);
        command.data[at] = static_cast<std::uint8_t>(other_bits | static_cast<unsigned>(Coding::selection));
    }
    return command;
}

Command global_readout() {
    return {ci::data_send, {dif::global_readout}};
}

Result<Command> write_record(ByteView header, const Value& value) {
    auto record = encode_record(header, value, ByteOrder::low_first, Sender::master);
    if (!record) { return tl::unexpected(record.error()); }
    return Command{ci::data_send, std::move(*record)};
}

Result<Command> raw_command(std::string_view hex) {
    const auto octets = from_hex(hex);
    if (!octets) { return tl::unexpected(octets.error()); }
    if (octets->empty() || octets->size() > max_data + 1) {
        return fail(Category::usage, "a command is a CI field and at most 252 octets", {}, {"such as B4 or 51017A08"},
                    "mbus.command");
    }
    return Command{octets->front(), Bytes(octets->begin() + 1, octets->end())};
}

std::string command_text(std::uint8_t ci, ByteView data) {
    const auto order = ci_byte_order(ci);
    switch (ci) {
    case 0x50:
        return data.empty() ? "application reset" : fmt::format("application select {:02X}", data[0]);
    case 0x51:
    case 0x55:
        return records_text(data, order);
    case 0x52: {
        const auto selection = decode_selection(data);
        return selection ? "select " + selection_text(*selection) : "select, of wrong length";
    }
    default: {
        const auto name = ci_name(ci);
        return name.empty() ? fmt::format("CI {:02X}", ci) : fmt::format("{} (CI {:02X})", name, ci);
    }
    }
}

} // namespace meterctl::codecs::mbus
