// Streams fed to the decoders and the frames that came out.
#pragma once

#include "codecs/bacnet/decoders.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <utility>

namespace bacnet_streams {

using meterctl::Bytes;
using meterctl::codecs::ChunkInfo;
using meterctl::codecs::Counters;
using meterctl::codecs::DecodedFrame;
using meterctl::codecs::Decoder;
using meterctl::codecs::Field;
using Frames = std::vector<DecodedFrame>;

const Decoder& decoder(std::string_view name);

/// Feeds the chunks, ends, and checks that no octet was lost or invented.
Frames decoded(std::string_view name, const std::vector<std::pair<Bytes, ChunkInfo>>& chunks,
               const meterctl::catalogue::Definition* meter = nullptr, Counters* counters = nullptr);
Frames whole(std::string_view name, const Bytes& bytes, const meterctl::catalogue::Definition* meter = nullptr,
             Counters* counters = nullptr);
Frames datagrams(std::string_view name, const std::vector<Bytes>& messages);
Frames one_by_one(std::string_view name, const Bytes& bytes);
void check_same(const Frames& a, const Frames& b);

/// The first field of this name, anywhere in the tree; nullptr where there is none.
const Field* find(const std::vector<Field>& fields, std::string_view name);
/// Each field lies inside its parent, one behind the other.
void check_inside(const std::vector<Field>& fields, std::size_t begin, std::size_t end);

Bytes joined(std::initializer_list<Bytes> parts);

} // namespace bacnet_streams
