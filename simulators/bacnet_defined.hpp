// A virtual device made from a definition: each point is a property of an object, whose value follows the load model or
// keeps what is written to it. A definition without objects gets some that are made up, as a meter of its kind has.
#pragma once

#include "simulators/bacnet_device.hpp"
#include "simulators/bacnet_settings.hpp"

namespace meterctl::simulators {

class DefinedDevice : public BacnetDevice {
public:
    /// Usage error where a point's address or constant does not fit.
    static Result<std::unique_ptr<BacnetDevice>> create(const catalogue::Definition& meter, const LoadModel& load);

    void step(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_event() const override { return settings_.next_due(); }

protected:
    DefinedDevice(const catalogue::Definition& meter, const LoadModel& load);

    /// The device object, from the points that are its properties and the definition's settings.
    Result<void> add_device_object();
    /// To be called when all objects are there: what tells of all of them.
    void finish();
    BacnetObject& add_object(codecs::bacnet::ObjectId id, std::string_view name, std::string_view description);
    /// Present_Value and what stands beside it; `reliability` tells what Reliability holds.
    static void add_value(BacnetObject& object, std::function<codecs::bacnet::Primitive()> value,
                          const std::function<std::uint32_t()>& reliability);
    /// Units, as the device reports them.
    static void add_units(BacnetObject& object, const catalogue::Point& point);
    /// Present_Value of a setting, written as a REAL and stored a while later.
    void add_setting(BacnetObject& object, const catalogue::Point& point);
    [[nodiscard]] Granted<void> write_setting(const catalogue::Point& point, float value);
    [[nodiscard]] const catalogue::Definition& meter() const { return meter_; }

    BacnetSettings settings_;

private:
    Result<void> add_points();
    void make_up_objects();
    void add_property_list(std::size_t index);
    void add_device_property(const catalogue::Point& point, std::uint32_t number);
    void add_device_usual();
    [[nodiscard]] Granted<void> write_instance(ByteView value);

    const catalogue::Definition& meter_;
    std::map<std::uint32_t, codecs::bacnet::Primitive> device_values_; ///< of properties that can be written
};

/// From a definition's settings, with what devices of its kind usually have.
BacnetTraits bacnet_traits(const catalogue::Definition& meter);

} // namespace meterctl::simulators
