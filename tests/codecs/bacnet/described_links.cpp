#include "codecs/bacnet/names.hpp"
#include "tests/codecs/bacnet/described.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bacnet_vectors {

using namespace meterctl::codecs::bacnet;

void describe(const Npdu& npdu, Json& out) {
    out["expecting_reply"] = npdu.expecting_reply;
    out["priority"] = npdu.priority;
    if (npdu.destination) {
        out.update({{"dnet", npdu.destination->network},
                    {"dadr", hex(npdu.destination->address)},
                    {"hop_count", npdu.hop_count}});
    }
    if (npdu.source) { out.update({{"snet", npdu.source->network}, {"sadr", hex(npdu.source->address)}}); }
    if (!npdu.message) {
        out["apdu"] = hex(npdu.data);
        return;
    }
    out["network_message"] = names::text(names::network_messages, *npdu.message);
    const auto message = decode_message(*npdu.message, npdu.data);
    REQUIRE(message.has_value());
    CHECK(hex(encode(*message)) == hex(npdu.data));
    if (const auto* const list = std::get_if<NetworkList>(&*message)) { out["networks"] = list->networks; }
    if (const auto* const router = std::get_if<CouldBeRouter>(&*message)) {
        out.update({{"network", router->network}, {"performance", router->performance}});
    }
    if (const auto* const reject = std::get_if<RejectMessage>(&*message)) {
        out.update({{"network", reject->network}, {"reason", reject->reason}});
    }
    if (const auto* const number = std::get_if<NetworkNumber>(&*message)) { out["network"] = number->network; }
}

namespace {

Json endpoint_json(const IpEndpoint& peer) {
    const auto text = peer.text();
    return {{"address", text.substr(0, text.find(':'))}, {"port", peer.port}};
}

struct BvlcDescriber {
    Json& out;

    void operator()(const CarriedNpdu& message) const { out["npdu"] = hex(message.npdu); }
    void operator()(const ForwardedNpdu& message) const {
        out.update(endpoint_json(message.origin));
        out["npdu"] = hex(message.npdu);
    }
    void operator()(const BvlcResult& message) const { out["code"] = message.code; }
    void operator()(const BroadcastTable& message) const {
        for (const auto& entry : message.entries) {
            auto json = endpoint_json(entry.peer);
            json["mask"] = fmt::format("{}", fmt::join(entry.mask, "."));
            out["entries"].push_back(json);
        }
    }
    void operator()(const ReadTable& /*message*/) const {}
    void operator()(const RegisterForeignDevice& message) const { out["ttl"] = message.time_to_live; }
    void operator()(const ForeignDeviceTable& message) const {
        for (const auto& entry : message.entries) {
            auto json = endpoint_json(entry.peer);
            json.update({{"ttl", entry.time_to_live}, {"remaining", entry.remaining}});
            out["entries"].push_back(json);
        }
    }
    void operator()(const DeleteForeignDevice& message) const { out.update(endpoint_json(message.peer)); }
    void operator()(const OtherBvlc& message) const { out["octets"] = hex(message.octets); }
};

} // namespace

void describe(const Bvlc& message, Json& out) {
    out["function"] = std::string(function_text(encode(message).at(1)));
    std::visit(BvlcDescriber{out}, message);
}

} // namespace bacnet_vectors
