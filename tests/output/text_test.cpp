#include "src/output/instant.hpp"
#include "src/output/progress.hpp"
#include "src/output/rows.hpp"
#include "src/output/utf8.hpp"
#include "tests/output/text_sink.hpp"

#include <array>
#include <cstdlib>
#include <doctest/doctest.h>

using namespace meterctl::output;
using namespace std::chrono_literals;
using meterctl::output::testing::TextSink;

TEST_CASE("what a meter says cannot steer the terminal") {
    CHECK(tamed("a\x1b[2Jb") == "a\\x1b[2Jb");
    CHECK(tamed("tab\tend\n") == "tab\\x09end\\x0a");
    CHECK(tamed("\xC2\x9B"
                "2J") == "\\x9b2J"); // CSI as one character of C1
    CHECK(tamed("\x7F") == "\\x7f");
    CHECK(tamed("20 \xC2\xB0"
                "C") == "20 \xC2\xB0"
                        "C");
    CHECK(tamed("\xFF") == "\xEF\xBF\xBD");
}

TEST_CASE("width counts characters, not octets") {
    CHECK(display_width("") == 0);
    CHECK(display_width("\xC2\xB0"
                        "C") == 2);
    CHECK(display_width("e\xCC\x81") == 1); // e and a combining acute
    CHECK(display_width("\xE2\x82\xAC") == 1);
}

TEST_CASE("a CSV cell is quoted where RFC 4180 wants it") {
    constexpr std::array columns{Column{.name = "a"}, Column{.name = "b"}};
    struct Row {
        std::string_view cell;
        std::string_view line;
    };
    constexpr std::array table{
        Row{"plain", "plain,x\n"},
        Row{"", ",x\n"},
        Row{"a,b", "\"a,b\",x\n"},
        Row{"say \"no\"", "\"say \"\"no\"\"\",x\n"},
        Row{"two\nlines", "\"two\nlines\",x\n"},
        Row{"cr\r", "\"cr\r\",x\n"},
        Row{"semi;colon", "semi;colon,x\n"},
        Row{"\xFF", "\xEF\xBF\xBD,x\n"},
    };
    for (const Row& row : table) {
        TextSink text;
        Rows rows(text.sink(), Format::csv, columns, Rows::Pace::stream);
        rows.row({std::string(row.cell), "x"});
        CHECK(text.arrived() == "a,b\n" + std::string(row.line));
    }
}

TEST_CASE("CSV without a row is its header, and the header comes once") {
    constexpr std::array columns{Column{.name = "a"}, Column{.name = "b"}};
    TextSink text;
    Rows rows(text.sink(), Format::csv, columns, Rows::Pace::stream);
    rows.end();
    rows.end();
    rows.row({"1"});
    CHECK(text.arrived() == "a,b\n1,\n");
}

TEST_CASE("a table lines its columns up and leaves empty ones out") {
    constexpr std::array columns{Column{.name = "name"}, Column{.name = "value", .right = true},
                                 Column{.name = "never"}, Column{.name = "unit"}};
    TextSink text;
    Rows rows(text.sink(), Format::table, columns, Rows::Pace::gather);
    rows.row({"temperature", "20", "",
              "\xC2\xB0"
              "C"});
    rows.row({"u", "230.5", "", "V"});
    CHECK(text.arrived().empty());
    rows.end();
    text.sink().flush();
    CHECK(text.arrived() == "name         value  unit\n"
                            "temperature     20  \xC2\xB0"
                            "C\n"
                            "u            230.5  V\n");
}

TEST_CASE("a table without a row is nothing") {
    constexpr std::array columns{Column{.name = "name"}};
    TextSink text;
    Rows rows(text.sink(), Format::table, columns, Rows::Pace::gather);
    rows.end();
    text.sink().flush();
    CHECK(text.arrived().empty());
}

TEST_CASE("an instant has the decimals that its source had") {
    struct Row {
        std::chrono::nanoseconds instant;
        std::string_view text;
    };
    // `date -u -d @1795227300` says 2026-11-21 02:15:00
    const Row rows[] = {
        {0ns, "1970-01-01T00:00:00.000000Z"},
        {1795227300s + 123456us, "2026-11-21T02:15:00.123456Z"},
        {1795227300s + 123456789ns, "2026-11-21T02:15:00.123456789Z"},
        {-1ns, "1969-12-31T23:59:59.999999999Z"},
    };
    for (const Row& row : rows) { CHECK(instant_text(row.instant) == row.text); }
}

TEST_CASE("progress tells what is left from the pace so far") {
    CHECK(progress_text("address 1", 0, 247, 5s) == "address 1: 0 of 247");
    CHECK(progress_text("address 2", 1, 247, 500ms) == "address 2: 1 of 247");
    CHECK(progress_text("address 13", 10, 30, 10s) == "address 13: 10 of 30, 20 s left");
    CHECK(progress_text("address 13", 1, 101, 1s) == "address 13: 1 of 101, 1 min 40 s left");
    CHECK(progress_text("address 13", 1, 101, 60s) == "address 13: 1 of 101, 1 h 40 min left");
    CHECK(progress_text("done", 247, 247, 60s) == "done: 247 of 247");
}

namespace {

std::string drawn(bool shown, std::size_t width, void (*draw)(Progress&)) {
    char* data = nullptr;
    std::size_t size = 0;
    std::FILE* const stream = open_memstream(&data, &size);
    {
        Progress progress(stream, shown, width, {});
        draw(progress);
    }
    std::fclose(stream);
    std::string text(data, size);
    std::free(data);
    return text;
}

} // namespace

TEST_CASE("progress draws at most ten times a second, within the terminal, and takes itself away") {
    const auto draw = [](Progress& progress) {
        const Progress::Clock::time_point start{};
        progress.update("address 1", 0, 3, start + 10ms);
        progress.update("address 2", 1, 3, start + 20ms);
        progress.update("address 3", 2, 3, start + 110ms);
    };
    CHECK(drawn(true, 0, draw) == "\r\x1b[Kaddress 1: 0 of 3\r\x1b[Kaddress 3: 2 of 3\r\x1b[K");
    CHECK(drawn(true, 8, draw) == "\r\x1b[Kaddress\r\x1b[Kaddress\r\x1b[K");
    CHECK(drawn(false, 0, draw).empty());
}
