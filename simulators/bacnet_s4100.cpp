#include "simulators/bacnet_s4100.hpp"

#include "codecs/bacnet/point.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;

constexpr auto command_interval = 10s; ///< least time between two commands
constexpr auto cycle = 1s;             ///< commands take effect when one ends
constexpr std::uint32_t no_fault_detected = 0, unreliable_other = 7;
constexpr std::uint32_t config = 1; ///< the analog value that takes commands
constexpr std::string_view interval_setting = "demand_subinterval_length";
/// The clock after a power failure.
constexpr SystemTime year_2000 = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);

} // namespace

struct S4100::CommandRow {
    float value;
    void (S4100::*carry_out)();
};
const std::array<S4100::CommandRow, 4> S4100::commands{{
    {30078.0F, &S4100::reset_energy},
    {21211.0F, &S4100::sync_demand},
    {21212.0F, &S4100::reset_max_demand},
    {16498.0F, &S4100::reset_pulse_count},
}};

S4100::S4100(const catalogue::Definition& meter, const LoadModel& load, const ModelClock& clock, const Options& options)
    : DefinedDevice(meter, load), model_(clock), options_(options), inputs_(load, settings_) {}

Result<std::unique_ptr<BacnetDevice>> S4100::create(const catalogue::Definition& meter, const LoadModel& load,
                                                    const ModelClock& clock, const Options& options) {
    auto device = std::unique_ptr<S4100>(new S4100(meter, load, clock, options));
    if (auto added = device->add_device_object(); !added) { return tl::unexpected(added.error()); }
    if (auto added = device->add_objects(); !added) { return tl::unexpected(added.error()); }
    device->finish();
    const auto reset = options.extras.find("clock");
    if (reset != options.extras.end() && reset->second == "reset") {
        device->BacnetDevice::set_clock(year_2000);
        device->inputs_.clock_reset = true;
    }
    return device;
}

Result<void> S4100::add_objects() {
    for (const std::uint16_t type :
         {object_types::analog_input, object_types::analog_value, object_types::binary_input}) {
        if (type == object_types::analog_value) { add_command_register(); }
        for (const catalogue::Point& point : meter().points) {
            const auto address = bacnet::parse_point_address(point.address);
            if (!address) { return tl::unexpected(address.error()); }
            const bacnet::ObjectId id = address->object;
            const bool register_of_commands = id == bacnet::ObjectId{object_types::analog_value, config};
            if (point.method || id.type != type || register_of_commands) { continue; }
            if (type == object_types::analog_input) { add_analog_input(point, id); }
            if (type == object_types::binary_input) { add_alert(point, id); }
            if (type == object_types::analog_value) {
                add_setting(add_object(id, point.reported_name, point.title), point);
            }
        }
    }
    for (std::uint32_t log = 1; log <= 3; ++log) { add_trend_log(log); }
    return {};
}

void S4100::add_analog_input(const catalogue::Point& point, bacnet::ObjectId id) {
    BacnetObject& object = add_object(id, point.reported_name, point.title);
    analog_inputs_[id.instance] = &point;
    const auto constant = Decimal::parse(point.simulate.starts_with('=') ? point.simulate.substr(1) : "");
    add_value(
        object,
        [this, constant, &point] {
            return bacnet::Primitive(constant ? static_cast<float>(constant->to_double()) : inputs_.analog(point));
        },
        [this, &point] { return inputs_.unreliable(point) ? unreliable_other : no_fault_detected; });
    add_units(object, point);
}

void S4100::add_alert(const catalogue::Point& point, bacnet::ObjectId id) {
    inputs_.add_alert(id.instance - 1, point.name);
    add_value(
        add_object(id, point.reported_name, point.title),
        [this, &point] { return bacnet::Enumerated{inputs_.alert(point.name) ? 1U : 0U}; },
        [] { return no_fault_detected; });
}

