#include "tests/codecs/bacnet/streams.hpp"

#include <doctest/doctest.h>
#include <stdexcept>

namespace bacnet_streams {

const Decoder& decoder(std::string_view name) {
    for (const auto& one : meterctl::codecs::bacnet::decoders()) {
        if (one.name == name) { return one; }
    }
    throw std::runtime_error("no such decoder");
}

Frames decoded(std::string_view name, const std::vector<std::pair<Bytes, ChunkInfo>>& chunks,
               const meterctl::catalogue::Definition* meter, Counters* counters) {
    Frames frames;
    const auto stream = decoder(name).open({meter});
    const auto sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    Bytes given, returned;
    for (const auto& [chunk, info] : chunks) {
        stream->feed(chunk, info, sink);
        given.insert(given.end(), chunk.begin(), chunk.end());
    }
    stream->finish(sink);
    for (const auto& frame : frames) {
        CHECK(frame.offset == returned.size());
        returned.insert(returned.end(), frame.octets.begin(), frame.octets.end());
        CHECK(frame.protocol == name);
        check_inside(frame.fields, 0, frame.octets.size());
    }
    CHECK(returned == given);
    CHECK(stream->counters().octets == given.size());
    if (counters != nullptr) { *counters = stream->counters(); }
    return frames;
}

Frames whole(std::string_view name, const Bytes& bytes, const meterctl::catalogue::Definition* meter,
             Counters* counters) {
    return decoded(name, {{bytes, {}}}, meter, counters);
}

Frames datagrams(std::string_view name, const std::vector<Bytes>& messages) {
    ChunkInfo info;
    info.datagram = true;
    std::vector<std::pair<Bytes, ChunkInfo>> chunks;
    for (const auto& message : messages) { chunks.emplace_back(message, info); }
    return decoded(name, chunks);
}

Frames one_by_one(std::string_view name, const Bytes& bytes) {
    std::vector<std::pair<Bytes, ChunkInfo>> chunks;
    for (const auto one : bytes) { chunks.push_back({Bytes{one}, {}}); }
    return decoded(name, chunks);
}

void check_same(const Frames& a, const Frames& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t at = 0; at < a.size(); ++at) {
        CHECK(a[at].octets == b[at].octets);
        CHECK(a[at].summary == b[at].summary);
        CHECK(a[at].direction == b[at].direction);
        CHECK(a[at].error == b[at].error);
        CHECK(a[at].readings.size() == b[at].readings.size());
    }
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
    for (const auto& field : fields) {
        if (field.name == name) { return &field; }
        if (const auto* const inner = find(field.children, name)) { return inner; }
    }
    return nullptr;
}

void check_inside(const std::vector<Field>& fields, std::size_t begin, std::size_t end) {
    for (const auto& field : fields) {
        CAPTURE(field.name);
        CHECK(field.offset >= begin);
        begin = field.offset + field.length;
        CHECK(begin <= end);
        check_inside(field.children, field.offset, begin);
    }
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) { all.insert(all.end(), part.begin(), part.end()); }
    return all;
}

} // namespace bacnet_streams
