#include "simulators/bacnet_settings.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::simulators {

namespace {

/// A whole number of steps, as far as a float tells.
bool on_step(double value, double step) {
    const double steps = value / step;
    return std::abs(steps - std::round(steps)) < 1e-6;
}

} // namespace

void BacnetSettings::add(const catalogue::Point& point) {
    Setting setting;
    setting.point = &point;
    const auto text = std::string_view(point.simulate);
    const auto number = Decimal::parse(text.starts_with('=') ? text.substr(1) : text);
    if (number) { setting.value = number->to_double(); }
    settings_[point.name] = setting;
}

double BacnetSettings::value(std::string_view name) const {
    const auto found = settings_.find(name);
    return found == settings_.end() ? 0 : found->second.value;
}

double BacnetSettings::coming(std::string_view name) const {
    const auto found = settings_.find(name);
    return found == settings_.end() ? 0 : found->second.coming.value_or(found->second.value);
}

bool BacnetSettings::pending(std::string_view name) const {
    const auto found = settings_.find(name);
    return found != settings_.end() && found->second.coming;
}

bool BacnetSettings::allowed(const catalogue::Point& point, double value) const {
    if (!std::isfinite(value)) { return false; }
    const bool chosen = std::ranges::any_of(point.choices, [value](const catalogue::Choice& choice) {
        const auto number = choice.value.number();
        return number && static_cast<float>(number->to_double()) == static_cast<float>(value);
    });
    if (chosen || point.choices_only) { return chosen; }
    const auto below = [value](const std::optional<Decimal>& limit, double times) {
        return limit && value < limit->to_double() * times * (1 - 1e-6);
    };
    const auto above = [value](const std::optional<Decimal>& limit, double times) {
        return limit && value > limit->to_double() * times * (1 + 1e-6);
    };
    if (below(point.minimum, 1) || above(point.maximum, 1)) { return false; }
    if (point.step && !on_step(value, point.step->to_double())) { return false; }
    if (!point.ratio) { return true; }
    const double other = coming(point.ratio->to);
    return !below(point.ratio->minimum, other) && !above(point.ratio->maximum, other);
}

Granted<void> BacnetSettings::write(std::string_view name, double value, TimePoint due) {
    const auto found = settings_.find(name);
    if (found == settings_.end()) { return tl::unexpected(refusals::write_access_denied); }
    Setting& setting = found->second;
    if (!allowed(*setting.point, value)) { return tl::unexpected(refusals::value_out_of_range); }
    setting.coming = value;
    setting.due = due;
    return {};
}

std::vector<std::string> BacnetSettings::store(TimePoint now) {
    std::vector<std::string> stored;
    for (auto& [name, setting] : settings_) {
        if (!setting.coming || setting.due > now) { continue; }
        setting.value = *setting.coming;
        setting.coming.reset();
        stored.push_back(name);
    }
    return stored;
}

std::optional<TimePoint> BacnetSettings::next_due() const {
    std::optional<TimePoint> due;
    for (const auto& [name, setting] : settings_) {
        if (setting.coming && (!due || setting.due < *due)) { due = setting.due; }
    }
    return due;
}

} // namespace meterctl::simulators
