// Confirmed COV notifications: repeated by APDU_Timeout and Number_Of_APDU_Retries until somebody answers. ASHRAE 135,
// clauses 5.4.5 and 13.6.
#include "tests/simulators/bacnet_asker.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::test;
using namespace std::chrono_literals;

namespace {

struct Subscriber {
    /// To a voltage that stands still: one report, behind the acknowledgment of the subscription.
    Subscriber() {
        bacnet::SubscribeCov service;
        service.process = 5;
        service.object = {0, 11};
        service.confirmed = true;
        service.lifetime = 600;
        bacnet::ConfirmedRequest request;
        request.service = static_cast<std::uint8_t>(bacnet::ConfirmedService::subscribe_cov);
        request.max_apdu = 480;
        request.data = bacnet::encode(service);
        const auto answers = asker.ask(request);
        REQUIRE(answers.size() == 2);
        CHECK(std::holds_alternative<bacnet::SimpleAck>(answers[0]));
        REQUIRE(std::holds_alternative<bacnet::ConfirmedRequest>(answers[1]));
        first = std::get<bacnet::ConfirmedRequest>(answers[1]);
        CHECK(first.service == 1);
        const auto told = bacnet::decode_cov_notification(first.data);
        REQUIRE(told.has_value());
        CHECK(told->process == 5);
        CHECK(told->object == bacnet::ObjectId{0, 11});
    }
    /// When it comes again within so many seconds.
    std::vector<int> repetitions(int seconds) {
        std::vector<int> at;
        for (int second = 1; second <= seconds; ++second) {
            asker.wait(1s);
            for (const Bytes& datagram : asker.heard()) {
                CHECK(BacnetAsker::apdu_of(datagram) == bacnet::Apdu(first));
                at.push_back(second);
            }
        }
        return at;
    }

    BacnetAsker asker{BacnetAsker::frozen(), "dts307-bacnet"};
    bacnet::ConfirmedRequest first;
};

bacnet::SimpleAck acknowledgment(std::uint8_t invoke_id) {
    bacnet::SimpleAck ack;
    ack.invoke_id = invoke_id;
    ack.service = 1;
    return ack;
}

} // namespace

TEST_CASE("a confirmed report is repeated as often as the device's settings say, octet for octet, and then given up") {
    Subscriber subscriber;
    CHECK(subscriber.asker.natural("device/apdu-timeout") == 3000);
    CHECK(subscriber.asker.natural("device/number-of-apdu-retries") == 3);
    CHECK(subscriber.repetitions(30) == std::vector<int>{3, 6, 9});
}

TEST_CASE("a confirmed report that is answered, in whatever way, is not repeated") {
    bacnet::ErrorPdu error;
    error.service = 1;
    error.error_class = 5;
    error.error_code = 79;
    for (const bacnet::Apdu& pattern : {bacnet::Apdu(acknowledgment(0)), bacnet::Apdu(error),
                                        bacnet::Apdu(bacnet::RejectPdu()), bacnet::Apdu(bacnet::AbortPdu())}) {
        Subscriber subscriber;
        bacnet::Apdu answer = pattern;
        std::visit(
            [&](auto& pdu) {
                if constexpr (requires { pdu.invoke_id; }) { pdu.invoke_id = subscriber.first.invoke_id; }
            },
            answer);
        CHECK(subscriber.asker.ask(answer).empty());
        CHECK(subscriber.repetitions(30).empty());
    }
}

TEST_CASE("the acknowledgment of something else does not end the repeating") {
    Subscriber subscriber;
    subscriber.asker.ask(acknowledgment(static_cast<std::uint8_t>(subscriber.first.invoke_id + 1)));
    CHECK(subscriber.repetitions(30).size() == 3);
}
