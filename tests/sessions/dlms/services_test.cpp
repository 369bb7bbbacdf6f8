#include "sessions/dlms/services.hpp"

#include "codecs/dlms/units.hpp"
#include "sessions/dlms/general_block_link.hpp"
#include "tests/sessions/dlms/services_bench.hpp"

using namespace dlms_bench;

TEST_CASE("a value comes whole, and later requests have other invoke ids") {
    Bench bench(
        {{ask_energy, {"C401C1 00 060000002A"}}, {"C001C2 0003 0100010800FF 03 00", {"C401C2 00 02020F00161E"}}});
    CHECK(bench.run(bench.services->get(energy)) == Data::double_long_unsigned(42));
    CHECK(bench.run(bench.services->get(energy_scaler)) == codec::to_data(codec::ScalerUnit{0, 30}));
    CHECK(bench.link.finished());
}

TEST_CASE("answers to earlier requests, and of other services, are dropped") {
    Bench bench(Script{{ask_energy, {"C401C7 00 0600000001", "C501C1 00", "C401C1 00 060000002A"}}});
    CHECK(bench.run(bench.services->get(energy)) == Data::double_long_unsigned(42));
    CHECK(bench.link.statistics().dropped_late == 2);
    Bench silent(Script{{ask_energy, {"C401C7 00 0600000001"}}});
    const auto got = silent.run(silent.services->get(energy));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().category == Category::timeout);
}

TEST_CASE("refusals have their reason, code and category") {
    struct Row {
        const char* answer;
        const char* code;
        const char* what;
    };
    for (const auto& row : {
             Row{"C401C1 01 03", "dlms.access.3", "the meter refused: read-write-denied"},
             Row{"C401C1 01 04", "dlms.access.4", "the meter refused: object-undefined"},
             Row{"C401C1 01 FA", "dlms.access.250", "the meter refused: other-reason"},
             Row{"C402C1 01 00000001 01 0D", "dlms.access.13", "the meter refused: scope-of-access-violated"},
             Row{"0E 05 05 02", "dlms.service.5.2", "the meter refused: access: object-access-violated"},
         }) {
        Bench bench(Script{{ask_energy, {row.answer}}});
        const auto got = bench.run(bench.services->get(energy));
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().category == Category::refused);
        CHECK(got.error().code == row.code);
        CHECK(got.error().what == row.what);
        CHECK(got.error().where == "3:1-0:1.8.0.255:2 of client 16, server 1");
    }
    Bench bench(Script{{ask_energy, {"D8 01 02"}}});
    CHECK(bench.run(bench.services->get(energy)).error().category == Category::refused);
}

TEST_CASE("a value in blocks is asked for block by block under one invoke id") {
    Bench bench(Script{{ask_energy, {"C402C1 00 00000001 00 02 0906"}},
                       {"C002C1 00000001", {"C402C1 00 00000002 00 03 010203"}},
                       {"C002C1 00000002", {"C402C1 01 00000003 00 03 040506"}}});
    CHECK(bench.run(bench.services->get(energy)) == Data::octet_string(Bytes{1, 2, 3, 4, 5, 6}));
    CHECK(bench.link.finished());
}

TEST_CASE("blocks that are lost, doubled or end too early give no value") {
    struct Row {
        Script script;
        const char* code;
    };
    const Exchange first{ask_energy, {"C402C1 00 00000001 00 02 0906"}};
    for (const auto& row : {
             Row{{first, {"C002C1 00000001", {"C402C1 00 00000003 00 03 010203"}}}, "dlms.block.lost"},
             Row{{first, {"C002C1 00000001", {"C402C1 00 00000001 00 02 0906"}}}, "dlms.block.duplicate"},
             Row{{first, {"C002C1 00000001", {"C402C1 01 00000002 00 03 010203"}}}, "dlms.axdr"},
             Row{{first, {"C002C1 00000001", {"C402C1 01 00000002 01 0F"}}}, "dlms.access.15"},
             Row{{first, {"C002C1 00000001", {"C401C1 01 13"}}}, "dlms.access.19"},
             Row{{{ask_energy, {"C402C1 00 00000002 00 02 0906"}}}, "dlms.block.lost"},
             Row{{{ask_energy, {"C401C1 00 0600"}}}, "dlms.axdr"},
             Row{{{ask_energy, {"C401C1 00 1105 00"}}}, "dlms.axdr"},
         }) {
        Bench bench(row.script);
        CHECK(code_of(bench.run(bench.services->get(energy))) == row.code);
    }
}

