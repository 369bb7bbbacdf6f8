#include "codecs/dlms/type_description.hpp"

#include "codecs/dlms/length.hpp"

#include <algorithm>
#include <limits>

namespace meterctl::codecs::dlms {
namespace {

class DescriptionReader {
public:
    explicit DescriptionReader(ByteReader& reader) : reader_(reader) {}

    bool read(TypeDescription& into, unsigned depth) {
        const auto at = reader_.offset();
        const auto type = type_of(reader_.u8());
        if (reader_.failed()) { return failed("a type description cut at the end", at); }
        if (!type || *type == Type::compact_array) { return failed("a type description of no type", at); }
        if (depth >= max_data_depth) { return failed("type descriptions nested too deep", at); }
        into.type = *type;
        if (*type == Type::array) {
            into.count = reader_.u16be();
            return read(into.members.emplace_back(), depth + 1);
        }
        return *type != Type::structure || read_members(into, depth, at);
    }

    std::optional<Error> error;

private:
    bool read_members(TypeDescription& into, unsigned depth, std::size_t at) {
        const auto count = read_length(reader_);
        if (!count || *count > reader_.remaining()) {
            return failed("a type description of more members than octets", at);
        }
        for (std::uint32_t index = 0; index < *count; ++index) {
            if (!read(into.members.emplace_back(), depth + 1)) { return false; }
        }
        return true;
    }

    bool failed(const char* what, std::size_t at) {
        error = octets_error(what, at);
        return false;
    }

    ByteReader& reader_;
};

} // namespace

Result<TypeDescription> read_type_description(ByteReader& reader) {
    TypeDescription description;
    DescriptionReader descriptions(reader);
    if (!descriptions.read(description, 0)) { return tl::unexpected(std::move(*descriptions.error)); }
    return description;
}

void write_type_description(ByteWriter& writer, const TypeDescription& description) {
    writer.u8(static_cast<std::uint8_t>(description.type));
    if (description.type == Type::array) { writer.u16be(description.count); }
    if (description.type == Type::structure) { write_length(writer, description.members.size()); }
    for (const auto& member : description.members) { write_type_description(writer, member); }
}

std::optional<TypeDescription> description_of(const Data& data) {
    TypeDescription description{data.type, 0, {}};
    const auto* const items = data.items();
    if (items == nullptr) { return description; }
    const bool is_array = data.type == Type::array;
    const bool too_many = is_array && items->size() > std::numeric_limits<std::uint16_t>::max();
    if (data.type == Type::compact_array || too_many) { return std::nullopt; }
    for (const auto& item : *items) {
        auto one = description_of(item);
        if (!one) { return std::nullopt; }
        if (!is_array || description.members.empty()) {
            description.members.push_back(std::move(*one));
        } else if (description.members.front() != *one) {
            return std::nullopt;
        }
    }
    if (is_array) {
        description.count = static_cast<std::uint16_t>(items->size());
        if (items->empty()) { description.members.push_back({}); }
    }
    return description;
}

} // namespace meterctl::codecs::dlms
