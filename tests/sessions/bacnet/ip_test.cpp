// Foreign devices, routers and what they refuse. ASHRAE 135, clause 6.4 and Annex J.
#include "codecs/bacnet/bvlc.hpp"
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

#include <deque>

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;
namespace bacnet = codecs::bacnet;

namespace {

/// A station of BACnet/IP that answers each message as a test says.
class Site final : public transports::Transport {
public:
    using Answers = std::vector<bacnet::Bvlc>;
    explicit Site(std::function<Answers(const bacnet::Bvlc&)> server) : server_(std::move(server)) {}
    transports::Loop& loop() override { return *loop_; }
    std::string description() const override { return "udp://bbmd:47808"; }
    std::optional<transports::LineSettings> line() const override { return std::nullopt; }
    bool datagrams() const override { return true; }
    Task<Result<void>> write(ByteView octets) override {
        const auto message = bacnet::decode_bvlc(octets);
        REQUIRE(message.has_value());
        heard.emplace_back(loop_->now(), *message);
        for (const auto& answer : server_(*message)) { coming_.push_back(bacnet::encode(answer)); }
        co_return Result<void>();
    }
    Task<Result<void>> write_to(std::string_view peer, ByteView octets) override {
        addressed.emplace_back(peer);
        auto written = co_await write(octets);
        co_return written;
    }
    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        transports::Chunk chunk;
        if (coming_.empty()) {
            co_await loop_->sleep_until(deadline);
            co_return chunk;
        }
        co_await loop_->sleep_for(10ms);
        chunk.octets = std::move(coming_.front());
        chunk.peer = "10.0.0.9:47808";
        coming_.pop_front();
        co_return chunk;
    }
    Task<Result<void>> configure(const transports::LineSettings& /*settings*/) override { co_return Result<void>(); }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

    template <class T>
    [[nodiscard]] std::vector<transports::TimePoint> times_of() const {
        std::vector<transports::TimePoint> times;
        for (const auto& [time, message] : heard) {
            if (std::holds_alternative<T>(message)) { times.push_back(time); }
        }
        return times;
    }

    std::vector<std::pair<transports::TimePoint, bacnet::Bvlc>> heard;
    std::vector<std::string> addressed;

private:
    std::function<Answers(const bacnet::Bvlc&)> server_;
    std::unique_ptr<transports::Loop> loop_ = transports::make_virtual_loop();
    std::deque<Bytes> coming_;
};

bacnet::BvlcResult result(std::uint16_t code) {
    bacnet::BvlcResult result;
    result.code = code;
    return result;
}

bacnet::CarriedNpdu carrying(const bacnet::Npdu& npdu) {
    bacnet::CarriedNpdu message;
    message.npdu = bacnet::encode(npdu);
    return message;
}

bacnet::Npdu network_message(bacnet::NetworkMessage kind, const bacnet::MessageData& data) {
    bacnet::Npdu npdu;
    npdu.message = static_cast<std::uint8_t>(kind);
    npdu.data = bacnet::encode(data);
    return npdu;
}

std::unique_ptr<sessions::Session> session_of(Site& site, std::string address,
                                              std::map<std::string, std::string> settings = {}) {
    sessions::SessionOptions options;
    options.meter = &test::bacnet_meter("leviton-s4100");
    options.address = std::move(address);
    options.settings = std::move(settings);
    auto session = sessions::bacnet::open_session(site, std::move(options));
    REQUIRE(session.has_value());
    return std::move(*session);
}

const std::vector<catalogue::Point>& one_point() {
    static const std::vector<catalogue::Point> points{bacnet_point("ct_primary")};
    return points;
}

} // namespace

TEST_CASE("a foreign device registers before it asks, and again before its time is over") {
    Site site([](const bacnet::Bvlc& message) {
        return std::holds_alternative<bacnet::RegisterForeignDevice>(message) ? Site::Answers{result(0)}
                                                                              : Site::Answers{};
    });
    const auto session = session_of(site, "", {{"foreign", "10"}});
    const auto outcome = transports::run(site.loop(), session->read(one_point()));
    REQUIRE_FALSE(outcome.has_value()); // nobody answers: 9 s pass
    CHECK(outcome.error().category == Category::timeout);
    const auto registered = site.times_of<bacnet::RegisterForeignDevice>();
    REQUIRE(registered.size() >= 2);
    CHECK(std::get<bacnet::RegisterForeignDevice>(site.heard.front().second).time_to_live == 10);
    for (std::size_t i = 1; i < registered.size(); ++i) { CHECK(registered[i] - registered[i - 1] <= 10s); }
}

