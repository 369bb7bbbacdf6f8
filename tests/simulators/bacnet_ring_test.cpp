// Virtual devices on an MS/TP ring, and behind a router. ASHRAE 135, clauses 6 and 9.
#include "codecs/bacnet/mstp_master.hpp"
#include "codecs/bacnet/mstp_stream.hpp"
#include "tests/simulators/bacnet_asker.hpp"

#include <doctest/doctest.h>
#include <set>

using namespace meterctl;
using namespace std::chrono_literals;
using test::BacnetAsker;
namespace bacnet = codecs::bacnet;
namespace mstp = codecs::bacnet::mstp;

namespace {

constexpr unsigned baud = 76800;

std::unique_ptr<simulators::Bus> bus_of(std::span<const simulators::Unit> units, simulators::Options options) {
    auto made = simulators::make_bacnet_bus(units, options);
    REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : describe(made.error())));
    (*made)->line_changed(baud, "8N1");
    return std::move(*made);
}

std::vector<simulators::Unit> levitons(std::initializer_list<const char*> addresses) {
    std::vector<simulators::Unit> units;
    for (const char* address : addresses) { units.push_back({address, &test::bacnet_meter("leviton-s4100")}); }
    return units;
}

/// A further node on the line with the bus, both in virtual time.
class Line {
public:
    Line(std::unique_ptr<simulators::Bus> bus, std::uint8_t station, bool listen_only = false)
        : bus_(std::move(bus)), node_(settings(station, listen_only), now) {
        bus_->transmit(now); // its nodes are on the line from now on
    }

    void run_for(std::chrono::milliseconds time) {
        const auto end = now + time;
        while (true) {
            auto next = end;
            const auto sooner = [&next](std::optional<simulators::TimePoint> other) {
                if (other) { next = std::min(next, *other); }
            };
            sooner(bus_->next_deadline());
            sooner(node_.next_deadline());
            if (!pending_.empty()) { sooner(pending_.begin()->first); }
            now = std::max(now, next);
            step();
            if (next >= end) { return; }
        }
    }

    mstp::MasterNode& node() { return node_; }
    simulators::Bus& bus() { return *bus_; }

    simulators::TimePoint now{1h};
    std::vector<mstp::Heard> heard;
    std::vector<mstp::Indication> indications;
    std::vector<mstp::Completion> completions;

private:
    mstp::MasterSettings settings(std::uint8_t station, bool listen_only) {
        mstp::MasterSettings made;
        made.station = station;
        made.baud = baud;
        made.listen_only = listen_only;
        made.observe = [this](const mstp::Heard& one, mstp::TimePoint /*at*/) { heard.push_back(one); };
        return made;
    }

    void step() {
        for (const auto& part : bus_->transmit(now)) { node_.receive(part.octets, now); }
        node_.advance(now);
        for (auto& sent : node_.take_transmissions()) {
            const auto octets = std::chrono::nanoseconds(sent.octets.size() * 10 * 1'000'000'000 / baud);
            pending_.emplace(sent.due + octets, std::move(sent.octets));
        }
        while (!pending_.empty() && pending_.begin()->first <= now) {
            bus_->receive(pending_.begin()->second, now);
            pending_.erase(pending_.begin());
        }
        for (auto& one : node_.take_indications()) { indications.push_back(std::move(one)); }
        for (const auto& one : node_.take_completions()) { completions.push_back(one); }
    }

    std::unique_ptr<simulators::Bus> bus_;
    mstp::MasterNode node_;
    std::multimap<simulators::TimePoint, Bytes> pending_;
};

Bytes read_npdu(std::uint8_t invoke_id, bacnet::ObjectId object, std::uint32_t property,
                std::optional<bacnet::NetworkAddress> to = {}) {
    bacnet::ReadProperty service;
    service.object = object;
    service.property.property = property;
    bacnet::ConfirmedRequest pdu;
    pdu.invoke_id = invoke_id;
    pdu.service = static_cast<std::uint8_t>(bacnet::ConfirmedService::read_property);
    pdu.max_apdu = 480;
    pdu.data = bacnet::encode(service);
    bacnet::Npdu npdu;
    npdu.expecting_reply = true;
    npdu.destination = std::move(to);
    npdu.data = bacnet::encode(bacnet::Apdu(pdu));
    return bacnet::encode(npdu);
}

/// Sources of tokens that were heard.
std::set<unsigned> token_passers(const Line& line) {
    std::set<unsigned> sources;
    for (const auto& one : line.heard) {
        if (one.valid && one.frame.type == static_cast<std::uint8_t>(mstp::FrameType::token)) {
            sources.insert(one.frame.source);
        }
    }
    return sources;
}

Bytes carried(const bacnet::Npdu& npdu, bacnet::BvlcFunction function = bacnet::BvlcFunction::original_unicast_npdu) {
    bacnet::CarriedNpdu message;
    message.function = function;
    message.npdu = bacnet::encode(npdu);
    return bacnet::encode(bacnet::Bvlc(message));
}

bacnet::Npdu npdu_of(ByteView datagram) {
    const auto message = bacnet::decode_bvlc(datagram);
    REQUIRE(message.has_value());
    const auto npdu = bacnet::decode_npdu(std::get<bacnet::CarriedNpdu>(*message).npdu);
    REQUIRE(npdu.has_value());
    return *npdu;
}

/// Everything that comes until then.
std::vector<Bytes> heard_until(simulators::Bus& bus, simulators::TimePoint now, simulators::TimePoint end) {
    std::vector<Bytes> out;
    while (now <= end) {
        for (auto& part : bus.transmit(now)) { out.push_back(std::move(part.octets)); }
        now += 1ms;
    }
    return out;
}

} // namespace

