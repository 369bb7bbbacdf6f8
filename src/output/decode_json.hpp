// The JSON of `decode`: frames, their fields, and what ends the document.
#pragma once

#include "src/output/decode_document.hpp"

namespace meterctl::output {

/// Opens the document and its array of frames.
void begin_decode(JsonWriter& json, const std::string& meter);
void write_frame(JsonWriter& json, const FrameRecord& frame, const Style& style);
/// Closes the array and the document.
void end_decode(JsonWriter& json, const DecodeSummary& summary, std::uint64_t frames);
/// The last line of NDJSON, an object of its own.
void write_summary(JsonWriter& json, const DecodeSummary& summary, std::uint64_t frames);

} // namespace meterctl::output
