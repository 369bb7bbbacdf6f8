#include "codecs/dlms/data.hpp"

#include "codecs/dlms/date_time.hpp"
#include "codecs/dlms/length.hpp"
#include "codecs/dlms/type_description.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

/// Types whose content has a fixed number of octets.
struct FixedSize {
    Type type;
    std::uint8_t octets;
};
constexpr std::array fixed_sizes{
    FixedSize{Type::null_data, 0},
    FixedSize{Type::boolean, 1},
    FixedSize{Type::double_long, 4},
    FixedSize{Type::double_long_unsigned, 4},
    FixedSize{Type::bcd, 1},
    FixedSize{Type::integer, 1},
    FixedSize{Type::long_signed, 2},
    FixedSize{Type::unsigned_integer, 1},
    FixedSize{Type::long_unsigned, 2},
    FixedSize{Type::long64, 8},
    FixedSize{Type::long64_unsigned, 8},
    FixedSize{Type::enumerated, 1},
    FixedSize{Type::float32, 4},
    FixedSize{Type::float64, 8},
    FixedSize{Type::date_time, date_time_octets},
    FixedSize{Type::date, date_octets},
    FixedSize{Type::time, time_octets},
    FixedSize{Type::delta_integer, 1},
    FixedSize{Type::delta_long, 2},
    FixedSize{Type::delta_double_long, 4},
    FixedSize{Type::delta_unsigned, 1},
    FixedSize{Type::delta_long_unsigned, 2},
    FixedSize{Type::delta_double_long_unsigned, 4},
    FixedSize{Type::dont_care, 0},
};

std::optional<std::size_t> fixed_size(Type type) {
    const auto* const row = std::ranges::find(fixed_sizes, type, &FixedSize::type);
    return row == fixed_sizes.end() ? std::nullopt : std::optional<std::size_t>(row->octets);
}

/// Content of a fixed size; the reader holds as many octets.
Data::Content fixed_content(Type type, ByteReader& reader) {
    switch (type) {
    case Type::boolean:
        return reader.u8() != 0;
    case Type::integer:
    case Type::delta_integer:
        return std::int64_t{static_cast<std::int8_t>(reader.u8())};
    case Type::long_signed:
    case Type::delta_long:
        return std::int64_t{static_cast<std::int16_t>(reader.u16be())};
    case Type::double_long:
    case Type::delta_double_long:
        return std::int64_t{static_cast<std::int32_t>(reader.u32be())};
    case Type::long64:
        return static_cast<std::int64_t>(reader.u64be());
    case Type::bcd:
    case Type::unsigned_integer:
    case Type::enumerated:
    case Type::delta_unsigned:
        return std::uint64_t{reader.u8()};
    case Type::long_unsigned:
    case Type::delta_long_unsigned:
        return std::uint64_t{reader.u16be()};
    case Type::double_long_unsigned:
    case Type::delta_double_long_unsigned:
        return std::uint64_t{reader.u32be()};
    case Type::long64_unsigned:
        return reader.u64be();
    case Type::float32:
        return std::bit_cast<float>(reader.u32be());
    case Type::float64:
        return std::bit_cast<double>(reader.u64be());
    case Type::date_time:
    case Type::date:
    case Type::time: {
        const auto octets = reader.take(*fixed_size(type));
        return Bytes(octets.begin(), octets.end());
    }
    default:
        return std::monostate{};
    }
}

class DataReader {
public:
    explicit DataReader(ByteReader& reader) : reader_(reader) {}

    bool read(Data& into, unsigned depth) {
        const auto at = reader_.offset();
        const auto tag = reader_.u8();
        const auto type = type_of(tag);
        if (reader_.failed()) { return failed("a value is missing at the end", at); }
        if (!type) { return failed(fmt::format("the reserved data tag {:02X}", tag), at); }
        return *type == Type::compact_array ? read_compact(into, at) : read_content(into, *type, at, depth, nullptr);
    }

    std::optional<Error> error;

private:
    /// With a description, elements have no tags.
    bool read_content(Data& into, Type type, std::size_t at, unsigned depth, const TypeDescription* description) {
        into.type = type;
        into.offset = static_cast<std::uint32_t>(at);
        if (!read_by_type(into, type, at, depth, description)) { return false; }
        into.length = static_cast<std::uint32_t>(reader_.offset() - at);
        return true;
    }

    bool read_by_type(Data& into, Type type, std::size_t at, unsigned depth, const TypeDescription* description) {
        if (const auto size = fixed_size(type)) {
            if (*size > reader_.remaining()) {
                return failed(fmt::format("{} of {} octets, {} are left", type_name(type), *size, reader_.remaining()),
                              at);
            }
            into.content = fixed_content(type, reader_);
            return true;
        }
        if (type == Type::array || type == Type::structure) {
            if (depth + 1 >= max_data_depth) {
                return failed(fmt::format("values nested more than {} deep", max_data_depth), at);
            }
            return description != nullptr ? read_described(into, depth, *description) : read_items(into, at, depth);
        }
        return type == Type::bit_string ? read_bits(into, at) : read_string(into, type, at);
    }

    bool read_string(Data& into, Type type, std::size_t at) {
        const auto octets = read_octets(reader_);
        if (!octets) { return failed(fmt::format("{} longer than the octets left", type_name(type)), at); }
        into.content = Bytes(octets->begin(), octets->end());
        return true;
    }

