#include "codecs/mbus/naming.hpp"

#include "codecs/mbus/words.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::array prefixes{std::string_view(""), std::string_view("max_"), std::string_view("min_"),
                              std::string_view("error_")};

void add_number(std::string& name, std::string_view mark, std::uint64_t number) {
    if (number == 0) { return; }
    name += mark;
    const fmt::format_int digits(number);
    name.append(digits.data(), digits.size());
}

void add_word(std::string& name, std::string_view word) {
    if (word.empty()) { return; }
    name += '_';
    name += word;
}

std::string full_name(const Record& record, const Words& words) {
    std::string name;
    name += prefixes.at(static_cast<std::size_t>(record.dib.function));
    name += words.made.empty() ? words.base : std::string_view(words.made);
    add_word(name, words.direction);
    add_word(name, words.phase);
    name += words.others;
    add_number(name, "_u", record.dib.subunit);
    add_number(name, "_t", record.dib.tariff);
    add_number(name, "@", record.dib.storage);
    return name;
}

/// What a unit in plain text says, as the meter shows it.
std::string unit_text(ByteView reversed) {
    std::string text;
    for (auto octet = reversed.rbegin(); octet != reversed.rend(); ++octet) {
        if (*octet >= 0x80) { text += static_cast<char>(0xC0U | (*octet >> 6U)); }
        text += static_cast<char>(*octet >= 0x80 ? 0x80U | (*octet & 0x3FU) : *octet);
    }
    return text;
}

/// What a number stands for.
std::string label_of(const Record& record) {
    constexpr std::uint8_t medium_code = 0x09, manufacturer = 0x0A;
    if (!record.text.empty()) { return record.text; }
    if (!record.vib.text.empty()) { return unit_text(record.vib.text); }
    const auto* const number = record.value.get<std::uint64_t>();
    if (number == nullptr || record.vib.table != VifTable::fd) { return {}; }
    if (record.vib.code == medium_code && *number <= 0xFF) {
        return std::string(medium_name(static_cast<std::uint8_t>(*number)));
    }
    if (record.vib.code == manufacturer && *number <= 0xFFFF) {
        return manufacturer_text(static_cast<std::uint16_t>(*number));
    }
    return {};
}

} // namespace

Reading Namer::reading(const Record& record) {
    const auto words = words_of(record, medium_);
    Reading reading;
    reading.name = unique(full_name(record, words));
    reading.obis = obis_of(record, words, medium_);
    reading.value = record.value;
    reading.unit = record.unit;
    reading.flags = record.flags;
    reading.text = label_of(record);
    reading.address = "drh:" + to_hex(record.header, "");
    reading.raw.assign(record.data.begin(), record.data.end());
    return reading;
}

Reading Namer::reading(const FixedCounter& counter, unsigned number) {
    Reading reading;
    const bool electric = medium_ == medium::electricity;
    std::string name(counter.name);
    if (electric && name == "energy") { name = "active_energy_import"; }
    if (electric && name == "power") { name = "active_power"; }
    if (counter.historic) { name += "@1"; }
    reading.name = unique(std::move(name));
    reading.value = counter.value;
    reading.unit = counter.unit;
    reading.flags = counter.flags;
    reading.text = counter.text;
    reading.address = fmt::format("record:{}", number);
    reading.raw.assign(counter.data.begin(), counter.data.end());
    return reading;
}

std::string Namer::unique(std::string name) {
    for (auto number = ++times_of(name); number > 1; ++number) {
        auto numbered = name;
        numbered.insert(std::min(name.find('@'), name.size()), fmt::format("_{}", number));
        if (++times_of(numbered) == 1) { return numbered; }
    }
    return name;
}

unsigned& Namer::times_of(std::string_view name) {
    if (2 * names_ >= given_.size()) { grow(); }
    const auto hash = std::hash<std::string_view>{}(name);
    for (auto at = hash;; ++at) {
        auto& slot = given_[at % given_.size()];
        if (slot.times != 0 && slot.hash == hash) { return slot.times; }
        if (slot.times == 0) {
            slot.hash = hash;
            ++names_;
            return slot.times;
        }
    }
}

void Namer::grow() {
    constexpr std::size_t usual = 64;
    auto old = std::exchange(given_, std::vector<Given>(given_.empty() ? usual : 2 * given_.size()));
    for (const auto& given : old) {
        if (given.times == 0) { continue; }
        auto at = given.hash;
        while (given_[at % given_.size()].times != 0) { ++at; }
        given_[at % given_.size()] = given;
    }
}

std::string record_name(const Record& record, std::uint8_t medium) {
    return full_name(record, words_of(record, medium));
}

std::optional<Obis> record_obis(const Record& record, std::uint8_t medium) {
    return obis_of(record, words_of(record, medium), medium);
}

} // namespace meterctl::codecs::mbus
