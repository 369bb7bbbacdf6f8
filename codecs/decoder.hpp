// What every codec offers to the `decode` command: frames found in a byte stream, as trees of named fields.
#pragma once

#include "codecs/sender_counters.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/error.hpp"
#include "src/core/field.hpp"
#include "src/core/key_ring.hpp"
#include "src/core/reading.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs {

/// A framer's counters; `decode --stats` and the diagnosis print them.
struct Counters {
    std::uint64_t octets = 0;
    std::uint64_t frames = 0;
    std::uint64_t crc_errors = 0;
    std::uint64_t bad_lengths = 0;
    std::uint64_t bad_headers = 0;
    std::uint64_t skipped_octets = 0;
};

using meterctl::Field;

enum class Direction { unknown, request, response };

/// One frame, or one stretch of octets that is none (then `error` says why and `fields` is empty).
struct DecodedFrame {
    std::string protocol; ///< "modbus-rtu", ...
    Direction direction = Direction::unknown;
    std::uint64_t offset = 0; ///< in the stream
    Bytes octets;
    std::string summary; ///< one line: "read holding registers 0x5002, 2 registers"
    std::vector<Field> fields;
    std::vector<Reading> readings;
    std::optional<Error> error;
    std::optional<std::uint64_t> answers; ///< stream offset or index of the request this answers
};

/// Where a chunk comes from, as far as the input tells.
struct ChunkInfo {
    std::optional<std::chrono::nanoseconds> time; ///< since the Unix epoch
    Direction direction = Direction::unknown;
    bool datagram = false; ///< the chunk is one whole message (a UDP datagram, a packet of a serial capture)
};

using FrameSink = std::function<void(DecodedFrame&&)>;

/// Finds and decodes the frames of one stream, which can start anywhere and be damaged anywhere. Keeps what depends on
/// earlier frames. Never throws, never reads past the end, holds at most a fixed number of octets back.
class StreamDecoder {
public:
    virtual ~StreamDecoder() = default;
    virtual void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) = 0;
    /// No more octets come: what is left is reported as incomplete, decoded as far as it goes.
    virtual void finish(const FrameSink& sink) = 0;
    [[nodiscard]] virtual const Counters& counters() const = 0;
};

struct DecodeOptions {
    const catalogue::Definition* meter = nullptr; ///< names the values; may be null
    const KeyRing* keys = nullptr;                ///< deciphers; may be null
    SenderCounters* senders = nullptr;            ///< what other streams have heard; may be null
    bool fields = true;                           ///< false: nobody looks at them, and a decoder may leave them out
    bool readings = true;                         ///< likewise
};

/// A row of the decoder table.
struct Decoder {
    std::string_view name; ///< "modbus-rtu"
    std::string_view title;
    bool has_checksum; ///< decoders without one are tried only when asked for
    /// How sure these octets are its own: 0 no, 100 certain.
    int (*recognise)(ByteView octets);
    std::unique_ptr<StreamDecoder> (*open)(const DecodeOptions& options);
    std::string_view wireshark; ///< dissector for link type 252, empty where Wireshark has none
    std::vector<std::uint16_t> tcp_ports;
    std::vector<std::uint16_t> udp_ports;
};

} // namespace meterctl::codecs
