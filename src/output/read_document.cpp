#include "src/core/hex.hpp"
#include "src/output/documents.hpp"
#include "src/output/shown.hpp"

#include <array>

namespace meterctl::output {

namespace {

// With --raw, two columns more.
constexpr std::array csv_columns{
    Column{.name = "time"},   Column{.name = "meter"}, Column{.name = "target"}, Column{.name = "address"},
    Column{.name = "name"},   Column{.name = "obis"},  Column{.name = "value"},  Column{.name = "unit"},
    Column{.name = "status"}, Column{.name = "point"}, Column{.name = "raw"},
};
constexpr std::array table_columns{
    Column{.name = "name"},   Column{.name = "value", .right = true},
    Column{.name = "unit"},   Column{.name = "note"},
    Column{.name = "status"}, Column{.name = "point"},
    Column{.name = "raw"},
};

std::span<const Column> columns(const Options& options) {
    const std::span<const Column> all =
        options.format == Format::table ? std::span<const Column>(table_columns) : std::span<const Column>(csv_columns);
    return options.raw ? all : all.first(all.size() - 2);
}

/// Of a table alone: the status that needs no word is left out.
std::string table_status(const std::vector<std::string>& flags) {
    return flags.empty() ? std::string{} : status_of(flags);
}

} // namespace

ReadDocument::ReadDocument(Sink& sink, const Options& options)
    : options_(options), sink_(sink), json_(sink.buffer(), options.format == Format::json),
      rows_(sink, options.format, columns(options),
            options.format == Format::csv ? Rows::Pace::stream : Rows::Pace::gather) {}

void ReadDocument::begin(const Head& head) {
    head_ = head;
    failures_.clear();
    if (options_.format == Format::table) {
        if (tables_++ > 0) { sink_.write("\n"); }
        sink_.write(caption(head_));
    }
    if (!is_json(options_.format)) { return; }
    json_.begin_object();
    write_head(json_, "meterctl/read/1", head_);
    json_.key("readings");
    json_.begin_array();
}

void ReadDocument::reading(const Reading& reading) {
    if (is_json(options_.format)) {
        write_reading(json_, reading, options_);
        sink_.settle();
        return;
    }
    const Shown show = shown(reading.value, reading.unit, reading.flags, options_);
    const std::string unit(symbol(show.unit));
    const std::string value = show.value.to_string();
    if (options_.format == Format::table) {
        rows_.row(
            {reading.name, value, unit, reading.text, table_status(show.flags), reading.address, to_hex(reading.raw)});
    } else {
        rows_.row({head_.time.to_string(), head_.meter, head_.target, head_.address, reading.name,
                   obis_text(reading.obis), value, unit, status_of(show.flags), reading.address, to_hex(reading.raw)});
    }
}

void ReadDocument::failure(const Failure& failure) {
    failures_.push_back(failure);
}

void ReadDocument::end() {
    if (is_json(options_.format)) {
        json_.end_array();
        write_failures(json_, failures_);
        json_.end_object();
        json_.end_line();
    }
    for (const Failure& failure : failures_) {
        const std::string category(category_name(failure.error.category));
        if (options_.format == Format::table) {
            rows_.row({failure.name, {}, {}, failure.error.what, category});
        } else if (options_.format == Format::csv) {
            rows_.row(
                {head_.time.to_string(), head_.meter, head_.target, head_.address, failure.name, {}, {}, {}, category});
        }
    }
    rows_.end();
    sink_.flush();
}

} // namespace meterctl::output
