// The vectors of METERCTL_EXTRA_VECTORS: values, association and services against what others' implementations say.
#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/blocks.hpp"
#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/names.hpp"
#include "codecs/dlms/obis.hpp"
#include "codecs/dlms/selection.hpp"
#include "src/core/hex.hpp"
#include "tests/codecs/dlms/vectors.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <map>

namespace dlms = meterctl::codecs::dlms;
using dlms_vectors::extra;
using dlms_vectors::Json;
using dlms_vectors::Vector;
using meterctl::Bytes;
using meterctl::to_hex;

namespace {

std::string time_text(const dlms::CosemTime& time) {
    return dlms::show_date_time(time).value.to_string();
}

/// "2020-01-01T00:03:00.00+02:00" as we print it.
std::string as_printed(std::string text) {
    const auto zeros = text.find(".00");
    if (zeros != std::string::npos) { text.erase(zeros, 3); }
    const auto hundredths = text.find(".80");
    if (hundredths != std::string::npos) { text.replace(hundredths, 3, ".800"); }
    return text;
}

void check_data(const Json& expect, const dlms::Data& data) {
    CAPTURE(expect.dump());
    if (expect.contains("type")) { CHECK(dlms::type_name(data.type) == expect.at("type").get<std::string>()); }
    if (expect.contains("bits")) {
        CHECK(dlms::to_value(data).value.to_string() == expect.at("bits").get<std::string>());
    }
    if (expect.contains("hex")) { CHECK(to_hex(*data.octets(), "") == expect.at("hex").get<std::string>()); }
    if (expect.contains("text")) { CHECK(data.text() == expect.at("text").get<std::string>()); }
    if (expect.contains("length")) { CHECK(data.octets()->size() == expect.at("length").get<std::size_t>()); }
    if (expect.contains("date_time")) {
        const auto time = dlms::date_time_of(data);
        REQUIRE(time.has_value());
        CHECK(time_text(*time) == as_printed(expect.at("date_time").get<std::string>()));
        const auto weekday = expect.value("day_of_week", Json());
        CHECK(time->weekday == (weekday.is_null() ? dlms::CosemTime::any : weekday.get<std::uint8_t>()));
    }
    if (!expect.contains("value")) { return; }
    const auto& value = expect.at("value");
    if (value.is_null()) { CHECK(data.is_null()); }
    if (value.is_number_integer()) { CHECK(data.whole() == value.get<std::int64_t>()); }
    if (value.is_string()) { CHECK(data.text() == value.get<std::string>()); }
    if (!value.is_array()) { return; }
    REQUIRE(data.items() != nullptr);
    REQUIRE(data.items()->size() == value.size());
    for (std::size_t index = 0; index < value.size(); ++index) { CHECK(data.at(index)->whole() == value[index]); }
}

void check_capture_object(const Json& expect, const dlms::CaptureObject& object) {
    CHECK(object.class_id == expect.at("class_id").get<int>());
    CHECK(object.logical_name.to_logical_name() == expect.at("obis").get<std::string>());
    CHECK(object.attribute == expect.at("attribute").get<int>());
    CHECK(object.data_index == expect.at("data_index").get<int>());
}

void check_descriptor(const Json& expect, const dlms::AttributeDescriptor& attribute) {
    CHECK(attribute.class_id == expect.at("class_id").get<int>());
    CHECK(attribute.logical_name.to_logical_name() == expect.at("obis").get<std::string>());
    CHECK(attribute.attribute == expect.at("attribute").get<int>());
    if (expect.contains("range")) {
        REQUIRE(attribute.selection.has_value());
        const auto range = dlms::range_of(*attribute.selection);
        REQUIRE(range.has_value());
        const auto& wanted = expect.at("range");
        check_capture_object(wanted.at("restricting_object"), range->restricting);
        CHECK(time_text(*dlms::date_time_of(range->from)) == as_printed(wanted.at("from").get<std::string>()));
        CHECK(time_text(*dlms::date_time_of(range->to)) == as_printed(wanted.at("to").get<std::string>()));
        CHECK(range->columns.empty());
    }
    if (expect.contains("entry")) {
        const auto entries = dlms::entries_of(*attribute.selection);
        REQUIRE(entries.has_value());
        CHECK(entries->from == expect.at("entry").at("from_entry").get<unsigned>());
        CHECK(entries->to == expect.at("entry").at("to_entry").get<unsigned>());
        CHECK(entries->from_column == expect.at("entry").at("from_column").get<unsigned>());
        CHECK(entries->to_column == expect.at("entry").at("to_column").get<unsigned>());
    }
}

void check_invoke(const Json& expect, dlms::Invoke invoke) {
    if (expect.contains("invoke_id")) { CHECK(invoke.id == expect.at("invoke_id").get<int>()); }
    if (expect.contains("priority")) { CHECK(invoke.high_priority == (expect.at("priority") == "high")); }
    if (expect.contains("service_class")) { CHECK(invoke.confirmed == (expect.at("service_class") == "confirmed")); }
}

void check_result(const Json& expect, const dlms::GetResult& result) {
    if (expect.contains("data_access_result")) {
        const auto* const code = std::get_if<dlms::AccessResult>(&result);
        REQUIRE(code != nullptr);
        CHECK(code->code == expect.at("data_access_result").get<int>());
        CHECK(dlms::data_access_result_name(code->code) == expect.at("name").get<std::string>());
        return;
    }
    const auto* const data = std::get_if<dlms::Data>(&result);
    REQUIRE(data != nullptr);
    if (expect.contains("data")) { check_data(expect.at("data"), *data); }
    if (!expect.contains("capture_objects")) { return; }
    const auto& objects = expect.at("capture_objects");
    REQUIRE(data->items()->size() == objects.size());
    for (std::size_t index = 0; index < objects.size(); ++index) {
        const auto object = dlms::capture_object_of(*data->at(index));
        REQUIRE(object.has_value());
        check_capture_object(objects[index], *object);
    }
}

struct Checker {
    const Json& expect;

