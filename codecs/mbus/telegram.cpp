#include "codecs/mbus/telegram.hpp"

#include "codecs/mbus/data.hpp"
#include "codecs/mbus/fixed.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t long_header_octets = 12, short_header_octets = 4;

/// Numbers in the byte order of a telegram.
class HeaderReader {
public:
    HeaderReader(ByteView data, ByteOrder order) : reader_(data), order_(order) {}
    std::uint8_t u8() { return reader_.u8(); }
    std::uint16_t u16() { return order_ == ByteOrder::low_first ? reader_.u16le() : reader_.u16be(); }
    std::uint32_t u32() { return order_ == ByteOrder::low_first ? reader_.u32le() : reader_.u32be(); }

private:
    ByteReader reader_;
    ByteOrder order_;
};

std::size_t header_octets(VariableData::Form form) {
    switch (form) {
    case VariableData::Form::long_header:
        return long_header_octets;
    case VariableData::Form::short_header:
        return short_header_octets;
    default:
        return 0;
    }
}

Header read_header(ByteView data, VariableData::Form form, ByteOrder order) {
    Header header;
    if (form == VariableData::Form::no_header) { return header; }
    HeaderReader reader(data, order);
    if (form == VariableData::Form::long_header) {
        header.identity.id = reader.u32();
        header.identity.manufacturer = reader.u16();
        header.identity.version = reader.u8();
        header.identity.medium = reader.u8();
    }
    header.access = reader.u8();
    header.status = reader.u8();
    header.configuration = reader.u16();
    return header;
}

/// The configuration names a security mode and as many blocks of 16 octets as there can be. Old meters put a checksum
/// there, which would be blocks that do not exist.
bool is_encrypted(const Header& header, std::size_t octets) {
    constexpr std::size_t block = 16;
    constexpr std::array modes{2U, 3U, 4U, 5U, 7U, 8U, 9U, 10U, 13U};
    const unsigned mode = (header.configuration >> 8U) & 0x1FU;
    const unsigned blocks = (header.configuration >> 4U) & 0x0FU;
    return std::ranges::find(modes, mode) != modes.end() && blocks != 0 && blocks * block <= octets;
}

tl::unexpected<Error> too_short(std::size_t octets, std::string_view of) {
    return fail(Category::untrusted, fmt::format("{} octets are too few for {}", octets, of), {}, {}, "mbus.length");
}

Result<Telegram> decode_variable(ByteView data, VariableData::Form form, ByteOrder order) {
    VariableData variable;
    variable.form = form;
    variable.records_at = header_octets(form);
    if (data.size() < variable.records_at) { return too_short(data.size(), "the header of variable data"); }
    variable.header = read_header(data, form, order);
    const auto records = data.subspan(variable.records_at);
    variable.encrypted = is_encrypted(variable.header, records.size());
    if (!variable.encrypted) { variable.content = decode_records(records, order); }
    return variable;
}

/// What stands behind a header of this form; nullopt where not even the header is there.
std::optional<ByteView> behind(ByteView data, VariableData::Form form) {
    const auto octets = header_octets(form);
    return data.size() < octets ? std::nullopt : std::optional(data.subspan(octets));
}

Result<Telegram> decode_error(ByteView data, VariableData::Form form) {
    const auto rest = behind(data, form);
    if (!rest) { return too_short(data.size(), "the header of an application error"); }
    ApplicationError error;
    if (!rest->empty()) { error.code = (*rest)[0]; }
    return error;
}

Result<Telegram> decode_alarm(ByteView data, VariableData::Form form) {
    const auto rest = behind(data, form);
    if (!rest) { return too_short(data.size(), "the header of an alarm"); }
    if (rest->empty()) { return Alarm{}; }
    return Alarm{(*rest)[0], true};
}

struct Row {
    std::uint8_t ci;
    Result<Telegram> (*decode)(ByteView data, VariableData::Form form);
    VariableData::Form form;
};

using Form = VariableData::Form;

constexpr auto variable_low = [](ByteView data, Form form) {
    return decode_variable(data, form, ByteOrder::low_first);
};
constexpr auto variable_high = [](ByteView data, Form form) {
    return decode_variable(data, form, ByteOrder::high_first);
};
constexpr auto fixed_low = [](ByteView data, Form) -> Result<Telegram> {
    return decode_fixed(data, ByteOrder::low_first);
};
constexpr auto fixed_high = [](ByteView data, Form) -> Result<Telegram> {
    return decode_fixed(data, ByteOrder::high_first);
};

