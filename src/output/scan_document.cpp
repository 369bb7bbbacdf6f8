#include "src/output/scan_document.hpp"

#include "src/output/csv.hpp"
#include "src/output/table.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

constexpr std::string_view schema = "meterctl/scan/1";

constexpr std::array columns{
    Column{"address", true, 7}, Column{"line", false, 9},           Column{"protocol", false, 10},
    Column{"model", false, 16}, Column{"serial number", false, 14}, Column{"title", false, 0},
};

void write_members(JsonWriter& json, const FoundDevice& device, const Style& style) {
    json.member("address", device.address);
    json.member_if("line", device.line);
    json.member("protocol", device.protocol);
    json.member_if("model", device.model);
    json.member_if("title", device.title);
    json.member_if("serial_number", device.serial_number);
    if (device.facts.empty()) { return; }
    json.key("facts");
    json.begin_array(Layout::line);
    for (const Reading& fact : device.facts) { write_reading(json, fact, style); }
    json.end_array();
}

void write_members(JsonWriter& json, const ScanSummary& summary, std::uint64_t found) {
    json.key("tried");
    json.number(summary.tried);
    json.key("planned");
    json.number(summary.planned);
    json.key("found");
    json.number(found);
    json.key("complete");
    json.boolean(summary.complete);
    json.key("errors");
    json.begin_array();
    for (const Failure& failure : summary.errors) { write_error(json, failure.point, failure.error); }
    json.end_array();
}

} // namespace

void ScanWriter::begin(const std::string& target, const DateTime& time) {
    target_ = target;
    time_ = time.to_string();
    switch (style_.format) {
    case Format::json:
        json_.begin_object();
        json_.member("schema", schema);
        json_.member("target", target_);
        json_.member("time", time_);
        json_.key("devices");
        json_.begin_array();
        break;
    case Format::ndjson:
        break;
    case Format::csv:
        file_->write("time,target,address,line,protocol,model,title,serial_number,status\n");
        break;
    case Format::table:
        file_->write(table_header(columns));
        break;
    }
    drain();
}

void ScanWriter::device(const FoundDevice& device) {
    ++found_;
    const std::string model = device.model.empty() ? "-" : device.model;
    switch (style_.format) {
    case Format::json:
        json_.begin_object(Layout::line);
        write_members(json_, device, style_);
        json_.end_object();
        break;
    case Format::ndjson: {
        JsonWriter line(text_, Layout::line);
        line.begin_object();
        line.member("schema", schema);
        line.member("type", "device");
        line.member("target", target_);
        line.member("time", time_);
        write_members(line, device, style_);
        line.end_object();
        text_ += '\n';
        break;
    }
    case Format::csv:
        file_->write(csv_line({time_, target_, device.address, device.line, device.protocol, device.model, device.title,
                               device.serial_number, "found"}));
        break;
    case Format::table:
        file_->write(table_row(columns, std::array<std::string, 6>{device.address, device.line, device.protocol, model,
                                                                   device.serial_number, device.title}));
        break;
    }
    drain();
}

void ScanWriter::end(const ScanSummary& summary) {
    switch (style_.format) {
    case Format::json:
        json_.end_array();
        write_members(json_, summary, found_);
        json_.end_object();
        text_ += '\n';
        break;
    case Format::ndjson: {
        JsonWriter line(text_, Layout::line);
        line.begin_object();
        line.member("schema", schema);
        line.member("type", "summary");
        line.member("target", target_);
        write_members(line, summary, found_);
        line.end_object();
        text_ += '\n';
        break;
    }
    case Format::csv:
        for (const Failure& failure : summary.errors) {
            file_->write(
                csv_line({time_, target_, failure.point, "", "", "", "", "", category_name(failure.error.category)}));
        }
        break;
    case Format::table:
        file_->write(fmt::format("{} found, {} of {} asked{}\n", found_, summary.tried, summary.planned,
                                 summary.complete ? "" : ", ended early"));
        break;
    }
    drain();
}

void ScanWriter::drain() {
    file_->write(text_);
    text_.clear();
    file_->flush();
}

} // namespace meterctl::output
