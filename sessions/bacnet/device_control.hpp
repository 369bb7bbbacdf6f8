// What a device is asked to do as a whole: take the time, start anew, be silent. ASHRAE 135, clauses 16.1, 16.4, 16.7
// and 16.8.
#pragma once

#include "codecs/bacnet/device_service.hpp"
#include "sessions/bacnet/reader.hpp"

namespace meterctl::sessions::bacnet {

class DeviceControl {
public:
    /// `password`: of the device, up to 20 characters; empty: none is sent.
    DeviceControl(Properties& properties, std::string password)
        : properties_(properties), password_(std::move(password)) {}

    /// What the device's clock shows after it was set, where it can be read; else null. Category::verdict where the
    /// clock shows something else; rejected where the argument is no whole local time, or no time with its offset for
    /// UTC.
    Task<Result<Value>> call(codecs::bacnet::DeviceService service, const Value& argument);
    /// A password is shown as asterisks.
    [[nodiscard]] Result<PlannedFrame> plan(codecs::bacnet::DeviceService service, const Value& argument) const;

private:
    struct Moment {
        DateTime shown; ///< in the service: local time, or UTC
        std::chrono::sys_seconds as_if_utc;
        bool utc = false;
    };
    [[nodiscard]] Result<Moment> moment_of(bool utc, const Value& argument) const;
    [[nodiscard]] Result<Bytes> parameters(codecs::bacnet::DeviceService service, const Value& argument,
                                           const std::string& password) const;
    Task<Result<Value>> set_clock(bool utc, const Value& argument);
    Task<Result<Value>> check_clock(Moment set, TimePoint sent);

    Properties& properties_;
    std::string password_;
};

/// The host's own time of day where it is.
DateTime local_time(std::chrono::system_clock::time_point time);

} // namespace meterctl::sessions::bacnet
