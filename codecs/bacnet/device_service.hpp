// What a device is asked to do where no property is written: "service:coldstart". ASHRAE 135, clauses 16.1 (device
// communication control), 16.4 (reinitialize), 16.7 and 16.8 (time synchronization).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace meterctl::codecs::bacnet {

enum class DeviceService : std::uint8_t {
    time_synchronization,
    utc_time_synchronization,
    coldstart,
    warmstart,
    enable_communication,
    disable_communication,
    disable_initiation,
};

struct DeviceServiceRow {
    DeviceService service;
    std::string_view name;     ///< "coldstart"
    std::string_view argument; ///< the type of its argument: "clock", "unsigned" (minutes); empty: it takes none
};

/// All there are.
std::span<const DeviceServiceRow> device_services();
const DeviceServiceRow& row_of(DeviceService service);
std::optional<DeviceService> find_device_service(std::string_view name);

} // namespace meterctl::codecs::bacnet
