#include "codecs/dlms/apdu_parts.hpp"
#include "codecs/dlms/length.hpp"
#include "codecs/dlms/names.hpp"
#include "codecs/dlms/notification.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint8_t counter_error = 6;

Data notification_body(ApduReader& reader) {
    const auto ahead = reader.ahead();
    const auto extent = data_extent(ahead);
    const bool plain = extent && *extent == ahead.size();
    if (auto packed = plain ? std::nullopt : packed_body(ahead)) {
        return reader.given("notification_body", std::move(*packed));
    }
    return reader.data("notification_body");
}

} // namespace

namespace parts {

EventNotification event_notification(ApduReader& reader) {
    EventNotification out;
    if (reader.present("time")) { out.time = reader.date_time("time"); }
    out.attribute = plain_attribute(reader);
    out.value = reader.data("value");
    return out;
}

DataNotification data_notification(ApduReader& reader) {
    DataNotification out;
    out.invoke = long_invoke(reader);
    out.time = reader.date_time("date_time");
    out.body = notification_body(reader);
    return out;
}

DataNotificationConfirm data_notification_confirm(ApduReader& reader) {
    DataNotificationConfirm out;
    out.invoke = long_invoke(reader);
    out.time = reader.date_time("date_time");
    return out;
}

ExceptionResponse exception_response(ApduReader& reader) {
    ExceptionResponse out;
    out.state = reader.u8("state_error", state_error_name);
    out.service = reader.u8("service_error", service_error_name);
    if (out.service == counter_error && reader.remaining() > 0) {
        out.invocation_counter = reader.u32("invocation_counter");
    }
    return out;
}

GeneralBlock general_block(ApduReader& reader) {
    constexpr unsigned last = 0x80, streaming = 0x40, window = 0x3F;
    GeneralBlock out;
    const auto control = reader.u8("block_control");
    out.last = (control & last) != 0;
    out.streaming = (control & streaming) != 0;
    out.window = static_cast<std::uint8_t>(control & window);
    reader.explain(fmt::format("{}{}, window {}", out.last ? "last block" : "more follow",
                               out.streaming ? ", streaming" : "", out.window));
    out.number = reader.u16("block_number");
    out.acknowledged = reader.u16("block_number_ack");
    out.data = reader.octets("block_data");
    return out;
}

} // namespace parts

Bytes encode(const EventNotification& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::event_notification).u8(apdu.time ? 1 : 0);
    if (apdu.time) { parts::write_time(writer, apdu.time); }
    parts::write_plain(writer, apdu.attribute);
    write_data(writer, apdu.value);
    return writer.take();
}

Bytes encode(const DataNotification& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::data_notification).u32be(apdu.invoke.octets);
    parts::write_time(writer, apdu.time);
    write_data(writer, apdu.body);
    return writer.take();
}

Bytes encode(const DataNotificationConfirm& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::data_notification_confirm).u32be(apdu.invoke.octets);
    parts::write_time(writer, apdu.time);
    return writer.take();
}

Bytes encode(const ExceptionResponse& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::exception_response).u8(apdu.state).u8(apdu.service);
    if (apdu.service == counter_error && apdu.invocation_counter) { writer.u32be(*apdu.invocation_counter); }
    return writer.take();
}

Bytes encode(const GeneralBlock& apdu) {
    const auto control =
        static_cast<std::uint8_t>((apdu.last ? 0x80U : 0U) | (apdu.streaming ? 0x40U : 0U) | (apdu.window & 0x3FU));
    ByteWriter writer;
    writer.u8(apdu_tag::general_block_transfer).u8(control).u16be(apdu.number).u16be(apdu.acknowledged);
    write_octets(writer, apdu.data);
    return writer.take();
}

} // namespace meterctl::codecs::dlms
