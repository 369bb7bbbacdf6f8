// The protocols meterctl speaks, one row each. To add a protocol: a codec, a session, a simulator, and a row here.
#pragma once

#include "codecs/decoder.hpp"
#include "sessions/session.hpp"
#include "simulators/bus.hpp"
#include "src/core/key_ring.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::sessions {

struct ScanOptions {
    std::vector<std::string> addresses;          ///< empty: the protocol's whole range
    std::vector<transports::LineSettings> lines; ///< tried in this order; empty: the transport's own
    std::vector<const catalogue::Definition*> candidates;
    std::optional<transports::Duration> timeout; ///< a silent address's budget; empty: derived from the line
    unsigned retries = 0;
    std::map<std::string, std::string> settings;
};

struct ScanProgress {
    std::size_t done = 0, total = 0;
    std::string current;         ///< "9600 8E1 address 17"
    transports::Duration left{}; ///< estimated
};

/// Called as things are found.
struct ScanSink {
    std::function<void(const Identity&)> found;
    std::function<void(const ScanProgress&)> progress;
    std::function<void(const std::string& address, const Error&)> trouble; ///< noise, collisions, odd answers
};

struct Protocol {
    std::string_view name; ///< "modbus"
    std::string_view title;
    /// A point no definition names: "holding:0x5002:float32:cdab".
    Result<catalogue::Point> (*parse_point)(std::string_view text);
    /// Checks every address, type, order and setting of a definition; the error names the point.
    Result<void> (*validate)(const catalogue::Definition& definition);
    Result<std::unique_ptr<Session>> (*open)(transports::Transport& transport, SessionOptions options);
    /// nullptr: not scanned.
    Task<Result<void>> (*scan)(transports::Transport& transport, ScanOptions options, ScanSink sink);
    /// nullptr: not simulated.
    Result<std::unique_ptr<simulators::Bus>> (*simulate)(std::span<const simulators::Unit> units,
                                                         const simulators::Options& options);
    std::span<const codecs::Decoder> decoders;
    std::string_view point_syntax; ///< for help: "TABLE:REGISTER[:TYPE[:ORDER]]"
    std::vector<std::string_view> point_examples;
    catalogue::Line line{}; ///< as its lines usually are, where no meter says
    /// Read with no points, a device says all that it has and the session names it; a point with no address is then
    /// found by that name.
    bool self_describing = false;
    std::vector<transports::Scheme> schemes{}; ///< endpoints at which nothing else is spoken: an optical head
    /// Asked at each of many hosts, unless named; none: all that the protocol has.
    std::vector<std::string_view> host_addresses{};
    /// Whether the session has something to say of such a write once it has asked the meter; nullptr: of none.
    bool (*looks_first)(const catalogue::Point& point) = nullptr;
    /// What a client of a simulated meter proves itself with; nullptr: nothing.
    KeyRing (*simulated_keys)(const catalogue::Definition& meter) = nullptr;
};

std::span<const Protocol> protocols();
/// nullptr when unknown.
const Protocol* find_protocol(std::string_view name);

/// Turns what the user typed into the value to write, by the point's type, choices and unit: "even", "0x10", "12.5".
Result<Value> parse_write_value(const catalogue::Point& point, std::string_view text);
/// Access, range, step, choices, irreversible: Category::rejected with the allowed values. `yes` lifts irreversible,
/// confirm and unsettled only.
Result<void> check_write(const catalogue::Point& point, const Value& value, bool yes);

/// Whether a value is in its ratio to what the other point of `point.ratio` holds. Category::rejected with the range.
Result<void> check_ratio(const catalogue::Point& point, const Value& value, const Value& other);

} // namespace meterctl::sessions
