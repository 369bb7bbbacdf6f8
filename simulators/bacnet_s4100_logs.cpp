// The trend logs of the virtual S4100.
#include "simulators/bacnet_s4100.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t buffer_size = 5760;
/// A meter that has been at work for more than its buffer holds.
constexpr std::uint32_t records_before = 6100;
constexpr std::array<std::uint32_t, 3> usual_sources{2, 3, 19};
constexpr std::uint32_t last_source = 75; ///< of the analog inputs that can be recorded
constexpr std::uint32_t normal = 0;
constexpr std::string_view interval_setting = "demand_subinterval_length";

/// How many records there are at first; all that fit where nothing is said.
std::size_t history_size(const Options& options) {
    const auto found = options.extras.find("history");
    if (found == options.extras.end()) { return buffer_size; }
    std::size_t count = 0;
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), count);
    return std::min(count, buffer_size);
}

/// True where every field of the time is given: else it is no limit.
bool reached(const bacnet::DateAndTime& limit, SystemTime now) {
    const auto time = system_time(limit);
    return time && now >= *time;
}

} // namespace

void S4100::add_trend_log(std::uint32_t instance) {
    const std::size_t before = history_size(options_);
    Log made{usual_sources.at(instance - 1), TrendBuffer(buffer_size)};
    const auto total = before == buffer_size ? records_before : static_cast<std::uint32_t>(before);
    made.buffer.fill(std::vector<TrendRecord>(before), total);
    logs_.reserve(usual_sources.size());
    logs_.push_back(std::move(made));
    const std::size_t index = logs_.size() - 1;

    BacnetObject& object = add_object({object_types::trend_log, instance}, fmt::format("Trend_Log_{}", instance),
                                      fmt::format("Trend_Log {}", instance));
    object
        .add(properties::log_device_object_property,
             [this, index] {
                 bacnet::DeviceObjectPropertyReference reference;
                 reference.object = {object_types::analog_input, logs_[index].source};
                 reference.property.property = properties::present_value;
                 return constructed(bacnet::encode(reference));
             })
        .write = [this, index](ByteView octets) { return write_source(logs_[index], octets); };
    object.add(properties::record_count, [this, index] { return scalar(std::uint64_t{logs_[index].buffer.count()}); })
        .write = [this](ByteView octets) { return write_count(octets); };
    object.add(properties::total_record_count,
               [this, index] { return scalar(std::uint64_t{logs_[index].buffer.total()}); });
    object.add(properties::buffer_size, std::uint64_t{buffer_size});
    object.add(properties::event_state, bacnet::Enumerated{normal});
    object.add(properties::log_buffer, std::function<PropertyData()>());
    add_log_settings(object);
    object.read_range = [this, index](const bacnet::ReadRange& request, std::size_t most) {
        fill(logs_[index]);
        return logs_[index].buffer.read(request, most);
    };
}

void S4100::add_log_settings(BacnetObject& object) {
    object.add(properties::enable, [this] { return scalar(logging_.enabled); }).write = [this](ByteView octets) {
        return write_enable(octets);
    };
    object.add(properties::stop_when_full, [this] { return scalar(logging_.stop_when_full); }).write =
        [this](ByteView octets) -> Granted<void> {
        const auto value = written_value<bool>(octets);
        if (!value) { return tl::unexpected(value.error()); }
        logging_.stop_when_full = *value;
        return {};
    };
    object
        .add(properties::log_interval,
             [this] { return scalar(static_cast<std::uint64_t>(settings_.value(interval_setting))); })
        .write = [this](ByteView octets) { return write_interval(octets); };
    const auto add_time = [this, &object](std::uint32_t property, bacnet::DateAndTime Logging::*member) {
        object.add(property, [this, member] { return constructed(bacnet::encode(logging_.*member)); }).write =
            [this, member](ByteView octets) -> Granted<void> {
            const auto value = bacnet::decode_date_and_time(octets);
            if (!value) { return tl::unexpected(refusals::invalid_data_type); }
            logging_.*member = *value;
            return {};
        };
    };
    add_time(properties::start_time, &Logging::start);
    add_time(properties::stop_time, &Logging::stop);
}

Granted<void> S4100::write_enable(ByteView octets) {
    const auto value = written_value<bool>(octets);
    if (!value) { return tl::unexpected(value.error()); }
    if (*value == logging_.enabled) { return {}; }
    logging_.enabled = *value;
    bacnet::LogStatus entry;
    entry.disabled = !*value;
    note(entry);
    return {};
}

