#include "src/catalogue/catalogue.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::catalogue;

namespace {

/// The models that meters/*.json are named after, in order.
std::vector<std::string> files() {
    std::vector<std::string> models;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(METERCTL_SOURCE_DIR) + "/meters")) {
        const std::string model = entry.path().stem().string();
        if (entry.path().extension() == ".json" && model != "schema") { models.push_back(model); }
    }
    std::ranges::sort(models);
    return models;
}

/// A folder of meter files that is gone when the test ends.
class Folder {
public:
    Folder() {
        static int count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("meterctl-meters-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string put(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name) << text;
        return (path_ / name).string();
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

constexpr const char* own_meter = R"({"model": "mine", "title": "Mine", "protocol": "modbus",
    "points": [{"name": "voltage_l1", "address": "input:0", "type": "uint16"}]})";

} // namespace

TEST_CASE("every built-in definition loads, under the name of its file") {
    const Catalogue catalogue;
    const auto all = catalogue.all();
    REQUIRE(all);
    CHECK(all->size() == builtin_models().size());
    CHECK(catalogue.models() == files());
    for (const Definition* definition : *all) {
        CHECK(definition->origin == "built in");
        CHECK_FALSE(builtin_text(definition->model).empty());
    }
    CHECK(builtin_text("nothing").empty());
}

TEST_CASE("a definition is handed out at one address however often it is asked for") {
    Catalogue catalogue;
    const auto first = catalogue.find("pro380-mod");
    REQUIRE(first);
    CHECK(*catalogue.find("pro380-mod") == *first);
    const Catalogue moved = std::move(catalogue);
    CHECK(*moved.find("pro380-mod") == *first);
}

TEST_CASE("an unknown meter is a usage error with the nearest names") {
    const Catalogue catalogue;
    const auto none = catalogue.find("pro380-mdo");
    REQUIRE_FALSE(none);
    CHECK(none.error().category == Category::usage);
    CHECK(none.error().what == R"(unknown meter "pro380-mdo")");
    REQUIRE_FALSE(none.error().hints.empty());
    CHECK(none.error().hints[0] == "pro380-mod");
    const auto far = catalogue.find("xyzzy");
    REQUIRE_FALSE(far);
    std::string list = "one of ";
    for (const std::string& model : files()) { list += (list.ends_with(' ') ? "" : ", ") + model; }
    CHECK(far.error().hints[0] == list);
}

TEST_CASE("files of the user's folder add meters and override built-in ones") {
    const Folder folder;
    folder.put("a.json", own_meter);
    folder.put("b.json", R"({"model": "pro380-mod", "title": "Other", "protocol": "modbus"})");
    folder.put("notes.txt", "not a meter");
    const Catalogue catalogue(folder.path());
    REQUIRE(catalogue.find("mine"));
    CHECK((*catalogue.find("mine"))->points.size() == 1);
    REQUIRE(catalogue.find("pro380-mod"));
    CHECK((*catalogue.find("pro380-mod"))->title == "Other");
    CHECK((*catalogue.find("pro380-mod"))->points.empty());
    CHECK((*catalogue.find("pro380-mod"))->origin == folder.path() + "/b.json");
    CHECK(catalogue.models().size() == files().size() + 1);
}

TEST_CASE("a user's file completes the built-in definition of its own model") {
    const Folder folder;
    folder.put("dts307.json", R"({"extends": "dts307-modbus", "sources": ["map: 3.3U"],
        "points": [{"name": "voltage_l1", "address": "holding:7", "type": "uint16", "scale": 0.1, "unit": "V"}]})");
    const Catalogue catalogue(folder.path());
    const Catalogue plain;
    const auto whole = catalogue.find("dts307-modbus");
    const auto before = plain.find("dts307-modbus");
    REQUIRE(whole);
    REQUIRE(before);
    CHECK((*whole)->model == "dts307-modbus");
    CHECK((*whole)->title == (*before)->title);
    CHECK((*whole)->points.size() == (*before)->points.size() + 1);
    CHECK((*whole)->sources.back() == "map: 3.3U");
    CHECK((*whole)->address == "100");
    CHECK(catalogue.models().size() == plain.models().size());
}

