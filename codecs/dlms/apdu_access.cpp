#include "codecs/dlms/apdu_parts.hpp"
#include "codecs/dlms/length.hpp"
#include "codecs/dlms/names.hpp"

#include <array>

namespace meterctl::codecs::dlms {
namespace {

enum Specification : std::uint8_t { get = 1, set = 2, action = 3, get_with_selection = 4, set_with_selection = 5 };

std::string_view specification_name(std::uint8_t choice) {
    constexpr std::array<std::string_view, 6> names{
        "", "get", "set", "action", "get-with-selection", "set-with-selection"};
    return choice < names.size() ? names.at(choice) : std::string_view{};
}

AttributeDescriptor selected_attribute(ApduReader& reader) {
    auto attribute = parts::plain_attribute(reader);
    attribute.selection = parts::selection(reader);
    return attribute;
}

AccessSpecification specification(ApduReader& reader) {
    switch (reader.u8("choice", specification_name)) {
    case get:
        return AccessGet{parts::plain_attribute(reader)};
    case set:
        return AccessSet{parts::plain_attribute(reader)};
    case action:
        return AccessAction{parts::method(reader)};
    case get_with_selection:
        return AccessGet{selected_attribute(reader)};
    case set_with_selection:
        return AccessSet{selected_attribute(reader)};
    default:
        reader.fail("an access specification of no known choice");
        return {};
    }
}

std::vector<AccessSpecification> specifications(ApduReader& reader) {
    constexpr std::size_t least = 10;
    std::vector<AccessSpecification> out;
    const auto count = reader.count("specifications", least);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("access_specification");
        out.push_back(specification(reader));
        reader.close();
    }
    return out;
}

struct SpecificationWriter {
    ByteWriter& writer;
    void attribute(const AttributeDescriptor& one, Specification plain, Specification selected) const {
        writer.u8(one.selection ? selected : plain);
        parts::write_plain(writer, one);
        if (one.selection) { parts::write(writer, *one.selection); }
    }
    void operator()(const AccessGet& one) const { attribute(one.attribute, get, get_with_selection); }
    void operator()(const AccessSet& one) const { attribute(one.attribute, set, set_with_selection); }
    void operator()(const AccessAction& one) const {
        writer.u8(action);
        parts::write(writer, one.method);
    }
};

void write(ByteWriter& writer, const std::vector<AccessSpecification>& all) {
    write_length(writer, all.size());
    for (const auto& one : all) { std::visit(SpecificationWriter{writer}, one); }
}

} // namespace

namespace parts {

AccessRequest access_request(ApduReader& reader) {
    AccessRequest out;
    out.invoke = long_invoke(reader);
    out.time = reader.date_time("date_time");
    out.specifications = specifications(reader);
    out.data = values(reader);
    return out;
}

AccessResponse access_response(ApduReader& reader) {
    AccessResponse out;
    out.invoke = long_invoke(reader);
    out.time = reader.date_time("date_time");
    if (reader.present("specifications")) { out.specifications = specifications(reader); }
    out.data = values(reader);
    const auto count = reader.count("outcomes", 2);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("access_outcome");
        const auto service = reader.u8("choice", specification_name);
        const auto code = reader.u8("result", service == action ? action_result_name : data_access_result_name);
        out.outcomes.push_back({service, {code}});
        reader.close();
    }
    return out;
}

} // namespace parts

Bytes encode(const AccessRequest& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::access_request).u32be(apdu.invoke.octets);
    parts::write_time(writer, apdu.time);
    write(writer, apdu.specifications);
    parts::write(writer, apdu.data);
    return writer.take();
}

Bytes encode(const AccessResponse& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::access_response).u32be(apdu.invoke.octets);
    parts::write_time(writer, apdu.time);
    writer.u8(apdu.specifications.empty() ? 0 : 1);
    if (!apdu.specifications.empty()) { write(writer, apdu.specifications); }
    parts::write(writer, apdu.data);
    write_length(writer, apdu.outcomes.size());
    for (const auto& one : apdu.outcomes) { writer.u8(one.service).u8(one.result.code); }
    return writer.take();
}

} // namespace meterctl::codecs::dlms
