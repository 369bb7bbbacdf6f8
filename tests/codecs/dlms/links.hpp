// What the tests of HDLC and the wrapper share: vectors, and streams fed to a decoder.
#pragma once

#include "codecs/decoder.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlms_links {

using Json = nlohmann::json;
using meterctl::Bytes;
using meterctl::ByteView;
using meterctl::codecs::ChunkInfo;
using meterctl::codecs::Counters;
using meterctl::codecs::DecodedFrame;
using meterctl::codecs::Field;
using Frames = std::vector<DecodedFrame>;

struct Vector {
    std::string name, layer;
    std::vector<Bytes> parts; ///< where spaces part the hex
    Json expect, entry;
    [[nodiscard]] Bytes octets() const;
};
/// Of tests/vectors/dlms.
std::vector<Vector> own(std::string_view file);
/// Of METERCTL_EXTRA_VECTORS/dlms where there are any; else a message says what is skipped.
std::vector<Vector> extra(std::string_view file);
/// Both, of one layer.
std::vector<Vector> hdlc_frames();

Bytes octets(std::string_view hex);
std::string hex(ByteView octets);
Bytes joined(const std::vector<Bytes>& parts);

/// Feeds the chunks, ends, and checks that no octet was lost or invented and that every field lies in its frame.
Frames decoded(std::string_view decoder, const std::vector<std::pair<Bytes, ChunkInfo>>& chunks,
               Counters* counters = nullptr);
Frames whole(std::string_view decoder, const Bytes& octets);
Frames one_by_one(std::string_view decoder, const Bytes& octets);
void check_same(const Frames& a, const Frames& b);
/// nullptr where there is none, looked for at any depth.
const Field* find(const std::vector<Field>& fields, std::string_view name);
const meterctl::codecs::Decoder& decoder(std::string_view name);

} // namespace dlms_links
