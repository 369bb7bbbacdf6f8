// Whatever the `decode` command is given: a capture, a trace, hex as text, or the octets themselves, told apart by
// what they hold and handed on as streams.
#pragma once

#include "transports/capture_reader.hpp"

namespace meterctl::transports {

enum class InputFormat { automatic, capture, text, octets };

struct InputOptions {
    InputFormat format = InputFormat::automatic;
    CaptureOptions capture;
};

/// What these first octets are; never `automatic`. Text: the first line that is neither blank nor a '#' remark is one
/// of a trace, or hex as from_hex takes it. A line that starts with ':' is Modbus ASCII, thus octets.
InputFormat tell_format(ByteView head);

/// Reads to the end; as read_capture in all else. A text is one stream of one chunk a line, `frame` being the line; a
/// line that is no hex ends the reading with an error that names it. A file of octets is one stream.
CaptureReport read_input(CaptureSource& source, const InputOptions& options, const CaptureSink& sink);

} // namespace meterctl::transports
