// The script that draws a profile: panels by unit, gaps and flagged stretches, and texts that cannot break out of it.
#include "src/output/profile_plot.hpp"

#include <array>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::output;

namespace {

/// A file that goes when the test does.
struct Data {
    std::FILE* file = std::tmpfile();
    ~Data() { std::fclose(file); }
    Data() = default;
    Data(const Data&) = delete;
    Data& operator=(const Data&) = delete;

    std::string text() const {
        std::rewind(file);
        std::array<char, 4096> buffer{};
        return {buffer.data(), std::fread(buffer.data(), 1, buffer.size(), file)};
    }
};

ProfileHead head() {
    ProfileHead head;
    head.period = std::chrono::seconds(900);
    const auto column = [&](const char* name, Unit unit, bool coded = false) {
        ProfileColumn made;
        made.name = name;
        made.unit = unit;
        made.coded = coded;
        head.columns.push_back(made);
    };
    column("status", Unit::none, true);
    column("voltage_l1", Unit::volt);
    column("active_power", Unit::watt);
    column("voltage_l2", Unit::volt);
    return head;
}

ProfileRecord record(const char* time, double voltage, std::vector<std::string> flags = {}) {
    ProfileRecord made;
    made.time = DateTime::parse(time).value();
    made.values = {Value(std::int64_t{0}), Value(voltage), Value(), Value(Decimal{2301, -1})};
    made.flags = std::move(flags);
    return made;
}

bool has(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
}

TEST_CASE("the ending says what is drawn") {
    CHECK(plot_kind("a.svg") == PlotKind::svg);
    CHECK(plot_kind("a.b.png") == PlotKind::png);
    CHECK_FALSE(plot_kind("a.gif"));
    CHECK_FALSE(plot_kind("png"));
}

TEST_CASE("channels of one unit share a panel; codes, and channels without a number, have none") {
    const Data data;
    ProfilePlot plot(data.file, "load_profile_1: dtsd545");
    plot.head(head());
    CHECK_FALSE(plot.drawable());
    plot.record(record("2026-11-21T10:00:00+01:00", 230));
    REQUIRE(plot.drawable());
    const auto script = plot.script(PlotKind::svg, "DATA", "OUT");
    CHECK(has(script, "set multiplot layout 1,1 title 'load_profile_1: dtsd545'"));
    CHECK(has(script, "set terminal svg"));
    CHECK(has(script, "set output 'OUT'"));
    CHECK(has(script, "'DATA' using 1:3"));
    CHECK(has(script, "title 'voltage_l1'"));
    CHECK(has(script, "title 'voltage_l2'"));
    CHECK(has(script, "set ylabel 'V'"));
    CHECK(has(script, "set xlabel 'local time, UTC+01:00'"));
    CHECK_FALSE(has(script, "status"));
    CHECK_FALSE(has(script, "active_power"));
    CHECK(has(plot.script(PlotKind::png, "DATA", "OUT"), "set terminal pngcairo"));
}

TEST_CASE("data are seconds of local time on an axis that never goes back, and NaN where there is no number") {
    const Data data;
    ProfilePlot plot(data.file, "");
    plot.head(head());
    plot.record(record("2026-10-25T02:45:00+02:00", 230)); // 00:45 UTC
    plot.record(record("2026-10-25T02:00:00+01:00", 231)); // 01:00 UTC
    CHECK(data.text() == "1792896300 0 230 NaN 230.1\n1792897200 0 231 NaN 230.1\n");
}

TEST_CASE("a gap breaks the line and is shaded, and so is a stretch of flagged records") {
    const Data data;
    ProfilePlot plot(data.file, "");
    plot.head(head());
    plot.record(record("2026-11-21T10:00:00Z", 230));
    plot.record(record("2026-11-21T10:15:00Z", 230, {"summer_time", "local_time"}));
    ProfileGap gap;
    gap.from = DateTime::parse("2026-11-21T10:15:00Z").value();
    gap.to = DateTime::parse("2026-11-21T11:15:00Z").value();
    plot.gap(gap);
    plot.record(record("2026-11-21T11:15:00Z", 230, {"power_down"}));
    plot.record(record("2026-11-21T11:30:00Z", 230, {"clock_adjusted"}));
    CHECK(has(data.text(), "NaN 230.1\n\n1795259700"));
    const auto script = plot.script(PlotKind::svg, "DATA", "OUT");
    CHECK(has(script, "rectangle from first 1795256100, graph 0 to first 1795259700, graph 1"));
    CHECK(has(script, "rectangle from first 1795258800, graph 0 to first 1795260600, graph 1"));
    CHECK(has(script, "grey: no records    yellow: clock_adjusted, power_down"));
}

TEST_CASE("no name breaks out of its quotes") {
    CHECK(plot_quoted("it's") == "'it''s'");
    CHECK(plot_quoted("a\nb\x1b") == "'a b '");
    const Data data;
    ProfilePlot plot(data.file, "x'; system 'touch /tmp/x");
    auto odd = head();
    odd.columns[1].name = "`id`'\n!id";
    plot.head(odd);
    plot.record(record("2026-11-21T10:00:00Z", 230));
    const auto script = plot.script(PlotKind::svg, "DATA", "OUT");
    CHECK(has(script, "title 'x''; system ''touch /tmp/x'"));
    CHECK(has(script, "title '`id`'' !id'"));
}

} // namespace
