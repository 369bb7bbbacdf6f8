// What documents are made of: plain structs that the commands fill from what sessions and decoders say.
// Empty texts and unset optionals are left out of JSON, and are empty cells elsewhere.
#pragma once

#include "src/core/error.hpp"
#include "src/core/field.hpp"
#include "src/core/reading.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::output {

/// Whom a document is about.
struct Head {
    std::string meter; ///< the definition's model
    std::string target;
    std::string address;
    std::string serial_number;
    DateTime time; ///< the host's, UTC: DateTime::from_utc(now)
};

/// Something that failed.
struct Failure {
    std::string name; ///< the point, in a scan the address, in decode the input; empty where it is the whole target
    Error error;
};

struct FrameText {
    Bytes octets;
    std::string summary;
};

enum class WriteStatus {
    planned,  ///< --dry-run: nothing was sent
    written,  ///< sent and accepted; not read back
    verified, ///< read back as written
    mismatch, ///< read back as something else
    invoked,  ///< a method that was carried out
};

struct WriteRecord {
    std::string name;
    std::optional<Obis> obis;
    std::string address; ///< the point's, in the protocol's own terms
    bool method = false;
    Value before;  ///< null where it was not read
    Value written; ///< a method's argument; null where it has none
    std::optional<Value> read_back;
    std::optional<Value> result; ///< what a method returned
    Unit unit = Unit::none;
    std::string label; ///< what `written` means: "even"
    WriteStatus status = WriteStatus::written;
    std::vector<std::string> notes; ///< what the meter showed before, and what is to be expected; a clause each
    std::vector<FrameText> frames;  ///< what is, or would be, sent
};

/// A meter that a scan found.
struct FoundRecord {
    std::string target; ///< of several; empty where the document's is the only one
    std::string address;
    std::string meter; ///< the definition's model; empty where none fits
    std::string title;
    std::string protocol;
    std::string serial_number;
    std::string line;           ///< "9600 8E1"; empty for sockets
    std::vector<Reading> facts; ///< vendor, product code, versions, ...
    std::optional<Error> error; ///< it is there, but this went wrong while it was asked who it is
};

/// How far a scan came.
struct ScanSummary {
    std::uint64_t tried = 0;   ///< addresses, counted once for each line setting
    std::uint64_t planned = 0; ///< how many there were to try
    std::uint64_t found = 0;
    std::optional<std::chrono::milliseconds> duration;
    bool interrupted = false;
};

/// One frame, or one stretch of octets that is none (then `error` says why).
struct FrameRecord {
    std::string source;                           ///< the file, capture interface or peer it came from
    std::optional<std::chrono::nanoseconds> time; ///< since the Unix epoch
    std::string protocol;
    std::string direction;    ///< "request", "response"
    std::uint64_t offset = 0; ///< in the stream
    Bytes octets;
    std::string summary;
    std::optional<std::uint64_t> answers; ///< offset of the request in the stream
    std::vector<Field> fields;
    std::vector<Reading> readings;
    std::optional<Error> error;
};

/// A framer's counters.
struct CountersRecord {
    std::string source;
    std::string protocol;
    std::uint64_t octets = 0;
    std::uint64_t frames = 0;
    std::uint64_t crc_errors = 0;
    std::uint64_t bad_lengths = 0;
    std::uint64_t bad_headers = 0;
    std::uint64_t skipped_octets = 0;
};

} // namespace meterctl::output
