#include "codecs/bacnet/records.hpp"

#include "codecs/bacnet/services_parts.hpp"

namespace meterctl::codecs::bacnet {
namespace {

constexpr int first_year = 1900, last_year = first_year + 254;

std::optional<int> given(std::uint8_t value, std::uint8_t last) {
    return value <= last ? std::optional<int>(value) : std::nullopt;
}

std::uint8_t octet(const std::optional<int>& value) {
    return value ? static_cast<std::uint8_t>(*value) : unspecified;
}

} // namespace

DateTime date_time(const DateAndTime& value) {
    DateTime out;
    if (value.date.year != unspecified) { out.year = first_year + value.date.year; }
    out.month = value.date.month == 0 ? std::nullopt : given(value.date.month, 12);
    out.day = value.date.day == 0 ? std::nullopt : given(value.date.day, 31);
    out.weekday = value.date.weekday == 0 ? std::nullopt : given(value.date.weekday, 7);
    out.hour = given(value.time.hour, 23);
    out.minute = given(value.time.minute, 59);
    out.second = given(value.time.second, 59);
    if (const auto hundredths = given(value.time.hundredths, 99)) { out.millisecond = *hundredths * 10; }
    return out;
}

Result<DateAndTime> date_and_time(const DateTime& value) {
    DateAndTime out;
    if (value.year) {
        if (*value.year < first_year || *value.year > last_year) {
            return fail(Category::rejected, "a year outside 1900 to 2154", value.to_string());
        }
        out.date.year = static_cast<std::uint8_t>(*value.year - first_year);
    }
    out.date.month = octet(value.month);
    out.date.day = octet(value.day);
    out.date.weekday = octet(value.weekday);
    if (!value.weekday && value.year && value.month && value.day) {
        const std::chrono::year_month_day day(std::chrono::year(*value.year),
                                              std::chrono::month(static_cast<unsigned>(*value.month)),
                                              std::chrono::day(static_cast<unsigned>(*value.day)));
        if (!day.ok()) { return fail(Category::rejected, "no such day", value.to_string()); }
        out.date.weekday = static_cast<std::uint8_t>(std::chrono::weekday(std::chrono::sys_days(day)).iso_encoding());
    }
    out.time.hour = octet(value.hour);
    out.time.minute = octet(value.minute);
    out.time.second = octet(value.second);
    if (value.millisecond) { out.time.hundredths = static_cast<std::uint8_t>(*value.millisecond / 10); }
    return out;
}

Bytes encode(const DateAndTime& value) {
    ParameterWriter writer;
    return writer.application(value.date).application(value.time).take();
}

Result<DateAndTime> decode_date_and_time(ByteView octets) {
    ParameterReader reader(octets);
    DateAndTime value;
    value.date = reader.application<Date>();
    value.time = reader.application<Time>();
    return finished(reader, value);
}

Bytes encode(const DeviceObjectPropertyReference& value) {
    ParameterWriter writer;
    writer.context(0, value.object);
    write_reference(writer, 1, value.property);
    return writer.optional(3, value.device).take();
}

Result<DeviceObjectPropertyReference> decode_device_object_property_reference(ByteView octets) {
    ParameterReader reader(octets);
    DeviceObjectPropertyReference value;
    value.object = reader.object_at(0);
    value.property = read_reference(reader, 1);
    if (reader.next_is(std::uint8_t{3})) { value.device = reader.object_at(3); }
    return finished(reader, value);
}

StatusFlags status_flags(const BitString& bits) {
    return {bits.test(0), bits.test(1), bits.test(2), bits.test(3)};
}

BitString bit_string(const StatusFlags& flags) {
    return {{flags.in_alarm, flags.fault, flags.overridden, flags.out_of_service}};
}

} // namespace meterctl::codecs::bacnet
