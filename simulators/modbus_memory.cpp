#include "simulators/modbus_memory.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::simulators {

namespace modbus = codecs::modbus;

namespace {

constexpr std::string_view device_id_prefix = "device-id:";
constexpr std::string_view server_id_address = "server-id";

bool is_identification(const catalogue::Point& point) {
    return point.address.starts_with(device_id_prefix) || point.address == server_id_address;
}

/// What `=VALUE` of a definition says, in the form that the point's type is written in.
Result<Value> constant_value(const modbus::ValueType& type, std::string_view text) {
    switch (type.kind) {
    case modbus::Kind::hex:
    case modbus::Kind::ascii:
        return std::string(text);
    case modbus::Kind::unix_time:
    case modbus::Kind::date_registers:
    case modbus::Kind::date_packed:
    case modbus::Kind::date_iec870:
        return DateTime::parse(text).map([](const DateTime& time) { return Value(time); });
    case modbus::Kind::boolean:
        return text == "1" || text == "true" || text == "on";
    default:
        break;
    }
    if (const auto number = Decimal::parse(text)) { return *number; }
    return std::string(text); // a choice's label
}

/// The model's number in the point's unit, rounded as a meter with this type and scale shows it.
Value shown(const catalogue::Point& point, const modbus::ValueType& type, double in_base_unit) {
    const double in_unit = in_base_unit / std::pow(10.0, base_of(point.unit).exponent);
    if (type.kind == modbus::Kind::real) {
        const double rounded = std::round(in_unit * 1000) / 1000;
        return type.registers == 2 ? Value(static_cast<float>(rounded)) : Value(rounded);
    }
    if (type.kind == modbus::Kind::boolean) { return in_unit != 0; }
    if (type.kind == modbus::Kind::ascii) { // a text for each of the quantity's values, in their order
        const auto index = static_cast<std::size_t>(std::llround(in_unit));
        return index < point.choices.size() ? point.choices[index].value : Value();
    }
    const double step = point.scale.to_double();
    const auto steps = static_cast<Int128>(std::llround(in_unit / step));
    return Decimal{steps * point.scale.mantissa, point.scale.exponent};
}

const catalogue::Choice* choice_of(const catalogue::Point& point, const Value& value) {
    for (const catalogue::Choice& choice : point.choices) {
        const auto a = choice.value.number(), b = value.number();
        if (a && b ? *a == *b : choice.value == value) { return &choice; }
    }
    return nullptr;
}

bool in_range(const catalogue::Point& point, const Value& value) {
    if (choice_of(point, value) != nullptr) { return true; }
    if (point.choices_only) { return false; }
    const auto number = value.number();
    if (!number) { return !value.is_null(); }
    return !(point.minimum && *number < *point.minimum) && !(point.maximum && *number > *point.maximum);
}

} // namespace

Result<std::unique_ptr<ModbusMemory>> ModbusMemory::create(const catalogue::Definition& meter, const LoadModel& model) {
    auto settings = modbus::settings(meter);
    if (!settings) { return tl::unexpected(settings.error()); }
    auto memory = std::unique_ptr<ModbusMemory>(new ModbusMemory(model));
    memory->blocks_ = settings->readable;
    memory->max_registers_ = settings->max_registers;
    for (const catalogue::Point& point : meter.points) {
        auto added = is_identification(point) ? memory->add_identification(point) : memory->add(point);
        if (!added) { return tl::unexpected(added.error()); }
    }
    return memory;
}

Result<void> ModbusMemory::add_identification(const catalogue::Point& point) {
    const std::string text = point.simulate.starts_with('=') ? point.simulate.substr(1) : point.simulate;
    if (text.empty()) { return {}; }
    if (point.address == server_id_address) {
        server_id_ = text;
        return {};
    }
    const auto object = Decimal::parse(point.address.substr(device_id_prefix.size()));
    const auto id = object ? object->to_int64() : std::nullopt;
    if (!id || *id < 0 || *id > 255) {
        return fail(Category::usage, "'" + point.address + "' is no identification object", point.name);
    }
    device_objects_[static_cast<std::uint8_t>(*id)] = text;
    return {};
}

Result<void> ModbusMemory::add(const catalogue::Point& point) {
    auto at = modbus::point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    Slot slot{&point, *at, std::nullopt};
    Bits& known = known_[at->table];
    for (unsigned word = at->first; word < slot.end(); ++word) {
        known.set(word, point.access != catalogue::Access::write);
    }
    if (point.simulate.starts_with('=')) {
        auto set = set_initial(slot, std::string_view(point.simulate).substr(1));
        if (!set) { return set; }
    } else {
        slot.quantity = find_quantity(point.simulate.empty() ? point.name : point.simulate);
        if (!slot.quantity && !point.simulate.empty()) {
            return fail(Category::usage, "the load model has no '" + point.simulate + "'", point.name);
        }
    }
    slots_.push_back(slot);
    return {};
}

Result<void> ModbusMemory::set_initial(const Slot& slot, std::string_view constant) {
    auto value = constant_value(*slot.at.type, constant);
    if (!value) { return tl::unexpected(value.error()); }
    auto words = modbus::encode_point(*slot.point, *value);
    if (!words) { return tl::unexpected(words.error()); }
    store(slot.at.table, slot.at.first, *words);
    return {};
}

