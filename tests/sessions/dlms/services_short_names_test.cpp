// Reading, writing and selecting by short names (IEC 62056-5-3 clause 7.4).
#include "codecs/dlms/selection.hpp"
#include "codecs/dlms/units.hpp"
#include "tests/sessions/dlms/services_bench.hpp"

using namespace dlms_bench;

TEST_CASE("a meter of short names is asked by those that it lists") {
    Bench bench(Script{{"05 01 02 FA08", {"0C 01 00 01 01 02 04 10 0100 12 0003 11 00 09 06 0100010800FF"}},
                       {"05 01 02 0108", {"0C 01 00 060000002A"}},
                       {"05 01 02 0110", {"0C 01 02 00 0001 03 02020F"}},
                       {"05 01 05 0001", {"0C 01 02 01 0002 03 00161E"}},
                       {"06 01 02 0108 01 1105", {"0D 01 00"}},
                       {"06 01 02 0108 01 1105", {"0D 01 01 03"}}},
                grants_short_names, true);
    CHECK(bench.run(bench.services->get(energy)) == Data::double_long_unsigned(42));
    CHECK(bench.run(bench.services->get(energy_scaler)) == codec::to_data(codec::ScalerUnit{0, 30}));
    CHECK(code_of(bench.run(bench.services->get(buffer))) == "dlms.access.4");
    CHECK(bench.run(bench.services->set(energy, Data::unsigned_integer(5))).has_value());
    CHECK(code_of(bench.run(bench.services->set(energy, Data::unsigned_integer(5)))) == "dlms.access.3");
    CHECK(code_of(bench.run(bench.services->action(disconnect, std::nullopt))) == "dlms.short_names");
    CHECK(bench.link.finished());
}

TEST_CASE("a selection goes to a meter of short names as a parameterized access, where it has that") {
    AttributeDescriptor entries = buffer;
    entries.selection = codec::to_selection(codec::EntrySelection{2, 3});
    Bench bench(Script{{"05 01 02 FA08", {"0C 01 00 01 01 02 04 10 0200 12 0007 11 01 09 06 0100630100FF"}},
                       {"05 01 04 0208 02 0204 06 00000002 06 00000003 12 0001 12 0000", {"0C 01 00 01 00"}}},
                grants_short_names, true);
    CHECK(bench.services->selects());
    CHECK(bench.run(bench.services->get(entries)) == Data::array({}));
    CHECK(bench.link.finished());
    Bench more(Script{{"05 01 02 FA08", {"0C 01 00 01 01 02 04 10 0200 12 0007 11 01 09 06 0100630100FF"}},
                      {"05 01 02 0208", {"0C 01 00 01 01 11 05 11 06"}}, // one row, it says, and two are there
                      {"05 01 02 0208", {"0C 01 00 01 01 11 05 11 06"}}},
               grants_short_names, true);
    std::vector<Data> taken;
    const auto rows = more.run(more.services->get_rows(buffer, [&](Data&& row) -> Result<void> {
        taken.push_back(std::move(row));
        return {};
    }));
    REQUIRE(rows.has_value());
    CHECK(taken == std::vector<Data>{Data::unsigned_integer(5)});
    CHECK(rows->left_over == 2);
    CHECK_FALSE(more.run(more.services->get(buffer)).has_value());
    const std::string grants_reading =
        "6129A109060760857405080102A203020100A305A103020100BE10040E0800065F1F04001C00000400FA00";
    CHECK_FALSE(Bench(Script{}, grants_reading, true).services->selects());
    CHECK(Bench(Script{}, grants_all).services->selects());
    CHECK_FALSE(Bench(Script{}, grants_short_names).services->selects());
}

TEST_CASE("a meter of short names lists its objects as others do, without their rights") {
    const AttributeDescriptor list{15, Obis{0, 0, 40, 0, 0, 255}, 2, std::nullopt};
    Bench bench(Script{{"05 01 02 FA08", {"0C 01 00 01 01 02 04 10 0100 12 0003 11 00 09 06 0100010800FF"}},
                       {"05 01 02 0108", {"0C 01 00 060000002A"}}},
                grants_short_names, true);
    const auto objects = bench.run(bench.services->get(list));
    REQUIRE_MESSAGE(objects.has_value(), describe(objects.error()));
    CHECK(to_hex(codec::encode(*objects)) == "01 01 02 03 12 00 03 11 00 09 06 01 00 01 08 00 FF");
    CHECK(bench.run(bench.services->get(energy)) == Data::double_long_unsigned(42));
    CHECK(bench.link.finished());
}
