// What is known of a trend log before its records: how many there are, of what, how often, and whether it records.
#include "codecs/bacnet/values.hpp"
#include "sessions/bacnet/trend_log.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint32_t buffer_size = 126, log_reference = 132, enable = 133, log_interval = 134, record_count = 141,
                        stop_when_full = 144, total_record_count = 145;
constexpr const char* clock_reset_point = "clock_reset";

Wanted wanted_of(const bacnet::ObjectId& object, std::uint32_t number, std::size_t octets) {
    Wanted wanted;
    wanted.object = object;
    wanted.property.property = number;
    wanted.octets = octets;
    return wanted;
}

template <class T>
std::optional<T> held_in(const Result<Bytes>& value) {
    if (!value) { return std::nullopt; }
    const auto held = bacnet::decode_primitives(*value);
    const auto* one = held && held->size() == 1 ? std::get_if<T>(&held->front()) : nullptr;
    return one == nullptr ? std::nullopt : std::optional(*one);
}

} // namespace

Task<Result<TrendLog::State>> TrendLog::state() {
    std::vector<Wanted> wanted;
    wanted.push_back(wanted_of(log_, record_count, 4));
    wanted.push_back(wanted_of(log_, total_record_count, 5));
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    const auto count = held_in<std::uint64_t>((*values)[0]), total = held_in<std::uint64_t>((*values)[1]);
    if (!(*values)[0]) { co_return tl::unexpected((*values)[0].error()); }
    State state;
    state.count = count.value_or(0);
    state.total = total.value_or(state.count);
    co_return state;
}

/// What tells that the clock has lost the time since it was last set, where the definition knows it.
std::optional<bacnet::PointAddress> TrendLog::clock_alert() const {
    const catalogue::Point* point = meter_ == nullptr ? nullptr : meter_->find(clock_reset_point);
    const auto address = point == nullptr ? std::nullopt : std::optional(bacnet::parse_point_address(point->address));
    return address && *address ? std::optional(**address) : std::nullopt;
}

/// The logged object by the definition's name, else by its own.
Task<Result<ProfileColumn>> TrendLog::column(Result<Bytes> logged) {
    ProfileColumn column;
    column.name = "value";
    const auto reference = logged ? bacnet::decode_device_object_property_reference(*logged)
                                  : Result<bacnet::DeviceObjectPropertyReference>(tl::unexpected(logged.error()));
    if (!reference) { co_return column; }
    bacnet::PointAddress address;
    address.object = reference->object;
    address.property = reference->property;
    column.address = address.text();
    const catalogue::Point* point = reference->device ? nullptr : points_.find(address.object, address.property);
    if (point != nullptr) {
        column.name = point->name;
        column.obis = point->obis;
        column.unit = point->unit;
        co_return column;
    }
    std::vector<Wanted> wanted;
    constexpr std::size_t name_octets = 24;
    wanted.push_back(wanted_of(reference->object, property::object_name, name_octets));
    wanted.push_back(wanted_of(reference->object, property::units, 2));
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    const auto text = held_in<bacnet::CharacterString>((*values)[0]);
    const std::string name = text ? snake_case(text->text().value_or("")) : std::string();
    if (!name.empty()) { column.name = name; }
    const auto units = held_in<bacnet::Enumerated>((*values)[1]);
    if (units) { column.unit = bacnet::unit_of(units->value).value_or(Unit::none); }
    co_return column;
}

Task<Result<TrendLog::About>> TrendLog::about() {
    constexpr std::size_t reference_octets = 13, count_octets = 5, flag_octets = 1;
    std::vector<Wanted> wanted;
    wanted.push_back(wanted_of(log_, record_count, count_octets));
    wanted.push_back(wanted_of(log_, total_record_count, count_octets));
    wanted.push_back(wanted_of(log_, log_reference, reference_octets));
    wanted.push_back(wanted_of(log_, log_interval, count_octets));
    wanted.push_back(wanted_of(log_, enable, flag_octets));
    wanted.push_back(wanted_of(log_, stop_when_full, flag_octets));
    wanted.push_back(wanted_of(log_, buffer_size, count_octets));
    const auto alert = clock_alert();
    if (alert) { wanted.push_back(wanted_of(alert->object, alert->property.property, 2)); }
    auto values = co_await properties_.read(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    Values& all = *values;
    if (!all[0]) { co_return tl::unexpected(all[0].error()); }
    About about;
    about.state.count = held_in<std::uint64_t>(all[0]).value_or(0);
    about.state.total = held_in<std::uint64_t>(all[1]).value_or(about.state.count);
    about.head.held = about.state.count;
    auto logged = co_await column(std::move(all[2]));
    if (!logged) { co_return tl::unexpected(logged.error()); }
    about.head.columns.push_back(std::move(*logged));
    constexpr std::uint64_t hundredths = 100;
    const auto interval = held_in<std::uint64_t>(all[3]);
    if (interval && *interval >= hundredths) { about.head.period = std::chrono::seconds(*interval / hundredths); }
    const auto size = held_in<std::uint64_t>(all[6]);
    const bool full = size && about.state.count >= *size && held_in<bool>(all[5]).value_or(false);
    if (about.state.count == 0) { about.head.notes.emplace_back("the log is empty"); }
    if (!held_in<bool>(all[4]).value_or(true)) {
        about.head.notes.emplace_back(full ? fmt::format("the log is full, with {} records, and has stopped", *size)
                                           : "the log is switched off: nothing is being recorded");
    }
    about.clock_reset = alert && held_in<bacnet::Enumerated>(all.back()) == bacnet::Enumerated{1};
    if (about.clock_reset) {
        about.head.notes.emplace_back("the device has lost the time: records before it was set are flagged");
    }
    co_return about;
}

} // namespace meterctl::sessions::bacnet
