// Devices whose ReadRange knows less than the standard has, or counts wrongly: nothing is lost or doubled.
#include "codecs/bacnet/bvlc.hpp"
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

#include <deque>

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;
namespace bacnet = codecs::bacnet;

namespace {

enum class Fault : std::uint8_t { refuses_numbers, empty_by_number, wrong_first_number, aborts_long_answers };

std::optional<bacnet::ReadRange> range_in(const bacnet::ConfirmedRequest& request) {
    if (request.service != static_cast<std::uint8_t>(bacnet::ConfirmedService::read_range)) { return std::nullopt; }
    const auto service = bacnet::decode_read_range(request.data);
    REQUIRE(service.has_value());
    return *service;
}

Bytes carried(const bacnet::Apdu& apdu) {
    bacnet::Npdu npdu;
    npdu.data = bacnet::encode(apdu);
    bacnet::CarriedNpdu message;
    message.npdu = bacnet::encode(npdu);
    return bacnet::encode(bacnet::Bvlc(message));
}

bacnet::Apdu apdu_in(ByteView datagram) {
    const auto message = bacnet::decode_bvlc(datagram);
    REQUIRE(message.has_value());
    const auto npdu = bacnet::decode_npdu(std::get<bacnet::CarriedNpdu>(*message).npdu);
    REQUIRE(npdu.has_value());
    const auto apdu = bacnet::decode_apdu(npdu->data);
    REQUIRE(apdu.has_value());
    return *apdu;
}

/// Stands between the session and the virtual device, and spoils what ReadRange says.
class Spoiled final : public transports::Transport {
public:
    Spoiled(transports::Transport& inner, Fault fault) : inner_(inner), fault_(fault) {}
    transports::Loop& loop() override { return inner_.loop(); }
    std::string description() const override { return inner_.description(); }
    std::optional<transports::LineSettings> line() const override { return inner_.line(); }
    bool datagrams() const override { return true; }
    Task<Result<void>> configure(const transports::LineSettings& /*settings*/) override { co_return Result<void>(); }
    Task<Result<void>> reopen() override { co_return Result<void>(); }

    Task<Result<void>> write(ByteView octets) override {
        const bacnet::Apdu apdu = apdu_in(octets);
        const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
        const auto range = request == nullptr ? std::nullopt : range_in(*request);
        const bool by_number = range && std::holds_alternative<bacnet::RangeBySequence>(range->range);
        if (range) { ++ranges; }
        if (range && refuse(*request, *range, by_number)) { co_return Result<void>(); }
        auto written = co_await inner_.write(octets);
        co_return written;
    }

    Task<Result<transports::Chunk>> read(transports::TimePoint deadline) override {
        if (!own_.empty()) {
            transports::Chunk chunk;
            chunk.octets = std::move(own_.front());
            own_.pop_front();
            co_return chunk;
        }
        auto chunk = co_await inner_.read(deadline);
        if (chunk && fault_ == Fault::wrong_first_number && !chunk->octets.empty()) { miscount(chunk->octets); }
        co_return chunk;
    }

    unsigned ranges = 0;

private:
    bool refuse(const bacnet::ConfirmedRequest& request, const bacnet::ReadRange& range, bool by_number) {
        if (fault_ == Fault::refuses_numbers && by_number) {
            bacnet::ErrorPdu error;
            error.invoke_id = request.invoke_id;
            error.service = request.service;
            error.error_class = 5;
            error.error_code = 140; // list-item-not-numbered
            own_.push_back(carried(error));
            return true;
        }
        if (fault_ == Fault::empty_by_number && by_number) {
            bacnet::ReadRangeAck ack;
            ack.object = range.object;
            ack.property = range.property;
            bacnet::ComplexAck answer;
            answer.invoke_id = request.invoke_id;
            answer.service = request.service;
            answer.data = bacnet::encode(ack);
            own_.push_back(carried(answer));
            return true;
        }
        const auto* sequence = std::get_if<bacnet::RangeBySequence>(&range.range);
        if (fault_ == Fault::aborts_long_answers && sequence != nullptr && sequence->count > 6) {
            bacnet::AbortPdu abort;
            abort.server = true;
            abort.invoke_id = request.invoke_id;
            abort.reason = 4; // segmentation-not-supported
            own_.push_back(carried(abort));
            return true;
        }
        return false;
    }

    static void miscount(Bytes& datagram) {
        auto apdu = apdu_in(datagram);
        auto* ack = std::get_if<bacnet::ComplexAck>(&apdu);
        const bool range =
            ack != nullptr && ack->service == static_cast<std::uint8_t>(bacnet::ConfirmedService::read_range);
        if (!range) { return; }
        auto answer = bacnet::decode_read_range_ack(ack->data);
        REQUIRE(answer.has_value());
        if (!answer->first_sequence) { return; }
        *answer->first_sequence += 3;
        ack->data = bacnet::encode(*answer);
        datagram = carried(apdu);
    }

    transports::Transport& inner_;
    Fault fault_;
    std::deque<Bytes> own_;
};

} // namespace

TEST_CASE("a log is read whole and once, whatever its device makes of sequence numbers") {
    for (const Fault fault :
         {Fault::refuses_numbers, Fault::empty_by_number, Fault::wrong_first_number, Fault::aborts_long_answers}) {
        CAPTURE(static_cast<int>(fault));
        // A full buffer that gets, and so loses, a record each 50 ms: positions move while they are read.
        auto options = over("ip");
        options.speed = 18'000;
        options.latency = 5ms;
        SimulatedBacnet line(options);
        Spoiled spoiled(*line.transport, fault);
        sessions::SessionOptions settings;
        settings.meter = &test::bacnet_meter("leviton-s4100");
        settings.settings["framing"] = "ip";
        const auto session = sessions::bacnet::open_session(spoiled, std::move(settings));
        REQUIRE(session.has_value());
        std::vector<ProfileRecord> records;
        unsigned gaps = 0;
        sessions::ProfileSink sink;
        sink.record = [&](ProfileRecord&& record) {
            records.push_back(std::move(record));
            return true;
        };
        sink.gap = [&](const ProfileGap& gap) { gaps += gap.count ? 1U : 1000U; };
        sessions::ProfileSelection selection;
        selection.last = 400;
        catalogue::Profile profile;
        profile.address = "trend-log:1";
        const auto done = line.run((*session)->profile(profile, selection, sink));
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
        CHECK(gaps == 0);
        CHECK(records.size() == 400);
        constexpr auto quarter = std::chrono::minutes(15);
        for (std::size_t i = 1; i < records.size(); ++i) {
            CHECK(*records[i].sequence == *records[i - 1].sequence + 1);
            auto earlier = *records[i - 1].time, later = *records[i].time;
            earlier.utc_offset_minutes = later.utc_offset_minutes = 0;
            CHECK(*later.to_utc() - *earlier.to_utc() == quarter);
        }
    }
}
