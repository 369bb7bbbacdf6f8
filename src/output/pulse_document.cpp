#include "src/output/pulse_document.hpp"

#include "src/output/json_writer.hpp"
#include "src/output/rows.hpp"
#include "src/output/shown.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

constexpr std::array csv_columns{
    Column{.name = "time"},    Column{.name = "meter"},  Column{.name = "target"}, Column{.name = "output"},
    Column{.name = "name"},    Column{.name = "value"},  Column{.name = "unit"},   Column{.name = "minimum"},
    Column{.name = "maximum"}, Column{.name = "mean"},   Column{.name = "stddev"}, Column{.name = "least"},
    Column{.name = "most"},    Column{.name = "status"}, Column{.name = "what"},
};
constexpr std::array edge_columns{Column{.name = "time"}, Column{.name = "level"}};
constexpr std::array table_columns{
    Column{.name = "figure"},
    Column{.name = "value", .right = true},
    Column{.name = "unit"},
    Column{.name = "from", .right = true},
    Column{.name = "to", .right = true},
    Column{.name = "limit"},
    Column{.name = "status"},
    Column{.name = "note"},
};

std::string text_of(const std::optional<Decimal>& number) {
    return number ? number->to_string() : std::string();
}

/// A figure and its check, whichever there is: a row of CSV and of the table.
struct Line {
    const FigureRecord* figure = nullptr;
    const CheckRecord* check = nullptr;

    [[nodiscard]] const std::string& name() const { return check != nullptr ? check->name : figure->name; }
    [[nodiscard]] const std::string& unit() const { return check != nullptr ? check->unit : figure->unit; }
    [[nodiscard]] std::string value() const {
        return check != nullptr ? text_of(check->value) : figure->median.to_string();
    }
};

std::vector<Line> lines_of(const PulseTestRecord& test) {
    std::vector<Line> lines;
    for (const FigureRecord& figure : test.figures) {
        const auto check = std::ranges::find(test.checks, figure.name, &CheckRecord::name);
        lines.push_back({&figure, check == test.checks.end() ? nullptr : &*check});
    }
    for (const CheckRecord& check : test.checks) {
        if (std::ranges::find(test.figures, check.name, &FigureRecord::name) == test.figures.end()) {
            lines.push_back({nullptr, &check});
        }
    }
    return lines;
}

std::string seconds_text(std::chrono::nanoseconds time) {
    return Decimal{time.count(), -9}.to_string();
}

std::string verdict_text(const PulseTestRecord& test) {
    if (!test.passed) { return {}; }
    return *test.passed ? "PASS" : "FAIL";
}

void number(JsonWriter& json, std::string_view name, const std::optional<Decimal>& value) {
    if (value) { json.member(name, Value(*value)); }
}

void write_figures(JsonWriter& json, const PulseTestRecord& test) {
    json.key("figures");
    json.begin_array();
    for (const FigureRecord& figure : test.figures) {
        json.begin_object();
        json.member("name", figure.name);
        json.optional_member("unit", figure.unit);
        json.member("count", figure.count);
        number(json, "minimum", figure.minimum);
        number(json, "maximum", figure.maximum);
        number(json, "mean", figure.mean);
        number(json, "median", figure.median);
        number(json, "stddev", figure.deviation);
        json.end_object();
    }
    json.end_array();
}

void write_odd_pulses(JsonWriter& json, const PulseTestRecord& test) {
    if (!test.missing.empty()) {
        json.key("missing");
        json.begin_array();
        for (const MissingRecord& missing : test.missing) {
            json.begin_object();
            number(json, "after_s", missing.after);
            json.member("count", missing.count);
            json.end_object();
        }
        json.end_array();
    }
    if (test.extra.empty()) { return; }
    json.key("extra_s");
    json.begin_array();
    for (const Decimal& time : test.extra) { json.value(Value(time)); }
    json.end_array();
}

