// Writing attributes and calling methods: what was written is read back, and what a method changes is looked at.
#pragma once

#include "sessions/dlms/key_change.hpp"
#include "sessions/dlms/reader.hpp"

namespace meterctl::sessions::dlms {

class Writer {
public:
    /// `names`: what the meter is called in files of keys.
    Writer(Association& association, Services& services, Reader& reader, const SessionOptions& options,
           std::vector<std::string> names)
        : association_(association), services_(services), reader_(reader), options_(options), names_(std::move(names)) {
    }

    /// The APDUs, plain, and their frames on this link; with no meter at hand, a number is taken to need no scaler but
    /// the point's own.
    [[nodiscard]] Result<std::vector<PlannedFrame>> plan(const catalogue::Point& point, const Value& value) const;
    /// Verified where what is read back is what was written.
    Task<Result<WriteOutcome>> write(catalogue::Point point, Value value);
    /// A method's address and its argument; gives what it returns, as a rule nothing.
    Task<Result<Value>> invoke(std::string address, Value argument);

private:
    Task<Result<Value>> give_keys(codecs::dlms::PointAddress address, std::string file);
    [[nodiscard]] const catalogue::Point* method_at(std::string_view address) const;

    Association& association_;
    Services& services_;
    Reader& reader_;
    const SessionOptions& options_;
    std::vector<std::string> names_;
};

} // namespace meterctl::sessions::dlms
