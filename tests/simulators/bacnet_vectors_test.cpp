// Requests that were captured between other implementations, given to virtual devices: each is answered, and nothing
// that comes over a link disturbs them.
#include "tests/simulators/bacnet_asker.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace meterctl;
using namespace std::chrono_literals;
using test::BacnetAsker;
namespace bacnet = codecs::bacnet;

namespace {

struct Vector {
    std::string name;
    Bytes octets;
};

std::vector<Vector> vectors_of(std::string_view layer) {
    std::vector<std::filesystem::path> files{METERCTL_SOURCE_DIR "/tests/vectors/bacnet/frames.json"};
    const std::filesystem::path extra(METERCTL_EXTRA_VECTORS);
    if (extra.empty()) {
        MESSAGE("skipped: the further vectors of layer ", std::string(layer), " (METERCTL_EXTRA_VECTORS is not set)");
    } else {
        for (const char* file : {"bacnet_ip.json", "mstp.json", "bvlc.json"}) {
            files.push_back(extra / "bacnet" / file);
        }
    }
    std::vector<Vector> all;
    for (const auto& path : files) {
        std::ifstream file(path);
        REQUIRE_MESSAGE(file.good(), path.string());
        for (const auto& entry : nlohmann::json::parse(file)) {
            if (entry.at("layer") != layer) { continue; }
            const auto octets = from_hex(entry.at("hex").get<std::string>());
            REQUIRE(octets.has_value());
            all.push_back({entry.at("name"), *octets});
        }
    }
    return all;
}

/// A request that waits for an answer; nullopt where the datagram is none.
std::optional<bacnet::ConfirmedRequest> request_in(const Bytes& datagram) {
    const auto message = bacnet::decode_bvlc(datagram);
    const auto* carried = message ? std::get_if<bacnet::CarriedNpdu>(&*message) : nullptr;
    const auto npdu = carried != nullptr ? bacnet::decode_npdu(carried->npdu) : Result<bacnet::Npdu>(bacnet::Npdu{});
    if (carried == nullptr || !npdu || npdu->message || npdu->destination) { return std::nullopt; }
    const auto apdu = bacnet::decode_apdu(npdu->data);
    const auto* request = apdu ? std::get_if<bacnet::ConfirmedRequest>(&*apdu) : nullptr;
    return request != nullptr ? std::optional(*request) : std::nullopt;
}

std::uint8_t invoke_id_of(const bacnet::Apdu& apdu) {
    return std::visit(
        [](const auto& pdu) -> std::uint8_t {
            if constexpr (requires { pdu.invoke_id; }) { return pdu.invoke_id; }
            return 0;
        },
        apdu);
}

} // namespace

TEST_CASE("every request of other clients is answered under its invoke id") {
    std::size_t requests = 0;
    for (const char* model : {"leviton-s4100", "dts307-bacnet"}) {
        for (const Vector& vector : vectors_of("bacnet-ip")) {
            const auto request = request_in(vector.octets);
            if (!request) { continue; }
            CAPTURE(vector.name);
            BacnetAsker asker(BacnetAsker::frozen(), model);
            const auto answers = asker.exchange(ByteView(vector.octets));
            REQUIRE_FALSE(answers.empty());
            CHECK(invoke_id_of(BacnetAsker::apdu_of(answers.front())) == request->invoke_id);
            ++requests;
        }
    }
    MESSAGE(requests, " requests");
}

TEST_CASE("whatever datagrams come, cut anywhere, the device answers the next request") {
    BacnetAsker asker;
    const std::string read = "81 0A 00 11 01 04 00 03 01 0C 0C 00 80 00 02 19 55";
    const auto all = vectors_of("bacnet-ip");
    for (const Vector& vector : all) {
        for (std::size_t length = 0; length <= vector.octets.size(); length += 3) {
            asker.exchange(ByteView(vector.octets).first(length));
        }
    }
    asker.wait(24h); // one of them may have silenced it for a while
    CHECK(asker.exchange(read) != "silence");
}

TEST_CASE("whatever frames come on the line, its devices go on") {
    auto options = BacnetAsker::frozen();
    simulators::Unit unit;
    unit.meter = &test::bacnet_meter("leviton-s4100");
    unit.address = "77"; // nobody in the vectors has it: a device that hears its own address falls silent
    const auto bus = simulators::make_bacnet_bus(std::span(&unit, 1), options);
    REQUIRE(bus.has_value());
    (*bus)->line_changed(76800, "8N1");
    simulators::TimePoint now{1h};
    (*bus)->transmit(now);
    for (const Vector& vector : vectors_of("mstp")) {
        (*bus)->receive(vector.octets, now += 50ms);
        (*bus)->transmit(now += 200ms);
    }
    std::size_t frames = 0;
    for (const auto end = now + 5s; now < end; now += 1ms) { frames += (*bus)->transmit(now).size(); }
    CHECK(frames > 0); // it polls for masters
}