TEST_CASE("rows come out as their blocks come") {
    Bench bench(Script{{"C001C1 0007 0100630100FF 02 00", {"C402C1 00 00000001 00 06 01 03 02 01 11 01"}},
                       {"C002C1 00000001", {"C402C1 00 00000002 00 03 02 01 11"}},
                       {"C002C1 00000002", {"C402C1 01 00000003 00 06 02 02 01 11 03 FF"}}});
    std::vector<std::int64_t> rows;
    const auto got = bench.run(bench.services->get_rows(buffer, [&](Data&& row) -> Result<void> {
        rows.push_back(row.at(0)->whole().value());
        return {};
    }));
    REQUIRE_MESSAGE(got.has_value(), describe(got.error()));
    CHECK(rows == std::vector<std::int64_t>{1, 2, 3});
    CHECK(got->count == 3);
    CHECK(got->left_over == 1);

    Bench cut(Script{{"C001C1 0007 0100630100FF 02 00", {"C401C1 00 01 02 02 01 11 01"}}});
    unsigned taken = 0;
    const auto half = cut.run(cut.services->get_rows(buffer, [&](Data&& /*row*/) -> Result<void> {
        ++taken;
        return {};
    }));
    CHECK(taken == 1);
    CHECK(code_of(half) == "dlms.axdr");

    Bench stopped(Script{{"C001C1 0007 0100630100FF 02 00", {"C402C1 00 00000001 00 06 01 03 02 01 1101"}}});
    const auto ended = stopped.run(stopped.services->get_rows(
        buffer, [](Data&& /*row*/) -> Result<void> { return fail(Category::interrupted, "stopped"); }));
    REQUIRE_FALSE(ended.has_value());
    CHECK(ended.error().category == Category::interrupted);
}

TEST_CASE("lists are asked for where the meter has them") {
    const std::string ask = "C003C1 02 0003 0100010800FF 02 00 0003 0100010800FF 03 00";
    Bench bench(Script{{ask, {"C403C1 02 00 060000002A 01 03"}}});
    const auto got = bench.run(bench.services->get_list({energy, energy_scaler}));
    REQUIRE(got.has_value());
    CHECK(got->at(0) == Data::double_long_unsigned(42));
    CHECK(code_of(got->at(1)) == "dlms.access.3");

    Bench blocks(Script{{ask, {"C402C1 00 00000001 00 04 02 00 0600"}},
                        {"C002C1 00000001", {"C402C1 01 00000002 00 05 00002A 0103"}}});
    const auto joined = blocks.run(blocks.services->get_list({energy, energy_scaler}));
    REQUIRE(joined.has_value());
    CHECK(joined->at(0) == Data::double_long_unsigned(42));
    CHECK(code_of(joined->at(1)) == "dlms.access.3");
}

TEST_CASE("a meter that refuses lists, or answers too few, is asked singly from then on") {
    const std::string ask = "C003C1 02 0003 0100010800FF 02 00 0003 0100010800FF 03 00";
    for (const auto* const answer : {"D8 01 02", "C403C1 01 00 060000002A", "C402C1 01 00000001 01 03"}) {
        Bench bench(Script{{ask, {answer}},
                           {"C001C2 0003 0100010800FF 02 00", {"C401C2 00 060000002A"}},
                           {"C001C3 0003 0100010800FF 03 00", {"C401C3 01 04"}},
                           {"C001C4 0003 0100010800FF 02 00", {"C401C4 00 060000002B"}},
                           {"C001C5 0003 0100010800FF 03 00", {"C401C5 01 04"}}});
        for (const unsigned value : {42U, 43U}) {
            const auto got = bench.run(bench.services->get_list({energy, energy_scaler}));
            REQUIRE(got.has_value());
            CHECK(got->at(0) == Data::double_long_unsigned(value));
            CHECK(code_of(got->at(1)) == "dlms.access.4");
        }
        CHECK(bench.link.finished());
    }
    Bench silent(Script{{ask, {}}});
    CHECK(silent.run(silent.services->get_list({energy, energy_scaler})).error().category == Category::timeout);
}

TEST_CASE("lists that were not granted are not asked for") {
    Bench bench(Script{{ask_energy, {"C401C1 00 060000002A"}}, {"C001C2 0003 0100010800FF 03 00", {"C401C2 01 04"}}},
                grants_little);
    REQUIRE(bench.run(bench.services->get_list({energy, energy_scaler})).has_value());
    CHECK(bench.link.finished());
}

TEST_CASE("a value is set, and a refusal is told") {
    const std::string ask = "C101C1 0003 0100010800FF 02 00 1105";
    Bench bench(Script{{ask, {"C501C1 00"}}});
    CHECK(bench.run(bench.services->set(energy, Data::unsigned_integer(5))).has_value());
    Bench refused(Script{{ask, {"C501C1 0C"}}});
    CHECK(code_of(refused.run(refused.services->set(energy, Data::unsigned_integer(5)))) == "dlms.access.12");
    Bench strange(Script{{ask, {"C502C1 00000001"}}});
    CHECK(code_of(strange.run(strange.services->set(energy, Data::unsigned_integer(5)))) == "dlms.unexpected");
}