    bool read_bits(Data& into, std::size_t at) {
        const auto bits = read_length(reader_);
        const auto octets = bits ? (std::uint64_t{*bits} + 7) / 8 : 0;
        if (!bits || octets > reader_.remaining()) { return failed("bit-string longer than the octets left", at); }
        const auto taken = reader_.take(static_cast<std::size_t>(octets));
        into.content = Bytes(taken.begin(), taken.end());
        into.unused_bits = static_cast<std::uint8_t>(octets * 8 - *bits);
        return true;
    }

    /// Each element has one octet at least, which bounds the count.
    bool read_items(Data& into, std::size_t at, unsigned depth) {
        constexpr std::uint32_t at_once = 256;
        const auto count = read_length(reader_);
        if (!count || *count > reader_.remaining()) {
            return failed(fmt::format("{} of {} elements, {} octets are left", type_name(into.type), count.value_or(0),
                                      reader_.remaining()),
                          at);
        }
        std::vector<Data> items;
        items.reserve(std::min(*count, at_once));
        for (std::uint32_t index = 0; index < *count; ++index) {
            if (!read(items.emplace_back(), depth + 1)) { return false; }
        }
        into.content = std::move(items);
        return true;
    }

    bool read_compact(Data& into, std::size_t at) {
        auto description = read_type_description(reader_);
        if (!description) {
            error = std::move(description.error());
            return false;
        }
        const auto length = read_length(reader_);
        if (!length || *length > reader_.remaining()) {
            return failed("compact-array longer than the octets left", at);
        }
        const auto end = reader_.offset() + *length;
        allowed_ = nodes_per_octet * std::size_t{*length} + nodes_per_octet;
        std::vector<Data> items;
        while (reader_.offset() < end) {
            const auto before = reader_.offset();
            if (!read_element(items.emplace_back(), 1, *description)) { return false; }
            if (reader_.offset() == before) { return failed("compact-array of elements without octets", at); }
            if (reader_.offset() > end) { return failed("the last element leads out of its compact-array", before); }
        }
        into.type = Type::compact_array;
        into.offset = static_cast<std::uint32_t>(at);
        into.length = static_cast<std::uint32_t>(reader_.offset() - at);
        into.content = std::move(items);
        return true;
    }

    bool read_element(Data& into, unsigned depth, const TypeDescription& description) {
        const auto at = reader_.offset();
        if (allowed_ == 0) { return failed("compact-array of far more values than octets", at); }
        --allowed_;
        return read_content(into, description.type, at, depth, &description);
    }

    bool read_described(Data& into, unsigned depth, const TypeDescription& description) {
        const bool is_array = description.type == Type::array;
        const auto count = is_array ? std::size_t{description.count} : description.members.size();
        std::vector<Data> items;
        for (std::size_t index = 0; index < count; ++index) {
            if (!read_element(items.emplace_back(), depth + 1, description.members[is_array ? 0 : index])) {
                return false;
            }
        }
        into.content = std::move(items);
        return true;
    }

    bool failed(std::string what, std::size_t at) {
        error = octets_error(std::move(what), at);
        return false;
    }

    static constexpr std::size_t nodes_per_octet = 16; ///< of a compact-array: null-data has no octets there
    ByteReader& reader_;
    std::size_t allowed_ = 0;
};

/// Finds the end of a Data without keeping anything of it.
class ExtentReader {
public:
    explicit ExtentReader(ByteView octets) : reader_(octets) {}

    Result<std::optional<std::size_t>> find() {
        std::uint64_t pending = 1;
        while (pending > 0) {
            const auto at = reader_.offset();
            const auto tag = reader_.u8();
            if (reader_.failed()) { return std::nullopt; }
            const auto type = type_of(tag);
            if (!type) { return tl::unexpected(octets_error(fmt::format("the reserved data tag {:02X}", tag), at)); }
            --pending;
            if (!skip(*type, pending)) { return std::nullopt; }
        }
        return std::optional(reader_.offset());
    }

private:
    /// false where octets are missing.
    bool skip(Type type, std::uint64_t& pending) {
        if (const auto size = fixed_size(type)) { return skip_octets(*size); }
        if (type == Type::compact_array && !skip_description()) { return false; }
        const auto length = read_length(reader_);
        if (!length) { return false; }
        if (type == Type::array || type == Type::structure) {
            pending += *length;
            return true;
        }
        return skip_octets(type == Type::bit_string ? (std::uint64_t{*length} + 7) / 8 : *length);
    }

    bool skip_description() {
        std::uint64_t pending = 1;
        for (; pending > 0; --pending) {
            const auto type = static_cast<Type>(reader_.u8());
            if (reader_.failed()) { return false; }
            if (type == Type::array) {
                reader_.u16be();
                ++pending;
            } else if (type == Type::structure) {
                const auto count = read_length(reader_);
                if (!count) { return false; }
                pending += *count;
            }
        }
        return !reader_.failed();
    }

    bool skip_octets(std::uint64_t count) {
        if (count > reader_.remaining()) { return false; }
        reader_.take(static_cast<std::size_t>(count));
        return true;
    }

    ByteReader reader_;
};

} // namespace

Result<Data> read_data(ByteReader& reader) {
    Data data;
    DataReader values(reader);
    if (!values.read(data, 0)) { return tl::unexpected(std::move(*values.error)); }
    return data;
}

Result<Data> decode_data(ByteView octets) {
    ByteReader reader(octets);
    auto data = read_data(reader);
    if (data && !reader.at_end()) {
        return tl::unexpected(
            octets_error(fmt::format("{} octets behind the value", reader.remaining()), reader.offset()));
    }
    return data;
}

Result<std::optional<std::size_t>> data_extent(ByteView octets) {
    return ExtentReader(octets).find();
}

} // namespace meterctl::codecs::dlms
