#include "tests/output/samples.hpp"
#include "tests/output/text_sink.hpp"

#include <array>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

using namespace meterctl;
using namespace meterctl::output;
using meterctl::output::testing::TextSink;
using nlohmann::json;

namespace {

struct Sample {
    std::string_view name;
    std::string (*text)(const Options& options);
};

constexpr std::array samples{
    Sample{"read", testing::read_text},
    Sample{"write", testing::write_text},
    Sample{"scan", testing::scan_text},
    Sample{"decode", [](const Options& options) { return testing::decode_text(options); }},
    Sample{"pulse-test", testing::pulse_test_text},
    Sample{"dump-profile", testing::profile_text},
    Sample{"dump-profile-list", testing::profile_list_text},
    Sample{"meters", [](const Options& options) { return testing::meters_text(options, false); }},
    Sample{"meters-points", [](const Options& options) { return testing::meters_text(options, true); }},
};

struct FormatName {
    std::string_view name;
    Format format;
};
constexpr std::array formats{
    FormatName{"json", Format::json},
    FormatName{"ndjson", Format::ndjson},
    FormatName{"csv", Format::csv},
    FormatName{"table", Format::table},
};

Options options_for(Format format, bool raw = false, bool base_units = false) {
    return {.format = format, .base_units = base_units, .raw = raw};
}

std::vector<json> documents_of(const std::string& ndjson) {
    std::vector<json> documents;
    std::size_t start = 0;
    while (start < ndjson.size()) {
        const std::size_t end = ndjson.find('\n', start);
        REQUIRE(end != std::string::npos);
        documents.push_back(json::parse(ndjson.substr(start, end - start)));
        start = end + 1;
    }
    return documents;
}

std::string content(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

TEST_CASE("every format has its name, and no other name is one") {
    for (const FormatName& row : formats) { CHECK(parse_format(row.name) == row.format); }
    CHECK_FALSE(parse_format("xml"));
    CHECK_FALSE(parse_format("JSON"));
}

TEST_CASE("documents look as they did") {
    const std::filesystem::path folder = std::filesystem::path(METERCTL_SOURCE_DIR) / "tests/output/golden";
    for (const Sample& sample : samples) {
        for (const FormatName& row : formats) {
            const auto file = folder / (std::string(sample.name) + "." + std::string(row.name));
            CAPTURE(file.string());
            CHECK(sample.text(options_for(row.format)) == content(file));
        }
    }
}

TEST_CASE("sample documents are written for the schema check") {
    const char* const folder = std::getenv("METERCTL_DOCUMENTS");
    if (folder == nullptr) { return; }
    for (const Sample& sample : samples) {
        for (const FormatName& row : formats) {
            for (const bool raw : {false, true}) {
                const std::string name = std::string(sample.name) + (raw ? "-raw." : ".") + std::string(row.name);
                std::ofstream(std::filesystem::path(folder) / name) << sample.text(options_for(row.format, raw, raw));
            }
        }
    }
}

TEST_CASE("NDJSON has a document a line, and the lines say what the one document says") {
    const std::array lists{std::pair{"scan", "meters"}, std::pair{"decode", "frames"}, std::pair{"meters", "meters"}};
    for (const auto& [name, list] : lists) {
        CAPTURE(name);
        for (const Sample& sample : samples) {
            if (sample.name != name) { continue; }
            const json whole = json::parse(sample.text(options_for(Format::json)));
            json gathered = json::array();
            for (const json& document : documents_of(sample.text(options_for(Format::ndjson)))) {
                CHECK(document.at("schema") == whole.at("schema"));
                for (const json& record : document.at(list)) { gathered.push_back(record); }
            }
            CHECK(gathered == whole.at(list));
        }
    }
    CHECK(documents_of(testing::read_text(options_for(Format::ndjson))).size() == 2);
}

TEST_CASE("what a scan finds arrives when it is found") {
    for (const Format format : {Format::ndjson, Format::csv, Format::table}) {
        TextSink text;
        ScanDocument document(text.sink(), options_for(format));
        document.begin(testing::head());
        document.found(testing::found_meters()[0]);
        CHECK(text.arrived().find("pro380-mod") != std::string::npos);
        CHECK(text.arrived().ends_with('\n'));
    }
}

TEST_CASE("frames arrive when the input pauses") {
    TextSink text;
    DecodeDocument document(text.sink(), options_for(Format::ndjson));
    document.begin();
    document.frame(testing::frames()[0]);
    CHECK(text.arrived().empty());
    document.flush();
    CHECK(documents_of(text.arrived()).size() == 1);
}

TEST_CASE("a document without records is still one") {
    const auto empty = [](Format format) {
        TextSink text;
        ReadDocument document(text.sink(), options_for(format));
        document.begin(testing::head());
        document.end();
        return text.arrived();
    };
    const json parsed = json::parse(empty(Format::json));
    CHECK(parsed.at("readings") == json::array());
    CHECK(parsed.at("errors") == json::array());
    CHECK(empty(Format::csv) == "time,meter,target,address,name,obis,value,unit,status\n");
    CHECK(testing::decode_text(options_for(Format::ndjson), false).find("counters") == std::string::npos);
}

TEST_CASE("base units are exact, and a unit is never changed without its value") {
    struct Row {
        Value value;
        Unit unit;
        std::string_view text;
        Unit shown_unit;
    };
    const Row rows[] = {
        {Decimal{12345678, -2}, Unit::kilowatt_hour, "123456780", Unit::watt_hour},
        {Decimal{12345678, -5}, Unit::kilowatt_hour, "123456.78", Unit::watt_hour},
        {1.1F, Unit::kilowatt, "1100", Unit::watt},
        {std::int64_t{-3}, Unit::megawatt, "-3000000", Unit::watt},
        {std::uint64_t{18446744073709551615U}, Unit::kilowatt_hour, "18446744073709551615000", Unit::watt_hour},
        {230.5F, Unit::volt, "230.5", Unit::volt},
        {Value{}, Unit::kilowatt, "", Unit::watt},
        {std::string("off"), Unit::kilowatt, "off", Unit::kilowatt},
        {List{Value(std::int64_t{1}), Value(2.5F)}, Unit::kilowatt, "[1000, 2500]", Unit::watt},
        {List{Value(std::int64_t{1}), Value(std::string("x"))}, Unit::kilowatt, "[1, x]", Unit::kilowatt},
    };
    for (const Row& row : rows) {
        TextSink text;
        ReadDocument document(text.sink(), options_for(Format::csv, false, true));
        document.begin(testing::head());
        Reading reading;
        reading.name = "x";
        reading.value = row.value;
        reading.unit = row.unit;
        document.reading(reading);
        const std::string cell =
            row.text.find(',') == std::string::npos ? std::string(row.text) : "\"" + std::string(row.text) + "\"";
        CHECK(text.arrived().find(",x,," + cell + "," + std::string(symbol(row.shown_unit)) + ",") !=
              std::string::npos);
    }
}

TEST_CASE("a number that doubles would round has a text twin, others have none") {
    struct Row {
        Value value;
        std::string_view twin;
    };
    const Row rows[] = {
        {std::int64_t{9007199254740992}, ""},
        {std::int64_t{9007199254740993}, "9007199254740993"},
        {std::int64_t{-9007199254740993}, "-9007199254740993"},
        {std::uint64_t{18446744073709551615U}, "18446744073709551615"},
        {Decimal{123456789012345, -2}, ""},
        {Decimal{1234567890123456, -2}, "12345678901234.56"},
        {Decimal{12345, 20}, "1234500000000000000000000"},
        {1e300, ""},
        {230.5F, ""},
        {std::string("9007199254740993"), ""},
    };
    for (const Row& row : rows) {
        TextSink text;
        ReadDocument document(text.sink(), options_for(Format::json));
        document.begin(testing::head());
        Reading reading;
        reading.name = "x";
        reading.value = row.value;
        document.reading(reading);
        document.end();
        const json shown = json::parse(text.arrived()).at("readings").at(0);
        CHECK(shown.value("text", "") == row.twin);
    }
}

TEST_CASE("a value that is no number is null with a flag in every format") {
    struct Row {
        Value value;
        std::vector<std::string> flags;
        std::string_view status;
    };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Row rows[] = {
        {nan, {}, "not_a_number"},
        {nan, {"not_a_number"}, "not_a_number"},
        {std::numeric_limits<double>::infinity(), {}, "infinite"},
        {Value{}, {}, "not_available"},
        {Value{}, {"invalid"}, "invalid"},
        {nan, {"local_time"}, "local_time not_a_number"},
    };
    for (const Row& row : rows) {
        Reading reading;
        reading.name = "x";
        reading.value = row.value;
        reading.flags = row.flags;
        for (const Format format : {Format::json, Format::csv}) {
            TextSink text;
            ReadDocument document(text.sink(), options_for(format));
            document.begin(testing::head());
            document.reading(reading);
            document.end();
            if (format == Format::csv) {
                CHECK(text.arrived().find(",x,,,," + std::string(row.status) + "\n") != std::string::npos);
            } else {
                const json shown = json::parse(text.arrived()).at("readings").at(0);
                CHECK(shown.at("value").is_null());
                CHECK_FALSE(shown.at("flags").empty());
            }
        }
    }
}

TEST_CASE("choices that are too wide for the table stand below it") {
    catalogue::Definition definition = testing::definition();
    for (std::int64_t i = 0; i < 30; ++i) { definition.points[1].choices.push_back({i * 1000, "", false, ""}); }
    TextSink text;
    MetersDocument document(text.sink(), options_for(Format::table), true);
    document.begin();
    document.meter(definition);
    document.end();
    CHECK(text.arrived().find("  one of 33, below") != std::string::npos);
    CHECK(text.arrived().find("\nChoices\n  - parity: 1=none; 2=even; ") != std::string::npos);
    CHECK(text.arrived().find("; 29000\n") != std::string::npos);
}
