#include "src/output/profile_document.hpp"

#include "src/output/shown.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

constexpr std::string_view schema = "meterctl/dump-profile/1";

Unit shown_unit(Unit unit, const Options& options) {
    return options.base_units ? base_of(unit).unit : unit;
}

std::string column_name(const ProfileColumn& column, const Options& options) {
    const std::string_view unit = symbol(shown_unit(column.unit, options));
    return unit.empty() ? column.name : fmt::format("{} [{}]", column.name, unit);
}

std::string time_text(const std::optional<DateTime>& time) {
    return time ? time->to_string() : std::string{};
}

std::string number_of(const std::optional<std::uint64_t>& number) {
    return number ? fmt::format("{}", *number) : std::string{};
}

void add_flag(std::vector<std::string>& flags, const std::string& flag) {
    if (std::ranges::find(flags, flag) == flags.end()) { flags.push_back(flag); }
}

/// The values in the units of their columns, and the flags of the record with those of its values.
struct ShownRecord {
    std::vector<Value> values;
    std::vector<std::string> flags;
};

ShownRecord shown_record(const ProfileRecord& record, std::span<const ProfileColumn> columns, const Options& options) {
    ShownRecord result{{}, record.flags};
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Value value = i < record.values.size() ? record.values[i] : Value();
        Shown show = shown(value, columns[i].unit, {}, options);
        // A value that does not fit into the column's unit would be read as if it did.
        if (show.unit != shown_unit(columns[i].unit, options)) { show = {Value(), show.unit, {"out_of_range"}}; }
        if (record.kind == "value") {
            for (const std::string& flag : show.flags) { add_flag(result.flags, flag); }
        }
        result.values.push_back(std::move(show.value));
    }
    return result;
}

void optional_time(JsonWriter& json, std::string_view name, const std::optional<DateTime>& time) {
    if (time) { json.member(name, time->to_string()); }
}

void write_gap(JsonWriter& json, const ProfileGap& gap) {
    json.begin_object();
    if (gap.first) { json.member("first", *gap.first); }
    if (gap.count) { json.member("count", *gap.count); }
    optional_time(json, "from", gap.from);
    optional_time(json, "to", gap.to);
    json.member("reason", gap.reason);
    json.end_object();
}

} // namespace

ProfileDocument::ProfileDocument(Sink& sink, const Options& options, bool header)
    : options_(options), header_(header), sink_(sink), json_(sink.buffer(), options.format == Format::json) {}

void ProfileDocument::begin(const Head& head, std::string_view profile) {
    head_ = head;
    profile_ = profile;
    if (options_.format == Format::table) { sink_.write(caption(head_)); }
    if (options_.format == Format::json) { open_line(); }
}

void ProfileDocument::open_line() {
    json_.begin_object();
    write_head(json_, schema, head_);
    json_.member("profile", profile_);
}

void ProfileDocument::head(const ProfileHead& profile) {
    columns_ = profile.columns;
    if (options_.format == Format::json) { return write_head_of(profile); }
    if (options_.format == Format::ndjson) {
        open_line();
        write_head_of(profile);
        return close_line("records");
    }
    names_ = {"time", "sequence", "kind"};
    for (const ProfileColumn& column : columns_) { names_.push_back(column_name(column, options_)); }
    names_.emplace_back("status");
    names_.emplace_back("note");
    for (std::size_t i = 0; i < names_.size(); ++i) {
        row_columns_.push_back({.name = names_[i], .right = i > 2 && i + 2 < names_.size()});
    }
    rows_.emplace(sink_, options_.format, row_columns_, Rows::Pace::gather, header_);
}

void ProfileDocument::write_head_of(const ProfileHead& profile) {
    if (profile.period) { json_.member("period_s", std::int64_t{profile.period->count()}); }
    if (profile.held) { json_.member("held", *profile.held); }
    json_.key("columns");
    json_.begin_array();
    for (const ProfileColumn& column : profile.columns) {
        json_.begin_object();
        json_.member("name", column.name);
        json_.optional_member("obis", obis_text(column.obis));
        json_.optional_member("unit", symbol(shown_unit(column.unit, options_)));
        json_.optional_member("point", column.address);
        json_.end_object();
    }
    json_.end_array();
    json_.optional_member("notes", profile.notes);
}

void ProfileDocument::open_records() {
    if (records_open_) { return; }
    records_open_ = true;
    json_.key("records");
    json_.begin_array();
}