constexpr std::array rows{
    Row{0x6E, decode_error, Form::short_header}, Row{0x6F, decode_error, Form::long_header},
    Row{0x70, decode_error, Form::no_header},    Row{0x71, decode_alarm, Form::no_header},
    Row{0x72, variable_low, Form::long_header},  Row{0x73, fixed_low, Form::no_header},
    Row{0x74, decode_alarm, Form::short_header}, Row{0x75, decode_alarm, Form::long_header},
    Row{0x76, variable_high, Form::long_header}, Row{0x77, fixed_high, Form::no_header},
    Row{0x78, variable_low, Form::no_header},    Row{0x7A, variable_low, Form::short_header},
};

/// EN 13757-7 table 8.
constexpr std::array<std::string_view, 10> error_texts{
    "unspecified error",
    "the CI field is not implemented",
    "the buffer is too long, and was truncated",
    "too many records",
    "premature end of a record",
    "more than 10 DIFEs",
    "more than 10 VIFEs",
    "reserved error",
    "the application is too busy for a readout",
    "too many readouts, of meters whose number of readouts is limited",
};

struct LaterError {
    std::uint8_t code;
    std::string_view text;
};
constexpr std::array later_errors{
    LaterError{0x10, "access denied"},
    LaterError{0x11, "the application or its block is unknown"},
    LaterError{0x12, "the parameter is missing or wrong"},
    LaterError{0x13, "the parameter is unknown"},
    LaterError{0x14, "decryption failed"},
    LaterError{0x15, "the encryption method is not supported"},
    LaterError{0x16, "the signature method is not supported"},
};

} // namespace

Result<Telegram> decode_telegram(std::uint8_t ci, ByteView data) {
    const auto* const row = std::ranges::find(rows, ci, &Row::ci);
    if (row == rows.end()) { return Unknown{ci, data}; }
    return row->decode(data, row->form);
}

std::string application_error_text(std::optional<std::uint8_t> code) {
    if (!code) { return std::string(error_texts[0]); }
    if (*code < error_texts.size()) { return std::string(error_texts.at(*code)); }
    const auto* const later = std::ranges::find(later_errors, *code, &LaterError::code);
    if (later != later_errors.end()) { return std::string(later->text); }
    return fmt::format("error {:02X}{}", *code, *code >= 0xF0 ? ", the maker's own" : "");
}

Error refusal(const ApplicationError& error) {
    constexpr std::uint8_t busy = 8, readouts = 9;
    Error refused{Category::refused,
                  "the meter refuses: " + application_error_text(error.code),
                  {},
                  {},
                  fmt::format("mbus.application_error.{}", error.code.value_or(0))};
    if (error.code == busy) { refused.hints.emplace_back("asking again in a minute"); }
    if (error.code == readouts) { refused.hints.emplace_back("asking again after the meter's interval, often a day"); }
    return refused;
}

Error damage_error(const Damage& damage, std::size_t at) {
    return {Category::untrusted, damage.what, fmt::format("octet {}", at + damage.offset), {}, damage.code};
}

Bytes encode_header(const Header& header, ByteOrder order) {
    const auto& identity = header.identity;
    ByteWriter writer;
    writer.bytes(octets_of(identity.id, sizeof identity.id, order));
    writer.bytes(octets_of(identity.manufacturer, sizeof identity.manufacturer, order));
    writer.u8(identity.version).u8(identity.medium).u8(header.access).u8(header.status);
    writer.bytes(octets_of(header.configuration, sizeof header.configuration, order));
    return writer.take();
}

Bytes encode_variable(const Header& header, ByteView records, bool more_follows) {
    ByteWriter writer;
    writer.bytes(encode_header(header)).bytes(records);
    if (more_follows) { writer.u8(dif::more_follows); }
    return writer.take();
}

Bytes encode_fixed(std::uint32_t id, std::uint8_t access, std::uint8_t status, std::uint16_t medium_and_units,
                   std::uint32_t counter1, std::uint32_t counter2) {
    ByteWriter writer;
    writer.u32le(id).u8(access).u8(status).u16le(medium_and_units).u32le(counter1).u32le(counter2);
    return writer.take();
}

} // namespace meterctl::codecs::mbus
