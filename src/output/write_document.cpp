#include "src/output/write_document.hpp"

#include "src/output/csv.hpp"
#include "src/output/table.hpp"

namespace meterctl::output {

namespace {

constexpr std::string_view schema = "meterctl/write/1";

std::string_view status_of(const WriteResult& result) {
    if (!result.sent) { return "dry_run"; }
    return result.verified ? "verified" : "written";
}

void write_result(JsonWriter& json, const WriteResult& result, const Style& style) {
    json.begin_object();
    json.member("name", result.name);
    if (!result.before.is_null()) { write_number_member(json, "before", result.before); }
    write_number_member(json, "value", result.value);
    json.member_if("unit", symbol(result.unit));
    json.member_if("label", result.label);
    json.member("status", status_of(result));
    if (result.read_back) {
        json.key("read_back");
        write_reading(json, *result.read_back, style);
    }
    if (!result.frames.empty()) {
        json.key("frames");
        json.begin_array();
        for (const FrameText& frame : result.frames) {
            json.begin_object(Layout::line);
            json.member("octets", frame.hex);
            json.member_if("summary", frame.summary);
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
}

} // namespace

void WriteWriter::write(const WriteDocument& document) {
    switch (style_.format) {
    case Format::json:
    case Format::ndjson:
        write_json(document);
        break;
    case Format::csv:
        write_csv(document);
        break;
    case Format::table:
        write_table(document);
        break;
    }
    first_ = false;
    if (style_.format != Format::json) { file_->flush(); }
}

void WriteWriter::end() {
    if (style_.format == Format::json || style_.format == Format::ndjson) { documents_.end(); }
    file_->flush();
}

void WriteWriter::write_json(const WriteDocument& document) {
    std::string text;
    JsonWriter json(text, documents_.layout());
    json.begin_object();
    json.member("schema", schema);
    json.member_if("meter", document.meter);
    json.member("target", document.target);
    json.member_if("address", document.address);
    json.member("time", document.time.to_string());
    json.key("dry_run");
    json.boolean(document.dry_run);
    json.key("writes");
    json.begin_array();
    for (const WriteResult& result : document.writes) { write_result(json, result, style_); }
    json.end_array();
    json.key("errors");
    json.begin_array();
    for (const Failure& failure : document.errors) { write_error(json, failure.point, failure.error); }
    json.end_array();
    json.end_object();
    documents_.add(text);
}

void WriteWriter::write_csv(const WriteDocument& document) {
    if (first_) { file_->write("time,meter,target,address,name,before,value,unit,status,frame\n"); }
    const std::string time = document.time.to_string();
    for (const WriteResult& result : document.writes) {
        std::string frames;
        for (const FrameText& frame : result.frames) { frames += (frames.empty() ? "" : ";") + frame.hex; }
        file_->write(
            csv_line({time, document.meter, document.target, document.address, result.name, result.before.to_string(),
                      result.value.to_string(), symbol(result.unit), status_of(result), frames}));
    }
    for (const Failure& failure : document.errors) {
        file_->write(csv_line({time, document.meter, document.target, document.address, failure.point, "", "", "",
                               category_name(failure.error.category), ""}));
    }
}

void WriteWriter::write_table(const WriteDocument& document) {
    Table table({{"name"}, {"before", true}, {"value", true}, {"unit"}, {"status"}, {"frame"}});
    for (const WriteResult& result : document.writes) {
        const std::string value =
            result.label.empty() ? result.value.to_string() : result.value.to_string() + " (" + result.label + ")";
        table.add({result.name, result.before.to_string(), value, std::string(symbol(result.unit)),
                   std::string(status_of(result)), result.frames.empty() ? "" : result.frames.front().hex});
        for (std::size_t index = 1; index < result.frames.size(); ++index) {
            table.add({"", "", "", "", "", result.frames[index].hex});
        }
    }
    for (const Failure& failure : document.errors) {
        const std::string status = std::string(category_name(failure.error.category)) + ": " + failure.error.what;
        table.add({failure.point.empty() ? "-" : failure.point, "", "-", "", status, ""});
    }
    if (!first_) { file_->write("\n"); }
    if (!table.empty()) { file_->write(table.to_string()); }
}

} // namespace meterctl::output