    void operator()(const dlms::GetRequestNormal& apdu) const {
        check_invoke(expect, apdu.invoke);
        check_descriptor(expect, apdu.attribute);
    }
    void operator()(const dlms::GetResponseNormal& apdu) const {
        check_invoke(expect, apdu.invoke);
        check_result(expect, apdu.result);
    }
    void operator()(const dlms::GetResponseWithList& apdu) const {
        const auto& results = expect.at("results");
        REQUIRE(apdu.results.size() == results.size());
        for (std::size_t index = 0; index < results.size(); ++index) {
            check_data(results[index], std::get<dlms::Data>(apdu.results[index]));
        }
    }
    void operator()(const dlms::GetResponseWithBlock& apdu) const {
        CHECK(apdu.last == expect.at("last_block").get<bool>());
        CHECK(apdu.number == expect.at("block_number").get<unsigned>());
        const auto* const raw = std::get_if<Bytes>(&apdu.result);
        REQUIRE(raw != nullptr);
        CHECK(raw->size() == expect.at("raw_length").get<std::size_t>());
    }
    void operator()(const dlms::SetRequestNormal& apdu) const {
        check_descriptor(expect, apdu.attribute);
        check_data(expect.at("data"), apdu.value);
    }
    void operator()(const dlms::SetRequestWithList& apdu) const {
        const auto& items = expect.at("items");
        REQUIRE(apdu.attributes.size() == items.size());
        REQUIRE(apdu.values.size() == items.size());
        for (std::size_t index = 0; index < items.size(); ++index) {
            check_descriptor(items[index], apdu.attributes[index]);
            check_data(expect.at("values")[index], apdu.values[index]);
        }
    }
    void operator()(const dlms::SetResponseNormal& apdu) const {
        CHECK(apdu.result.code == expect.at("result").get<int>());
    }
    void operator()(const dlms::ActionRequestNormal& apdu) const {
        CHECK(apdu.method.class_id == expect.at("class_id").get<int>());
        CHECK(apdu.method.logical_name.to_logical_name() == expect.at("obis").get<std::string>());
        CHECK(apdu.method.method == expect.at("method").get<int>());
        CHECK(apdu.parameter.has_value() == !expect.at("data").is_null());
        if (apdu.parameter) { check_data(expect.at("data"), *apdu.parameter); }
    }
    void operator()(const dlms::ActionResponseNormal& apdu) const {
        CHECK(apdu.result.result.code == expect.at("result").get<int>());
        if (expect.contains("data_access_result")) {
            REQUIRE(apdu.result.returned.has_value());
            check_result(expect, *apdu.result.returned);
        }
    }
    template <class Other>
    void operator()(const Other& /*apdu*/) const {
        FAIL("a type that no vector expects");
    }
};

void check_apdu(const Vector& vector, const dlms::Apdu& apdu) {
    const auto& expect = vector.expect;
    const auto name = expect.at("apdu").get<std::string>();
    if (name == "exception-response") {
        const auto& one = std::get<dlms::ExceptionResponse>(apdu);
        CHECK(one.state == expect.at("state_error").get<int>());
        CHECK(one.service == expect.at("service_error").get<int>());
        if (expect.contains("invocation_counter")) { CHECK(one.invocation_counter == expect.at("invocation_counter")); }
        return;
    }
    if (name == "data-notification") {
        const auto& one = std::get<dlms::DataNotification>(apdu);
        CHECK(one.invoke.octets == expect.at("long_invoke_id_and_priority").get<unsigned>());
        CHECK(one.time.has_value() == !expect.at("date_time").is_null());
        return check_data(expect.at("body"), one.body);
    }
    std::visit(
        [&](const auto& service) {
            using Service = std::remove_cvref_t<decltype(service)>;
            if constexpr (requires { std::variant_size<Service>::value; }) { std::visit(Checker{expect}, service); }
        },
        apdu);
}

void check_initiate(const Json& expect, const auto& initiate) {
    CHECK(initiate.version == expect.value("dlms_version", 6));
    const auto bits = fmt::format("{:06X}", initiate.conformance.bits);
    CHECK(bits == expect.at("conformance").template get<std::string>());
    if (!expect.contains("conformance_names")) { return; }
    const auto names = initiate.conformance.names();
    const auto wanted = expect.at("conformance_names").template get<std::vector<std::string>>();
    CHECK(std::vector<std::string>(names.begin(), names.end()) == wanted);
}

void check_aarq(const Json& expect, const dlms::Aarq& aarq) {
    if (expect.contains("application_context")) {
        CHECK(dlms::context_text(aarq.context) == expect.at("application_context").get<std::string>());
    }
    CHECK(aarq.mechanism.has_value() == !expect.at("mechanism").is_null());
    if (aarq.mechanism) { CHECK(*aarq.mechanism == expect.at("mechanism").get<int>()); }
    if (expect.contains("authentication_value_text")) {
        REQUIRE(aarq.authentication_value.has_value());
        CHECK(std::string(aarq.authentication_value->begin(), aarq.authentication_value->end()) ==
              expect.at("authentication_value_text").get<std::string>());
    }
    if (expect.contains("calling_ap_title")) {
        CHECK(to_hex(aarq.calling_ap_title.value(), "") == expect.at("calling_ap_title").get<std::string>());
    }
    REQUIRE(aarq.user_information.has_value());
    const auto plain = expect.contains("plaintext") ? dlms_vectors::octets(expect.at("plaintext").get<std::string>())
                                                    : *aarq.user_information;
    const auto initiate = dlms::decode_initiate_request(plain);
    REQUIRE(initiate.has_value());
    const auto& wanted = expect.at("initiate_request");
    check_initiate(wanted, *initiate);
    CHECK(initiate->max_receive_pdu == wanted.at("client_max_receive_pdu_size").get<int>());
    CHECK(initiate->response_allowed == wanted.at("response_allowed").get<bool>());
    const auto key = wanted.at("dedicated_key");
    CHECK(to_hex(initiate->dedicated_key, "") == (key.is_null() ? "" : key.get<std::string>()));
    CHECK(dlms::encode(*initiate) == plain);
}

void check_response(const Json& expect, const std::optional<Bytes>& user_information) {
    if (!expect.contains("initiate_response")) { return; }
    REQUIRE(user_information.has_value());
    const auto initiate = dlms::decode_initiate_response(*user_information);
    REQUIRE(initiate.has_value());
    const auto& wanted = expect.at("initiate_response");
    check_initiate(wanted, *initiate);
    CHECK(initiate->max_receive_pdu == wanted.at("server_max_receive_pdu_size").get<int>());
    CHECK(initiate->vaa_name == wanted.at("vaa_name").get<int>());
    CHECK(dlms::encode(*initiate) == *user_information);
}

void check_aare(const Json& expect, const dlms::Aare& aare) {
    CHECK(aare.result == expect.at("result").get<int>());
    if (expect.contains("diagnostic")) {
        const auto& wanted = expect.at("diagnostic");
        CHECK((aare.source == dlms::DiagnosticSource::service_user) == (wanted.at("source") == "acse-service-user"));
        CHECK(aare.diagnostic == wanted.at("value").get<int>());
        if (wanted.contains("name")) {
            CHECK(dlms::user_diagnostic_name(aare.diagnostic) == wanted.at("name").get<std::string>());
        }
    }
    if (expect.contains("application_context")) {
        CHECK(dlms::context_text(aare.context) == expect.at("application_context").get<std::string>());
    }
    check_response(expect, aare.user_information);
}

/// LLC and APDU of an HDLC frame whose header has 8 octets.
Bytes apdu_of(const Vector& vector) {
    auto octets = vector.octets();
    if (vector.layer != "hdlc") { return octets; }
    return {octets.begin() + 12, octets.end() - 3};
}

} // namespace

