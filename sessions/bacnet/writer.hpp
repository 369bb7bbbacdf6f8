// Writing properties: what was written is read back, until the device says that it has stored it. ASHRAE 135, clause
// 15.9.
#pragma once

#include "sessions/bacnet/reader.hpp"

namespace meterctl::sessions::bacnet {

class Writer {
public:
    /// `settles`: how long a device may take to store a value.
    Writer(Properties& properties, Reader& reader, Duration settles)
        : properties_(properties), reader_(reader), settles_(settles) {}

    [[nodiscard]] Result<std::vector<PlannedFrame>> plan(const catalogue::Point& point, const Value& value) const;
    /// Verified once the value is read back and Reliability is no-fault-detected, where the object has one.
    Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value);
    /// A method: what its address says is written; nothing comes back.
    Task<Result<Value>> invoke(std::string_view address, const Value& argument);

private:
    Task<Result<void>> send(codecs::bacnet::WriteProperty service);
    Task<Result<void>> settle(const catalogue::Point& point, const Value& value, WriteOutcome& outcome);

    Properties& properties_;
    Reader& reader_;
    Duration settles_;
};

} // namespace meterctl::sessions::bacnet