void write_reference(JsonWriter& json, const PulseTestRecord& test) {
    if (!test.reference) { return; }
    const ReferenceRecord& reference = *test.reference;
    json.key("reference");
    json.begin_object();
    json.optional_member("meter", reference.meter);
    json.member("target", reference.target);
    json.optional_member("address", reference.address);
    json.member("name", reference.name);
    if (!reference.before.is_null()) { json.member("before", reference.before); }
    if (!reference.after.is_null()) { json.member("after", reference.after); }
    json.optional_member("unit", symbol(reference.unit));
    json.member("pulses", reference.pulses);
    number(json, "energy", reference.energy);
    number(json, "error_percent", reference.error);
    number(json, "one_pulse_percent", reference.one_pulse);
    number(json, "one_step_percent", reference.one_step);
    number(json, "uncertainty_percent", reference.uncertainty);
    number(json, "accuracy_class_percent", reference.accuracy);
    json.optional_member("accuracy_source", reference.accuracy_source);
    json.end_object();
}

void write_checks(JsonWriter& json, const PulseTestRecord& test) {
    json.key("checks");
    json.begin_array();
    for (const CheckRecord& check : test.checks) {
        json.begin_object();
        json.member("figure", check.name);
        number(json, "value", check.value);
        json.optional_member("unit", check.unit);
        number(json, "least", check.least);
        number(json, "most", check.most);
        json.member("result", check.result);
        json.optional_member("what", check.what);
        json.end_object();
    }
    json.end_array();
}

void write_edges(JsonWriter& json, const PulseTestRecord& test) {
    if (!test.edges) { return; }
    json.key("edges");
    json.begin_array();
    for (const EdgeRecord& edge : *test.edges) {
        json.begin_object();
        json.member("time_s", Value(Decimal{edge.time.count(), -9}));
        json.member("level", edge.level ? 1 : 0);
        json.end_object();
    }
    json.end_array();
}

void write_json(JsonWriter& json, const Head& head, const PulseTestRecord& test, std::span<const Failure> failures) {
    json.begin_object();
    write_head(json, "meterctl/pulse-test/1", head);
    json.optional_member("input", test.input);
    json.member("output", test.output);
    json.optional_member("quantity", test.quantity);
    json.member("constant", Value(test.constant));
    json.member("constant_unit", symbol(test.constant_unit));
    number(json, "debounce_ms", test.debounce);
    json.member("pulses", test.pulses);
    json.member("duration_s", Value(test.duration));
    json.member("energy", Value(test.energy));
    json.member("energy_unit", symbol(test.energy_unit));
    number(json, "power_w", test.power);
    write_figures(json, test);
    write_odd_pulses(json, test);
    write_reference(json, test);
    write_checks(json, test);
    json.optional_member("limits_source", test.limits_source);
    json.optional_member("verdict", verdict_text(test));
    json.member("interrupted", test.interrupted);
    json.optional_member("notes", test.notes);
    write_edges(json, test);
    write_failures(json, failures);
    json.end_object();
    json.end_line();
}

void write_edge_rows(Sink& sink, const std::vector<EdgeRecord>& edges) {
    Rows rows(sink, Format::csv, edge_columns, Rows::Pace::gather);
    for (const EdgeRecord& edge : edges) { rows.row({seconds_text(edge.time), edge.level ? "1" : "0"}); }
    rows.end();
}

class CsvRows {
public:
    CsvRows(Sink& sink, const Head& head, const PulseTestRecord& test)
        : rows_(sink, Format::csv, csv_columns, Rows::Pace::gather),
          front_{head.time.to_string(), head.meter, head.target, test.output} {}

