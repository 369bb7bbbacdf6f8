#include "src/output/read_document.hpp"

#include "src/core/hex.hpp"
#include "src/output/csv.hpp"
#include "src/output/table.hpp"

namespace meterctl::output {

namespace {

constexpr std::string_view schema = "meterctl/read/1";

std::string obis_of(const Reading& reading) {
    return reading.obis ? reading.obis->to_string() : std::string{};
}

/// The value as the table shows it: with its label, or a dash where there is none.
std::string shown(const Reading& reading) {
    if (reading.value.is_null()) { return "-"; }
    const std::string text = reading.value.to_string();
    return reading.text.empty() ? text : text + " (" + reading.text + ")";
}

std::string heading(const ReadDocument& document) {
    std::string text = document.meter.empty() ? document.target : document.meter + " at " + document.target;
    if (!document.address.empty()) { text += ", address " + document.address; }
    if (!document.serial_number.empty()) { text += ", serial number " + document.serial_number; }
    return text + ", " + document.time.to_string() + "\n";
}

} // namespace

void ReadWriter::write(const ReadDocument& document) {
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

void ReadWriter::end() {
    if (style_.format == Format::json || style_.format == Format::ndjson) { documents_.end(); }
    file_->flush();
}

void ReadWriter::write_json(const ReadDocument& document) {
    std::string text;
    JsonWriter json(text, documents_.layout());
    json.begin_object();
    json.member("schema", schema);
    json.member_if("meter", document.meter);
    json.member("target", document.target);
    json.member_if("address", document.address);
    json.member_if("serial_number", document.serial_number);
    json.member("time", document.time.to_string());
    json.key("readings");
    json.begin_array();
    for (const Reading& reading : document.readings) { write_reading(json, reading, style_); }
    json.end_array();
    json.key("errors");
    json.begin_array();
    for (const Failure& failure : document.errors) { write_error(json, failure.point, failure.error); }
    json.end_array();
    json.end_object();
    documents_.add(text);
}

void ReadWriter::write_csv(const ReadDocument& document) {
    if (first_) { file_->write("time,meter,target,address,name,obis,value,unit,status"); }
    if (first_) { file_->write(style_.raw ? ",raw\n" : "\n"); }
    const std::string time = document.time.to_string();
    const auto line = [&](std::string_view name, std::string_view obis, std::string_view value, std::string_view unit,
                          std::string_view status, ByteView raw) {
        std::string text =
            csv_line({time, document.meter, document.target, document.address, name, obis, value, unit, status});
        if (style_.raw) { text.insert(text.size() - 1, "," + to_hex(raw)); }
        file_->write(text);
    };
    for (const Reading& original : document.readings) {
        const Reading reading = styled(original, style_);
        line(reading.name, obis_of(reading), reading.value.to_string(), symbol(reading.unit), status_of(reading),
             reading.raw);
    }
    for (const Failure& failure : document.errors) {
        line(failure.point, "", "", "", category_name(failure.error.category), {});
    }
}

void ReadWriter::write_table(const ReadDocument& document) {
    if (!first_) { file_->write("\n"); }
    file_->write(heading(document));
    Table table({{"name"}, {"value", true}, {"unit"}, {"obis"}, {"status"}, {"raw"}});
    for (const Reading& original : document.readings) {
        const Reading reading = styled(original, style_);
        const std::string status = reading.flags.empty() ? std::string{} : status_of(reading);
        table.add({reading.name, shown(reading), std::string(symbol(reading.unit)), obis_of(reading), status,
                   style_.raw ? to_hex(reading.raw) : std::string{}});
    }
    for (const Failure& failure : document.errors) {
        const std::string status = std::string(category_name(failure.error.category)) + ": " + failure.error.what;
        table.add({failure.point.empty() ? "-" : failure.point, "-", "", "", status, ""});
    }
    if (!table.empty()) { file_->write(table.to_string()); }
}

} // namespace meterctl::output
