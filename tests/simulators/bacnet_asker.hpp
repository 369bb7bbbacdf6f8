// A client of virtual BACnet devices in virtual time, over BACnet/IP: one request, what comes of it.
#pragma once

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/bvlc.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "codecs/bacnet/point.hpp"
#include "codecs/bacnet/records.hpp"
#include "codecs/bacnet/segmentation.hpp"
#include "simulators/bacnet_bus.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"

#include <doctest/doctest.h>

namespace meterctl::test {

namespace bacnet = codecs::bacnet;

inline const catalogue::Definition& bacnet_meter(std::string_view model) {
    static const catalogue::Catalogue catalogue;
    const auto found = catalogue.find(model);
    REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : describe(found.error())));
    return **found;
}

inline bacnet::PropertyReference property_of(std::uint32_t number) {
    bacnet::PropertyReference out;
    out.property = number;
    return out;
}

class BacnetAsker {
public:
    explicit BacnetAsker(simulators::Options options = frozen(), std::string_view model = "leviton-s4100") {
        options.framing = "ip";
        simulators::Unit unit;
        unit.meter = &bacnet_meter(model);
        auto made = simulators::make_bacnet_bus(std::span(&unit, 1), options);
        REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : describe(made.error())));
        bus = std::move(*made);
    }

    static simulators::Options frozen() {
        simulators::Options options;
        options.speed = 0;
        options.latency = std::chrono::milliseconds(0);
        return options;
    }
    static simulators::Options running(double speed) {
        auto options = frozen();
        options.speed = speed;
        return options;
    }

    /// Datagrams that come of one.
    std::vector<Bytes> exchange(ByteView datagram) {
        bus->transmit(now);
        bus->receive(datagram, now);
        return heard();
    }
    std::vector<Bytes> heard() {
        std::vector<Bytes> out;
        for (auto& part : bus->transmit(now)) { out.push_back(std::move(part.octets)); }
        return out;
    }
    /// What comes of octets in hex, in hex; the first datagram alone.
    std::string exchange(std::string_view hex) {
        const auto octets = from_hex(hex);
        REQUIRE(octets.has_value());
        const auto answers = exchange(ByteView(*octets));
        return answers.empty() ? "silence" : to_hex(answers.front());
    }

    static Bytes datagram(const bacnet::Apdu& apdu) {
        bacnet::CarriedNpdu message;
        bacnet::Npdu npdu;
        npdu.expecting_reply = std::holds_alternative<bacnet::ConfirmedRequest>(apdu);
        npdu.data = bacnet::encode(apdu);
        message.npdu = bacnet::encode(npdu);
        return bacnet::encode(bacnet::Bvlc(message));
    }
    static bacnet::Apdu apdu_of(ByteView datagram) {
        const auto message = bacnet::decode_bvlc(datagram);
        REQUIRE(message.has_value());
        const auto* carried = std::get_if<bacnet::CarriedNpdu>(&*message);
        REQUIRE(carried != nullptr);
        const auto npdu = bacnet::decode_npdu(carried->npdu);
        REQUIRE(npdu.has_value());
        const auto apdu = bacnet::decode_apdu(npdu->data);
        REQUIRE(apdu.has_value());
        return *apdu;
    }
    std::vector<bacnet::Apdu> ask(const bacnet::Apdu& apdu) {
        std::vector<bacnet::Apdu> out;
        for (const Bytes& one : exchange(ByteView(datagram(apdu)))) { out.push_back(apdu_of(one)); }
        return out;
    }
    bacnet::Apdu request(bacnet::ConfirmedService service, Bytes data) {
        bacnet::ConfirmedRequest pdu;
        pdu.invoke_id = ++invoke_id;
        pdu.service = static_cast<std::uint8_t>(service);
        pdu.max_apdu = max_apdu;
        pdu.segmented_answer_accepted = segments;
        pdu.data = std::move(data);
        const auto answers = ask(pdu);
        REQUIRE(answers.size() == 1);
        return answers.front();
    }

    /// "ok", "error CLASS CODE", "reject REASON", "abort REASON"
    static std::string outcome(const bacnet::Apdu& apdu) {
        if (const auto* error = std::get_if<bacnet::ErrorPdu>(&apdu)) {
            return "error " + std::to_string(error->error_class) + " " + std::to_string(error->error_code);
        }
        if (const auto* reject = std::get_if<bacnet::RejectPdu>(&apdu)) {
            return "reject " + std::to_string(reject->reason);
        }
        if (const auto* abort = std::get_if<bacnet::AbortPdu>(&apdu)) {
            return "abort " + std::to_string(abort->reason);
        }
        return "ok";
    }

    std::string try_read(std::string_view address) {
        return outcome(request(bacnet::ConfirmedService::read_property, bacnet::encode(read_service(address))));
    }
    Bytes read_octets(std::string_view address) {
        const auto answer = request(bacnet::ConfirmedService::read_property, bacnet::encode(read_service(address)));
        const auto* ack = std::get_if<bacnet::ComplexAck>(&answer);
        REQUIRE_MESSAGE(ack != nullptr, std::string(address) << ": " << outcome(answer));
        const auto service = bacnet::decode_read_property_ack(ack->data);
        REQUIRE(service.has_value());
        return service->value;
    }
    template <class T>
    T read(std::string_view address) {
        const auto values = bacnet::decode_primitives(read_octets(address));
        REQUIRE(values.has_value());
        REQUIRE(values->size() == 1);
        REQUIRE(std::holds_alternative<T>(values->front()));
        return std::get<T>(values->front());
    }
    float real(std::string_view address) { return read<float>(address); }
    std::uint64_t natural(std::string_view address) { return read<std::uint64_t>(address); }
    std::uint32_t enumerated(std::string_view address) { return read<bacnet::Enumerated>(address).value; }

    std::string write_octets(std::string_view address, Bytes value) {
        const auto at = bacnet::parse_point_address(address);
        REQUIRE(at.has_value());
        bacnet::WriteProperty service;
        service.object = at->object;
        service.property = at->property;
        service.value = std::move(value);
        return outcome(request(bacnet::ConfirmedService::write_property, bacnet::encode(service)));
    }
    std::string write(std::string_view address, const bacnet::Primitive& value) {
        return write_octets(address, bacnet::encode_primitive(value));
    }

    tl::expected<bacnet::ReadRangeAck, std::string> range(const bacnet::ReadRange& service) {
        const auto answer = request(bacnet::ConfirmedService::read_range, bacnet::encode(service));
        const auto* ack = std::get_if<bacnet::ComplexAck>(&answer);
        if (ack == nullptr) { return tl::unexpected(outcome(answer)); }
        const auto read = bacnet::decode_read_range_ack(ack->data);
        REQUIRE(read.has_value());
        return *read;
    }

    void wait(std::chrono::milliseconds time) { now += time; }

    std::unique_ptr<simulators::Bus> bus;
    simulators::TimePoint now{std::chrono::hours(1)};
    std::uint16_t max_apdu = 480;
    bool segments = false;
    std::uint8_t invoke_id = 0;

private:
    static bacnet::ReadProperty read_service(std::string_view address) {
        const auto at = bacnet::parse_point_address(address);
        REQUIRE_MESSAGE(at.has_value(), std::string(address));
        bacnet::ReadProperty service;
        service.object = at->object;
        service.property = at->property;
        return service;
    }
};

} // namespace meterctl::test