TEST_CASE("several devices and other masters make one ring, and only masters are heard in it") {
    const auto units = levitons({"1", "2"});
    auto options = BacnetAsker::frozen();
    options.extras["masters"] = "5,9";
    Line line(bus_of(units, options), 127, true);
    line.run_for(20s);
    CHECK(token_passers(line) == std::set<unsigned>{1, 2, 5, 9});
    for (const auto& one : line.heard) { CHECK_MESSAGE(one.valid, one.fault); }
}

TEST_CASE("a device alone on its line polls for masters, one address after the other") {
    const auto units = levitons({"1"});
    Line line(bus_of(units, BacnetAsker::frozen()), 127, true);
    line.run_for(7s);
    std::set<unsigned> polled;
    for (const auto& one : line.heard) {
        CHECK(one.frame.type == static_cast<std::uint8_t>(mstp::FrameType::poll_for_master));
        polled.insert(one.frame.destination);
    }
    CHECK(polled.size() == 127);
    CHECK(token_passers(line).empty());
}

TEST_CASE("a node that joins the ring reads a device when it has the token") {
    const auto units = levitons({"1", "2"});
    Line line(bus_of(units, BacnetAsker::frozen()), 3);
    line.run_for(6s);
    CHECK(line.node().statistics().tokens_received > 0);
    line.node().send(2, read_npdu(1, {2, 2}, 85), true);
    line.run_for(1s);
    REQUIRE(line.completions.size() == 1);
    CHECK(line.completions.front().outcome == mstp::Outcome::replied);
    REQUIRE(line.indications.size() == 1);
    CHECK(line.indications.front().source == 2);
    CHECK(to_hex(line.indications.front().npdu) == "01 00 30 01 0C 0C 00 80 00 02 19 55 3E 44 42 20 00 00 3F");
}

TEST_CASE("a device that takes longer than the reply delay postpones, and answers with its token") {
    const auto units = levitons({"1"});
    auto options = BacnetAsker::frozen();
    options.latency = 400ms;
    Line line(bus_of(units, options), 2);
    line.run_for(6s);
    line.node().send(1, read_npdu(1, {2, 2}, 85), true);
    line.run_for(2s);
    REQUIRE(line.completions.size() == 1);
    CHECK(line.completions.front().outcome == mstp::Outcome::postponed);
    CHECK(line.indications.size() == 1);
}

TEST_CASE("a line at another rate brings noise, and its devices hear nothing") {
    const auto units = levitons({"1"});
    Line line(bus_of(units, BacnetAsker::frozen()), 2, true);
    line.run_for(3s);
    CHECK_FALSE(line.heard.empty());
    line.bus().line_changed(9600, "8N1");
    line.heard.clear();
    line.run_for(3s);
    for (const auto& one : line.heard) { CHECK_FALSE(one.valid); }
}

TEST_CASE("a Who-Is on the line is answered by each device in its turn") {
    const auto units = levitons({"1", "2", "4"});
    Line line(bus_of(units, BacnetAsker::frozen()), 3);
    line.run_for(6s);
    bacnet::UnconfirmedRequest pdu;
    pdu.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::who_is);
    bacnet::Npdu npdu;
    npdu.data = bacnet::encode(bacnet::Apdu(pdu));
    line.node().send(mstp::broadcast, bacnet::encode(npdu), false);
    line.run_for(2s);
    std::set<std::uint32_t> found;
    for (const auto& one : line.indications) {
        const auto said = bacnet::decode_npdu(one.npdu);
        REQUIRE(said.has_value());
        const auto apdu = bacnet::decode_apdu(said->data);
        REQUIRE(apdu.has_value());
        const auto who = bacnet::decode_i_am(std::get<bacnet::UnconfirmedRequest>(*apdu).data);
        REQUIRE(who.has_value());
        found.insert(who->device.instance);
    }
    CHECK(found == std::set<std::uint32_t>{1004100, 1004101, 1004102});
}

