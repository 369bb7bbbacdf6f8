#include "codecs/mbus/telegram_fields.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

Field octets_field(std::string_view name, ByteView octets, std::string text, std::size_t offset) {
    return {std::string(name), Value(Bytes(octets.begin(), octets.end())), std::move(text), offset, octets.size(), {}};
}

Field number_field(std::string_view name, std::uint64_t value, std::size_t offset, std::size_t length) {
    return {std::string(name), Value(value), {}, offset, length, {}};
}

Field text_field(std::string_view name, std::string_view value, std::size_t offset, std::size_t length) {
    return {std::string(name), Value(std::string(value)), {}, offset, length, {}};
}

std::string joined(const std::vector<std::string>& flags) {
    std::string text;
    for (const auto& flag : flags) {
        if (!text.empty()) { text += ' '; }
        text += flag;
    }
    return text;
}

std::string_view vife_title(const Vife& vife) {
    std::string_view title;
    switch (vife.kind) {
    case Vife::Kind::combinable:
        title = vife_row(vife.code).title;
        break;
    case Vife::Kind::extension:
        title = vife_extension_row(vife.code).title;
        break;
    case Vife::Kind::action:
        title = action_title(vife.code);
        break;
    case Vife::Kind::manufacturer:
        return "manufacturer's VIFE";
    }
    return title.empty() ? "reserved VIFE" : title;
}

/// "power, at phase L1", "volume, x 10^3".
std::string vib_text(const Vib& vib) {
    std::string text(vib.row->title.empty() ? "reserved VIF" : vib.row->title);
    for (const auto& vife : vib.extensions()) {
        // The second table's entry says it all.
        if (vife.kind == Vife::Kind::combinable && vife_row(vife.code).effect == Effect::extension) { continue; }
        text += ", ";
        text += vife_title(vife);
    }
    return text;
}

Field dib_field(const Record& record, std::size_t at) {
    const auto length = record.dib_octets;
    auto field = octets_field("dib", record.header.first(length), std::string(coding_name(record.dib.coding)), at);
    field.children.reserve(4);
    field.children.push_back(text_field("function", function_name(record.dib.function), at, length));
    field.children.push_back(number_field("storage", record.dib.storage, at, length));
    field.children.push_back(number_field("tariff", record.dib.tariff, at, length));
    field.children.push_back(number_field("subunit", record.dib.subunit, at, length));
    return field;
}

Field record_field(const Record& record, std::size_t base) {
    const auto at = base + record.offset;
    if (record.kind == Record::Kind::global_readout) {
        return octets_field("record", record.header, "all records wanted", at);
    }
    if (record.kind == Record::Kind::manufacturer_data) {
        auto field = octets_field("manufacturer_data", record.data, {}, at);
        field.length = record.octets();
        field.text = record.header[0] == dif::more_follows ? "more follows" : "";
        return field;
    }
    const auto vib_at = at + record.dib_octets;
    const auto vib = record.header.subspan(record.dib_octets);
    Field field{"record", record.value, joined(record.flags), at, record.octets(), {}};
    field.children.reserve(4);
    field.children.push_back(dib_field(record, at));
    field.children.push_back(octets_field("vib", vib, vib_text(record.vib), vib_at));
    if (record.unit != Unit::none) {
        field.children.push_back(text_field("unit", symbol(record.unit), vib_at, vib.size()));
    }
    if (!record.data.empty()) {
        field.children.push_back(octets_field("data", record.data, record.text, vib_at + vib.size()));
    }
    return field;
}

/// Appends fields that stand one behind the other.
class Row {
public:
    Row(std::vector<Field>& fields, std::size_t at) : fields_(fields), at_(at) {}
    void add(std::string_view name, Value value, std::string text, std::size_t octets) {
        fields_.push_back({std::string(name), std::move(value), std::move(text), at_, octets, {}});
        at_ += octets;
    }
    void number(std::string_view name, std::uint64_t value, std::string text, std::size_t octets) {
        add(name, Value(value), std::move(text), octets);
    }

private:
    std::vector<Field>& fields_;
    std::size_t at_;
};

std::string configuration_text(const VariableData& variable) {
    return variable.encrypted ? fmt::format("security mode {}", (variable.header.configuration >> 8U) & 0x1FU) : "";
}

