// Firmware into the virtual DTSD545: whole, broken off and taken up again, refused, found bad, activated.
#include "codecs/dlms/crypto.hpp"
#include "tests/sessions/dlms/virtual_meter.hpp"

#include <filesystem>

using namespace meterctl;
using namespace dlms_fake;

namespace {

/// What the simulated meters take for good: its last 32 octets are the SHA-256 of those before.
Bytes firmware(std::size_t octets) {
    Bytes image(octets - 32);
    for (std::size_t at = 0; at < image.size(); ++at) { image[at] = static_cast<std::uint8_t>(at * 7U); }
    const auto hash = codecs::dlms::crypto::digest(codecs::dlms::crypto::Hash::sha256, image).value();
    image.insert(image.end(), hash.begin(), hash.end());
    return image;
}

std::string member(const std::optional<Value>& value, std::string_view name) {
    REQUIRE(value.has_value());
    const auto* const members = value->get<Structure>();
    REQUIRE(members != nullptr);
    for (const NamedValue& one : *members) {
        if (one.name == name) { return one.value.to_string(); }
    }
    return "(none)";
}

struct Bench {
    explicit Bench(const simulators::Options& how = {}) : meter(how) { hold(firmware(10'050)); }
    void hold(Bytes image) {
        meter.options.files["/tmp/HLY-2.0.bin"] = std::make_shared<const Bytes>(std::move(image));
    }
    Result<sessions::CallOutcome> transfer() { return meter.call("image", "/tmp/HLY-2.0.bin"); }

    VirtualMeter meter;
};

/// A folder for what is remembered of transfers.
struct Folder {
    Folder() : path(std::filesystem::temp_directory_path() / ("meterctl-image-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
};

} // namespace

TEST_CASE("firmware is transferred and verified, and runs once it is activated") {
    Bench bench;
    std::vector<std::uint64_t> steps;
    bench.meter.options.progress = [&](std::string_view, std::uint64_t done, std::uint64_t) { steps.push_back(done); };
    const auto outcome = bench.transfer();
    REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
    CHECK(outcome->verified);
    CHECK(member(outcome->before, "image_transfer_status") == "not_initiated");
    CHECK(member(outcome->read_back, "image_transfer_status") == "verification_successful");
    CHECK(member(outcome->read_back, "identification") == "HLY-2.0");
    CHECK(member(outcome->read_back, "size") == "10050");
    CHECK(steps.size() >= 51); // blocks of 200
    CHECK(bench.meter.read("software_version").to_string() != "HLY-2.0");
    const auto active = bench.meter.call("image_activate");
    REQUIRE_MESSAGE(active.has_value(), describe(active.error()));
    CHECK(active->verified);
    CHECK(member(active->read_back, "software_version") == "HLY-2.0");
    CHECK(bench.meter.read("software_version").to_string() == "HLY-2.0");
}

TEST_CASE("a meter that ends its verification only when asked once more is asked") {
    simulators::Options how;
    how.extras["misbehave"] = "verify_when_asked";
    Bench bench(how);
    const auto outcome = bench.transfer();
    REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
    CHECK(outcome->verified);
    CHECK(member(outcome->read_back, "image_transfer_status") == "verification_successful");
}

TEST_CASE("answers that get lost cost nothing but time") {
    simulators::Options lossy;
    lossy.drop = 0.02;
    lossy.seed = 3;
    Bench bench(lossy);
    const auto outcome = bench.transfer();
    REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
    CHECK(outcome->verified);
}

TEST_CASE("a transfer that broke off goes on with the blocks that are missing") {
    const Folder folder;
    Bench bench;
    bench.meter.options.counters = folder.path.string();
    const auto session = bench.meter.session();
    bench.meter.options.progress = [](std::string_view, std::uint64_t done, std::uint64_t) {
        if (done == 20) { throw std::runtime_error("killed"); }
    };
    CHECK_THROWS(bench.transfer());
    std::uint64_t first = UINT64_MAX;
    bench.meter.options.progress = [&](std::string_view doing, std::uint64_t done, std::uint64_t) {
        if (doing == "blocks of firmware") { first = std::min(first, done); }
    };
    const auto looked = bench.meter.session();
    const Value path = std::string("/tmp/HLY-2.0.bin");
    const auto outlook = bench.meter.run(looked->look(point("image"), path));
    REQUIRE_MESSAGE(outlook.has_value(), describe(outlook.error()));
    CHECK(outlook->notes.back() == "an earlier transfer of it goes on: 31 blocks are missing");
    const auto outcome = bench.transfer();
    REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
    CHECK(outcome->verified);
    CHECK(first == 20);
    bench.hold(firmware(10'051)); // another file of that name begins anew
    first = UINT64_MAX;
    REQUIRE(bench.transfer().has_value());
    CHECK(first == 0);
}

TEST_CASE("firmware that the meter finds bad is a failed verdict, and is not activated") {
    Bench bench;
    bench.hold(Bytes(500, 0xA5));
    const auto outcome = bench.transfer();
    REQUIRE_MESSAGE(outcome.has_value(), describe(outcome.error()));
    CHECK_FALSE(outcome->verified);
    REQUIRE(outcome->trouble.has_value());
    CHECK(exit_code(outcome->trouble->category) == 8);
    CHECK(member(outcome->read_back, "image_transfer_status") == "verification_failed");
    const auto active = bench.meter.call("image_activate");
    REQUIRE_FALSE(active.has_value());
    CHECK(active.error().category == Category::rejected);
}

TEST_CASE("an identification that the meter refuses is said, with what to try") {
    Bench bench;
    bench.meter.options.settings["image_identifier"] = "ABC";
    const auto outcome = bench.transfer();
    REQUIRE_FALSE(outcome.has_value());
    CHECK(exit_code(outcome.error().category) == 6);
    CHECK(outcome.error().hints.front().find("image_identifier") != std::string::npos);
}

TEST_CASE("a meter that takes no firmware now is not sent any") {
    Bench bench;
    REQUIRE(bench.meter.write("image_transfer_enabled", "off").has_value());
    const auto outcome = bench.transfer();
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::rejected);
    CHECK(outcome.error().code == "dlms.image.disabled");
}
