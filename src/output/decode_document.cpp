#include "src/core/hex.hpp"
#include "src/output/documents.hpp"
#include "src/output/frame_tree.hpp"
#include "src/output/instant.hpp"
#include "src/output/shown.hpp"

#include <array>

namespace meterctl::output {

namespace {

constexpr std::array csv_columns{
    Column{.name = "frame"},  Column{.name = "time"},     Column{.name = "source"},    Column{.name = "offset"},
    Column{.name = "length"}, Column{.name = "protocol"}, Column{.name = "direction"}, Column{.name = "summary"},
    Column{.name = "name"},   Column{.name = "obis"},     Column{.name = "value"},     Column{.name = "unit"},
    Column{.name = "status"},
};

void write_field(JsonWriter& json, const Field& field) {
    json.begin_object();
    json.member("name", field.name);
    write_value(json, "value", shown_value(field.value));
    json.optional_member("label", field.text);
    json.member("offset", field.offset);
    json.member("length", field.length);
    if (!field.children.empty()) {
        json.key("fields");
        json.begin_array();
        for (const Field& child : field.children) { write_field(json, child); }
        json.end_array();
    }
    json.end_object();
}

void write_frame(JsonWriter& json, const FrameRecord& frame, const Options& options) {
    json.begin_object();
    json.optional_member("source", frame.source);
    if (frame.time) { json.member("time", instant_text(*frame.time)); }
    json.member("offset", frame.offset);
    json.member("length", frame.octets.size());
    json.optional_member("protocol", frame.protocol);
    json.optional_member("direction", frame.direction);
    json.optional_member("summary", frame.summary);
    if (frame.answers) { json.member("answers", *frame.answers); }
    json.member("octets", to_hex(frame.octets));
    json.key("fields");
    json.begin_array();
    for (const Field& field : frame.fields) { write_field(json, field); }
    json.end_array();
    write_readings(json, "readings", frame.readings, options);
    if (frame.error) {
        json.key("error");
        write_failure(json, {{}, *frame.error});
    }
    json.end_object();
}

void write_counters(JsonWriter& json, std::span<const CountersRecord> counters) {
    if (counters.empty()) { return; }
    json.key("counters");
    json.begin_array();
    for (const CountersRecord& record : counters) {
        json.begin_object();
        json.optional_member("source", record.source);
        json.member("protocol", record.protocol);
        json.member("octets", record.octets);
        json.member("frames", record.frames);
        json.member("crc_errors", record.crc_errors);
        json.member("bad_lengths", record.bad_lengths);
        json.member("bad_headers", record.bad_headers);
        json.member("skipped_octets", record.skipped_octets);
        json.end_object();
    }
    json.end_array();
}

} // namespace

DecodeDocument::DecodeDocument(Sink& sink, const Options& options)
    : options_(options), sink_(sink), json_(sink.buffer(), options.format == Format::json),
      rows_(sink, options.format, csv_columns, Rows::Pace::gather) {}

void DecodeDocument::begin(std::string_view meter) {
    meter_ = meter;
    failures_.clear();
    if (options_.format == Format::json) { open(); }
}

void DecodeDocument::open() {
    json_.begin_object();
    json_.member("schema", "meterctl/decode/1");
    json_.optional_member("meter", meter_);
    json_.key("frames");
    json_.begin_array();
}

void DecodeDocument::close(std::span<const Failure> failures, std::span<const CountersRecord> counters) {
    json_.end_array();
    write_counters(json_, counters);
    write_failures(json_, failures, "source");
    json_.end_object();
    json_.end_line();
}

void DecodeDocument::frame(const FrameRecord& frame) {
    switch (options_.format) {
    case Format::json:
        write_frame(json_, frame, options_);
        break;
    case Format::ndjson:
        open();
        write_frame(json_, frame, options_);
        close({}, {});
        break;
    case Format::csv:
        rows_of(frame);
        break;
    case Format::table:
        sink_.write(options_.summary ? frame_line(frame) : frame_tree(frame, options_));
        break;
    }
    ++frames_;
    sink_.settle();
}

namespace {

/// What a row of a frame that failed says of it. Of one that is good up to some place, the rest is a row of its own.
std::string with_reason(const FrameRecord& frame) {
    const std::string reason = describe(*frame.error);
    if (frame.summary.empty() || !frame.readings.empty()) { return reason; }
    return frame.summary.find(frame.error->what) == std::string::npos ? frame.summary + ": " + reason : frame.summary;
}

} // namespace

void DecodeDocument::rows_of(const FrameRecord& frame) {
    std::string begin;
    for (const std::string& cell :
         {std::to_string(frames_), frame.time ? instant_text(*frame.time) : std::string{}, frame.source,
          std::to_string(frame.offset), std::to_string(frame.octets.size()), frame.protocol, frame.direction}) {
        append_csv_cell(begin, cell);
        begin += ',';
    }
    std::string summary;
    append_csv_cell(summary, frame.summary);
    const std::string status = frame.error ? std::string(category_name(frame.error->category)) : "ok";
    for (const Reading& reading : frame.readings) {
        const Shown show = shown(reading.value, reading.unit, reading.flags, options_);
        const std::array cells{reading.name, obis_text(reading.obis), show.value.to_string(),
                               std::string(symbol(show.unit)), status_of(show.flags)};
        rows_.row_behind(begin + summary + ',', cells);
    }
    if (!frame.error && !frame.readings.empty()) { return; }
    const std::string said = frame.error ? with_reason(frame) : frame.summary;
    const std::array cells{said, std::string{}, std::string{}, std::string{}, std::string{}, status};
    rows_.row_behind(begin, cells);
}

void DecodeDocument::flush() {
    sink_.flush();
}

void DecodeDocument::failure(const Failure& failure) {
    failures_.push_back(failure);
}

void DecodeDocument::end(std::span<const CountersRecord> counters) {
    const bool last_line = !failures_.empty() || !counters.empty();
    if (options_.format == Format::json) { close(failures_, counters); }
    if (options_.format == Format::ndjson && last_line) {
        open();
        close(failures_, counters);
    }
    for (const Failure& failure : failures_) {
        const std::string category(category_name(failure.error.category));
        if (options_.format == Format::csv) {
            rows_.row({{}, {}, failure.name, {}, {}, {}, {}, failure.error.what, {}, {}, {}, {}, category});
        } else if (options_.format == Format::table) {
            sink_.write(failure_line(failure));
        }
    }
    if (options_.format == Format::csv) { rows_.end(); }
    sink_.flush();
}

} // namespace meterctl::output