TEST_CASE("vectors of A-XDR decode to what they expect") {
    for (const auto& vector : extra("axdr.json")) {
        CAPTURE(vector.name);
        if (vector.layer == "date-time") {
            const auto time = dlms::decode_date_time(vector.octets());
            REQUIRE(time.has_value());
            CHECK(time_text(*time) == as_printed(vector.expect.at("date_time").get<std::string>()));
            const auto deviation = vector.expect.at("deviation_min");
            CHECK(time->deviation ==
                  (deviation.is_null() ? dlms::CosemTime::any_deviation : deviation.get<std::int16_t>()));
            continue;
        }
        if (vector.layer == "date") {
            for (const auto& part : vector.parts) {
                CHECK_FALSE(dlms::show_date(*dlms::decode_date(part)).text.empty());
            }
            continue;
        }
        const auto data = dlms::decode_data(vector.octets());
        REQUIRE_MESSAGE(data.has_value(), vector.name);
        // That of the long array writes its count in three octets where two do.
        if (!vector.expect.contains("count")) { CHECK(dlms::encode(*data) == vector.octets()); }
        CHECK(*dlms::decode_data(dlms::encode(*data)) == *data);
        check_data(vector.expect, *data);
        const auto shown = dlms::to_value(*data).value.to_string();
        if (vector.expect.contains("date")) { CHECK(shown == vector.expect.at("date").get<std::string>()); }
        if (vector.expect.contains("time")) { CHECK(shown == vector.expect.at("time").get<std::string>()); }
        if (vector.expect.contains("scaler")) { CHECK(dlms::scaler_unit_of(*data) == dlms::ScalerUnit{0, 0}); }
        if (!vector.expect.contains("count")) { continue; }
        CHECK(data->items()->size() == vector.expect.at("count").get<std::size_t>());
        std::map<std::string, int> classes;
        for (const auto& object : *data->items()) { ++classes[std::to_string(*object.at(0)->whole())]; }
        CHECK(Json(classes) == vector.expect.at("classes"));
        const auto& last = vector.expect.at("last");
        CHECK(dlms::logical_name_of(*data->items()->back().at(2))->to_logical_name() == last.at("obis"));
    }
}