bool ModbusMemory::readable(Table table, unsigned first, unsigned past) const {
    if (!blocks_.empty()) {
        return std::any_of(blocks_.begin(), blocks_.end(), [&](const modbus::Block& block) {
            return block.table == table && block.first <= first && past <= unsigned{block.first} + block.count;
        });
    }
    const auto known = known_.find(table);
    if (known == known_.end()) { return false; }
    for (unsigned word = first; word < past; ++word) {
        if (!known->second.test(word)) { return false; }
    }
    return true;
}

Answered<std::vector<std::uint16_t>> ModbusMemory::read(Table table, unsigned first, unsigned count) const {
    const unsigned past = first + count;
    if (past > 65536) { return tl::unexpected(ModbusException::address); }
    const bool registers = table == Table::holding || table == Table::input;
    if (registers && count > max_registers_) { return tl::unexpected(ModbusException::value); }
    if (!readable(table, first, past)) { return tl::unexpected(ModbusException::address); }
    Words words(count);
    for (auto word = words_.lower_bound({table, first}); word != words_.end() && word->first < std::pair(table, past);
         ++word) {
        words[word->first.second - first] = word->second;
    }
    for (const Slot& slot : slots_) {
        if (!slot.quantity || !slot.overlaps(table, first, past)) { continue; }
        const auto live =
            modbus::encode_point(*slot.point, shown(*slot.point, *slot.at.type, model_.value(*slot.quantity)));
        if (!live) { return tl::unexpected(ModbusException::failure); }
        for (unsigned i = 0; i < live->size(); ++i) {
            const unsigned word = slot.at.first + i;
            if (word >= first && word < past) { words[word - first] = (*live)[i]; }
        }
    }
    return words;
}

std::vector<std::uint16_t> ModbusMemory::stored(const Slot& slot) const {
    Words words(slot.at.count);
    for (unsigned i = 0; i < slot.at.count; ++i) {
        const auto word = words_.find({slot.at.table, slot.at.first + i});
        if (word != words_.end()) { words[i] = word->second; }
    }
    return words;
}

Answered<void> ModbusMemory::check_slot(const Slot& slot, unsigned first, std::span<const std::uint16_t> values) const {
    const catalogue::Point& point = *slot.point;
    if (point.access == catalogue::Access::read) { return tl::unexpected(ModbusException::address); }
    if (slot.at.first < first || slot.end() > first + values.size()) { return tl::unexpected(ModbusException::value); }
    const auto reading = modbus::decode_point(point, values.subspan(slot.at.first - first, slot.at.count));
    if (!reading || !in_range(point, reading->value)) { return tl::unexpected(ModbusException::value); }
    if (point.irreversible && slot.written) { return tl::unexpected(ModbusException::value); }
    if (!slot.quantity) {
        const auto before = modbus::decode_point(point, stored(slot));
        const catalogue::Choice* old = before ? choice_of(point, before->value) : nullptr;
        if (old != nullptr && old->irreversible && old != choice_of(point, reading->value)) {
            return tl::unexpected(ModbusException::value);
        }
    }
    return {};
}

Answered<void> ModbusMemory::write(Table table, unsigned first, std::span<const std::uint16_t> values) {
    const auto past = static_cast<unsigned>(first + values.size());
    Bits covered;
    for (const Slot& slot : slots_) {
        if (!slot.overlaps(table, first, past)) { continue; }
        if (auto checked = check_slot(slot, first, values); !checked) { return checked; }
        for (unsigned word = slot.at.first; word < slot.end(); ++word) { covered.set(word); }
    }
    for (unsigned word = first; word < past; ++word) {
        if (word > 65535 || !covered.test(word)) { return tl::unexpected(ModbusException::address); }
    }
    store(table, first, values);
    for (Slot& slot : slots_) {
        if (!slot.overlaps(table, first, past)) { continue; }
        slot.quantity.reset();
        slot.written = true;
        const auto reading = modbus::decode_point(*slot.point, stored(slot));
        if (reading && slot.point->changes_line) {
            line_changes_.push_back(modbus::line_change(*slot.point, reading->value));
        }
    }
    return {};
}

void ModbusMemory::store(Table table, unsigned first, std::span<const std::uint16_t> values) {
    for (unsigned i = 0; i < values.size(); ++i) { words_[{table, first + i}] = values[i]; }
}

void ModbusMemory::preset_line(std::uint8_t address, unsigned baud) {
    for (const Slot& slot : slots_) {
        const auto setting = modbus::line_setting(*slot.point);
        if (!setting || *setting == modbus::LineSetting::parity) { continue; }
        const bool is_baud = *setting == modbus::LineSetting::baud;
        const Value value{Decimal{static_cast<Int128>(is_baud ? baud : address), 0}};
        if (const auto words = modbus::encode_point(*slot.point, value)) {
            store(slot.at.table, slot.at.first, *words);
        }
    }
}

std::vector<modbus::LineChange> ModbusMemory::take_line_changes() {
    return std::exchange(line_changes_, {});
}

} // namespace meterctl::simulators
