// Captures of others, and what tshark says of the Modbus TCP frames in them.
#include "codecs/modbus/decoders.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"
#include "tests/transports/capture_collect.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

using namespace meterctl;
using capture_collect::Collected;
using capture_collect::Kept;
using codecs::Direction;

namespace {

using Json = nlohmann::json;

const std::string folder = std::string(METERCTL_EXTRA_VECTORS) + "/modbus/captures/";

/// The captures with what is expected of each of their frames; empty, and said so, where there are none.
Json expectations() {
    if (std::string(METERCTL_EXTRA_VECTORS).empty()) {
        MESSAGE("skipped: captures of others, as METERCTL_EXTRA_VECTORS is not set");
        return Json::object();
    }
    std::ifstream file(folder + "expected.json");
    REQUIRE(file);
    return Json::parse(file);
}

Collected read(const std::string& name) {
    Collected out;
    auto source = transports::CaptureSource::open(folder + name);
    REQUIRE(source);
    const auto sink = capture_collect::sink_into(out);
    const transports::CaptureOptions options{{502}};
    out.report = transports::read_capture(*source, options, sink);
    return out;
}

std::string host(const std::string& peer) {
    return peer.substr(0, peer.rfind(':'));
}

struct Decoded {
    std::uint64_t packet = 0; ///< that completed it
    codecs::DecodedFrame frame;
};

/// Every stream through a decoder of its own, which ends at each gap.
std::vector<Decoded> decode(const Collected& collected) {
    const auto decoders = codecs::modbus::decoders();
    const auto row = std::ranges::find(decoders, "modbus-tcp", &codecs::Decoder::name);
    REQUIRE(row != decoders.end());
    std::vector<Decoded> out;
    std::uint64_t packet = 0;
    const codecs::FrameSink sink = [&](codecs::DecodedFrame&& frame) { out.push_back({packet, std::move(frame)}); };
    std::map<std::uint64_t, std::unique_ptr<codecs::StreamDecoder>> streams;
    for (const Kept& chunk : collected.chunks) {
        packet = 0;
        auto& stream = streams[chunk.description.id];
        if (stream && chunk.gap) { stream->finish(sink); }
        if (!stream || chunk.gap) { stream = row->open({}); }
        packet = chunk.frame;
        stream->feed(chunk.octets, chunk.info, sink);
    }
    return out;
}

/// The field of one of these names; null where there is none.
Value value_of(const codecs::DecodedFrame& frame, std::string_view names) {
    for (const std::string_view name : split(names, ' ')) {
        const auto found = std::ranges::find(frame.fields, name, &codecs::Field::name);
        if (found != frame.fields.end()) { return found->value; }
    }
    return {};
}

/// tshark's fields and ours.
struct SameField {
    const char* theirs;
    const char* ours;
};
constexpr SameField same_fields[] = {
    {"trans_id", "transaction"},
    {"len", "length"},
    {"unit_id", "unit"},
    {"func_code", "function"},
    {"word_cnt", "count"},
    {"bit_cnt", "count"},
    {"byte_cnt", "byte_count"},
    {"exception_code", "exception"},
    {"reference_num", "start coil register"},
};

/// True where a field starts the octets that tshark calls data, which go to the end of the frame.
bool has_data(const codecs::DecodedFrame& frame, const std::string& hex) {
    return std::ranges::any_of(frame.fields, [&](const codecs::Field& field) {
        return to_lower(to_hex(ByteView(frame.octets).subspan(field.offset), "")) == hex;
    });
}

} // namespace

TEST_CASE("each frame that tshark finds in a capture of others is decoded to the same fields") {
    const Json all = expectations();
    for (const auto& [name, frames] : all.items()) {
        CAPTURE(name);
        const std::vector<Decoded> decoded = decode(read(name));
        for (const Json& expected : frames) {
            const auto number = expected.at("frame").get<std::uint64_t>();
            CAPTURE(number);
            const auto found = std::ranges::find_if(
                decoded, [number](const Decoded& one) { return one.packet == number && !one.frame.fields.empty(); });
            REQUIRE(found != decoded.end());
            CAPTURE(found->frame.summary);
            for (const SameField& field : same_fields) {
                if (!expected.contains(field.theirs)) { continue; }
                CAPTURE(field.theirs);
                CHECK(value_of(found->frame, field.ours).to_string() ==
                      std::to_string(expected[field.theirs].get<int>()));
            }
            if (expected.contains("data")) { CHECK(has_data(found->frame, expected["data"].get<std::string>())); }
        }
    }
}

TEST_CASE("each frame that tshark finds in a capture of others starts a chunk of its own packet") {
    const Json all = expectations();
    for (const auto& [name, frames] : all.items()) {
        CAPTURE(name);
        const Collected collected = read(name);
        CHECK_FALSE(collected.report.error);
        for (const Json& expected : frames) {
            const auto frame = expected.at("frame").get<std::uint64_t>();
            CAPTURE(frame);
            const auto found = std::find_if(collected.chunks.begin(), collected.chunks.end(),
                                            [frame](const Kept& chunk) { return chunk.frame == frame; });
            REQUIRE(found != collected.chunks.end());
            const auto& stream = found->description;
            const bool asks = found->info.direction == Direction::request;
            CHECK(host(asks ? stream.client : stream.server) == expected.at("src").get<std::string>());
            CHECK(host(asks ? stream.server : stream.client) == expected.at("dst").get<std::string>());
            ByteReader in(found->octets);
            CHECK(in.u16be() == expected.at("trans_id").get<unsigned>());
            CHECK(in.u16be() == 0);
            CHECK(in.u16be() == expected.at("len").get<unsigned>());
            CHECK(in.u8() == expected.at("unit_id").get<unsigned>());
            CHECK((in.u8() & 0x7FU) == expected.at("func_code").get<unsigned>());
        }
    }
}
