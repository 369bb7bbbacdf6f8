// Writing properties: what was written is read back, until the device says that it has stored it. ASHRAE 135, clauses
// 15.9 and 15.10.
#pragma once

#include "sessions/bacnet/reader.hpp"

namespace meterctl::sessions::bacnet {

struct WriterOptions {
    Duration settles{};                   ///< how long a device may take to store a value
    std::optional<std::uint8_t> priority; ///< 1 to 16, of commandable properties
    bool multiple = true;                 ///< several writes by WritePropertyMultiple
    const catalogue::Definition* meter = nullptr;
    std::function<void(const std::string&)> notice;
};

class Writer {
public:
    Writer(Properties& properties, Reader& reader, WriterOptions options)
        : properties_(properties), reader_(reader), options_(std::move(options)) {}

    [[nodiscard]] Result<std::vector<PlannedFrame>> plan(const catalogue::Point& point, const Value& value) const;
    [[nodiscard]] Result<std::vector<std::vector<PlannedFrame>>> plan_all(std::span<const PointValue> writes) const;
    /// Verified once the value is read back and Reliability is no-fault-detected, where the object has one.
    Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value);
    /// By WritePropertyMultiple, or one after the other where the device knows it not.
    Task<std::vector<Result<WriteOutcome>>> write_all(std::span<const PointValue> writes);
    /// A method: what its address says is written; nothing comes back.
    Task<Result<Value>> invoke(std::string_view address, const Value& argument);

private:
    using Outcomes = std::vector<Result<WriteOutcome>>;
    struct Part; ///< of several writes, as many as one request holds
    Task<Result<void>> send(codecs::bacnet::WriteProperty service);
    Task<Result<void>> settle(const catalogue::Point& point, const Value& value, WriteOutcome& outcome);
    Task<Result<std::optional<std::uint64_t>>> recorded(const catalogue::Point& point, const Value& value);
    Task<Result<bool>> emptied(const catalogue::Point& point, const Value& value, const Reading& after);
    Task<Result<WriteOutcome>> begin(const catalogue::Point& point, const Value& value);
    Task<Result<void>> fits_among(std::span<const PointValue> writes, const PointValue& one);
    Task<Result<void>> fits_ratio(const catalogue::Point& point, const Value& value);
    Task<Result<void>> keep_apart(const codecs::bacnet::PointAddress& address, unsigned seconds);
    void sent_now(const codecs::bacnet::PointAddress& address);
    Task<Outcomes> one_by_one(std::span<const PointValue> writes);
    Task<Result<std::vector<Part>>> parts_of(std::span<const PointValue> writes);
    Task<Result<std::size_t>> send_part(const Part& part);
    Task<Result<codecs::bacnet::ObjectId>> named(codecs::bacnet::ObjectId object);
    [[nodiscard]] Result<codecs::bacnet::WriteProperty> service_of(const catalogue::Point& point,
                                                                   const Value& value) const;
    [[nodiscard]] const catalogue::Point* method_at(std::string_view address) const;
    void stored(const codecs::bacnet::WriteProperty& service);

    Properties& properties_;
    Reader& reader_;
    WriterOptions options_;
    std::map<std::string, TimePoint> last_sent_;    ///< by the property; when the answer came
    std::map<std::string, std::uint64_t> recorded_; ///< by the point: records that a log had made before it was emptied
};

} // namespace meterctl::sessions::bacnet
