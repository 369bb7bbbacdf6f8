#include "codecs/dlms/data_value.hpp"

#include "src/core/obis.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

namespace meterctl::codecs::dlms {
namespace {

struct Range {
    Type type;
    Int128 least, most;
};

template <class T>
constexpr Range range_of(Type type) {
    return {type, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

constexpr std::array ranges{
    range_of<std::int8_t>(Type::integer),
    range_of<std::int16_t>(Type::long_signed),
    range_of<std::int32_t>(Type::double_long),
    range_of<std::int64_t>(Type::long64),
    range_of<std::uint8_t>(Type::unsigned_integer),
    range_of<std::uint16_t>(Type::long_unsigned),
    range_of<std::uint32_t>(Type::double_long_unsigned),
    range_of<std::uint64_t>(Type::long64_unsigned),
    range_of<std::uint8_t>(Type::enumerated),
    range_of<std::int8_t>(Type::delta_integer),
    range_of<std::int16_t>(Type::delta_long),
    range_of<std::int32_t>(Type::delta_double_long),
    range_of<std::uint8_t>(Type::delta_unsigned),
    range_of<std::uint16_t>(Type::delta_long_unsigned),
    range_of<std::uint32_t>(Type::delta_double_long_unsigned),
    Range{Type::bcd, 0, 99},
};

tl::unexpected<Error> unfit(const Value& value, Type type, std::string hint) {
    return fail(Category::rejected, fmt::format("'{}' does not fit {}", value.to_string(), type_name(type)), {},
                {std::move(hint)}, "dlms.value");
}

/// The whole number that is sent; nullopt where there is none.
std::optional<Int128> whole_of(const Value& value, std::int8_t scaler) {
    if (const auto* const flag = value.get<bool>()) { return *flag ? 1 : 0; }
    const auto number = value.number();
    const auto moved = number ? number->times(Decimal{1, -scaler}) : std::nullopt;
    if (!moved) { return std::nullopt; }
    const auto plain = moved->normalized();
    constexpr int most_zeros = 18;
    constexpr Int128 beyond_all = Int128{1} << 65U;
    const bool too_large = plain.mantissa > beyond_all || plain.mantissa < -beyond_all;
    if (plain.exponent < 0 || plain.exponent > most_zeros || too_large) { return std::nullopt; }
    Int128 whole = plain.mantissa;
    for (int digit = 0; digit < plain.exponent; ++digit) { whole *= 10; }
    return whole;
}

Data with(Type type, Data::Content content) {
    Data data;
    data.type = type;
    data.content = std::move(content);
    return data;
}

Result<Data> whole_data(const Value& value, const Range& range, std::int8_t scaler) {
    const auto whole = whole_of(value, scaler);
    if (!whole || *whole < range.least || *whole > range.most) {
        const Decimal least{range.least, scaler}, most{range.most, scaler}, step{1, scaler};
        return unfit(value, range.type,
                     fmt::format("a number from {} to {} in steps of {}", least.to_string(), most.to_string(),
                                 step.to_string()));
    }
    if (range.type == Type::bcd) {
        const auto digits = static_cast<std::uint64_t>(*whole);
        return with(Type::bcd, digits / 10 * 16 + digits % 10);
    }
    if (range.least < 0) { return with(range.type, static_cast<std::int64_t>(*whole)); }
    return with(range.type, static_cast<std::uint64_t>(*whole));
}

Result<Data> float_data(const Value& value, Type type, std::int8_t scaler) {
    const auto number = value.number();
    const auto moved = number ? number->times(Decimal{1, -scaler}) : std::nullopt;
    if (!moved) { return unfit(value, type, "a number"); }
    const auto wide = moved->to_double();
    if (type == Type::float64) {
        const auto same = Decimal::from_double(wide);
        return same && *same == *moved ? Result<Data>(with(type, wide)) : unfit(value, type, "fewer digits");
    }
    const auto narrow = static_cast<float>(wide);
    const auto same = Decimal::from_float(narrow);
    return same && *same == *moved ? Result<Data>(with(type, narrow)) : unfit(value, type, "fewer digits");
}

Result<Data> string_data(const Value& value, Type type) {
    if (const auto* const text = value.get<std::string>()) { return with(type, Bytes(text->begin(), text->end())); }
    if (const auto* const octets = value.get<Bytes>()) { return with(type, *octets); }
    const auto* const time = value.get<DateTime>();
    if (type == Type::octet_string && time != nullptr) { return with(type, encode_date_time(to_cosem(*time))); }
    return unfit(value, type, type == Type::octet_string ? "octets, a text or a date-time" : "a text");
}

Result<Data> bits_data(const Value& value) {
    const auto* const text = value.get<std::string>();
    if (text == nullptr || text->find_first_not_of("01") != std::string::npos) {
        return unfit(value, Type::bit_string, "a text of 0 and 1, the first bit first");
    }
    Bytes octets((text->size() + 7) / 8);
    for (std::size_t index = 0; index < text->size(); ++index) {
        if ((*text)[index] == '1') {
            octets[index / 8] = static_cast<std::uint8_t>(octets[index / 8] | (0x80U >> (index % 8)));
        }
    }
    return Data::bit_string(std::move(octets), text->size());
}

Result<Data> time_data(const Value& value, Type type) {
    const auto* const text = value.get<std::string>();
    if (type == Type::time && text != nullptr) {
        const auto fields = parse_time(*text);
        return fields ? Result<Data>(with(type, encode_time(*fields))) : unfit(value, type, "a time as 08:30:00");
    }
    const auto* const time = value.get<DateTime>();
    if (time == nullptr) { return unfit(value, type, "a date-time as 2026-11-21T02:15:00+01:00"); }
    const auto fields = to_cosem(*time);
    if (type == Type::date) { return with(type, encode_date(fields)); }
    return with(type, type == Type::time ? encode_time(fields) : encode_date_time(fields));
}

} // namespace

Result<Data> from_value(const Value& value, Type type, std::int8_t scaler) {
    const auto* const range = std::ranges::find(ranges, type, &Range::type);
    if (range != ranges.end()) { return whole_data(value, *range, scaler); }
    switch (type) {
    case Type::null_data:
    case Type::dont_care:
        return with(type, std::monostate{});
    case Type::boolean: {
        const auto whole = whole_of(value, 0);
        if (!whole || *whole < 0 || *whole > 1) { return unfit(value, type, "true or false"); }
        return Data::boolean(*whole == 1);
    }
    case Type::float32:
    case Type::float64:
        return float_data(value, type, scaler);
    case Type::octet_string:
    case Type::visible_string:
    case Type::utf8_string:
        return string_data(value, type);
    case Type::bit_string:
        return bits_data(value);
    case Type::date_time:
    case Type::date:
    case Type::time:
        return time_data(value, type);
    default:
        return unfit(value, type, "a value of a simple type");
    }
}

} // namespace meterctl::codecs::dlms
