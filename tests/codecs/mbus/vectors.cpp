#include "tests/codecs/mbus/vectors.hpp"

#include "codecs/mbus/frame.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace mbus_vectors {

namespace mbus = meterctl::codecs::mbus;
using meterctl::Decimal;
using meterctl::Unit;

namespace {

const std::string extra_root = METERCTL_EXTRA_VECTORS;

std::vector<Vector> load(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    std::vector<Vector> all;
    for (const auto& entry : Json::parse(file)) {
        all.push_back({entry.at("name").get<std::string>(), octets(entry.at("hex").get<std::string>()),
                       entry.value("expect", Json()), entry});
    }
    REQUIRE(!all.empty());
    return all;
}

bool have_extra(std::string_view what) {
    const bool there = !extra_root.empty() && std::filesystem::exists(extra_root + "/mbus");
    if (!there) { MESSAGE("skipped, no METERCTL_EXTRA_VECTORS: mbus/", what); }
    return there;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path.string());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

struct UnitName {
    const char* name;
    Unit unit;
};
/// The vectors' symbols where they differ from ours.
constexpr UnitName units[] = {
    {"C", Unit::degree_celsius}, {"m3", Unit::cubic_metre}, {"m3/h", Unit::cubic_metre_per_hour}};

/// Quantities that the vectors give without the unit that the standard's table has.
bool without_unit(const std::string& quantity) {
    return quantity == "baud_rate" || quantity == "rf_level" || quantity == "remaining_battery_days";
}

/// VIFEs 6E and 6F: a date takes the place of the VIF's number, as which the vectors print its bits.
bool gives_date(const Json& expect) {
    const auto modifiers = expect.value("modifiers", std::vector<std::string>{});
    return !expect.value("type", "").starts_with("date") &&
           std::ranges::any_of(modifiers, [](const auto& one) { return one == "vife:6E" || one == "vife:6F"; });
}

void check_unit(const Json& expect, const mbus::Record& record) {
    const auto name = expect.at("unit").get<std::string>();
    const auto quantity = expect.at("quantity").get<std::string>();
    if (gives_date(expect) || name == "date" || name == "date_time" || quantity == "text_unit" ||
        without_unit(quantity)) {
        return;
    }
    const auto* const row = std::ranges::find(units, name, [](const UnitName& one) { return std::string(one.name); });
    const auto wanted = row != std::end(units) ? row->unit : meterctl::parse_unit(name);
    REQUIRE_MESSAGE(wanted.has_value(), name);
    CHECK(meterctl::symbol(record.unit) == meterctl::symbol(*wanted));
}

bool is_date(const Json& expect) {
    return expect.value("type", "").starts_with("date");
}

/// A date of a month, a day or a year that is none: the vectors print the digits.
void check_date(const Json& expect, const mbus::Record& record) {
    const auto given = expect.at("value").get<std::string>();
    if (record.value.is_null()) {
        CHECK(record.flags.front() == "invalid_date");
        CHECK(record.text.starts_with(given));
        CHECK_FALSE(meterctl::DateTime::parse(given));
        return;
    }
    const auto text = record.value.to_string();
    if (text.find('*') != std::string::npos) { // year 127 is every year, month 15 every month, day 0 every day
        CHECK(std::ranges::find(record.flags, "unspecified_fields") != record.flags.end());
        CHECK(text.find(given.substr(given.find('T'))) != std::string::npos);
        return;
    }
    CHECK(text.starts_with(given));
}

void check_value(const Json& expect, const mbus::Record& record) {
    if (expect.value("not_available", false)) {
        CHECK(record.value.is_null());
        CHECK(record.flags.front() == "not_available");
        return;
    }
    const auto modifiers = expect.value("modifiers", std::vector<std::string>{});
    const bool error = std::ranges::any_of(modifiers, [](const auto& one) { return one.starts_with("record_error"); });
    if (error) {
        CHECK(record.value.is_null());
        CHECK_FALSE(record.flags.empty());
        return;
    }
    if (gives_date(expect)) {
        CHECK((record.value.get<meterctl::DateTime>() != nullptr || record.flags.front() == "invalid_date"));
        return;
    }
    if (!expect.contains("value")) { return; }
    if (expect.at("value").is_null()) {
        CHECK(record.value.is_null());
        CHECK_FALSE(record.flags.empty());
        if (expect.contains("bcd_digits")) { CHECK(record.text == expect.at("bcd_digits").get<std::string>()); }
        return;
    }
    const auto wanted = expect.at("value").get<std::string>();
    if (is_date(expect)) { return check_date(expect, record); }
    if (const auto* const octets = record.value.get<meterctl::Bytes>()) {
        CHECK(meterctl::to_hex(*octets, "") == wanted);
        return;
    }
    if (expect.value("type", "") == "text") {
        CHECK(record.value.to_string() == wanted);
        return;
    }
    const auto number = Decimal::parse(record.value.to_string());
    REQUIRE_MESSAGE(number.has_value(), record.value.to_string());
    CHECK(*number == *Decimal::parse(wanted));
}

void check_float(const Json& expect, const mbus::Record& record) {
    if (!expect.contains("float")) { return; }
    // The vectors print a float as the double it is.
    const auto sent = static_cast<float>(std::stod(expect.at("float").get<std::string>()));
    const auto wanted = Decimal::from_float(sent)->times(Decimal{1, expect.at("exponent").get<int>()});
    const auto number = record.value.number();
    REQUIRE(number.has_value());
    CHECK(*number == *wanted);
}

void check_record(const Json& expect, const mbus::Record& record) {
    CAPTURE(expect.dump());
    CAPTURE(record.value.to_string());
    if (expect.contains("offset")) { CHECK(record.offset == expect.at("offset").get<std::size_t>()); }
    if (expect.value("kind", "") == "manufacturer_data") {
        CHECK(record.kind == mbus::Record::Kind::manufacturer_data);
        CHECK(meterctl::to_hex(record.data, "") == expect.at("raw").get<std::string>());
        return;
    }
    auto header = expect.at("dif_vif").get<std::string>();
    std::erase(header, ' ');
    CHECK(meterctl::to_hex(record.header, "") == header);
    CHECK(mbus::function_name(record.dib.function) == expect.value("function", "instantaneous"));
    CHECK(record.dib.storage == expect.value("storage", std::uint64_t{0}));
    CHECK(record.dib.tariff == expect.value("tariff", 0U));
    CHECK(record.dib.subunit == expect.value("subunit", 0U));
    if (expect.contains("unit")) { check_unit(expect, record); }
    check_value(expect, record);
    check_float(expect, record);
}

} // namespace