void ProfileDocument::write_record(const ProfileRecord& record) {
    const ShownRecord show = shown_record(record, columns_, options_);
    json_.begin_object();
    if (record.sequence) { json_.member("sequence", *record.sequence); }
    optional_time(json_, "time", record.time);
    json_.member("kind", record.kind);
    json_.key("values");
    json_.begin_object();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const bool wanted = record.kind == "value" || !show.values[i].is_null();
        if (wanted) { json_.member(columns_[i].name, show.values[i]); }
    }
    json_.end_object();
    json_.optional_member("flags", show.flags);
    json_.optional_member("text", record.text);
    json_.end_object();
}

void ProfileDocument::record(const ProfileRecord& record) {
    if (options_.format == Format::json) {
        open_records();
        write_record(record);
    } else if (options_.format == Format::ndjson) {
        open_line();
        open_records();
        write_record(record);
        close_line("records");
    } else {
        const ShownRecord show = shown_record(record, columns_, options_);
        std::vector<std::string> cells{time_text(record.time), number_of(record.sequence), record.kind};
        for (const Value& value : show.values) { cells.push_back(value.to_string()); }
        cells.push_back(status_of(show.flags));
        cells.push_back(record.text);
        rows_->row(std::move(cells));
    }
    sink_.settle();
}

void ProfileDocument::gap(const ProfileGap& gap) {
    if (options_.format == Format::json) {
        gaps_.push_back(gap);
    } else if (options_.format == Format::ndjson) {
        open_line();
        json_.key("gaps");
        json_.begin_array();
        write_gap(json_, gap);
        json_.end_array();
        close_line({});
    } else if (rows_) {
        std::vector<std::string> cells(names_.size());
        cells[0] = time_text(gap.from);
        cells[1] = number_of(gap.first);
        cells[2] = "gap";
        const std::string many = gap.count ? fmt::format("{} records: ", *gap.count) : std::string{};
        cells[cells.size() - 2] = "gap";
        cells.back() = many + gap.reason;
        rows_->row(std::move(cells));
    }
}

void ProfileDocument::failure(const Failure& failure) {
    failures_.push_back(failure);
}

/// Ends a document; `list` is one that must be there.
void ProfileDocument::close_line(std::string_view list) {
    if (!list.empty()) { open_records(); }
    if (records_open_) { json_.end_array(); }
    records_open_ = false;
    json_.key("errors");
    json_.begin_array();
    json_.end_array();
    json_.end_object();
    json_.end_line();
}

void ProfileDocument::end() {
    if (options_.format == Format::ndjson && !failures_.empty()) { open_line(); }
    if (options_.format == Format::json || (options_.format == Format::ndjson && !failures_.empty())) {
        open_records();
        json_.end_array();
        records_open_ = false;
        if (!gaps_.empty()) {
            json_.key("gaps");
            json_.begin_array();
            for (const ProfileGap& gap : gaps_) { write_gap(json_, gap); }
            json_.end_array();
        }
        write_failures(json_, failures_);
        json_.end_object();
        json_.end_line();
    }
    if (rows_) {
        for (const Failure& failure : failures_) {
            std::vector<std::string> cells(names_.size());
            cells[2] = "error";
            cells[cells.size() - 2] = category_name(failure.error.category);
            cells.back() = failure.error.what;
            rows_->row(std::move(cells));
        }
        rows_->end();
    }
    sink_.flush();
}

void write_profile_list(Sink& sink, const Options& options, const Head& head,
                        std::span<const ProfileListing> profiles) {
    if (is_json(options.format)) {
        JsonWriter json(sink.buffer(), options.format == Format::json);
        json.begin_object();
        write_head(json, schema, head);
        json.key("profiles");
        json.begin_array();
        for (const ProfileListing& profile : profiles) {
            json.begin_object();
            json.member("name", profile.name);
            json.optional_member("title", profile.title);
            json.optional_member("point", profile.address);
            json.end_object();
        }
        json.end_array();
        write_failures(json, {});
        json.end_object();
        json.end_line();
    } else {
        static constexpr std::array columns{Column{.name = "name"}, Column{.name = "point"}, Column{.name = "title"}};
        Rows rows(sink, options.format, columns, Rows::Pace::gather);
        for (const ProfileListing& profile : profiles) { rows.row({profile.name, profile.address, profile.title}); }
        rows.end();
    }
    sink.flush();
}

} // namespace meterctl::output