/// AV1: reads 0, and takes one command at a time.
void S4100::add_command_register() {
    BacnetObject& object = add_object({object_types::analog_value, config}, "Config", "Configuration");
    add_value(
        object, [] { return bacnet::Primitive(0.0F); },
        [this] { return command_ ? unreliable_other : no_fault_detected; });
    add_units(object, catalogue::Point());
    const auto present = std::ranges::find(object.properties, properties::present_value, &BacnetProperty::number);
    present->write = [this](ByteView octets) { return write_command(octets); };
}

Granted<void> S4100::write_command(ByteView octets) {
    const auto value = written_value<float>(octets);
    if (!value) { return tl::unexpected(value.error()); }
    const auto* row = std::ranges::find(commands, *value, &CommandRow::value);
    if (row == commands.end()) { return tl::unexpected(refusals::value_out_of_range); }
    if (commanded_ && now_ - *commanded_ < command_interval) { return tl::unexpected(refusals::device_busy); }
    commanded_ = now_;
    const auto cycles = (now_ - model_.zero.value_or(now_)) / cycle;
    command_ = Command{row->carry_out, model_.zero.value_or(now_) + (cycles + 1) * cycle};
    return {};
}

void S4100::reset_energy() {
    inputs_.reset_energies(meter());
}

void S4100::sync_demand() {
    if (subinterval() == 0s) { end_subinterval(load_.clock()); }
}

void S4100::reset_max_demand() {
    inputs_.demands.reset_maxima();
}

void S4100::reset_pulse_count() {
    inputs_.reset_pulses();
}

/// AV11 in whole seconds; 0: subintervals end by command.
std::chrono::seconds S4100::subinterval() const {
    return std::chrono::seconds(static_cast<std::int64_t>(settings_.value(interval_setting)) / 100);
}

/// Subintervals end at whole multiples of their length, by the model's clock.
SystemTime S4100::next_boundary(SystemTime after) const {
    const auto length = subinterval();
    const auto passed = std::chrono::floor<std::chrono::seconds>(after.time_since_epoch());
    return SystemTime((passed / length + 1) * length);
}

void S4100::interval_changed() {
    inputs_.demands.clear(load_);
    for (Log& log : logs_) {
        log.filled = true;
        log.buffer.clear();
    }
    boundary_.reset();
    if (subinterval() > 0s) { boundary_ = next_boundary(load_.clock()); }
}

void S4100::end_subinterval(SystemTime model_time) {
    inputs_.demands.end_subinterval(load_, static_cast<unsigned>(settings_.value("demand_subintervals")));
    if (logging_now()) { record(model_time); }
}

void S4100::step(TimePoint now) {
    reach(now);
    if (!begun_) {
        begun_ = true;
        inputs_.demands.begin(load_);
        boundary_ = next_boundary(load_.clock());
    }
    for (const std::string& name : settings_.store(now)) {
        if (name == interval_setting) { interval_changed(); }
    }
    if (command_ && command_->due <= now) {
        const auto carry_out = command_->carry_out;
        command_.reset();
        (this->*carry_out)();
    }
    while (boundary_) {
        const auto due = model_.when(*boundary_);
        if (!due || *due > now) { return; }
        end_subinterval(*boundary_);
        boundary_ = *boundary_ + subinterval();
    }
}

std::optional<TimePoint> S4100::next_event() const {
    auto next = DefinedDevice::next_event();
    const auto sooner = [&next](std::optional<TimePoint> other) {
        if (other && (!next || *other < *next)) { next = other; }
    };
    if (command_) { sooner(command_->due); }
    if (boundary_) { sooner(model_.when(*boundary_)); }
    return next;
}

void S4100::set_clock(SystemTime time) {
    const auto change = std::chrono::round<std::chrono::milliseconds>(time - clock());
    BacnetDevice::set_clock(time);
    inputs_.clock_reset = false;
    bacnet::TimeChange entry;
    entry.seconds = static_cast<float>(change.count()) / 1000;
    note(entry);
}

void S4100::restart() {
    ++inputs_.power_ups;
    bacnet::LogStatus entry;
    entry.interrupted = true;
    note(entry);
}

} // namespace meterctl::simulators
