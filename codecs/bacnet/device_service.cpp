#include "codecs/bacnet/device_service.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::array rows{
    DeviceServiceRow{DeviceService::time_synchronization, "time-synchronization", "clock"},
    DeviceServiceRow{DeviceService::utc_time_synchronization, "utc-time-synchronization", "clock"},
    DeviceServiceRow{DeviceService::coldstart, "coldstart", ""},
    DeviceServiceRow{DeviceService::warmstart, "warmstart", ""},
    DeviceServiceRow{DeviceService::enable_communication, "enable-communication", ""},
    DeviceServiceRow{DeviceService::disable_communication, "disable-communication", "unsigned"},
    DeviceServiceRow{DeviceService::disable_initiation, "disable-initiation", "unsigned"},
};

} // namespace

std::span<const DeviceServiceRow> device_services() {
    return rows;
}

const DeviceServiceRow& row_of(DeviceService service) {
    return *std::ranges::find(rows, service, &DeviceServiceRow::service);
}

std::optional<DeviceService> find_device_service(std::string_view name) {
    const auto* const row = std::ranges::find(rows, name, &DeviceServiceRow::name);
    return row == rows.end() ? std::nullopt : std::optional(row->service);
}

} // namespace meterctl::codecs::bacnet