TEST_CASE("a file extends another model under a name of its own") {
    const Folder folder;
    folder.put("x.json", R"({"model": "my-pro380", "extends": "pro380-mod", "line": {"frame": "8N1"}})");
    const Catalogue catalogue(folder.path());
    const auto mine = catalogue.find("my-pro380");
    REQUIRE(mine);
    CHECK((*mine)->line.frame == "8N1");
    CHECK((*mine)->line.baud == 9600);
    CHECK((*mine)->find("voltage_l1") != nullptr);
    CHECK((*catalogue.find("pro380-mod"))->line.frame == "8E1");
}

TEST_CASE("a file named on the command line stands above the user's folder, the last one on top") {
    const Folder folder;
    folder.put("a.json", own_meter);
    const Folder elsewhere;
    const auto first = elsewhere.put("1.json", R"({"extends": "mine", "title": "First"})");
    const auto second = elsewhere.put("2.json", R"({"extends": "mine", "address": "9"})");
    Catalogue catalogue(folder.path());
    const auto one = catalogue.add_file(first);
    REQUIRE(one);
    CHECK((*one)->title == "First");
    const auto two = catalogue.add_file(second);
    REQUIRE(two);
    CHECK((*two)->title == "First");
    CHECK((*two)->address == "9");
    CHECK((*one)->address.empty());
    CHECK(*catalogue.find("mine") == *two);
}

TEST_CASE("a broken user file is the error of its own meter only") {
    const Folder folder;
    folder.put("bad.json", "{\n\"model\": \"bad\",\n\"titel\": \"\"}");
    folder.put("mine.json", own_meter);
    const Catalogue catalogue(folder.path());
    CHECK(catalogue.find("mine"));
    CHECK(catalogue.find("pro380-mod"));
    const auto bad = catalogue.find("bad");
    REQUIRE_FALSE(bad);
    CHECK(bad.error().where == folder.path() + "/bad.json:3: titel");
    CHECK(bad.error().hints[0] == "title");
    REQUIRE_FALSE(catalogue.all());
}

TEST_CASE("two user files of one model are an error that names both") {
    const Folder folder;
    folder.put("a.json", own_meter);
    folder.put("b.json", own_meter);
    const Catalogue catalogue(folder.path());
    const auto mine = catalogue.find("mine");
    REQUIRE_FALSE(mine);
    CHECK(mine.error().where.find("a.json") != std::string::npos);
    CHECK(mine.error().where.find("b.json") != std::string::npos);
}

TEST_CASE("definitions that extend each other in a circle, or one that is not there, are errors") {
    const Folder folder;
    folder.put("a.json", R"({"model": "a", "extends": "b"})");
    folder.put("b.json", R"({"model": "b", "extends": "a"})");
    folder.put("c.json", R"({"model": "c", "extends": "gone"})");
    folder.put("d.json", R"({"extends": "d"})");
    const Catalogue catalogue(folder.path());
    CHECK(catalogue.find("a").error().what == "the definitions extend each other in a circle");
    CHECK(catalogue.find("c").error().what == R"(the meter "gone" that it extends is unknown)");
    CHECK(catalogue.find("d").error().what == R"(the meter "d" that it extends is unknown)");
}

TEST_CASE("a folder that is not there is no error, a file that is not there is one") {
    Catalogue catalogue("/nonexistent/meters");
    CHECK(catalogue.find("pro380-mod"));
    CHECK(catalogue.all());
    const auto none = catalogue.add_file("/nonexistent/m.json");
    REQUIRE_FALSE(none);
    CHECK(none.error().category == Category::usage);
    CHECK(none.error().where == "/nonexistent/m.json");
    CHECK_FALSE(catalogue.add_file("/tmp"));
}

TEST_CASE("the template for the DTS 307 loads and completes its definition") {
    Catalogue catalogue;
    const auto completed = catalogue.add_file(std::string(METERCTL_SOURCE_DIR) + "/docs/templates/dts307-map.json");
    REQUIRE(completed);
    CHECK((*completed)->model == "dts307-modbus");
    CHECK((*completed)->title == (*Catalogue().find("dts307-modbus"))->title);
}

TEST_CASE("a model has its pulse outputs and accuracy from another where it says so") {
    const Catalogue catalogue;
    const auto own = catalogue.find("pro380-mod"), same = catalogue.find("pro380-mod-v1");
    REQUIRE(own);
    REQUIRE(same);
    CHECK((*same)->pulse_outputs.size() == (*own)->pulse_outputs.size());
    CHECK((*same)->pulse_outputs.size() == 12);
    CHECK((*same)->accuracy.active == Decimal{1, 0});
    CHECK_FALSE((*same)->points.empty());
}
