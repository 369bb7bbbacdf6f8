// A BACnet/IP peer that answers each APDU as a test says, in virtual time.
#pragma once

#include "codecs/bacnet/bvlc.hpp"
#include "sessions/bacnet/link.hpp"
#include "sessions/bacnet/properties.hpp"

#include <deque>
#include <doctest/doctest.h>
#include <functional>

namespace meterctl::tests {

namespace bacnet = codecs::bacnet;

using Answers = std::vector<bacnet::Apdu>;
using Server = std::function<Answers(const bacnet::Apdu& asked)>;

inline Bytes carried(const bacnet::Apdu& apdu) {
    bacnet::Npdu npdu;
    npdu.data = bacnet::encode(apdu);
    bacnet::CarriedNpdu message;
    message.npdu = bacnet::encode(npdu);
    return bacnet::encode(bacnet::Bvlc(message));
}

/// A BACnet/IP peer that answers each APDU as a function says, 10 ms later.
class Peer final : public transports::Transport {
public:
    explicit Peer(Server server) : server_(std::move(server)) {}
    transports::Loop& loop() override { return *loop_; }
    std::string description() const override { return "peer"; }
    std::optional<transports::LineSettings> line() const override { return std::nullopt; }
    bool datagrams() const override { return true; }
    Task<Result<void>> write(ByteView octets) override {
        const auto message = bacnet::decode_bvlc(octets);
        REQUIRE(message.has_value());
        const auto npdu = bacnet::decode_npdu(std::get<bacnet::CarriedNpdu>(*message).npdu);
        REQUIRE(npdu.has_value());
        const auto apdu = bacnet::decode_apdu(npdu->data);
        REQUIRE(apdu.has_value());
        asked.push_back(*apdu);
        for (const bacnet::Apdu& answer : server_(*apdu)) { coming_.push_back(carried(answer)); }
        co_return Result<void>();
    }
    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        transports::Chunk chunk;
        if (coming_.empty()) {
            co_await loop_->sleep_until(deadline);
            co_return chunk;
        }
        co_await loop_->sleep_for(std::chrono::milliseconds(10));
        chunk.octets = std::move(coming_.front());
        coming_.pop_front();
        co_return chunk;
    }
    Task<Result<void>> configure(const transports::LineSettings& /*settings*/) override { co_return Result<void>(); }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

    std::vector<bacnet::Apdu> asked;

private:
    Server server_;
    std::unique_ptr<transports::Loop> loop_ = transports::make_virtual_loop();
    std::deque<Bytes> coming_;
};

inline std::unique_ptr<sessions::bacnet::Link> link_of(Peer& peer) {
    return sessions::bacnet::make_ip_link(peer, {});
}

inline const bacnet::ConfirmedRequest& request_in(const bacnet::Apdu& apdu) {
    REQUIRE(std::holds_alternative<bacnet::ConfirmedRequest>(apdu));
    return std::get<bacnet::ConfirmedRequest>(apdu);
}

inline bacnet::ComplexAck ack_of(const bacnet::ConfirmedRequest& request, Bytes data) {
    bacnet::ComplexAck ack;
    ack.invoke_id = request.invoke_id;
    ack.service = request.service;
    ack.data = std::move(data);
    return ack;
}

inline bacnet::AbortPdu abort_of(const bacnet::ConfirmedRequest& request, std::uint8_t reason) {
    bacnet::AbortPdu abort;
    abort.server = true;
    abort.invoke_id = request.invoke_id;
    abort.reason = reason;
    return abort;
}

inline bacnet::RejectPdu reject_of(const bacnet::ConfirmedRequest& request, std::uint8_t reason) {
    bacnet::RejectPdu reject;
    reject.invoke_id = request.invoke_id;
    reject.reason = reason;
    return reject;
}

inline bacnet::SimpleAck done_of(const bacnet::ConfirmedRequest& request) {
    bacnet::SimpleAck ack;
    ack.invoke_id = request.invoke_id;
    ack.service = request.service;
    return ack;
}

inline bacnet::ErrorPdu error_of(const bacnet::ConfirmedRequest& request, std::uint32_t error_class,
                                 std::uint32_t error_code) {
    bacnet::ErrorPdu error;
    error.invoke_id = request.invoke_id;
    error.service = request.service;
    error.error_class = error_class;
    error.error_code = error_code;
    return error;
}

} // namespace meterctl::tests