/// Another source: what was recorded before is of no use beside it.
Granted<void> S4100::write_source(Log& log, ByteView octets) {
    const auto reference = bacnet::decode_device_object_property_reference(octets);
    if (!reference) { return tl::unexpected(refusals::invalid_data_type); }
    const bool own = !reference->device || *reference->device == id();
    const bool input = reference->object.type == object_types::analog_input && reference->object.instance >= 1 &&
                       reference->object.instance <= last_source;
    if (!own || !input || reference->property.property != properties::present_value || reference->property.index) {
        return tl::unexpected(refusals::value_out_of_range);
    }
    if (log.source == reference->object.instance) { return {}; }
    log.source = reference->object.instance;
    log.filled = true;
    log.buffer.clear();
    bacnet::LogStatus entry;
    entry.purged = true;
    log.buffer.add({clock(), entry, false});
    return {};
}

/// The same value as AV11's, but at once: a trend log has no Reliability to tell that it is being stored.
Granted<void> S4100::write_interval(ByteView octets) {
    const auto value = written_value<std::uint64_t>(octets);
    if (!value) { return tl::unexpected(value.error()); }
    auto written = settings_.write(interval_setting, static_cast<double>(*value), now_);
    if (!written) { return written; }
    settings_.store(now_);
    interval_changed();
    return {};
}

Granted<void> S4100::write_count(ByteView octets) {
    const auto value = written_value<std::uint64_t>(octets);
    if (!value) { return tl::unexpected(value.error()); }
    if (*value != 0) { return tl::unexpected(refusals::value_out_of_range); }
    purge();
    return {};
}

/// The event is reported as the first record of the empty log.
void S4100::purge() {
    for (Log& log : logs_) {
        log.filled = true;
        log.buffer.clear();
    }
    bacnet::LogStatus entry;
    entry.purged = true;
    note(entry);
}

bool S4100::logging_now() const {
    return logging_.enabled && (reached(logging_.start, clock()) || !system_time(logging_.start)) &&
           !reached(logging_.stop, clock());
}

void S4100::record(SystemTime model_time) {
    for (Log& log : logs_) {
        const auto point = analog_inputs_.find(log.source);
        if (point == analog_inputs_.end()) { continue; }
        if (logging_.stop_when_full && log.buffer.full()) {
            logging_.enabled = false;
            return;
        }
        TrendRecord entry;
        entry.stamp = model_time + clock_offset_;
        entry.datum = inputs_.analog(*point->second);
        entry.fault = inputs_.unreliable(*point->second);
        log.buffer.add(entry);
    }
}

void S4100::note(const std::variant<bacnet::LogStatus, bacnet::TimeChange>& what) {
    for (Log& log : logs_) {
        TrendRecord entry;
        entry.stamp = clock();
        std::visit([&entry](const auto& one) { entry.datum = one; }, what);
        log.buffer.add(entry);
    }
}

/// Before anybody looks, only the number of the records of the time before is known.
void S4100::fill(Log& log) {
    if (log.filled) { return; }
    log.filled = true;
    const std::size_t before = history_size(options_);
    const auto since = log.buffer.total() - (before == buffer_size ? records_before : before);
    auto records = history(log.source, before);
    const auto& now = log.buffer.records();
    const auto made = std::min<std::size_t>(since, now.size());
    records.insert(records.end(), now.end() - static_cast<std::ptrdiff_t>(made), now.end());
    log.buffer.fill(std::move(records), log.buffer.total());
}

/// What the load of the days before would have shown: powers as they were, energies that lead up to the registers of
/// today.
std::vector<TrendRecord> S4100::history(std::uint32_t source, std::size_t count) const {
    std::vector<TrendRecord> records;
    const auto found = analog_inputs_.find(source);
    if (found == analog_inputs_.end() || count == 0) { return records; }
    const catalogue::Point& point = *found->second;
    constexpr auto length = 900s;
    const LoadModel today(options_);
    const auto passed = std::chrono::floor<std::chrono::seconds>(today.clock().time_since_epoch());
    const SystemTime last{(passed - 1s) / length * length};
    Options before = options_;
    before.start = last - length * static_cast<std::int64_t>(count);
    before.speed = static_cast<double>(length.count()) * 10;
    LoadModel model(before);
    S4100Inputs inputs(model, settings_);
    constexpr auto step = 100ms; // the line's time for one length
    const TimePoint zero{};
    model.advance_to(zero);
    inputs.demands.begin(model);
    const auto quantity = point.group == "energy" ? find_quantity(point.name) : std::nullopt;
    std::vector<double> energies;
    for (std::size_t i = 1; i <= count; ++i) {
        model.advance_to(zero + step * static_cast<std::int64_t>(i));
        inputs.demands.end_subinterval(model, 1);
        TrendRecord entry;
        entry.stamp = *before.start + length * static_cast<std::int64_t>(i);
        entry.datum = inputs.analog(point);
        records.push_back(entry);
        if (quantity) { energies.push_back(model.value(*quantity)); }
    }
    for (std::size_t i = 0; i < energies.size(); ++i) {
        auto& value = std::get<float>(records[i].datum);
        const double energy = energies[i] + today.value(*quantity) - energies.back();
        if (!std::isnan(value)) { value = static_cast<float>(std::round(energy) / 1000); }
    }
    return records;
}

} // namespace meterctl::simulators
