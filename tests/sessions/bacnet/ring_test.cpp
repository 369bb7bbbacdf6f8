// The session as a station of a ring whose other station has something to say of its own. ASHRAE 135, clause 9.5.
#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/mstp_master.hpp"
#include "codecs/bacnet/npdu.hpp"
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;
namespace bacnet = codecs::bacnet;
namespace mstp = codecs::bacnet::mstp;

namespace {

mstp::MasterSettings station(std::uint8_t address) {
    mstp::MasterSettings settings;
    settings.station = address;
    settings.baud = 76800;
    return settings;
}

/// Tells everybody who it is whenever the ring lets it, and knows no object.
class Talker final : public simulators::Bus {
public:
    explicit Talker(const mstp::MasterNode*& shown) : node_(station(3), simulators::TimePoint()) { shown = &node_; }

    void receive(ByteView octets, simulators::TimePoint now) override {
        node_.receive(octets, now);
        for (const mstp::Indication& one : node_.take_indications()) {
            if (one.expecting_reply) { refuse(one, now); }
        }
    }
    [[nodiscard]] std::optional<simulators::TimePoint> next_deadline() const override { return node_.next_deadline(); }
    std::vector<simulators::Transmission> transmit(simulators::TimePoint now) override {
        if (const auto due = node_.next_deadline(); due && *due <= now) { node_.advance(now); }
        std::vector<simulators::Transmission> out;
        for (auto& one : node_.take_transmissions()) { out.push_back({now, std::move(one.octets)}); }
        if (!out.empty()) { node_.send(mstp::broadcast, i_am(), false); }
        return out;
    }
    void line_changed(unsigned /*baud*/, std::string_view /*frame*/) override {}
    [[nodiscard]] std::unique_ptr<simulators::Bus> connect(std::string_view /*framing*/) const override { return {}; }

private:
    static Bytes i_am() { return *from_hex("0120FFFF00FF1000C4020012672205C491032201 04"); }
    void refuse(const mstp::Indication& asked, simulators::TimePoint now) {
        const auto npdu = bacnet::decode_npdu(asked.npdu);
        REQUIRE(npdu.has_value());
        const auto apdu = bacnet::decode_apdu(npdu->data);
        REQUIRE(apdu.has_value());
        const auto& request = std::get<bacnet::ConfirmedRequest>(*apdu);
        bacnet::ErrorPdu error;
        error.invoke_id = request.invoke_id;
        error.service = request.service;
        error.error_class = 1;
        error.error_code = 31;
        bacnet::Npdu answer;
        answer.data = bacnet::encode(bacnet::Apdu(error));
        node_.reply(asked.source, bacnet::encode(answer), now);
    }

    mstp::MasterNode node_;
};

} // namespace

TEST_CASE("a station that speaks of its own while we wait for the token leaves one token on the line") {
    const mstp::MasterNode* other = nullptr;
    const auto loop = transports::make_virtual_loop();
    auto line = transports::parse_frame("8N1", 76800);
    REQUIRE(line.has_value());
    const auto transport = transports::make_simulated(*loop, std::make_unique<Talker>(other), *line, "sim:");
    sessions::SessionOptions options;
    options.address = "3";
    const auto session = sessions::bacnet::open_session(*transport, options);
    REQUIRE(session.has_value());
    catalogue::Point point;
    point.name = point.address = "analog-input:1";
    const auto began = loop->now();
    for (int i = 0; i < 5; ++i) {
        const std::vector<catalogue::Point> points(1, point);
        const auto outcome = transports::run(*loop, (*session)->read(points));
        REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
        REQUIRE(outcome->failures.size() == 1);
        CHECK(outcome->failures[0].error.code == "bacnet.error.1.31");
    }
    CHECK(loop->now() - began < 20s);
    CHECK(other->statistics().unexpected_frames == 0);
    CHECK(other->statistics().successors_lost <= 1);
}
