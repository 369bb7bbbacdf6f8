// Everything `decode` reads files with: captures, traces, hex. What is handed on is never more than what was read.
#include "transports/capture_input.hpp"

#include <cstdlib>

using namespace meterctl;
using namespace meterctl::transports;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input(data, size);
    if (looks_compressed(input)) { return 0; } // libarchive's work, and it may grow without bounds
    auto source = CaptureSource::from_memory(input);
    std::size_t given = 0;
    CaptureSink sink;
    sink.chunk = [&given](const CapturedChunk& chunk) {
        given += chunk.octets.size();
        if (chunk.stream.description().empty()) { std::abort(); }
    };
    const CaptureReport report = read_input(source, InputOptions{InputFormat::automatic, {{502}}}, sink);
    if (given > size || source.offset() > size) { std::abort(); }
    if (report.error && report.error->where.find("byte offset") == std::string::npos) { std::abort(); }
    return 0;
}
