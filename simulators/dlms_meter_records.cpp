// What a virtual meter records: load profiles, billing, logs of events; and what it had recorded before anybody looked.
#include "codecs/dlms/point.hpp"
#include "simulators/dlms_meter.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;
using namespace std::chrono_literals;

namespace {

constexpr unsigned usual_days = 40, most_days = 400;
constexpr auto usual_demand_period = 1800s;
constexpr std::uint16_t profile_class = 7, demand_class = 5;
constexpr std::size_t most_daily_events = 100;
constexpr std::uint8_t power_down = 0x80; ///< of a load profile's status

unsigned days_of(const Options& options) {
    const auto found = options.extras.find("days");
    if (found == options.extras.end()) { return usual_days; }
    unsigned days = 0;
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), days);
    return std::min(days, most_days);
}

/// What happens to a meter now and then: on which share of days, the first event, and the one that ends it.
struct Happening {
    double share;
    std::string_view begins, ends;
    std::chrono::minutes lasts;
};
constexpr std::array happenings{
    Happening{0.06, "power_off_long", "power_on_long", 95min},
    Happening{0.05, "power_off_short", "power_on_short", 1min},
    Happening{0.08, "under_voltage_of_phase_l1_occurrence", "under_voltage_of_phase_l1_restoration", 12min},
    Happening{0.05, "over_voltage_of_phase_l3_occurrence", "over_voltage_of_phase_l3_restoration", 7min},
    Happening{0.04, "power_failure_of_l2_occurrence", "power_failure_of_l2_restoration", 20min},
    Happening{0.03, "terminal_cover_opened", "terminal_cover_closed", 18min},
    Happening{0.02, "strong_dc_magnetic_field_detected", "no_strong_dc_magnetic_field_anymore", 4min},
    Happening{0.04, "clock_synchronization_over_threshold", "", 0min},
    Happening{0.05, "gprs_registration_failure", "pdp_context_established", 3min},
    Happening{0.01, "change_demand_integration_period", "", 0min},
    Happening{0.01, "modify_week_passive_profile", "passive_calendar_activated", 30min},
};

/// What a meter has known since it was made.
constexpr std::array<std::string_view, 2> of_the_first_day{"application_firmware_upgrade_successful",
                                                           "remote_connection_command"};

} // namespace

std::chrono::seconds DlmsMeter::demand_period() const {
    const auto* const object = model_.find(demand_class, Obis{1, 0, 1, 4, 0, 255});
    const auto seconds = object == nullptr ? std::nullopt : object->held(8).whole();
    return seconds && *seconds > 0 ? std::chrono::seconds(*seconds) : usual_demand_period;
}

std::chrono::seconds DlmsMeter::period_of(std::string_view profile) const {
    const auto found = profiles_.find(profile);
    if (found == profiles_.end()) { return 0s; }
    const auto address = dlms::parse_point_address(found->second.definition->address);
    const auto* const object = address ? model_.find(profile_class, address->logical_name) : nullptr;
    const auto seconds = object == nullptr ? std::nullopt : object->held(4).whole();
    return std::chrono::seconds(seconds.value_or(0));
}

void DlmsMeter::add_profiles() {
    for (const catalogue::Profile& profile : meter_.profiles) { add_profile(profile); }
}

