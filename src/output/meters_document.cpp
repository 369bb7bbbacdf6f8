#include "src/output/documents.hpp"
#include "src/output/meter_parties.hpp"
#include "src/output/meter_text.hpp"
#include "src/output/shown.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

using catalogue::Definition;
using catalogue::Point;

constexpr std::array list_columns{
    Column{.name = "model"},   Column{.name = "title"}, Column{.name = "maker"}, Column{.name = "protocol"},
    Column{.name = "address"}, Column{.name = "baud"},  Column{.name = "frame"}, Column{.name = "origin"},
};
constexpr std::array list_table_columns{
    Column{.name = "model"}, Column{.name = "protocol"},
    Column{.name = "line"},  Column{.name = "address", .right = true},
    Column{.name = "title"},
};
constexpr std::array point_columns{
    Column{.name = "model"},   Column{.name = "name"},    Column{.name = "obis"},       Column{.name = "address"},
    Column{.name = "type"},    Column{.name = "order"},   Column{.name = "scale"},      Column{.name = "unit"},
    Column{.name = "access"},  Column{.name = "minimum"}, Column{.name = "maximum"},    Column{.name = "step"},
    Column{.name = "choices"}, Column{.name = "group"},   Column{.name = "applies_to"}, Column{.name = "irreversible"},
    Column{.name = "confirm"}, Column{.name = "title"},   Column{.name = "source"},
};

std::span<const Column> columns(Format format, bool points) {
    if (points) { return point_columns; }
    return format == Format::table ? std::span<const Column>(list_table_columns)
                                   : std::span<const Column>(list_columns);
}

std::string yes_or_nothing(bool value) {
    return value ? "yes" : "";
}

std::vector<std::string> point_row(const Definition& definition, const Point& point) {
    return {definition.model,
            point.name,
            obis_text(point.obis),
            point.address,
            point.type,
            point.order,
            point.scale.to_string(),
            std::string(symbol(point.unit)),
            point.method ? "method" : std::string(access_name(point.access)),
            number_text(point.minimum),
            number_text(point.maximum),
            number_text(point.step),
            choices_text(point),
            point.group,
            point.applies_to,
            yes_or_nothing(point.irreversible),
            yes_or_nothing(point.confirm),
            point.title,
            point.source};
}

void number_member(JsonWriter& json, std::string_view name, const std::optional<Decimal>& number) {
    if (number) { json.member(name, Value(*number)); }
}

void flag_member(JsonWriter& json, std::string_view name, bool flag) {
    if (flag) { json.member(name, true); }
}

void write_ratio(JsonWriter& json, const Point& point) {
    if (!point.ratio) { return; }
    json.key("ratio");
    json.begin_object();
    json.member("to", point.ratio->to);
    number_member(json, "minimum", point.ratio->minimum);
    number_member(json, "maximum", point.ratio->maximum);
    json.end_object();
}

void write_choices(JsonWriter& json, const Point& point) {
    if (point.choices.empty()) { return; }
    json.key("choices");
    json.begin_array();
    for (const auto& choice : point.choices) {
        json.begin_object();
        write_value(json, "value", choice.value);
        json.optional_member("label", choice.label);
        flag_member(json, "irreversible", choice.irreversible);
        json.optional_member("warning", choice.warning);
        json.end_object();
    }
    json.end_array();
}

void write_bits(JsonWriter& json, const Point& point) {
    if (point.bits.empty()) { return; }
    json.key("bits");
    json.begin_array();
    for (const auto& bit : point.bits) {
        json.begin_object();
        json.member("bit", bit.bit);
        json.member("name", bit.name);
        json.optional_member("title", bit.title);
        if (bit.is_fault) { json.member("fault_when", bit.fault_when); }
        json.end_object();
    }
    json.end_array();
}

void write_point(JsonWriter& json, const Point& point) {
    json.begin_object();
    json.member("name", point.name);
    json.optional_member("title", point.title);
    json.optional_member("obis", obis_text(point.obis));
    json.member("address", point.address);
    json.optional_member("type", point.type);
    json.optional_member("order", point.order);
    if (point.scale != Decimal{1, 0}) { json.member("scale", Value(point.scale)); }
    json.optional_member("unit", symbol(point.unit));
    json.member("access", access_name(point.access));
    flag_member(json, "method", point.method);
    number_member(json, "minimum", point.minimum);
    number_member(json, "maximum", point.maximum);
    number_member(json, "step", point.step);
    write_ratio(json, point);
    json.optional_member("after", point.after);
    if (point.min_interval_s != 0) { json.member("min_interval_s", point.min_interval_s); }
    write_choices(json, point);
    write_bits(json, point);
    flag_member(json, "irreversible", point.irreversible);
    flag_member(json, "confirm", point.confirm);
    flag_member(json, "unsettled", point.unsettled);
    flag_member(json, "changes_line", point.changes_line);
    json.optional_member("warning", point.warning);
    json.optional_member("group", point.group);
    json.optional_member("applies_to", point.applies_to);
    json.optional_member("source", point.source);
    json.optional_member("reported_name", point.reported_name);
    json.optional_member("reported_unit", point.reported_unit);
    json.end_object();
}