    void plain(std::string_view name, std::string value, std::string_view unit, std::string status = "ok") {
        row({std::string(name), std::move(value), std::string(unit), {}, {}, {}, {}, {}, {}, std::move(status), {}});
    }
    void line(const Line& line) {
        const FigureRecord* figure = line.figure;
        const CheckRecord* check = line.check;
        const auto of_figure = [&](Decimal FigureRecord::*member) {
            return figure != nullptr ? (figure->*member).to_string() : std::string();
        };
        row({line.name(), line.value(), line.unit(), of_figure(&FigureRecord::minimum),
             of_figure(&FigureRecord::maximum), of_figure(&FigureRecord::mean), of_figure(&FigureRecord::deviation),
             check != nullptr ? text_of(check->least) : "", check != nullptr ? text_of(check->most) : "",
             check != nullptr ? check->result : "ok", check != nullptr ? check->what : ""});
    }
    void end() { rows_.end(); }

private:
    void row(const std::vector<std::string>& cells) {
        std::vector<std::string> all = front_;
        all.insert(all.end(), cells.begin(), cells.end());
        rows_.row(std::move(all));
    }

    Rows rows_;
    std::vector<std::string> front_;
};

void write_csv(Sink& sink, const Head& head, const PulseTestRecord& test, std::span<const Failure> failures) {
    if (test.edges) { return write_edge_rows(sink, *test.edges); }
    CsvRows rows(sink, head, test);
    rows.plain("pulses", std::to_string(test.pulses), "");
    rows.plain("duration", test.duration.to_string(), "s");
    rows.plain("energy", test.energy.to_string(), symbol(test.energy_unit));
    for (const Line& line : lines_of(test)) { rows.line(line); }
    if (test.passed) { rows.plain("verdict", verdict_text(test), "", *test.passed ? "pass" : "fail"); }
    for (const Failure& failure : failures) {
        rows.plain(failure.name, {}, "", std::string(category_name(failure.error.category)));
    }
    rows.end();
}

std::string limit_text(const CheckRecord& check) {
    if (check.least && check.most) {
        return fmt::format("{} to {}", check.least->to_string(), check.most->to_string());
    }
    if (check.least) { return fmt::format("at least {}", check.least->to_string()); }
    if (check.most) { return fmt::format("at most {}", check.most->to_string()); }
    return {};
}

void write_table(Sink& sink, const Head& head, const PulseTestRecord& test, std::span<const Failure> failures) {
    sink.write(caption(head));
    sink.write(fmt::format("{}, {} {}, {} pulses, {} {} in {} s\n", test.output, test.constant.to_string(),
                           symbol(test.constant_unit), test.pulses, test.energy.to_string(), symbol(test.energy_unit),
                           test.duration.to_string()));
    Rows rows(sink, Format::table, table_columns, Rows::Pace::gather);
    for (const Line& line : lines_of(test)) {
        const FigureRecord* figure = line.figure;
        const CheckRecord* check = line.check;
        const bool judged = check != nullptr && check->result != "no_limit";
        rows.row({line.name(), line.value(), line.unit(), figure != nullptr ? figure->minimum.to_string() : "",
                  figure != nullptr ? figure->maximum.to_string() : "", check != nullptr ? limit_text(*check) : "",
                  judged ? check->result : "", check != nullptr ? check->what : ""});
    }
    for (const Failure& failure : failures) {
        rows.row(
            {failure.name, {}, {}, {}, {}, {}, std::string(category_name(failure.error.category)), failure.error.what});
    }
    rows.end();
    if (test.passed) { sink.write(verdict_text(test) + "\n"); }
}

} // namespace

void write_pulse_test(Sink& sink, const Options& options, const Head& head, const PulseTestRecord& test,
                      std::span<const Failure> failures) {
    if (is_json(options.format)) {
        JsonWriter json(sink.buffer(), options.format == Format::json);
        write_json(json, head, test, failures);
    } else if (options.format == Format::csv) {
        write_csv(sink, head, test, failures);
    } else {
        write_table(sink, head, test, failures);
    }
    sink.flush();
}

} // namespace meterctl::output