void DlmsMeter::add_profile(const catalogue::Profile& profile) {
    const auto address = dlms::parse_point_address(profile.address);
    if (!address || address->class_id != profile_class) { return; }
    std::vector<DlmsCapture> captures;
    Recorded recorded;
    recorded.definition = &profile;
    for (const auto& name : profile.columns) {
        const auto* const point = meter_.find(name);
        const auto column = point == nullptr ? Result<dlms::PointAddress>(tl::unexpected(Error{}))
                                             : dlms::parse_point_address(point->address);
        if (!column) { continue; }
        captures.push_back({column->class_id, column->logical_name, column->index, 0});
        recorded.columns.push_back(point);
    }
    recorded.buffer = std::make_unique<DlmsProfile>(std::move(captures), profile.entries.value_or(100));
    auto* const buffer = recorded.buffer.get();
    profiles_.emplace(profile.name, std::move(recorded));

    DlmsObject& object = model_.add(profile_class, address->logical_name);
    object.version = 1;
    DlmsAttribute& contents = object.attributes[2];
    contents.selectors = {1, 2};
    contents.get = [this, buffer](const DlmsAttribute::Selection& selection, std::size_t) {
        ensure_history();
        return buffer->read(selection, deviation_);
    };
    object.make(3, [buffer] { return buffer->capture_objects(); });
    DlmsAttribute& period = object.hold(4, Data::double_long_unsigned(profile.period_s.value_or(0)));
    period.set = [&object, buffer, keep = period.set](const Data& value) -> DlmsAnswer<void> {
        const bool changed = object.held(4) != value;
        auto written = keep(value);
        if (written && changed) { buffer->clear(); }
        return written;
    };
    constexpr std::uint8_t fifo = 1;
    object.hold(5, Data::enumerated(fifo));
    object.hold(6, Data::structure({Data::long_unsigned(8), dlms::to_data(Obis{0, 0, 1, 0, 0, 255}), Data::integer(2),
                                    Data::long_unsigned(0)}));
    object.make(7, [this, buffer] {
        ensure_history();
        return Data::double_long_unsigned(static_cast<std::uint32_t>(buffer->count()));
    });
    object.hold(8, Data::double_long_unsigned(static_cast<std::uint32_t>(buffer->capacity())));
    object.methods[1].act = [this, buffer](const Data&) -> DlmsAnswer<DlmsMethod::Returned> {
        ensure_history();
        buffer->clear();
        return DlmsMethod::Returned();
    };
    object.methods[2].act = [this, name = profile.name](const Data&) -> DlmsAnswer<DlmsMethod::Returned> {
        ensure_history();
        capture(name, now_scene());
        return DlmsMethod::Returned();
    };
}

void DlmsMeter::capture_into(Recorded& recorded, const DlmsScene& scene) {
    ByteWriter record;
    record.u8(static_cast<std::uint8_t>(dlms::Type::structure)).u8(static_cast<std::uint8_t>(recorded.columns.size()));
    for (const auto* const point : recorded.columns) { dlms::write_data(record, value_of(*point, scene)); }
    recorded.buffer->add(scene.time, record.take());
}

void DlmsMeter::capture(std::string_view profile, const DlmsScene& scene) {
    const auto found = profiles_.find(profile);
    if (found == profiles_.end()) { return; }
    if (&scene.load == &load_) { ensure_history(); }
    capture_into(found->second, scene);
}

void DlmsMeter::end_day(const DlmsScene& scene) {
    capture("daily_billing", scene);
    const auto daily = profiles_.find("event_log_daily");
    if (daily != profiles_.end()) {
        const std::size_t first = today_.size() > most_daily_events ? today_.size() - most_daily_events : 0;
        for (std::size_t at = first; at < today_.size(); ++at) {
            const auto record = Data::structure({Data::octet_string(dlms_time(today_[at].first, deviation_, 0)),
                                                 Data::unsigned_integer(today_[at].second)});
            daily->second.buffer->add(scene.time, dlms::encode(record));
        }
    }
    today_.clear();
}

void DlmsMeter::log_at(std::string_view event, SystemTime time) {
    for (auto& [name, recorded] : profiles_) {
        const auto& events = recorded.definition->events;
        const auto found = std::ranges::find(events, event, &catalogue::ProfileEvent::name);
        if (found == events.end() || name == "event_log_daily" || recorded.columns.size() < 2) { continue; }
        const auto code = static_cast<std::uint8_t>(found->code);
        const auto record =
            Data::structure({Data::octet_string(dlms_time(time, deviation_, 0)), Data::unsigned_integer(code)});
        recorded.buffer->add(time, dlms::encode(record));
        today_.emplace_back(time, code);
        const auto last = dlms::parse_point_address(recorded.columns[1]->address);
        auto* const object = last ? model_.find(last->class_id, last->logical_name) : nullptr;
        if (object != nullptr) { object->put(2, Data::unsigned_integer(code)); }
        return;
    }
}

void DlmsMeter::log(std::string_view event) {
    ensure_history();
    log_at(event, clock());
    if (push_interval_ || options_.extras.contains("push")) { push(event); }
}