void add_header(std::vector<Field>& fields, const VariableData& variable, std::size_t base) {
    if (variable.form == VariableData::Form::no_header) { return; }
    const auto& header = variable.header;
    Row row(fields, base);
    if (variable.form == VariableData::Form::long_header) {
        const auto& identity = header.identity;
        row.add("id", Value(id_text(identity.id)), {}, 4);
        row.add("manufacturer", Value(manufacturer_text(identity.manufacturer)), {}, 2);
        row.number("version", identity.version, {}, 1);
        const auto medium = medium_name(identity.medium);
        row.number("medium", identity.medium, std::string(medium.empty() ? "reserved" : medium), 1);
    }
    row.number("access", header.access, {}, 1);
    row.number("status", header.status, status_text(header.status), 1);
    row.number("configuration", header.configuration, configuration_text(variable), 2);
}

void add_rest(std::vector<Field>& fields, std::string_view name, ByteView data, std::string text, std::size_t at) {
    if (!data.empty()) { fields.push_back(octets_field(name, data, std::move(text), at)); }
}

void add_counter(std::vector<Field>& fields, const FixedCounter& counter, std::size_t base, std::size_t index) {
    const auto at = base + 8 + 4 * index;
    Field field{"counter", counter.value, joined(counter.flags), at, counter.data.size(), {}};
    field.children.push_back(octets_field("data", counter.data, counter.text, at));
    fields.push_back(std::move(field));
}

void add_fixed(std::vector<Field>& fields, const FixedData& fixed, std::size_t base) {
    constexpr unsigned own_bits = 0xE0, shared_bits = 0x1C;
    Row row(fields, base);
    row.add("id", Value(id_text(fixed.id)), {}, 4);
    row.number("access", fixed.access, {}, 1);
    auto status = status_text(static_cast<std::uint8_t>(fixed.status & (own_bits | shared_bits)));
    status += (fixed.status & 1U) != 0 ? ", binary counters" : ", BCD counters";
    if ((fixed.status & 2U) != 0) { status += ", stored at a fixed date"; }
    row.number("status", fixed.status, std::move(status), 1);
    row.number("medium", fixed.medium, std::string(medium_name(fixed.medium)), 2);
    for (std::size_t index = 0; index < fixed.counters.size(); ++index) {
        const auto& counter = fixed.counters.at(index);
        const auto text =
            fmt::format("{} {}{}", counter.name, symbol(counter.unit), counter.historic ? ", historic" : "");
        fields.back().children.push_back({fmt::format("unit_{}", index + 1),
                                          Value(std::uint64_t{counter.unit_code}),
                                          text,
                                          base + 6 + index,
                                          1,
                                          {}});
    }
    for (std::size_t index = 0; index < fixed.counters.size(); ++index) {
        add_counter(fields, fixed.counters.at(index), base, index);
    }
}

} // namespace

void add_record_fields(std::vector<Field>& fields, const Records& found, std::size_t octets, std::size_t base) {
    fields.reserve(fields.size() + found.records.size() + 3);
    for (const auto& record : found.records) { fields.push_back(record_field(record, base)); }
    const bool bare = found.records.empty() || found.records.back().kind != Record::Kind::manufacturer_data;
    if (found.more_follows && bare) { fields.push_back({"more_follows", Value(true), {}, base + octets - 1, 1, {}}); }
    if (found.damage) {
        const auto at = found.damage->offset;
        fields.push_back({"undecoded", Value{}, found.damage->what, base + at, octets - at, {}});
    }
}

void add_telegram_fields(std::vector<Field>& fields, const Telegram& telegram, ByteView data, std::size_t base) {
    if (const auto* const variable = std::get_if<VariableData>(&telegram)) {
        add_header(fields, *variable, base);
        const auto records = data.subspan(variable->records_at);
        const auto at = base + variable->records_at;
        if (variable->encrypted) { return add_rest(fields, "encrypted", records, {}, at); }
        return add_record_fields(fields, variable->content, records.size(), at);
    }
    if (const auto* const fixed = std::get_if<FixedData>(&telegram)) { return add_fixed(fields, *fixed, base); }
    if (const auto* const error = std::get_if<ApplicationError>(&telegram)) {
        return add_rest(fields, "error", data, application_error_text(error->code), base);
    }
    add_rest(fields, std::holds_alternative<Alarm>(telegram) ? "alarm" : "data", data, {}, base);
}

} // namespace meterctl::codecs::mbus