TEST_CASE("a long value is set in blocks that fit the meter's APDU") {
    const Bytes value(60, 0x55);
    const auto raw = to_hex(codec::encode(Data::octet_string(value)), "");
    const std::string head = "0003 0100010800FF 02 00";
    const auto part = [&](std::size_t from, std::size_t count) { return raw.substr(2 * from, 2 * count); };
    // 64 octets of an APDU, 16 for what is around a block, 13 of the get-request that the descriptor is measured by
    const std::vector<Exchange> good{{"C102C2" + head + "00 00000001 23" + part(0, 35), {"C502C2 00000001"}},
                                     {"C103C2 01 00000002 1B" + part(35, 27), {"C503C2 00 00000002"}}};
    Bench bench(good, grants_little);
    const auto set = bench.run(bench.services->set(energy, Data::octet_string(value)));
    CHECK_MESSAGE(set.has_value(), (set ? "" : describe(set.error())));
    CHECK(bench.link.finished());

    auto wrong = good;
    wrong[0].answers = {"C502C2 00000002"};
    Bench disordered(wrong, grants_little);
    CHECK(code_of(disordered.run(disordered.services->set(energy, Data::octet_string(value)))) == "dlms.block.order");
    wrong = good;
    wrong[0].answers = {"C503C2 11 00000001"};
    Bench aborted(wrong, grants_little);
    CHECK(code_of(aborted.run(aborted.services->set(energy, Data::octet_string(value)))) == "dlms.access.17");
}

TEST_CASE("methods are called, and give what they return") {
    const std::string ask = "C301C1 0046 000060030AFF 01 01 0F00";
    struct Row {
        const char* answer;
        const char* code;
    };
    for (const auto& row : {
             Row{"C701C1 00 00", ""},
             Row{"C701C1 03 00", "dlms.action.3"},
             Row{"C701C1 00 01 01 FA", "dlms.access.250"},
             Row{"C401C1 00 1105", ""},
         }) {
        Bench bench(Script{{ask, {row.answer, "C701C1 00 00"}}});
        CHECK(code_of(bench.run(bench.services->action(disconnect, Data::integer(0)))) == row.code);
    }
    Bench bench(Script{{"C301C1 0046 000060030AFF 01 00", {"C701C1 00 01 00 1105"}}});
    const auto returned = bench.run(bench.services->action(disconnect, std::nullopt));
    REQUIRE(returned.has_value());
    CHECK(*returned == Data::unsigned_integer(5));
}

TEST_CASE("long parameters and long returned values of methods go in blocks") {
    const Bytes value(60, 0x55);
    const auto raw = to_hex(codec::encode(Data::octet_string(value)), "");
    Bench bench(Script{{"C304C2 0046 000060030AFF 01 00 00000001 27" + raw.substr(0, 78), {"C704C2 00000001"}},
                       {"C306C2 01 00000002 17" + raw.substr(78), {"C702C2 00 00000001 03 000100"}},
                       {"C302C2 00000001", {"C702C2 01 00000002 02 1105"}}},
                grants_little);
    const auto returned = bench.run(bench.services->action(disconnect, Data::octet_string(value)));
    REQUIRE_MESSAGE(returned.has_value(), describe(returned.error()));
    CHECK(*returned == Data::unsigned_integer(5));
    CHECK(bench.link.finished());
}

TEST_CASE("an answer in a general block transfer is joined, and a lost block asked for again") {
    tests::Scripted script{{}};
    auto inner = std::make_unique<ScriptLink>(
        script,
        Script{{"C0", {"E0 42 0001 0000 02 C401", "E0 02 0003 0000 01 00"}},
               {"E0 82 0001 0001 00", {"E0 42 0002 0001 01 C1", "E0 82 0003 0001 03 00 1105"}}},
        grants_all);
    const auto& scripted = *inner;
    const auto link = join_general_blocks(std::move(inner), 2);
    const auto answer = transports::run(script.loop(), link->request(Bytes{0xC0}));
    REQUIRE_MESSAGE(answer.has_value(), describe(answer.error()));
    CHECK(to_hex(*answer) == "C4 01 C1 00 11 05");
    CHECK(scripted.finished());

    auto other =
        std::make_unique<ScriptLink>(script, Script{{"C0", {"E0 42 0001 0000 02 C401", "C401C100 1105"}}}, grants_all);
    const auto torn = join_general_blocks(std::move(other), 2);
    CHECK(code_of(transports::run(script.loop(), torn->request(Bytes{0xC0}))) == "dlms.block.lost");
}
