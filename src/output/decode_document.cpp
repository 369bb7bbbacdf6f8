#include "src/output/decode_document.hpp"

#include "src/core/hex.hpp"
#include "src/output/csv.hpp"
#include "src/output/decode_json.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

constexpr std::size_t hex_per_line = 32; ///< octets

std::string time_of(const FrameRecord& frame) {
    return frame.time ? frame.time->to_string() : std::string{};
}

std::string status_of_frame(const FrameRecord& frame) {
    return frame.error ? std::string(category_name(frame.error->category)) : std::string("ok");
}

void append_fields(std::string& text, const std::vector<FieldRecord>& fields, std::size_t depth) {
    for (const FieldRecord& field : fields) {
        std::string value = field.value.to_string();
        if (!field.text.empty()) { value += value.empty() ? field.text : " (" + field.text + ")"; }
        const std::string name = std::string(2 * depth, ' ') + field.name;
        text += fmt::format("    {:>5}  {:<28} {}\n", field.offset, name, value);
        append_fields(text, field.children, depth + 1);
    }
}

std::string value_with_unit(const Reading& reading) {
    std::string text = reading.value.is_null() ? "-" : reading.value.to_string();
    if (reading.unit != Unit::none) { text += fmt::format(" {}", symbol(reading.unit)); }
    if (!reading.text.empty()) { text += " (" + reading.text + ")"; }
    if (!reading.flags.empty()) { text += " [" + status_of(reading) + "]"; }
    return text;
}

} // namespace

void DecodeWriter::begin(const std::string& meter) {
    if (style_.format == Format::json) { begin_decode(json_, meter); }
    if (style_.format == Format::csv) {
        file_->write("frame,input,stream,time,offset,protocol,direction,summary,name,obis,value,unit,status,octets\n");
    }
    drain();
}

void DecodeWriter::frame(const FrameRecord& frame) {
    ++frames_;
    switch (style_.format) {
    case Format::json:
        write_frame(json_, frame, style_);
        break;
    case Format::ndjson: {
        JsonWriter line(text_, Layout::line);
        write_frame(line, frame, style_);
        text_ += '\n';
        break;
    }
    case Format::csv:
        csv_frame(frame);
        break;
    case Format::table:
        table_frame(frame);
        break;
    }
    drain();
}

void DecodeWriter::end(const DecodeSummary& summary) {
    switch (style_.format) {
    case Format::json:
        end_decode(json_, summary, frames_);
        text_ += '\n';
        break;
    case Format::ndjson: {
        JsonWriter line(text_, Layout::line);
        write_summary(line, summary, frames_);
        text_ += '\n';
        break;
    }
    case Format::csv:
        break;
    case Format::table:
        for (const StatisticsRecord& row : summary.statistics) {
            text_ += row.stream.empty() ? row.protocol + ":" : row.stream + " " + row.protocol + ":";
            for (const auto& [name, count] : row.counters) { text_ += fmt::format(" {} {}", name, count); }
            text_ += '\n';
        }
        break;
    }
    drain();
    file_->flush();
}

void DecodeWriter::csv_frame(const FrameRecord& frame) {
    const std::string hex = to_hex(frame.octets);
    const auto line = [&](std::string_view name, std::string_view obis, std::string_view value, std::string_view unit,
                          std::string_view status) {
        text_ += csv_line({fmt::to_string(frame.number), frame.input, frame.stream, time_of(frame),
                           fmt::to_string(frame.offset), frame.protocol, frame.direction, frame.summary, name, obis,
                           value, unit, status, hex});
    };
    if (frame.readings.empty()) { line("", "", "", "", status_of_frame(frame)); }
    for (const Reading& original : frame.readings) {
        const Reading reading = styled(original, style_);
        line(reading.name, reading.obis ? reading.obis->to_string() : "", reading.value.to_string(),
             symbol(reading.unit), status_of(reading));
    }
}

void DecodeWriter::table_frame(const FrameRecord& frame) {
    if (frames_ > 1) { text_ += '\n'; }
    text_ +=
        fmt::format("{}  {} {}", frame.number, frame.protocol.empty() ? "no frame" : frame.protocol, frame.direction);
    if (frame.answers) { text_ += fmt::format(" to {}", *frame.answers); }
    text_ += fmt::format(", offset {}", frame.offset);
    if (!frame.stream.empty()) { text_ += ", " + frame.stream; }
    if (frame.time) { text_ += ", " + time_of(frame); }
    text_ += '\n';
    if (!frame.summary.empty()) { text_ += "  " + frame.summary + "\n"; }
    if (frame.error) { text_ += "  error: " + describe(*frame.error) + "\n"; }
    for (std::size_t at = 0; at < frame.octets.size(); at += hex_per_line) {
        const ByteView all(frame.octets);
        text_ += "  " + to_hex(all.subspan(at, std::min(hex_per_line, all.size() - at))) + "\n";
    }
    append_fields(text_, frame.fields, 0);
    for (const Reading& original : frame.readings) {
        const Reading reading = styled(original, style_);
        text_ += fmt::format("  = {} {}\n", reading.name, value_with_unit(reading));
    }
}

void DecodeWriter::drain() {
    file_->write(text_);
    text_.clear();
    if (style_.format != Format::json) { file_->flush(); }
}

} // namespace meterctl::output
