#include "codecs/dlms/apdu_reader.hpp"

#include "codecs/dlms/data_fields.hpp"
#include "codecs/dlms/length.hpp"
#include "codecs/dlms/obis.hpp"

#include <fmt/format.h>
#include <iterator>

namespace meterctl::codecs::dlms {

ApduReader::ApduReader(ByteView apdu, std::vector<Field>* fields, std::size_t base)
    : octets_(apdu), reader_(apdu), fields_(fields), base_(base) {}

void ApduReader::fail(std::string what) {
    if (error_) { return; }
    error_ = octets_error(std::move(what), base_ + reader_.offset(), "dlms.apdu");
    reader_.rest();
}

bool ApduReader::enough(std::size_t octets, std::string_view name) {
    if (error_) { return false; }
    if (octets <= reader_.remaining()) { return true; }
    fail(fmt::format("{} is cut at the end", name));
    return false;
}

void ApduReader::keep(std::string_view name, Value value, std::string text, std::size_t at) {
    if (fields_ == nullptr || error_) { return; }
    const auto length = reader_.offset() - at;
    if (length == 0) { return; }
    fields_->push_back({std::string(name), std::move(value), std::move(text), base_ + at, length, {}});
}

std::uint8_t ApduReader::u8(std::string_view name, Names meaning) {
    if (!enough(1, name)) { return 0; }
    const auto at = reader_.offset();
    const auto value = reader_.u8();
    keep(name, std::uint64_t{value}, meaning != nullptr ? std::string(meaning(value)) : std::string{}, at);
    return value;
}

std::uint16_t ApduReader::u16(std::string_view name) {
    if (!enough(2, name)) { return 0; }
    const auto at = reader_.offset();
    const auto value = reader_.u16be();
    keep(name, std::uint64_t{value}, {}, at);
    return value;
}

std::uint32_t ApduReader::u32(std::string_view name) {
    if (!enough(4, name)) { return 0; }
    const auto at = reader_.offset();
    const auto value = reader_.u32be();
    keep(name, std::uint64_t{value}, {}, at);
    return value;
}

bool ApduReader::flag(std::string_view name) {
    if (!enough(1, name)) { return false; }
    const auto at = reader_.offset();
    const bool value = reader_.u8() != 0;
    keep(name, value, {}, at);
    return value;
}

bool ApduReader::present(std::string_view name) {
    if (!enough(1, name)) { return false; }
    const auto value = reader_.peek();
    if (value > 1) {
        fail(fmt::format("{}: neither 00 nor 01", name));
        return false;
    }
    const auto at = reader_.offset();
    reader_.u8();
    if (value == 0) { keep(name, Value{}, "none", at); }
    return value == 1;
}

std::uint32_t ApduReader::count(std::string_view name, std::size_t least) {
    if (!enough(1, name)) { return 0; }
    const auto at = reader_.offset();
    const auto number = read_length(reader_);
    if (!number || *number > reader_.remaining() / least) {
        fail(fmt::format("{}: more than the {} octets left can hold", name, reader_.remaining()));
        return 0;
    }
    keep(name, std::uint64_t{*number}, {}, at);
    return *number;
}

Bytes ApduReader::octets(std::string_view name) {
    if (!enough(1, name)) { return {}; }
    const auto at = reader_.offset();
    const auto taken = read_octets(reader_);
    if (!taken) {
        fail(fmt::format("{} is longer than the octets left", name));
        return {};
    }
    Bytes value(taken->begin(), taken->end());
    keep(name, value, {}, at);
    return value;
}

Bytes ApduReader::secret(std::string_view name) {
    if (!enough(1, name)) { return {}; }
    const auto at = reader_.offset();
    const auto taken = read_octets(reader_);
    if (!taken) {
        fail(fmt::format("{} is longer than the octets left", name));
        return {};
    }
    keep(name, Value{}, fmt::format("{} octets, not shown", taken->size()), at);
    return {taken->begin(), taken->end()};
}

Bytes ApduReader::fixed(std::string_view name, std::size_t size) {
    if (!enough(size, name)) { return {}; }
    const auto at = reader_.offset();
    const auto taken = reader_.take(size);
    Bytes value(taken.begin(), taken.end());
    keep(name, value, {}, at);
    return value;
}

Bytes ApduReader::rest(std::string_view name) {
    return fixed(name, reader_.remaining());
}

Obis ApduReader::logical_name(std::string_view name) {
    if (!enough(obis_octets, name)) { return {}; }
    const auto at = reader_.offset();
    const auto obis = obis_from(reader_.take(obis_octets));
    if (fields_ != nullptr) {
        const auto known = obis_text(obis);
        auto code = obis.to_logical_name();
        auto meaning = known.size() > code.size() ? known.substr(code.size() + 1) : std::string{};
        keep(name, std::move(code), std::move(meaning), at);
    }
    return obis;
}

Data ApduReader::data(std::string_view name) {
    if (error_) { return {}; }
    auto data = read_data(reader_);
    if (!data) {
        error_ = octets_error(data.error().what, base_ + reader_.offset(), data.error().code);
        reader_.rest();
        return {};
    }
    if (fields_ != nullptr) { fields_->push_back(data_field(name, *data, base_)); }
    return std::move(*data);
}

Data ApduReader::given(std::string_view name, Data data) {
    if (error_) { return {}; }
    if (fields_ != nullptr) { fields_->push_back(data_field(name, data, base_ + reader_.offset())); }
    reader_.rest();
    return data;
}

std::optional<CosemTime> ApduReader::date_time(std::string_view name) {
    if (!enough(1, name)) { return std::nullopt; }
    const auto at = reader_.offset();
    constexpr auto tag = static_cast<std::uint8_t>(Type::octet_string);
    if (reader_.peek() == tag) { reader_.u8(); }
    const auto taken = read_octets(reader_);
    if (!taken || (!taken->empty() && taken->size() != date_time_octets)) {
        fail(fmt::format("{}: neither 0 nor 12 octets", name));
        return std::nullopt;
    }
    if (taken->empty()) {
        keep(name, Value{}, "none", at);
        return std::nullopt;
    }
    const auto time = decode_date_time(*taken);
    if (fields_ != nullptr) {
        auto shown = show_date_time(*time);
        auto text = std::move(shown.text);
        for (const auto& flag : shown.flags) { text += (text.empty() ? "" : ", ") + flag; }
        keep(name, std::move(shown.value), std::move(text), at);
    }
    return time;
}

void ApduReader::open(std::string_view name) {
    if (fields_ == nullptr) { return; }
    opened_.push_back({std::string(name), reader_.offset(), fields_->size()});
}

void ApduReader::close(std::string text) {
    if (fields_ == nullptr || opened_.empty()) { return; }
    auto opened = std::move(opened_.back());
    opened_.pop_back();
    const auto first = fields_->begin() + static_cast<std::ptrdiff_t>(opened.first);
    Field field{std::move(opened.name), Value{}, std::move(text), base_ + opened.offset, 0, {}};
    field.children.assign(std::make_move_iterator(first), std::make_move_iterator(fields_->end()));
    fields_->erase(first, fields_->end());
    if (field.children.empty()) { return; }
    const auto& last = field.children.back();
    field.length = last.offset + last.length - field.offset;
    fields_->push_back(std::move(field));
}

void ApduReader::explain(std::string text) {
    if (fields_ == nullptr || fields_->empty() || error_) { return; }
    fields_->back().text = std::move(text);
}

} // namespace meterctl::codecs::dlms