TEST_CASE("a BBMD that refuses the registration is named, and nothing else is sent") {
    Site site([](const bacnet::Bvlc&) { return Site::Answers{result(0x0030)}; });
    const auto session = session_of(site, "device:5", {{"foreign", "60"}});
    const auto outcome = transports::run(site.loop(), session->read(one_point()));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::refused);
    CHECK(outcome.error().where.find("bbmd") != std::string::npos);
    CHECK(outcome.error().what.find("oreign") != std::string::npos);
    CHECK(site.heard.size() == 1);
}

TEST_CASE("a BBMD that does not answer to the registration is a time-out with what to try") {
    Site site([](const bacnet::Bvlc&) { return Site::Answers{}; });
    const auto session = session_of(site, "device:5", {{"foreign", "60"}});
    const auto outcome = transports::run(site.loop(), session->read(one_point()));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(outcome.error().code == "bacnet.foreign");
}

TEST_CASE("broadcasts of a foreign device are distributed by the BBMD") {
    Site site([](const bacnet::Bvlc& message) {
        return std::holds_alternative<bacnet::RegisterForeignDevice>(message) ? Site::Answers{result(0)}
                                                                              : Site::Answers{};
    });
    const auto session = session_of(site, "device:5", {{"foreign", "60"}});
    const auto outcome = transports::run(site.loop(), session->read(one_point()));
    REQUIRE_FALSE(outcome.has_value());
    REQUIRE(site.heard.size() >= 2);
    const auto* sent = std::get_if<bacnet::CarriedNpdu>(&site.heard[1].second);
    REQUIRE(sent != nullptr);
    CHECK(sent->function == bacnet::BvlcFunction::distribute_broadcast_to_network);
}

TEST_CASE("the router to a network is found by its I-Am-Router, and asked") {
    Site site([](const bacnet::Bvlc& message) {
        const auto npdu = bacnet::decode_npdu(std::get<bacnet::CarriedNpdu>(message).npdu);
        REQUIRE(npdu.has_value());
        if (npdu->message != static_cast<std::uint8_t>(bacnet::NetworkMessage::who_is_router)) {
            CHECK(npdu->destination == bacnet::NetworkAddress{2001, Bytes{1}});
            return Site::Answers{};
        }
        bacnet::NetworkList other, right;
        other.networks = {12};
        right.networks = {7, 2001};
        return Site::Answers{carrying(network_message(bacnet::NetworkMessage::i_am_router, other)),
                             carrying(network_message(bacnet::NetworkMessage::i_am_router, right))};
    });
    const auto session = session_of(site, "2001:1");
    const auto outcome = transports::run(site.loop(), session->read(one_point()));
    REQUIRE_FALSE(outcome.has_value()); // the meter itself is silent
    REQUIRE(site.addressed.size() == 3);
    CHECK(site.addressed.front() == "10.0.0.9:47808");
}

TEST_CASE("a router that rejects is named with the network and its reason, and not asked again") {
    struct Case {
        std::uint8_t reason;
        const char* text;
    };
    for (const auto& [reason, text] : {Case{1, "cannot be reached"}, Case{2, "is busy"}, Case{4, "too long"}}) {
        CAPTURE(static_cast<int>(reason));
        unsigned asked = 0;
        Site site([&asked, reason = reason](const bacnet::Bvlc& message) {
            const auto npdu = bacnet::decode_npdu(std::get<bacnet::CarriedNpdu>(message).npdu);
            if (npdu->message) {
                bacnet::NetworkList list;
                list.networks = {2001};
                return Site::Answers{carrying(network_message(bacnet::NetworkMessage::i_am_router, list))};
            }
            ++asked;
            bacnet::RejectMessage reject;
            reject.reason = reason;
            reject.network = 2001;
            return Site::Answers{carrying(network_message(bacnet::NetworkMessage::reject, reject))};
        });
        const auto session = session_of(site, "2001:1");
        const auto outcome = transports::run(site.loop(), session->read(one_point()));
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().category == Category::refused);
        CHECK(outcome.error().code == "bacnet.network." + std::to_string(reason));
        CHECK(outcome.error().what.find("2001") != std::string::npos);
        CHECK(outcome.error().what.find(text) != std::string::npos);
        CHECK(asked == 1);
    }
}