TEST_CASE("behind a router a device is found and read through its network and address") {
    const auto units = levitons({"1", "2"});
    auto options = BacnetAsker::frozen();
    options.framing = "ip";
    options.extras["router"] = "7";
    const auto bus = bus_of(units, options);
    simulators::TimePoint now{1h};
    const auto say = [&](const bacnet::Npdu& npdu, std::chrono::milliseconds wait) {
        bus->transmit(now);
        bus->receive(carried(npdu), now);
        auto answers = heard_until(*bus, now, now + wait);
        now += wait;
        return answers;
    };
    bacnet::Npdu who_is_router;
    who_is_router.message = static_cast<std::uint8_t>(bacnet::NetworkMessage::who_is_router);
    const auto routers = say(who_is_router, 10ms);
    REQUIRE(routers.size() == 1);
    CHECK(npdu_of(routers.front()).message == static_cast<std::uint8_t>(bacnet::NetworkMessage::i_am_router));
    CHECK(to_hex(npdu_of(routers.front()).data) == "00 07");

    heard_until(*bus, now, now + 6s); // the ring forms
    now += 6s;
    bacnet::Npdu who_is;
    who_is.destination = bacnet::NetworkAddress{bacnet::global_broadcast, {}};
    bacnet::UnconfirmedRequest pdu;
    pdu.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::who_is);
    who_is.data = bacnet::encode(bacnet::Apdu(pdu));
    std::set<Bytes> found;
    for (const Bytes& datagram : say(who_is, 2s)) {
        const auto npdu = npdu_of(datagram);
        REQUIRE(npdu.source.has_value());
        CHECK(npdu.source->network == 7);
        found.insert(npdu.source->address);
    }
    CHECK(found == std::set<Bytes>{Bytes{1}, Bytes{2}});

    const auto request = bacnet::decode_npdu(read_npdu(4, {2, 2}, 85, bacnet::NetworkAddress{7, Bytes{2}}));
    const auto answers = say(request.value(), 1s);
    REQUIRE(answers.size() == 1);
    CHECK(npdu_of(answers.front()).source == bacnet::NetworkAddress{7, Bytes{2}});
    CHECK(to_hex(npdu_of(answers.front()).data) == "30 04 0C 0C 00 80 00 02 19 55 3E 44 42 20 00 00 3F");

    const auto elsewhere = bacnet::decode_npdu(read_npdu(5, {2, 2}, 85, bacnet::NetworkAddress{8, Bytes{2}}));
    const auto rejected = say(elsewhere.value(), 10ms);
    REQUIRE(rejected.size() == 1);
    CHECK(npdu_of(rejected.front()).message == static_cast<std::uint8_t>(bacnet::NetworkMessage::reject));
    CHECK(to_hex(npdu_of(rejected.front()).data) == "01 00 08");
}

TEST_CASE("a foreign device is registered by a router and refused by a meter") {
    BacnetAsker meter;
    CHECK(meter.exchange("81 05 00 06 00 3C") == "81 00 00 06 00 30");
    auto options = BacnetAsker::frozen();
    options.extras["router"] = "7";
    BacnetAsker router(options);
    CHECK(router.exchange("81 05 00 06 00 3C") == "81 00 00 06 00 00");
}

TEST_CASE("what is wrong with a line of devices is said") {
    const auto refused = [](std::span<const simulators::Unit> units, const simulators::Options& options) {
        const auto made = simulators::make_bacnet_bus(units, options);
        return made ? std::string() : made.error().what;
    };
    auto options = BacnetAsker::frozen();
    CHECK(refused(levitons({"128"}), options) == "'128' is no address of an MS/TP master");
    CHECK(refused(levitons({"3", "3"}), options) == "two units have address 3");
    CHECK(refused({}, options) == "no device is named to simulate");
    options.framing = "ascii";
    CHECK(refused(levitons({"3"}), options) == "unknown framing 'ascii'");
    options.framing = "mstp";
    options.extras["router"] = "0";
    CHECK(refused(levitons({"3"}), options) == "'0' is no number of a network");
    options.extras = {{"clock", "rest"}};
    CHECK(refused(levitons({"3"}), options) == "clock: 'rest' is none");
    options.extras = {{"history", "all"}};
    CHECK(refused(levitons({"3"}), options) == "history: 'all' is no whole number from 0 to 1000000");
}
