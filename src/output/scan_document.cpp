#include "src/output/documents.hpp"
#include "src/output/shown.hpp"

#include <array>

namespace meterctl::output {

namespace {

constexpr std::array csv_columns{
    Column{.name = "time"},     Column{.name = "target"}, Column{.name = "address"},       Column{.name = "line"},
    Column{.name = "protocol"}, Column{.name = "model"},  Column{.name = "serial_number"}, Column{.name = "status"},
};
constexpr std::array table_columns{
    Column{.name = "address", .width = 7, .right = true},
    Column{.name = "line", .width = 8},
    Column{.name = "model", .width = 18},
    Column{.name = "serial number", .width = 16},
    Column{.name = "title"},
};

std::span<const Column> columns(Format format) {
    return format == Format::table ? std::span<const Column>(table_columns) : std::span<const Column>(csv_columns);
}

std::string status_of(const FoundRecord& record) {
    if (record.error) { return std::string(category_name(record.error->category)); }
    return record.meter.empty() ? "unknown_model" : "ok";
}

void write_found(JsonWriter& json, const FoundRecord& record, const Options& options) {
    json.begin_object();
    json.optional_member("target", record.target);
    json.member("address", record.address);
    json.optional_member("model", record.meter);
    json.optional_member("title", record.title);
    json.optional_member("protocol", record.protocol);
    json.optional_member("serial_number", record.serial_number);
    json.optional_member("line", record.line);
    if (!record.facts.empty()) { write_readings(json, "facts", record.facts, options); }
    if (record.error) {
        json.key("error");
        write_failure(json, {{}, *record.error});
    }
    json.end_object();
}

void write_summary(JsonWriter& json, const ScanSummary& summary) {
    json.key("summary");
    json.begin_object();
    json.member("tried", summary.tried);
    json.member("planned", summary.planned);
    json.member("found", summary.found);
    if (summary.duration) { json.member("duration_ms", std::int64_t{summary.duration->count()}); }
    json.member("interrupted", summary.interrupted);
    json.end_object();
}

} // namespace

ScanDocument::ScanDocument(Sink& sink, const Options& options)
    : options_(options), sink_(sink), json_(sink.buffer(), options.format == Format::json),
      rows_(sink, options.format, columns(options.format), Rows::Pace::stream) {}

void ScanDocument::begin(const Head& head) {
    head_ = head;
    failures_.clear();
    if (options_.format == Format::json) { open(); }
}

void ScanDocument::open() {
    json_.begin_object();
    write_head(json_, "meterctl/scan/1", head_);
    json_.key("meters");
    json_.begin_array();
}

void ScanDocument::close(std::span<const Failure> failures, const ScanSummary* summary) {
    json_.end_array();
    if (summary != nullptr) { write_summary(json_, *summary); }
    write_failures(json_, failures, "address");
    json_.end_object();
    json_.end_line();
}

void ScanDocument::found(const FoundRecord& record) {
    switch (options_.format) {
    case Format::json:
        write_found(json_, record, options_);
        break;
    case Format::ndjson:
        open();
        write_found(json_, record, options_);
        close({}, nullptr);
        break;
    case Format::csv:
        rows_.row({head_.time.to_string(), record.target.empty() ? head_.target : record.target, record.address,
                   record.line, record.protocol, record.meter, record.serial_number, status_of(record)});
        break;
    case Format::table:
        rows_.row({record.address, record.target.empty() ? record.line : record.target,
                   record.meter.empty() ? "unknown" : record.meter, record.serial_number,
                   record.error ? record.error->what : record.title});
        break;
    }
    sink_.flush();
}

void ScanDocument::failure(const Failure& failure) {
    failures_.push_back(failure);
}

void ScanDocument::end(const ScanSummary& summary) {
    if (is_json(options_.format)) {
        if (options_.format == Format::ndjson) { open(); }
        close(failures_, &summary);
    }
    for (const Failure& failure : failures_) {
        const std::string category(category_name(failure.error.category));
        if (options_.format == Format::csv) {
            rows_.row({head_.time.to_string(), head_.target, failure.name, {}, {}, {}, {}, category});
        } else if (options_.format == Format::table) {
            rows_.row({failure.name, {}, category, {}, failure.error.what});
        }
    }
    rows_.end();
    sink_.flush();
}

} // namespace meterctl::output
