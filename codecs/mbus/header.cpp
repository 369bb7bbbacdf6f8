#include "codecs/mbus/header.hpp"

#include <algorithm>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::uint8_t extension_bit = 0x80;
constexpr std::uint8_t plain_text = 0x7C;
constexpr std::uint8_t last_action = 0x1F;

constexpr Fault ends_in_dib{"the octets end within a DIB", "mbus.truncated"};
constexpr Fault ends_in_vib{"the octets end within a VIB", "mbus.truncated"};
constexpr Fault many_difes{"a DIF with more than 10 DIFEs", "mbus.too_many_difes"};
constexpr Fault many_vifes{"a VIF with more than 10 VIFEs", "mbus.too_many_vifes"};
constexpr Fault reserved_dif{"a DIF that the standard keeps for later", "mbus.reserved_dif"};
constexpr Fault long_text{"a plain-text unit that is longer than the octets left", "mbus.truncated"};

bool extended(std::uint8_t octet) {
    return (octet & extension_bit) != 0;
}

VifTable extension_table(std::uint8_t vif) {
    switch (vif) {
    case 0xFB:
        return VifTable::fb;
    case 0xFD:
        return VifTable::fd;
    case 0xEF:
        return VifTable::ef;
    default:
        return VifTable::main;
    }
}

/// Keeps count of the VIFEs, which are ten at most, those that say what the VIF is among them.
class Chain {
public:
    explicit Chain(std::uint8_t vif) : more_(extended(vif)) {}
    [[nodiscard]] bool more() const { return more_; }

    std::optional<Fault> next(ByteReader& reader, std::uint8_t& octet) {
        if (reader.at_end()) { return ends_in_vib; }
        if (++count_ > max_extensions) { return many_vifes; }
        octet = reader.u8();
        more_ = extended(octet);
        return {};
    }

private:
    std::size_t count_ = 0;
    bool more_;
};

/// The true VIF behind FB, FD or EF.
std::optional<Fault> read_extension_vif(ByteReader& reader, Chain& chain, Vib& vib) {
    std::uint8_t octet = 0;
    if (auto fault = chain.next(reader, octet)) { return fault; }
    if (vib.table == VifTable::fd && octet == 0xFD) {
        vib.table = VifTable::fd_fd;
        if (auto fault = chain.next(reader, octet)) { return fault; }
    }
    vib.code = octet & 0x7FU;
    return {};
}

Vife::Kind kind_behind(const Vib& vib, Vife::Kind before, std::uint8_t code, Sender sender) {
    const bool own = vib.table == VifTable::main && vib.code == 0x7F;
    if (own || before == Vife::Kind::manufacturer) { return Vife::Kind::manufacturer; }
    if (vib.vife_count > 0 && before == Vife::Kind::combinable) {
        const auto effect = vife_row(vib.vifes.at(vib.vife_count - 1U).code).effect;
        if (effect == Effect::extension) { return Vife::Kind::extension; }
        if (effect == Effect::manufacturer) { return Vife::Kind::manufacturer; }
    }
    const bool action = sender == Sender::master && (code & 0x7FU) <= last_action;
    return action ? Vife::Kind::action : Vife::Kind::combinable;
}

std::optional<Fault> read_vifes(ByteReader& reader, Chain& chain, Sender sender, Vib& vib) {
    auto before = Vife::Kind::combinable;
    while (chain.more()) {
        std::uint8_t octet = 0;
        if (auto fault = chain.next(reader, octet)) { return fault; }
        before = kind_behind(vib, before, octet, sender);
        vib.vifes.at(vib.vife_count) = {before, octet};
        ++vib.vife_count;
    }
    return {};
}

std::optional<Fault> read_text(ByteReader& reader, Vib& vib) {
    if (reader.at_end()) { return ends_in_vib; }
    vib.text = reader.take(reader.u8());
    return reader.failed() ? std::optional(long_text) : std::nullopt;
}

bool printable(ByteView text) {
    return std::ranges::all_of(text, [](std::uint8_t one) { return one >= 0x20 && one != 0x7F && (one & 0x60U) != 0; });
}

bool data_fit(Coding coding, ByteReader reader) {
    const auto rest = reader.rest();
    const auto octets = data_octets(coding, rest);
    return octets && *octets <= rest.size();
}

