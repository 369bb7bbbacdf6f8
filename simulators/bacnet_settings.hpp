// Settings of a virtual device that take a moment to be stored, and refuse what the definition's ranges forbid.
#pragma once

#include "simulators/bacnet_device.hpp"
#include "src/catalogue/definition.hpp"

#include <map>

namespace meterctl::simulators {

class BacnetSettings {
public:
    /// A point of the definition, at its `simulate` value; the point outlives the settings.
    void add(const catalogue::Point& point);
    /// As it is stored now.
    [[nodiscard]] double value(std::string_view name) const;
    /// As it will be once all is stored.
    [[nodiscard]] double coming(std::string_view name) const;
    [[nodiscard]] bool pending(std::string_view name) const;
    /// Value-out-of-range where the point's choices, range, step or ratio forbid it. It is stored at `due`.
    Granted<void> write(std::string_view name, double value, TimePoint due);
    /// Stores what is due; the names of what was.
    std::vector<std::string> store(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_due() const;

private:
    struct Setting {
        const catalogue::Point* point = nullptr;
        double value = 0;
        std::optional<double> coming;
        TimePoint due{};
    };
    [[nodiscard]] bool allowed(const catalogue::Point& point, double value) const;

    std::map<std::string, Setting, std::less<>> settings_;
};

} // namespace meterctl::simulators
