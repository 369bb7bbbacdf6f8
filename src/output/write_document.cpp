#include "src/core/hex.hpp"
#include "src/output/documents.hpp"
#include "src/output/shown.hpp"

#include <array>

namespace meterctl::output {

namespace {

constexpr std::array csv_columns{
    Column{.name = "time"}, Column{.name = "meter"},  Column{.name = "target"},  Column{.name = "address"},
    Column{.name = "name"}, Column{.name = "before"}, Column{.name = "written"}, Column{.name = "read_back"},
    Column{.name = "unit"}, Column{.name = "status"}, Column{.name = "frames"},
};
constexpr std::array table_columns{
    Column{.name = "name"},
    Column{.name = "before", .right = true},
    Column{.name = "written", .right = true},
    Column{.name = "read back", .right = true},
    Column{.name = "unit"},
    Column{.name = "note"},
    Column{.name = "status"},
    Column{.name = "frames"},
};

struct StatusName {
    WriteStatus status;
    std::string_view name;
};
constexpr std::array status_names{
    StatusName{WriteStatus::planned, "planned"},   StatusName{WriteStatus::written, "written"},
    StatusName{WriteStatus::verified, "verified"}, StatusName{WriteStatus::mismatch, "mismatch"},
    StatusName{WriteStatus::invoked, "invoked"},
};

std::string status_text(WriteStatus status) {
    for (const StatusName& entry : status_names) {
        if (entry.status == status) { return std::string(entry.name); }
    }
    return {};
}

std::span<const Column> columns(Format format) {
    return format == Format::table ? std::span<const Column>(table_columns) : std::span<const Column>(csv_columns);
}

std::string frames_text(const WriteRecord& record) {
    std::string text;
    for (const FrameText& frame : record.frames) {
        if (!text.empty()) { text += "; "; }
        text += to_hex(frame.octets);
    }
    return text;
}

std::string note_text(const WriteRecord& record) {
    std::string text = record.label;
    for (const std::string& note : record.notes) { text += (text.empty() ? "" : "; ") + note; }
    return text;
}

void write_frames(JsonWriter& json, const WriteRecord& record) {
    if (record.frames.empty()) { return; }
    json.key("frames");
    json.begin_array();
    for (const FrameText& frame : record.frames) {
        json.begin_object();
        json.member("octets", to_hex(frame.octets));
        json.optional_member("summary", frame.summary);
        json.end_object();
    }
    json.end_array();
}

} // namespace

WriteDocument::WriteDocument(Sink& sink, const Options& options)
    : options_(options), sink_(sink), json_(sink.buffer(), options.format == Format::json),
      rows_(sink, options.format, columns(options.format),
            options.format == Format::csv ? Rows::Pace::stream : Rows::Pace::gather) {}

void WriteDocument::begin(const Head& head) {
    head_ = head;
    failures_.clear();
    if (options_.format == Format::table) { sink_.write(caption(head_)); }
    if (!is_json(options_.format)) { return; }
    json_.begin_object();
    write_head(json_, "meterctl/write/1", head_);
    json_.key("writes");
    json_.begin_array();
}

void WriteDocument::record(const WriteRecord& record) {
    const std::string unit(symbol(record.unit));
    if (is_json(options_.format)) {
        json_.begin_object();
        json_.member("name", record.name);
        json_.optional_member("obis", obis_text(record.obis));
        json_.optional_member("point", record.address);
        if (!record.before.is_null()) { write_value(json_, "before", record.before); }
        if (!record.method || !record.written.is_null()) { write_value(json_, "written", record.written); }
        if (record.read_back) { write_value(json_, "read_back", *record.read_back); }
        if (record.result && !record.result->is_null()) { write_value(json_, "result", *record.result); }
        json_.optional_member("unit", unit);
        json_.optional_member("label", record.label);
        json_.member("status", status_text(record.status));
        json_.optional_member("notes", record.notes);
        write_frames(json_, record);
        json_.end_object();
        return;
    }
    const bool returned = record.result && !record.result->is_null();
    const std::optional<Value>& answer = returned ? record.result : record.read_back;
    const std::string read_back = answer ? answer->to_string() : std::string{};
    if (options_.format == Format::table) {
        rows_.row({record.name, record.before.to_string(), record.written.to_string(), read_back, unit,
                   note_text(record), status_text(record.status), frames_text(record)});
    } else {
        rows_.row({head_.time.to_string(), head_.meter, head_.target, head_.address, record.name,
                   record.before.to_string(), record.written.to_string(), read_back, unit, status_text(record.status),
                   frames_text(record)});
    }
}

void WriteDocument::failure(const Failure& failure) {
    failures_.push_back(failure);
}

void WriteDocument::end() {
    if (is_json(options_.format)) {
        json_.end_array();
        write_failures(json_, failures_);
        json_.end_object();
        json_.end_line();
    }
    for (const Failure& failure : failures_) {
        const std::string category(category_name(failure.error.category));
        if (options_.format == Format::table) {
            rows_.row({failure.name, {}, {}, {}, {}, failure.error.what, category});
        } else if (options_.format == Format::csv) {
            rows_.row({head_.time.to_string(),
                       head_.meter,
                       head_.target,
                       head_.address,
                       failure.name,
                       {},
                       {},
                       {},
                       {},
                       category});
        }
    }
    rows_.end();
    sink_.flush();
}

} // namespace meterctl::output
