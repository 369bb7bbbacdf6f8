// Streams fed to the decoders and the frames that came out.
#pragma once

#include "codecs/modbus/ascii.hpp"
#include "codecs/modbus/decoders.hpp"
#include "codecs/modbus/rtu.hpp"
#include "codecs/modbus/tcp.hpp"
#include "tests/codecs/modbus/vectors.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace modbus_streams {

using meterctl::Bytes;
using meterctl::ByteView;
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
Frames whole(std::string_view name, Bytes bytes, const meterctl::catalogue::Definition* meter = nullptr,
             Counters* counters = nullptr);
Frames one_by_one(std::string_view name, const Bytes& bytes);

/// nullptr where there is none.
const Field* find(const std::vector<Field>& fields, std::string_view name);
std::uint64_t number(const DecodedFrame& frame, std::string_view name);

void check_same(const Frames& a, const Frames& b);
/// The leaves of a tree stand one behind the other, from `at` on; `at` moves behind the last.
void check_covered(const std::vector<Field>& fields, std::size_t& at);

meterctl::catalogue::Definition meter_with(std::string name, std::string address, std::string type);
Bytes joined(std::initializer_list<Bytes> parts);

/// Two registers from 0x5002 of meter 1, and 230.5 as its answer.
const Bytes& request();
const Bytes& answer();

} // namespace modbus_streams