TEST_CASE("vectors of association decode to what they expect, and encode back") {
    for (const auto& vector : extra("acse.json")) {
        CAPTURE(vector.name);
        const auto octets = apdu_of(vector);
        const auto apdu = dlms::decode_apdu(octets);
        REQUIRE_MESSAGE(apdu.has_value(), vector.name, ": ", (apdu ? "" : apdu.error().what));
        if (const auto* const aarq = std::get_if<dlms::Aarq>(&*apdu)) { check_aarq(vector.expect, *aarq); }
        if (const auto* const aare = std::get_if<dlms::Aare>(&*apdu)) { check_aare(vector.expect, *aare); }
        if (const auto* const rlre = std::get_if<dlms::Rlre>(&*apdu)) {
            CHECK(rlre->lengths_valid == vector.expect.value("lengths_valid", true));
            check_response(vector.expect, rlre->user_information);
        }
        const bool own_form = !vector.expect.contains("protocol_version_bits") &&
                              vector.expect.value("lengths_valid", true) &&
                              vector.name.find("invocation-id") == std::string::npos;
        if (own_form) { CHECK(to_hex(dlms::encode_apdu(*apdu)) == to_hex(octets)); }
    }
}

TEST_CASE("vectors of services decode to what they expect, and encode back") {
    for (const auto& vector : extra("xdlms.json")) {
        CAPTURE(vector.name);
        std::vector<dlms::Apdu> apdus;
        for (const auto& part : vector.parts) {
            const auto apdu = dlms::decode_apdu(part);
            REQUIRE_MESSAGE(apdu.has_value(), vector.name, ": ", (apdu ? "" : apdu.error().what));
            CHECK(to_hex(dlms::encode_apdu(*apdu)) == to_hex(part));
            apdus.push_back(*apdu);
        }
        if (vector.expect.contains("apdu")) { check_apdu(vector, apdus.front()); }
    }
}

TEST_CASE("a set in blocks joins to its value") {
    const auto all = extra("xdlms.json");
    if (all.empty()) { return; }
    const auto& vector = dlms_vectors::named(all, "set in three blocks: first-datablock, with-datablock, last");
    dlms::BlockAssembler assembler;
    for (const auto& part : vector.parts) {
        const auto request = std::get<dlms::SetRequest>(*dlms::decode_apdu(part));
        const auto* const first = std::get_if<dlms::SetRequestFirstBlock>(&request);
        CHECK(assembler.accept(first != nullptr ? first->block : std::get<dlms::SetRequestBlock>(request).block)
                  .has_value());
    }
    REQUIRE(assembler.complete());
    const auto data = dlms::decode_data(assembler.raw());
    REQUIRE(data.has_value());
    CHECK(data->octets()->size() == 100);
    CHECK(data->octets()->back() == 100);
}
