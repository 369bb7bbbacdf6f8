#include "tests/codecs/modbus/streams.hpp"

#include <doctest/doctest.h>
#include <stdexcept>

namespace modbus_streams {

namespace modbus = meterctl::codecs::modbus;
namespace catalogue = meterctl::catalogue;
using modbus_vectors::octets;

const Decoder& decoder(std::string_view name) {
    for (const auto& one : modbus::decoders()) {
        if (one.name == name) { return one; }
    }
    throw std::runtime_error("no such decoder");
}

Frames decoded(std::string_view name, const std::vector<std::pair<Bytes, ChunkInfo>>& chunks,
               const catalogue::Definition* meter, Counters* counters) {
    Frames frames;
    const auto stream = decoder(name).open({meter});
    const auto sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    std::size_t given = 0, returned = 0;
    for (const auto& [chunk, info] : chunks) {
        stream->feed(chunk, info, sink);
        given += chunk.size();
    }
    stream->finish(sink);
    for (const auto& frame : frames) {
        returned += frame.octets.size();
        CHECK(frame.protocol == name);
    }
    CHECK(returned == given);
    CHECK(stream->counters().octets == given);
    if (counters != nullptr) { *counters = stream->counters(); }
    return frames;
}

Frames whole(std::string_view name, Bytes bytes, const catalogue::Definition* meter, Counters* counters) {
    return decoded(name, {{std::move(bytes), {}}}, meter, counters);
}

Frames one_by_one(std::string_view name, const Bytes& bytes) {
    std::vector<std::pair<Bytes, ChunkInfo>> chunks;
    for (const auto one : bytes) { chunks.push_back({Bytes{one}, {}}); }
    return decoded(name, chunks);
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
    for (const auto& field : fields) {
        if (field.name == name) { return &field; }
    }
    return nullptr;
}

std::uint64_t number(const DecodedFrame& frame, std::string_view name) {
    const auto* const field = find(frame.fields, name);
    REQUIRE_MESSAGE(field != nullptr, name);
    const auto* const value = field->value.get<std::uint64_t>();
    REQUIRE_MESSAGE(value != nullptr, name);
    return *value;
}

void check_same(const Frames& a, const Frames& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CHECK(a[i].octets == b[i].octets);
        CHECK(a[i].summary == b[i].summary);
        CHECK(a[i].offset == b[i].offset);
        CHECK(a[i].direction == b[i].direction);
        CHECK(a[i].error == b[i].error);
    }
}

void check_covered(const std::vector<Field>& fields, std::size_t& at) {
    for (const auto& field : fields) {
        CAPTURE(field.name);
        CHECK(field.offset == at);
        if (field.children.empty()) {
            at += field.length;
        } else {
            check_covered(field.children, at);
        }
        CHECK(field.offset + field.length == at);
    }
}

catalogue::Definition meter_with(std::string name, std::string address, std::string type) {
    catalogue::Definition meter;
    catalogue::Point point;
    point.name = std::move(name);
    point.address = std::move(address);
    point.type = std::move(type);
    point.unit = meterctl::Unit::volt;
    meter.points.push_back(point);
    return meter;
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) { all.insert(all.end(), part.begin(), part.end()); }
    return all;
}

const Bytes& request() {
    static const Bytes bytes = octets("01 03 50 02 00 02 74 CB");
    return bytes;
}

const Bytes& answer() {
    static const Bytes bytes = octets("01 03 04 43 66 80 00 6E 68");
    return bytes;
}

} // namespace modbus_streams
