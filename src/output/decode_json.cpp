#include "src/output/decode_json.hpp"

#include "src/core/hex.hpp"

namespace meterctl::output {

namespace {

constexpr std::string_view schema = "meterctl/decode/1";

void write_field(JsonWriter& json, const FieldRecord& field) {
    json.begin_object(Layout::line);
    json.member("name", field.name);
    if (!field.value.is_null()) { write_number_member(json, "value", field.value); }
    json.member_if("meaning", field.text);
    json.key("offset");
    json.number(field.offset);
    json.key("length");
    json.number(field.length);
    if (!field.children.empty()) {
        json.key("fields");
        json.begin_array(Layout::line);
        for (const FieldRecord& child : field.children) { write_field(json, child); }
        json.end_array();
    }
    json.end_object();
}

void write_position(JsonWriter& json, const FrameRecord& frame) {
    json.key("frame");
    json.number(frame.number);
    json.member_if("input", frame.input);
    json.member_if("stream", frame.stream);
    if (frame.time) { json.member("time", frame.time->to_string()); }
    json.key("offset");
    json.number(frame.offset);
    json.member_if("protocol", frame.protocol);
    json.member_if("direction", frame.direction);
    if (frame.answers) {
        json.key("answers");
        json.number(*frame.answers);
    }
}

void write_closing(JsonWriter& json, const DecodeSummary& summary, std::uint64_t frames) {
    json.key("count");
    json.number(frames);
    if (!summary.statistics.empty()) {
        json.key("statistics");
        json.begin_array();
        for (const StatisticsRecord& row : summary.statistics) {
            json.begin_object(Layout::line);
            json.member_if("stream", row.stream);
            json.member("protocol", row.protocol);
            for (const auto& [name, count] : row.counters) {
                json.key(name);
                json.number(count);
            }
            json.end_object();
        }
        json.end_array();
    }
    json.key("errors");
    json.begin_array();
    for (const Failure& failure : summary.errors) { write_error(json, failure.point, failure.error); }
    json.end_array();
}

} // namespace

void begin_decode(JsonWriter& json, const std::string& meter) {
    json.begin_object();
    json.member("schema", schema);
    json.member_if("meter", meter);
    json.key("frames");
    json.begin_array();
}

void write_frame(JsonWriter& json, const FrameRecord& frame, const Style& style) {
    json.begin_object();
    if (style.format == Format::ndjson) {
        json.member("schema", schema);
        json.member("type", "frame");
    }
    write_position(json, frame);
    json.member("octets", to_hex(frame.octets));
    json.member_if("summary", frame.summary);
    if (!frame.fields.empty()) {
        json.key("fields");
        json.begin_array();
        for (const FieldRecord& field : frame.fields) { write_field(json, field); }
        json.end_array();
    }
    if (!frame.readings.empty()) {
        json.key("readings");
        json.begin_array();
        for (const Reading& reading : frame.readings) { write_reading(json, reading, style); }
        json.end_array();
    }
    if (frame.error) {
        json.key("error");
        write_error(json, {}, *frame.error);
    }
    json.end_object();
}

void end_decode(JsonWriter& json, const DecodeSummary& summary, std::uint64_t frames) {
    json.end_array();
    write_closing(json, summary, frames);
    json.end_object();
}

void write_summary(JsonWriter& json, const DecodeSummary& summary, std::uint64_t frames) {
    json.begin_object();
    json.member("schema", schema);
    json.member("type", "summary");
    write_closing(json, summary, frames);
    json.end_object();
}

} // namespace meterctl::output
