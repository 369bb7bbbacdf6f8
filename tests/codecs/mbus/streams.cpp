#include "tests/codecs/mbus/streams.hpp"

#include "codecs/mbus/decoders.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace mbus_streams {

namespace codecs = meterctl::codecs;

namespace {

bool inside(const std::vector<Field>& fields, std::size_t first, std::size_t last) {
    return std::ranges::all_of(fields, [&](const Field& field) {
        const auto end = field.offset + field.length;
        return field.offset >= first && end <= last && inside(field.children, field.offset, end);
    });
}

} // namespace

Frames decoded(const std::vector<std::pair<Bytes, ChunkInfo>>& chunks, const meterctl::catalogue::Definition* meter,
               Counters* counters) {
    Frames frames;
    Bytes all;
    const auto stream = codecs::mbus::decoders()[0].open({meter});
    const codecs::FrameSink sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    for (const auto& [octets, info] : chunks) {
        all.insert(all.end(), octets.begin(), octets.end());
        stream->feed(octets, info, sink);
    }
    stream->finish(sink);
    if (counters != nullptr) { *counters = stream->counters(); }
    std::ranges::sort(frames, {}, &DecodedFrame::offset);
    std::uint64_t at = 0;
    for (const auto& frame : frames) {
        CHECK(frame.offset == at);
        CHECK(frame.octets == Bytes(all.begin() + static_cast<std::ptrdiff_t>(at),
                                    all.begin() + static_cast<std::ptrdiff_t>(at + frame.octets.size())));
        CHECK(inside(frame.fields, 0, frame.octets.size()));
        at += frame.octets.size();
    }
    CHECK(at == all.size());
    return frames;
}

Frames whole(const Bytes& octets, const meterctl::catalogue::Definition* meter) {
    return decoded({{octets, {}}}, meter);
}

Frames one_by_one(const Bytes& octets) {
    std::vector<std::pair<Bytes, ChunkInfo>> chunks;
    for (const auto octet : octets) { chunks.push_back({{octet}, {}}); }
    return decoded(chunks);
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? nullptr : &*found;
}

void check_same(const Frames& a, const Frames& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t index = 0; index < a.size(); ++index) {
        CHECK(a[index].offset == b[index].offset);
        CHECK(a[index].octets == b[index].octets);
        CHECK(a[index].summary == b[index].summary);
        CHECK(a[index].error == b[index].error);
        CHECK(a[index].readings.size() == b[index].readings.size());
    }
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) { all.insert(all.end(), part.begin(), part.end()); }
    return all;
}

} // namespace mbus_streams