meterctl::Bytes octets(std::string_view hex) {
    if (hex.empty()) { return {}; }
    const auto bytes = meterctl::from_hex(hex);
    REQUIRE_MESSAGE(bytes.has_value(), hex);
    return *bytes;
}

std::vector<Vector> own(std::string_view file) {
    return load(fmt::format("{}/tests/vectors/mbus/{}", METERCTL_SOURCE_DIR, file));
}

std::vector<Vector> extra(std::string_view file) {
    if (!have_extra(file)) { return {}; }
    return load(fmt::format("{}/mbus/{}", extra_root, file));
}

std::vector<Vector> extra_folder(std::string_view folder) {
    std::vector<Vector> all;
    if (!have_extra(folder)) { return all; }
    for (const auto& file : std::filesystem::directory_iterator(fmt::format("{}/mbus/{}", extra_root, folder))) {
        if (file.path().extension() != ".hex") { continue; }
        const auto bytes = meterctl::from_hex(text_of(file.path()));
        if (bytes) { all.push_back({file.path().stem().string(), *bytes, Json(), Json()}); }
    }
    return all;
}

std::vector<Vector> extra_meters() {
    auto all = extra_folder("test-frames");
    if (all.empty()) { return all; }
    const auto expected = Json::parse(text_of(extra_root + "/mbus/records.json"));
    for (auto& one : all) {
        if (expected.contains(one.name)) { one.expect = expected.at(one.name); }
    }
    std::erase_if(all, [](const Vector& one) { return one.expect.is_null(); });
    return all;
}

std::vector<Vector> answers() {
    std::vector<Vector> all = own("telegrams.json");
    for (auto&& more : {extra_meters(), extra("constructed.json"), extra("field.json")}) {
        std::ranges::copy_if(more, std::back_inserter(all), [](const Vector& one) {
            return one.expect.contains("records") || one.expect.contains("records_some");
        });
    }
    return all;
}

mbus::VariableData variable_data(const meterctl::Bytes& frame) {
    const auto link = mbus::decode(frame);
    REQUIRE_MESSAGE(link.has_value(), (link ? "" : link.error().what));
    const auto telegram = mbus::decode_telegram(link->ci, link->data);
    REQUIRE(telegram.has_value());
    const auto* const variable = std::get_if<mbus::VariableData>(&*telegram);
    REQUIRE(variable != nullptr);
    return *variable;
}

void check_telegram(const Json& expect, const mbus::VariableData& telegram) {
    const auto& identity = telegram.header.identity;
    CHECK(mbus::id_text(identity.id) == expect.value("id", "00000000"));
    if (expect.contains("manufacturer")) {
        CHECK(mbus::manufacturer_text(identity.manufacturer) == expect.at("manufacturer").get<std::string>());
        CHECK(identity.version == expect.at("version").get<int>());
        CHECK(fmt::format("{:02X}", identity.medium) == expect.at("medium").get<std::string>());
        CHECK(telegram.header.access == expect.at("access").get<int>());
        CHECK(fmt::format("{:02X}", telegram.header.status) == expect.at("status").get<std::string>());
        CHECK(telegram.content.more_follows == expect.at("more_follows").get<bool>());
    }
    CHECK_FALSE(telegram.content.damage.has_value());
    if (!expect.contains("records")) { return; }
    const auto& records = expect.at("records");
    REQUIRE(telegram.content.records.size() == records.size());
    for (std::size_t index = 0; index < records.size(); ++index) {
        CAPTURE(index);
        check_record(records[index], telegram.content.records[index]);
    }
}

} // namespace mbus_vectors
