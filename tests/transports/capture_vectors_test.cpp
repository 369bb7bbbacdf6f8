// Captures of others, and what tshark says of the Modbus TCP frames in them.
#include "tests/transports/capture_collect.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
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

} // namespace

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
