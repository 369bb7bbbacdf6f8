// The definitions and meter tests printed in docs/adding-a-meter.md and man/meterctl-meters.5 work as they stand there,
// and the man page explains every key and type.
#include "codecs/iec62056_21/values.hpp"
#include "codecs/modbus/values.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/catalogue/loader.hpp"
#include "tests/meters/modbus_cases.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <unistd.h>

using namespace meterctl;

namespace {

std::string text_of(const std::string& path) {
    return catalogue::read_file(std::string(METERCTL_SOURCE_DIR) + "/" + path).value();
}

/// The texts between lines that are `begin` and `end` and that begin with a brace.
std::vector<std::string> json_blocks(const std::string& document, const std::string& begin, const std::string& end) {
    std::vector<std::string> blocks;
    for (std::size_t at = document.find(begin + "\n{"); at != std::string::npos;
         at = document.find(begin + "\n{", at)) {
        at += begin.size() + 1;
        blocks.push_back(document.substr(at, document.find("\n" + end + "\n", at) - at + 1));
    }
    return blocks;
}

/// The definition, completed where it extends another, as `--meter-file` would read it.
const catalogue::Definition& defined(catalogue::Catalogue& catalogue, const std::string& json) {
    const auto path = std::filesystem::temp_directory_path() / ("meterctl-doc-" + std::to_string(::getpid()) + ".json");
    std::ofstream(path) << json;
    const auto definition = catalogue.add_file(path.string());
    std::filesystem::remove(path);
    INFO((definition ? std::string() : describe(definition.error())));
    REQUIRE(definition);
    const auto valid = sessions::find_protocol((*definition)->protocol)->validate(**definition);
    INFO((valid ? std::string() : describe(valid.error())));
    CHECK(valid);
    return **definition;
}

} // namespace

TEST_CASE("the worked example of docs/adding-a-meter.md works") {
    const auto blocks = json_blocks(text_of("docs/adding-a-meter.md"), "```json", "```");
    REQUIRE(blocks.size() == 4);
    catalogue::Catalogue catalogue;
    const auto& meter = defined(catalogue, blocks[0]);
    auto wrong = blocks[0];
    wrong.replace(wrong.find("\"address\": \"input:0"), 9, "\"adress\"");
    const auto mistake = catalogue::parse_definition(wrong, "acme-em3.json");
    REQUIRE_FALSE(mistake);
    CHECK(text_of("docs/adding-a-meter.md").find("\n" + describe(mistake.error()) + "\n") != std::string::npos);
    const auto cases = test::parse_meter_cases(blocks[1], "docs/adding-a-meter.md");
    CHECK(cases.model == meter.model);
    std::set<std::string> covered;
    for (const auto& one : cases.cases) {
        INFO(one.title);
        covered.merge(test::run_modbus_case(meter, one));
    }
    CHECK(covered.size() == meter.points.size());
    CHECK(defined(catalogue, blocks[2]).model == "acme-em4");
    const auto& completed = defined(catalogue, blocks[3]);
    CHECK(completed.model == "dts307-modbus");
    CHECK(completed.find("voltage_l1") != nullptr);
}

TEST_CASE("the examples of meterctl-meters(5) work") {
    const auto blocks = json_blocks(text_of("man/meterctl-meters.5"), ".Bd -literal", ".Ed");
    REQUIRE(blocks.size() == 2);
    catalogue::Catalogue catalogue;
    CHECK(defined(catalogue, blocks[0]).points.size() == 1);
    const auto& changed = defined(catalogue, blocks[1]);
    CHECK(changed.model == "pro380-mod");
    CHECK(changed.line.frame == "8N1");
}

TEST_CASE("meterctl-meters(5) explains every key of a definition") {
    const std::string page = text_of("man/meterctl-meters.5");
    for (const char* section : {"definition", "line", "addresses", "rule", "point", "ratio", "choice", "bit", "profile",
                                "event", "client", "pulse_output", "width", "carry", "accuracy"}) {
        for (const auto& key : catalogue::known_keys(section)) {
            CAPTURE(key);
            const bool there =
                page.find(" " + key + "\n") != std::string::npos || page.find("Cm " + key + " ") != std::string::npos;
            CHECK(there);
        }
    }
}

TEST_CASE("meterctl-meters(5) names every type of every protocol") {
    const std::string page = text_of("man/meterctl-meters.5");
    auto names = codecs::iec62056_21::value_type_names();
    for (const auto& type : codecs::modbus::value_types()) { names.emplace_back(type.name); }
    for (const auto& name : names) {
        CAPTURE(name);
        const bool there =
            page.find("Cm " + name + "\n") != std::string::npos || page.find("Cm " + name + " ") != std::string::npos;
        CHECK(there);
    }
}