void DlmsMeter::ensure_history() {
    if (history_made_) { return; }
    history_made_ = true;
    const unsigned days = days_of(options_);
    if (days > 0 && !profiles_.empty()) { run_history(days); }
}

void DlmsMeter::happen(SystemTime day, std::vector<std::pair<SystemTime, std::string>>& events) const {
    const auto number = static_cast<std::uint64_t>(day.time_since_epoch() / 24h);
    for (std::uint64_t one = 0; one < happenings.size(); ++one) {
        const Happening& row = happenings.at(one);
        if (fraction(options_.seed, 500 + one, number) >= row.share) { continue; }
        const auto at =
            day + std::chrono::seconds(static_cast<std::int64_t>(80'000 * fraction(options_.seed, 700 + one, number)));
        events.emplace_back(at, row.begins);
        if (!row.ends.empty()) { events.emplace_back(at + row.lasts, row.ends); }
    }
    std::ranges::sort(events);
}

/// The days before, quarter of an hour by quarter: powers as they were, registers that lead up to those of today.
void DlmsMeter::run_history(unsigned days) {
    constexpr auto step = 900s;
    const LoadModel today(options_);
    const auto whole = std::chrono::floor<std::chrono::seconds>(today.clock().time_since_epoch());
    const SystemTime last{whole / step * step};
    const auto steps = static_cast<std::int64_t>(days) * (24h / step);
    Options before = options_;
    before.start = last - step * steps;
    before.speed = static_cast<double>(std::chrono::seconds(step).count()) * 10;
    constexpr auto line_step = 100ms; // the line's time for one step
    const TimePoint zero{};

    std::map<std::string, double> ahead;
    LoadModel scout(before);
    scout.advance_to(zero);
    scout.advance_to(zero + line_step * steps);
    for (const auto& name : quantity_names()) {
        const auto quantity = find_quantity(name).value();
        if (quantity.kind != Quantity::Kind::energy && quantity.kind != Quantity::Kind::energy_total) { continue; }
        ahead[name] = today.value(quantity) - scout.value(quantity);
    }

    LoadModel load(before);
    load.advance_to(zero);
    DlmsMeasure measure(load);
    measure.reset_maxima(*before.start);
    for (const auto event : of_the_first_day) { log_at(event, *before.start); }
    std::vector<std::pair<SystemTime, std::string>> events;
    std::optional<SystemTime> dark;
    std::uint8_t status = 0;
    for (std::int64_t at = 1; at <= steps; ++at) {
        load.advance_to(zero + line_step * at);
        const SystemTime time = *before.start + step * at;
        const bool midnight = time.time_since_epoch() % 24h == 0s;
        for (; !events.empty() && events.front().first <= time; events.erase(events.begin())) {
            log_at(events.front().second, events.front().first);
            if (events.front().second == "power_off_long") { dark = events.front().first; }
            if (events.front().second == "power_on_long") {
                dark.reset();
                status |= power_down;
            }
        }
        measure.sample(load);
        const DlmsScene scene{load, measure, time, status, &ahead};
        if (time.time_since_epoch() % demand_period() == 0s) { measure.end_demand_period(load, time, demand_period()); }
        const auto instant = period_of("load_profile_2"), energy = period_of("load_profile_1");
        if (instant > 0s && time.time_since_epoch() % instant == 0s) {
            measure.end_averages();
            if (!dark) { capture("load_profile_2", scene); }
        }
        if (energy > 0s && time.time_since_epoch() % energy == 0s) {
            if (!dark) { capture("load_profile_1", scene); }
            if (!dark) { status = 0; }
        }
        if (!midnight) { continue; }
        end_day(scene);
        happen(time, events);
        const std::chrono::year_month_day date = std::chrono::floor<std::chrono::days>(time);
        if (date.day() != std::chrono::day(1)) { continue; }
        capture("monthly_billing", scene);
        for (const catalogue::Point& point : meter_.points) {
            if (meter_.find("last_month_" + point.name) != nullptr) {
                last_month_[point.name] = value_of(point, scene);
            }
        }
        measure.reset_maxima(time);
        billed_ = time;
    }
    measure_.take_maxima(measure);
}

} // namespace meterctl::simulators
