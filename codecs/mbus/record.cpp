#include "codecs/mbus/record.hpp"

#include "codecs/mbus/data.hpp"
#include "codecs/mbus/header.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::array function_names{std::string_view("instantaneous"), std::string_view("maximum"),
                                    std::string_view("minimum"), std::string_view("error")};
constexpr std::array coding_names{
    std::string_view("none"),   std::string_view("int8"),     std::string_view("int16"),
    std::string_view("int24"),  std::string_view("int32"),    std::string_view("real32"),
    std::string_view("int48"),  std::string_view("int64"),    std::string_view("selection"),
    std::string_view("bcd2"),   std::string_view("bcd4"),     std::string_view("bcd6"),
    std::string_view("bcd8"),   std::string_view("variable"), std::string_view("bcd12"),
    std::string_view("special")};

constexpr std::size_t usual_record = 6; ///< octets, so that memory is asked for once

/// A record that ends where the octets do.
void add_rest(Records& found, ByteView octets, std::size_t offset, Record::Kind kind) {
    auto& record = found.records.emplace_back();
    record.kind = kind;
    record.offset = offset;
    record.header = octets.subspan(offset, 1);
    record.dib_octets = 1;
    record.data = octets.subspan(offset + 1);
    record.vib.row = &vif_row(VifTable::main, 0x7F);
    if (kind == Record::Kind::manufacturer_data) {
        record.value = Bytes(record.data.begin(), record.data.end());
        if (record.data.empty()) { record.flags.emplace_back("no_data"); }
    }
}

/// One of the DIFs that are no record. True where the octets are done with.
bool take_special(Records& found, ByteView octets, std::size_t offset) {
    const auto octet = octets[offset];
    if (octet == dif::global_readout) {
        add_rest(found, octets.first(offset + 1), offset, Record::Kind::global_readout);
        return false;
    }
    found.more_follows = octet == dif::more_follows;
    if (offset + 1 < octets.size()) { add_rest(found, octets, offset, Record::Kind::manufacturer_data); }
    return true;
}

std::optional<Fault> read_header(ByteReader& reader, ByteView octets, Sender sender, Record& record) {
    const auto offset = reader.offset();
    if (auto fault = read_dib(reader, record.dib)) { return fault; }
    record.dib_octets = reader.offset() - offset;
    if (auto fault = read_vib(reader, record.dib.coding, sender, record.vib)) { return fault; }
    record.header = octets.subspan(offset, reader.offset() - offset);
    return {};
}

std::optional<Fault> read_data(ByteReader& reader, Record& record) {
    auto ahead = reader;
    const auto rest = ahead.rest();
    const auto octets = data_octets(record.dib.coding, rest);
    if (!octets && rest.empty()) { return Fault{"the octets end before a record's LVAR", "mbus.truncated"}; }
    if (!octets) { return Fault{"an LVAR that the standard keeps for later", "mbus.reserved_lvar"}; }
    if (*octets > rest.size()) { return Fault{"a record runs past the end of the octets", "mbus.truncated"}; }
    record.data = reader.take(*octets);
    return {};
}

std::optional<Fault> read_record(ByteReader& reader, ByteView octets, Sender sender, Record& record) {
    record.offset = reader.offset();
    if (auto fault = read_header(reader, octets, sender, record)) { return fault; }
    return read_data(reader, record);
}

bool is_special(std::uint8_t octet) {
    return octet == dif::manufacturer_data || octet == dif::more_follows || octet == dif::global_readout;
}

tl::unexpected<Error> rejected(std::string what) {
    return fail(Category::rejected, std::move(what), {}, {}, "mbus.value");
}

} // namespace

Records decode_records(ByteView octets, ByteOrder order, Sender sender) {
    Records found;
    found.records.reserve(octets.size() / usual_record + 1);
    ByteReader reader(octets);
    while (!reader.at_end()) {
        const auto offset = reader.offset();
        const auto octet = octets[offset];
        if (octet == dif::filler) {
            reader.u8();
        } else if (is_special(octet)) {
            if (take_special(found, octets, offset)) { return found; }
            reader.u8();
        } else {
            auto& record = found.records.emplace_back();
            if (const auto fault = read_record(reader, octets, sender, record)) {
                found.records.pop_back();
                found.damage = Damage{offset, std::string(fault->what), std::string(fault->code)};
                return found;
            }
            fill_value(record, meaning_of(record.vib), order);
        }
    }
    return found;
}

Result<Bytes> encode_dib(const Dib& dib) {
    constexpr std::uint64_t storage_limit = 1ULL << 41U;
    if (dib.storage >= storage_limit || dib.tariff >= (1U << 20U) || dib.subunit >= (1U << 10U)) {
        return rejected(fmt::format("storage number {}, tariff {} or sub-unit {} is more than ten DIFEs hold",
                                    dib.storage, dib.tariff, dib.subunit));
    }
    Bytes octets{static_cast<std::uint8_t>(static_cast<unsigned>(dib.coding) |
                                           (static_cast<unsigned>(dib.function) << 4U) | ((dib.storage & 1U) << 6U))};
    auto storage = dib.storage >> 1U;
    auto tariff = dib.tariff;
    auto subunit = dib.subunit;
    while (storage != 0 || tariff != 0 || subunit != 0) {
        octets.back() |= 0x80U;
        octets.push_back(
            static_cast<std::uint8_t>((storage & 0x0FU) | ((tariff & 0x03U) << 4U) | ((subunit & 1U) << 6U)));
        storage >>= 4U;
        tariff >>= 2U;
        subunit >>= 1U;
    }
    return octets;
}

Result<Record> decode_header(ByteView header, Sender sender) {
    const auto wrong = [](std::string_view what) {
        return fail(Category::usage, std::string(what), {}, {"DIB and VIB in hex, such as 0C06 or 8C1004"},
                    "mbus.header");
    };
    if (header.empty()) { return wrong("no octets of a record header"); }
    if (is_special(header[0]) || header[0] == dif::filler) { return wrong("a special DIF names no record"); }
    ByteReader reader(header);
    Record record;
    // Without data, a variable length cannot be looked at: any coding without data reads the same VIB.
    if (const auto fault = read_dib(reader, record.dib)) { return wrong(fault->what); }
    record.dib_octets = reader.offset();
    if (const auto fault = read_vib(reader, Coding::none, sender, record.vib)) { return wrong(fault->what); }
    if (!reader.at_end()) { return wrong("octets behind a VIB"); }
    record.header = header;
    record.unit = meaning_of(record.vib).unit;
    return record;
}

Result<Bytes> encode_record(ByteView header, const Value& value, ByteOrder order, Sender sender) {
    const auto record = decode_header(header, sender);
    if (!record) { return tl::unexpected(record.error()); }
    const auto data = encode_data(*record, meaning_of(record->vib), value, order);
    if (!data) { return tl::unexpected(data.error()); }
    return ByteWriter().bytes(header).bytes(*data).take();
}

std::string_view function_name(Function function) {
    return function_names.at(static_cast<std::size_t>(function));
}

std::string_view coding_name(Coding coding) {
    return coding_names.at(static_cast<std::size_t>(coding));
}

} // namespace meterctl::codecs::mbus
