// Streams fed to the decoder and the frames that came out.
#pragma once

#include "codecs/decoder.hpp"
#include "tests/codecs/mbus/vectors.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace mbus_streams {

using meterctl::Bytes;
using meterctl::codecs::ChunkInfo;
using meterctl::codecs::Counters;
using meterctl::codecs::DecodedFrame;
using meterctl::codecs::Field;

using Frames = std::vector<DecodedFrame>;

/// Feeds the chunks, ends, and checks that no octet was lost or invented and that every field lies in its frame.
Frames decoded(const std::vector<std::pair<Bytes, ChunkInfo>>& chunks,
               const meterctl::catalogue::Definition* meter = nullptr, Counters* counters = nullptr);
Frames whole(const Bytes& octets, const meterctl::catalogue::Definition* meter = nullptr);
Frames one_by_one(const Bytes& octets);

/// nullptr where there is none.
const Field* find(const std::vector<Field>& fields, std::string_view name);
void check_same(const Frames& a, const Frames& b);
Bytes joined(std::initializer_list<Bytes> parts);

} // namespace mbus_streams
