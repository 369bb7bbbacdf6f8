// Session: a conversation with one meter. The same five on every protocol: identify, read, write, invoke, profile.
#pragma once

#include "sessions/profile.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/error.hpp"
#include "src/core/key_ring.hpp"
#include "src/core/reading.hpp"
#include "transports/transport.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meterctl::sessions {

struct SessionOptions {
    const catalogue::Definition* meter = nullptr; ///< null: a generic device of the protocol
    std::string address;                          ///< empty: the definition's own
    std::optional<transports::Duration> timeout;  ///< empty: derived from the line and the frame
    unsigned retries = 2;                         ///< repetitions after the first try
    std::map<std::string, std::string> settings;  ///< the endpoint's and the protocol's own: "framing" -> "rtu"
    std::shared_ptr<const KeyRing> keys;          ///< null: none are known
    /// Of files of new keys, by their paths, which are the values that a point of type "keys" is written with.
    std::map<std::string, std::shared_ptr<const KeyRing>> new_keys;
    /// What files hold whose paths are written: firmware, by path.
    std::map<std::string, std::shared_ptr<const Bytes>> files;
    std::string counters; ///< the folder of frame counters; empty: they need not outlive the run
    std::function<void(const std::string&)> notice; ///< steps, for -v; may be empty
    /// How far a long write is; may be empty.
    std::function<void(std::string_view doing, std::uint64_t done, std::uint64_t total)> progress;
};

struct PointFailure {
    std::string point;
    Error error;
};

struct ReadOutcome {
    std::vector<Reading> readings; ///< in the order asked
    std::vector<PointFailure> failures;
};

/// What a device says it is.
struct Identity {
    std::string address;
    std::string model; ///< the definition's model; empty when none fits
    std::string serial_number;
    std::vector<Reading> facts; ///< vendor, product code, versions, ...
    std::string line;           ///< "9600 8E1"; empty for sockets
};

struct PlannedFrame {
    Bytes octets;
    std::string summary;
};

struct WriteOutcome {
    std::string point;
    Value before; ///< null where it was not read
    Value written;
    std::optional<Reading> read_back;
    bool verified = false;
};

/// What the meter shows before something is done to it, for the question and for --dry-run.
struct Outlook {
    Value before;                   ///< null where nothing was read
    std::vector<std::string> notes; ///< what stands now and what is to be expected, a clause each
};

/// What became of a method that was called.
struct CallOutcome {
    Value result;                   ///< what it returned; as a rule null
    Value before;                   ///< what it changes, as it was; null where it was not read
    std::optional<Value> read_back; ///< the same afterwards
    bool verified = false;          ///< read back as the method makes it
    std::vector<std::string> notes;
    std::optional<Error> trouble; ///< it was carried out, and the meter does not show it
};

/// One of several writes.
struct PointValue {
    catalogue::Point point;
    Value value;
};

/// Counted by the session, printed by -v.
struct Statistics {
    std::uint64_t requests = 0, answers = 0, retries = 0, timeouts = 0, crc_errors = 0, dropped_late = 0,
                  dropped_foreign = 0, echoes = 0, exceptions = 0;
};

/// What is said of a write that stands behind one that failed.
Error not_written();

class Session {
public:
    virtual ~Session() = default;
    virtual Task<Result<Identity>> identify(std::span<const catalogue::Definition* const> candidates) = 0;
    virtual Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points) = 0;
    /// The frames a write would send, without sending; range and access are the caller's to check first (check_write).
    virtual Result<std::vector<PlannedFrame>> plan_write(const catalogue::Point& point, const Value& value) = 0;
    /// Writes and reads back.
    virtual Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value) = 0;
    /// In this order, until one fails; what stands behind it is not written, and its error says so. The writes must
    /// outlive the task.
    virtual Task<std::vector<Result<WriteOutcome>>> write_all(std::span<const PointValue> writes);
    /// The frames of these writes, each with the write that it is first for.
    virtual Result<std::vector<std::vector<PlannedFrame>>> plan_all(std::span<const PointValue> writes);
    virtual Task<Result<Value>> invoke(std::string_view method, const Value& argument) = 0;
    /// Calls a method that a point is, and reads back what it changes, where the protocol knows what that is. Rejected
    /// where the meter would ignore it. Both must outlive the task.
    virtual Task<Result<CallOutcome>> call(const catalogue::Point& method, const Value& argument);
    /// Reads what a write or a call will meet, and changes nothing. Errors as of call(). Both must outlive the task.
    virtual Task<Result<Outlook>> look(const catalogue::Point& point, const Value& value);
    /// What the points hold, as the meter itself tells of it when it changes, for so long, or until `changed` has
    /// enough and says false. Usage error where the protocol has no such thing; refused where the meter has not.
    virtual Task<Result<void>> watch(std::vector<catalogue::Point> points, transports::Duration duration,
                                     std::function<bool(ReadOutcome&&)> changed);
    /// The profiles that can be fetched: the definition's, unless the device tells.
    virtual Task<Result<std::vector<catalogue::Profile>>> profiles();
    /// Fetches the selected records of one. Usage error where the protocol has no profiles. After an error, what the
    /// sink has had is good, and a ProfileMark of its last record takes up from there.
    virtual Task<Result<void>> profile(const catalogue::Profile& profile, const ProfileSelection& selection,
                                       const ProfileSink& sink);
    /// A definition from what the meter tells of itself, without model, sources and line. Usage error,
    /// "usage.not_described", where the protocol's meters tell nothing.
    virtual Task<Result<catalogue::Definition>> describe();
    [[nodiscard]] virtual const Statistics& statistics() const = 0;
};

} // namespace meterctl::sessions
