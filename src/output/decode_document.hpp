// What `decode` prints, frame by frame: docs/schemas/decode.schema.json.
#pragma once

#include "src/output/read_document.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::output {

/// A named part of a frame; `offset` counts from the frame's start.
struct FieldRecord {
    std::string name;
    Value value;
    std::string text; ///< what the value means
    std::size_t offset = 0;
    std::size_t length = 0;
    std::vector<FieldRecord> children;
};

struct FrameRecord {
    std::uint64_t number = 0; ///< from 1
    std::string input;        ///< the file, or "-"
    std::string stream;       ///< the conversation in a capture: "10.0.0.1:40000 > 10.0.0.5:502"; else empty
    std::optional<DateTime> time;
    std::uint64_t offset = 0;             ///< of the first octet in its stream
    std::string protocol;                 ///< empty for octets that are no frame
    std::string direction;                ///< "request", "response", or empty where unknown
    std::optional<std::uint64_t> answers; ///< the number of the request this frame answers
    Bytes octets;
    std::string summary;
    std::vector<FieldRecord> fields;
    std::vector<Reading> readings;
    std::optional<Error> error;
};

/// The framer's counters, by stream and protocol.
struct StatisticsRecord {
    std::string stream;
    std::string protocol;
    std::vector<std::pair<std::string, std::uint64_t>> counters;
};

struct DecodeSummary {
    std::vector<StatisticsRecord> statistics; ///< empty unless asked for
    std::vector<Failure> errors;              ///< of the input: cut short, unreadable
};

/// begin(), then frame() for each, then end().
class DecodeWriter {
public:
    DecodeWriter(File& file, Style style) : file_(&file), style_(style), json_(text_) {}
    void begin(const std::string& meter);
    void frame(const FrameRecord& frame);
    void end(const DecodeSummary& summary);

private:
    void csv_frame(const FrameRecord& frame);
    void table_frame(const FrameRecord& frame);
    void drain();

    File* file_;
    Style style_;
    std::string text_;
    JsonWriter json_;
    std::uint64_t frames_ = 0;
};

} // namespace meterctl::output
