// A virtual BACnet device: its objects, its clock, and what its maker put into it. It knows no network; see
// bacnet_station.hpp.
#pragma once

#include "codecs/bacnet/records.hpp"
#include "simulators/bacnet_object.hpp"
#include "simulators/load_model.hpp"

#include <set>

namespace meterctl::simulators {

/// What a device tells of itself to whoever asks who is there.
struct BacnetTraits {
    std::uint32_t instance = 0;
    std::uint32_t vendor = 0;
    std::uint16_t max_apdu = 480;
    bool segmentation = false; ///< of what it sends; else none
    unsigned protocol_revision = 14;
    std::set<unsigned> services; ///< bits of Protocol_Services_Supported
};

/// Bits of Protocol_Services_Supported that are not the number of a confirmed service.
namespace service_bits {
inline constexpr unsigned read_range = 35, i_am = 26, i_have = 27, cov_notification = 28, time_synchronization = 32,
                          who_has = 33, who_is = 34, utc_time_synchronization = 36;
inline constexpr std::size_t count = 40;
} // namespace service_bits

using SystemTime = std::chrono::system_clock::time_point;

/// How the load model's time runs in the line's.
struct ModelClock {
    double speed = 1;
    SystemTime start; ///< of the model, at `zero`
    std::optional<TimePoint> zero;

    /// When the model reaches `time`; nullopt where it stands still or has not begun.
    [[nodiscard]] std::optional<TimePoint> when(SystemTime time) const;
};

class BacnetDevice {
public:
    BacnetDevice(BacnetTraits traits, const LoadModel& load) : traits_(std::move(traits)), load_(load) {}
    BacnetDevice(const BacnetDevice&) = delete;
    BacnetDevice& operator=(const BacnetDevice&) = delete;
    virtual ~BacnetDevice() = default;

    /// Does what is due at `now`; the load model stands at that time.
    virtual void step(TimePoint now) { reach(now); }
    /// When step() next has something to do of its own.
    [[nodiscard]] virtual std::optional<TimePoint> next_event() const { return std::nullopt; }
    /// Its clock, set by the difference: positive forwards.
    virtual void set_clock(SystemTime time) { clock_offset_ = time - load_.clock(); }
    /// ReinitializeDevice: its power does not fail, so clock and settings stay.
    virtual void restart() {}

    void set_instance(std::uint32_t instance) { traits_.instance = instance; }
    [[nodiscard]] const BacnetTraits& traits() const { return traits_; }
    [[nodiscard]] codecs::bacnet::ObjectId id() const;
    [[nodiscard]] bool supports(unsigned bit) const { return traits_.services.contains(bit); }
    [[nodiscard]] const BacnetDatabase& database() const { return database_; }
    [[nodiscard]] SystemTime clock() const { return load_.clock() + clock_offset_; }
    [[nodiscard]] TimePoint now() const { return now_; }

protected:
    void reach(TimePoint now) { now_ = now; }
    BacnetTraits traits_;
    const LoadModel& load_;
    BacnetDatabase database_;
    std::chrono::system_clock::duration clock_offset_{};
    TimePoint now_{};
};

/// The device's local time; it has no other.
codecs::bacnet::DateAndTime bacnet_time(SystemTime time);
/// nullopt where a field is open or is none of a date or time.
std::optional<SystemTime> system_time(const codecs::bacnet::DateAndTime& time);

} // namespace meterctl::simulators
