#include "commands/pulse_reference.hpp"

#include <cmath>

namespace meterctl::commands {

namespace {

constexpr double load_tolerance = 0.1;
constexpr int kilo = 3;

/// Of a reading, in kWh (kvarh).
std::optional<Decimal> kilo_units(const Reading& reading, const Decimal& number) {
    return number.times(Decimal{1, base_of(reading.unit).exponent - kilo});
}

std::optional<Decimal> kilo_units(const Reading& reading) {
    const auto number = reading.value.number();
    return number ? kilo_units(reading, *number) : std::nullopt;
}

} // namespace

/// Whether its settings are those of the tested meter: the same model, or one with the same outputs.
bool PulseReference::is_of(const catalogue::Definition& tested) const {
    const catalogue::Definition* own = meter_.target().meter;
    if (own == nullptr) { return false; }
    const auto outputs_of = [](const catalogue::Definition& meter) {
        return meter.pulse_outputs_of.empty() ? meter.model : meter.pulse_outputs_of;
    };
    return outputs_of(*own) == outputs_of(tested);
}

void PulseReference::tell(PulsePlan& plan, std::optional<std::string>& software) {
    if (!plan.load) {
        if (const auto load = meter_.number_of("active_power"); load && *load != Decimal{}) {
            plan.load = std::abs(load->to_double());
            reads_load_ = true;
        }
    }
    if (plan.meter == nullptr || !is_of(*plan.meter)) { return; }
    if (!plan.constant) { plan.constant = meter_.number_of(plan.facts->constant_point); }
    if (!plan.code) {
        const auto code = meter_.number_of(plan.facts->code_point);
        if (const auto whole = code ? code->to_int64() : std::nullopt) { plan.code = static_cast<long>(*whole); }
    }
    software = meter_.text_of("software_version");
}

Result<void> PulseReference::begin(const std::string& quantity, const std::string& point) {
    auto found = meter_.point(point.empty() ? quantity : point);
    if (!found) {
        Error error = found.error();
        error.hints.emplace_back("--reference-point POINT, the register to compare with");
        return tl::unexpected(std::move(error));
    }
    point_ = std::move(*found);
    auto reading = meter_.read(point_);
    if (!reading) { return tl::unexpected(reading.error()); }
    before_ = std::move(*reading);
    began_ = meter_.loop().now();
    return {};
}

Result<void> PulseReference::end(std::optional<double>& load) {
    auto reading = meter_.read(point_);
    if (!reading) { return tl::unexpected(reading.error()); }
    after_ = std::move(*reading);
    ended_ = meter_.loop().now();
    if (!reads_load_ || !load) { return {}; }
    const auto now = meter_.number_of("active_power");
    const bool same = now && std::abs(std::abs(now->to_double()) - *load) <= load_tolerance * *load;
    if (!same) { load.reset(); }
    return {};
}

Result<std::optional<codecs::pulse::Comparison>> PulseReference::compare(std::uint64_t pulses,
                                                                         const Decimal& constant) const {
    const auto before = kilo_units(before_), after = kilo_units(after_);
    const auto step = kilo_units(after_, codecs::pulse::register_step(before_.value, after_.value));
    if (!before || !after || !step) {
        return fail(Category::untrusted, "the register has no number", point_.name, {"another --reference-point"},
                    "pulse_test.register");
    }
    return codecs::pulse::compare(pulses, constant, *before, *after, *step);
}

output::ReferenceRecord PulseReference::record() const {
    output::ReferenceRecord record;
    const Target& target = meter_.target();
    if (target.meter != nullptr) {
        record.meter = target.meter->model;
        record.address = target.meter->address;
    }
    if (!target.address.empty()) { record.address = target.address; }
    record.target = target.name;
    record.name = point_.name;
    record.before = before_.value;
    record.after = after_.value;
    record.unit = before_.unit;
    return record;
}

} // namespace meterctl::commands