/// Text first, then VIFEs: true only where all of it fits.
bool read_text_first(ByteReader& reader, Coding coding, Sender sender, Chain chain, Vib& vib) {
    auto attempt = reader;
    auto read = vib;
    if (read_text(attempt, read) || read.text.empty() || !printable(read.text)) { return false; }
    if (read_vifes(attempt, chain, sender, read) || !data_fit(coding, attempt)) { return false; }
    reader = attempt;
    vib = read;
    return true;
}

void apply(Meaning& meaning, const VifeRow& row) {
    switch (row.effect) {
    case Effect::factor:
        meaning.exponent += row.exponent;
        break;
    case Effect::constant:
        meaning.no_value = "additive_correction";
        break;
    case Effect::count:
        meaning = {.content = Content::number};
        break;
    case Effect::duration:
        meaning = {.content = Content::number, .unit = row.unit};
        break;
    case Effect::date:
        meaning = {.content = Content::time};
        break;
    case Effect::unsigned_type:
        meaning.content = Content::unsigned_number;
        break;
    case Effect::bits_type:
        meaning.content = Content::bits;
        break;
    case Effect::error:
        meaning.no_value = row.name;
        break;
    case Effect::profile:
        meaning.packed = true;
        break;
    default:
        if (row.title.empty()) { meaning.flag = "unknown_vife"; }
    }
}

} // namespace

std::optional<Fault> read_dib(ByteReader& reader, Dib& dib) {
    auto octet = reader.u8();
    dib.coding = static_cast<Coding>(octet & 0x0FU);
    dib.function = static_cast<Function>((octet >> 4U) & 0x03U);
    dib.storage = (octet >> 6U) & 0x01U;
    if (dib.coding == Coding::special) { return reserved_dif; }
    for (unsigned index = 0; extended(octet); ++index) {
        if (reader.at_end()) { return ends_in_dib; }
        if (index == max_extensions) { return many_difes; }
        octet = reader.u8();
        dib.storage |= static_cast<std::uint64_t>(octet & 0x0FU) << (4U * index + 1U);
        dib.tariff |= ((octet >> 4U) & 0x03U) << (2U * index);
        dib.subunit |= ((octet >> 6U) & 0x01U) << index;
    }
    return {};
}

std::optional<std::size_t> data_octets(Coding coding, ByteView rest) {
    constexpr std::array<std::uint8_t, 16> octets{0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0};
    if (coding != Coding::variable) { return octets.at(static_cast<std::size_t>(coding)); }
    if (rest.empty()) { return std::nullopt; }
    const std::size_t lvar = rest[0];
    if (lvar < 0xC0) { return 1 + lvar; }
    const bool digits = lvar <= 0xC9 || (lvar >= 0xD0 && lvar <= 0xD9);
    if (digits || (lvar >= 0xE0 && lvar <= 0xEF)) { return 1 + (lvar & 0x0FU); }
    if (lvar >= 0xF0 && lvar <= 0xF4) { return 1 + 4 * (lvar - 0xEC); }
    if (lvar == 0xF5) { return 1 + 48; }
    if (lvar == 0xF6) { return 1 + 64; }
    return std::nullopt;
}

std::optional<Fault> read_vib(ByteReader& reader, Coding coding, Sender sender, Vib& vib) {
    if (reader.at_end()) { return ends_in_vib; }
    const auto vif = reader.u8();
    Chain chain(vif);
    vib.table = extension_table(vif);
    vib.code = vif & 0x7FU;
    if (vib.table != VifTable::main) {
        if (auto fault = read_extension_vif(reader, chain, vib)) { return fault; }
    }
    vib.row = &vif_row(vib.table, vib.code);
    const bool text = vib.table == VifTable::main && vib.code == plain_text;
    if (text && chain.more() && read_text_first(reader, coding, sender, chain, vib)) { return {}; }
    if (auto fault = read_vifes(reader, chain, sender, vib)) { return fault; }
    return text ? read_text(reader, vib) : std::nullopt;
}

Meaning meaning_of(const Vib& vib) {
    const auto& row = *vib.row;
    Meaning meaning{.content = row.content, .unit = row.unit, .exponent = row.exponent, .factor = row.factor};
    if (row.name.empty()) {
        meaning.flag = "unknown_vif";
    } else if (vib.table == VifTable::main && vib.code == 0x7F) {
        meaning.flag = "manufacturer_specific";
    }
    for (const auto& vife : vib.extensions()) {
        if (vife.kind == Vife::Kind::combinable) { apply(meaning, vife_row(vife.code)); }
        if (vife.kind == Vife::Kind::extension) { apply(meaning, vife_extension_row(vife.code)); }
    }
    return meaning;
}

} // namespace meterctl::codecs::mbus