void write_widths(JsonWriter& json, const catalogue::PulseOutput& output) {
    if (output.widths_ms.empty()) { return; }
    json.key("widths");
    json.begin_array();
    for (const auto& [below, width] : output.widths_ms) {
        json.begin_object();
        number_member(json, "below_w", below);
        json.member("ms", Value(width));
        json.end_object();
    }
    json.end_array();
}

void write_pulse_output(JsonWriter& json, const catalogue::PulseOutput& output) {
    json.begin_object();
    json.member("name", output.name);
    json.member("quantity", output.quantity);
    number_member(json, "constant", output.constant);
    if (!output.constants.empty()) {
        json.key("constants");
        json.begin_array();
        for (const Decimal& constant : output.constants) { json.value(Value(constant)); }
        json.end_array();
    }
    write_widths(json, output);
    number_member(json, "minimum_gap_ms", output.minimum_gap_ms);
    number_member(json, "maximum_bounce_ms", output.maximum_bounce_ms);
    if (output.optical) { json.member("optical", true); }
    json.optional_member("wiring", output.wiring);
    json.optional_member("applies_to", output.applies_to);
    json.optional_member("source", output.source);
    json.end_object();
}

void write_pulse_outputs(JsonWriter& json, const Definition& definition) {
    if (definition.pulse_outputs.empty()) { return; }
    json.key("pulse_outputs");
    json.begin_array();
    for (const auto& output : definition.pulse_outputs) { write_pulse_output(json, output); }
    json.end_array();
}

void write_accuracy(JsonWriter& json, const catalogue::AccuracyClass& accuracy) {
    if (!accuracy.active && !accuracy.reactive) { return; }
    json.key("accuracy_class");
    json.begin_object();
    number_member(json, "active_percent", accuracy.active);
    number_member(json, "reactive_percent", accuracy.reactive);
    json.optional_member("source", accuracy.source);
    json.end_object();
}

void write_meter(JsonWriter& json, const Definition& definition, bool points) {
    json.begin_object();
    json.member("model", definition.model);
    json.member("title", definition.title);
    json.optional_member("maker", definition.maker);
    json.member("protocol", definition.protocol);
    json.optional_member("address", definition.address);
    json.member("baud", definition.line.baud);
    json.member("frame", definition.line.frame);
    json.optional_member("origin", definition.origin);
    json.member("point_count", definition.points.size());
    if (points) {
        json.optional_member("sources", definition.sources);
        json.key("points");
        json.begin_array();
        for (const Point& point : definition.points) { write_point(json, point); }
        json.end_array();
        write_profiles(json, definition);
        write_clients(json, definition);
        write_pulse_outputs(json, definition);
        write_accuracy(json, definition.accuracy);
        json.optional_member("notes", definition.notes);
        json.optional_member("not_public", definition.not_public);
    }
    json.end_object();
}

} // namespace

MetersDocument::MetersDocument(Sink& sink, const Options& options, bool points)
    : options_(options), points_(points), sink_(sink), json_(sink.buffer(), options.format == Format::json),
      rows_(sink, options.format, columns(options.format, points), Rows::Pace::gather) {}

void MetersDocument::begin() {
    if (options_.format == Format::json) { open(); }
}

void MetersDocument::open() {
    json_.begin_object();
    json_.member("schema", "meterctl/meters/1");
    json_.key("meters");
    json_.begin_array();
}

void MetersDocument::close() {
    json_.end_array();
    json_.end_object();
    json_.end_line();
}

void MetersDocument::meter(const Definition& definition) {
    const std::string baud = fmt::format("{}", definition.line.baud);
    if (options_.format == Format::json) {
        write_meter(json_, definition, points_);
    } else if (options_.format == Format::ndjson) {
        open();
        write_meter(json_, definition, points_);
        close();
    } else if (options_.format == Format::table && points_) {
        sink_.write(meter_text(definition));
    } else if (points_) {
        for (const Point& point : definition.points) { rows_.row(point_row(definition, point)); }
    } else if (options_.format == Format::table) {
        rows_.row({definition.model, definition.protocol, baud + " " + definition.line.frame, definition.address,
                   definition.title});
    } else {
        rows_.row({definition.model, definition.title, definition.maker, definition.protocol, definition.address, baud,
                   definition.line.frame, definition.origin});
    }
    sink_.settle();
}

void MetersDocument::end() {
    if (options_.format == Format::json) { close(); }
    rows_.end();
    sink_.flush();
}

} // namespace meterctl::output
