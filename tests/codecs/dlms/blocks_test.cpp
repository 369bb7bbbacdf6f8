#include "codecs/dlms/blocks.hpp"
#include "tests/codecs/dlms/vectors.hpp"

#include <doctest/doctest.h>
#include <numeric>

namespace dlms = meterctl::codecs::dlms;
using dlms_vectors::octets;
using meterctl::Bytes;

namespace {

Bytes counted(std::size_t size) {
    Bytes all(size);
    std::iota(all.begin(), all.end(), std::uint8_t{1});
    return all;
}

dlms::GeneralBlock general(std::uint16_t number, bool last, bool streaming = true) {
    return {last, streaming, 4, number, 0, Bytes{static_cast<std::uint8_t>(number)}};
}

std::string code_of(const meterctl::Result<void>& result) {
    return result ? "" : result.error().code;
}

} // namespace

TEST_CASE("blocks joined are what was cut into them") {
    for (const std::size_t size : {1U, 2U, 45U, 99U, 100U, 200U}) {
        const auto raw = counted(100);
        dlms::BlockAssembler assembler;
        for (std::uint32_t number = 1; !assembler.complete(); ++number) {
            REQUIRE(number <= 100);
            CHECK(assembler.accept(dlms::block_of(raw, size, number)).has_value());
        }
        CHECK(Bytes(assembler.raw().begin(), assembler.raw().end()) == raw);
    }
    const auto empty = dlms::block_of({}, 10, 1);
    CHECK(empty.last);
    CHECK(empty.raw.empty());
}

TEST_CASE("blocks out of their order have names for what is wrong") {
    struct Row {
        std::vector<std::uint32_t> numbers;
        const char* code;
    };
    for (const auto& row : {
             Row{{1, 2, 3}, ""},
             Row{{1, 2, 2}, "dlms.block.duplicate"},
             Row{{1, 2, 4}, "dlms.block.lost"},
             Row{{2}, "dlms.block.lost"},
             Row{{1, 2, 3, 1}, "dlms.block.order"},
             Row{{0}, "dlms.block.order"},
         }) {
        dlms::BlockOrder order;
        std::string code;
        for (const auto number : row.numbers) { code = code_of(order.accept(number, false)); }
        CHECK(code == row.code);
    }
    dlms::BlockOrder order;
    CHECK(order.accept(1, true).has_value());
    CHECK(code_of(order.accept(2, false)) == "dlms.block.behind_last");
    dlms::BlockAssembler small(3);
    CHECK(small.accept({false, 1, Bytes(2)}).has_value());
    CHECK(code_of(small.accept({false, 2, Bytes(2)})) == "dlms.block.too_long");
}

TEST_CASE("a general block transfer confirms each window") {
    dlms::GeneralBlockSender sender(counted(10), 2, 2);
    dlms::GeneralBlockReceiver receiver(2);
    CHECK(sender.count() == 5);
    unsigned windows = 0;
    bool complete = false;
    while (!complete) {
        REQUIRE(++windows < 10);
        for (const auto& block : sender.due()) {
            const auto step = receiver.accept(block);
            REQUIRE(step.has_value());
            complete = step->complete;
            CHECK(step->answer.has_value() == (!block.streaming && !block.last));
            if (step->answer) { CHECK(sender.acknowledge(*step->answer).has_value()); }
        }
    }
    CHECK(windows == 3);
    CHECK(Bytes(receiver.apdu().begin(), receiver.apdu().end()) == counted(10));
}

TEST_CASE("a block lost in a general block transfer is asked for again, duplicates are dropped") {
    dlms::GeneralBlockReceiver receiver(4);
    CHECK_FALSE(receiver.accept(general(1, false))->answer.has_value());
    CHECK_FALSE(receiver.accept(general(1, false))->answer.has_value());
    CHECK(receiver.duplicates() == 1);
    const auto asked = receiver.accept(general(3, true, false));
    REQUIRE(asked.has_value());
    CHECK_FALSE(asked->complete);
    REQUIRE(asked->answer.has_value());
    CHECK(asked->answer->acknowledged == 1);
    CHECK(asked->answer->number == 1);
    CHECK_FALSE(receiver.accept(general(2, false))->answer.has_value());
    CHECK(receiver.accept(general(3, true, false))->complete);
    CHECK(Bytes(receiver.apdu().begin(), receiver.apdu().end()) == Bytes{1, 2, 3});

    dlms::GeneralBlockReceiver hopeless(4);
    for (int round = 0; round < 3; ++round) { CHECK(hopeless.accept(general(2, true, false)).has_value()); }
    CHECK(hopeless.accept(general(2, true, false)).error().code == "dlms.block.lost");
}

TEST_CASE("who only listens to a general block transfer takes no value from one that lacks a block") {
    dlms::GeneralBlockReceiver listener(0);
    CHECK(listener.accept(general(1, false)).has_value());
    CHECK(listener.accept(general(2, false)).has_value());
    CHECK(listener.accept(general(2, false)).has_value());
    const auto lost = listener.accept(general(4, true));
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().code == "dlms.block.lost");
    CHECK(lost.error().what == "block 4 came where 3 was due");
}

TEST_CASE("a sender does not believe in blocks it has not sent") {
    dlms::GeneralBlockSender sender(counted(10), 2, 2);
    dlms::GeneralBlock answer{true, false, 1, 1, 6, {}};
    CHECK_FALSE(sender.acknowledge(answer).has_value());
    answer.acknowledged = 2;
    CHECK(sender.acknowledge(answer).has_value());
    CHECK(sender.due().size() == 1); // the other side takes one at a time now
    CHECK(sender.due().front().number == 3);
}
