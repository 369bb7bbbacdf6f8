// Reads a capture from memory and keeps what the sink is given.
#pragma once

#include "transports/capture_reader.hpp"

#include <string>
#include <vector>

namespace capture_collect {

struct Kept {
    std::string stream;
    meterctl::transports::CapturedStream description;
    meterctl::codecs::ChunkInfo info;
    meterctl::Bytes octets;
    std::uint64_t frame = 0;
    bool gap = false;
    std::optional<meterctl::transports::LineFault::Kind> fault;

    [[nodiscard]] std::string text() const { return {octets.begin(), octets.end()}; }
};

struct Collected {
    std::vector<Kept> chunks;
    std::vector<std::string> closed;
    meterctl::transports::CaptureReport report;

    /// The octets of one direction as text, gaps as '|'.
    [[nodiscard]] std::string text(meterctl::codecs::Direction direction) const {
        std::string all;
        for (const Kept& chunk : chunks) {
            if (chunk.info.direction == direction) { all += (chunk.gap ? "|" : "") + chunk.text(); }
        }
        return all;
    }
};

inline meterctl::transports::CaptureSink sink_into(Collected& out) {
    meterctl::transports::CaptureSink sink;
    sink.chunk = [&out](const meterctl::transports::CapturedChunk& chunk) {
        out.chunks.push_back({chunk.stream.description(), chunk.stream, chunk.info,
                              meterctl::Bytes(chunk.octets.begin(), chunk.octets.end()), chunk.frame, chunk.gap,
                              chunk.fault});
    };
    sink.closed = [&out](const meterctl::transports::CapturedStream& stream) {
        out.closed.push_back(stream.description());
    };
    return sink;
}

inline Collected collect(meterctl::ByteView file, std::vector<std::uint16_t> server_ports = {502}) {
    Collected out;
    auto source = meterctl::transports::CaptureSource::from_memory(file);
    const auto sink = sink_into(out);
    const meterctl::transports::CaptureOptions options{std::move(server_ports)};
    out.report = meterctl::transports::read_capture(source, options, sink);
    return out;
}

} // namespace capture_collect
