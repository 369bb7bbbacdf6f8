#include "codecs/dlms/apdu_parts.hpp"

#include "codecs/dlms/length.hpp"
#include "codecs/dlms/names.hpp"
#include "codecs/dlms/obis.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::dlms {

std::uint8_t Invoke::octet() const {
    return static_cast<std::uint8_t>((id & 0x0FU) | (confirmed ? 0x40U : 0U) | (high_priority ? 0x80U : 0U));
}

Invoke Invoke::from(std::uint8_t octet) {
    return {static_cast<std::uint8_t>(octet & 0x0FU), (octet & 0x40U) != 0, (octet & 0x80U) != 0};
}

std::string AttributeDescriptor::text() const {
    return fmt::format("{}:{}:{}", class_id, logical_name.to_logical_name(), attribute);
}

std::string MethodDescriptor::text() const {
    return fmt::format("{}:{}:m{}", class_id, logical_name.to_logical_name(), method);
}

namespace parts {

Invoke invoke(ApduReader& reader) {
    const auto out = Invoke::from(reader.u8("invoke_id_and_priority"));
    reader.explain(fmt::format("id {}, {}, {} priority", out.id, out.confirmed ? "confirmed" : "unconfirmed",
                               out.high_priority ? "high" : "normal"));
    return out;
}

LongInvoke long_invoke(ApduReader& reader) {
    const LongInvoke out{reader.u32("long_invoke_id_and_priority")};
    reader.explain(fmt::format("id {}, {}, {} priority", out.id(), out.confirmed() ? "confirmed" : "unconfirmed",
                               out.high_priority() ? "high" : "normal"));
    return out;
}

AttributeDescriptor plain_attribute(ApduReader& reader) {
    AttributeDescriptor out;
    out.class_id = reader.u16("class_id");
    out.logical_name = reader.logical_name("logical_name");
    out.attribute = static_cast<std::int8_t>(reader.u8("attribute"));
    return out;
}

AttributeDescriptor attribute(ApduReader& reader) {
    auto out = plain_attribute(reader);
    if (reader.present("access_selection")) { out.selection = selection(reader); }
    return out;
}

MethodDescriptor method(ApduReader& reader) {
    MethodDescriptor out;
    out.class_id = reader.u16("class_id");
    out.logical_name = reader.logical_name("logical_name");
    out.method = static_cast<std::int8_t>(reader.u8("method"));
    return out;
}

Selection selection(ApduReader& reader) {
    Selection out;
    out.selector = reader.u8("access_selector");
    out.parameter = reader.data("access_parameters");
    return out;
}

AccessResult access_result(ApduReader& reader) {
    return {reader.u8("result", data_access_result_name)};
}

GetResult get_result(ApduReader& reader) {
    if (!reader.ok()) { return AccessResult{}; }
    const auto choice = reader.u8("choice");
    if (choice > 1) { reader.fail("a result that is neither data nor an error"); }
    if (choice == 0 && reader.ok()) { return reader.data("data"); }
    return access_result(reader);
}

ActionResult action_result(ApduReader& reader) {
    ActionResult out;
    out.result = {reader.u8("result", action_result_name)};
    if (reader.present("return_parameters")) { out.returned = get_result(reader); }
    return out;
}

Block block(ApduReader& reader) {
    Block out;
    out.last = reader.flag("last_block");
    out.number = reader.u32("block_number");
    out.raw = reader.octets("raw_data");
    return out;
}

std::vector<AttributeDescriptor> attributes(ApduReader& reader) {
    constexpr std::size_t least = 10;
    std::vector<AttributeDescriptor> out;
    const auto count = reader.count("attributes", least);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("attribute_descriptor");
        out.push_back(attribute(reader));
        reader.close(out.back().text());
    }
    return out;
}

std::vector<MethodDescriptor> methods(ApduReader& reader) {
    constexpr std::size_t least = 9;
    std::vector<MethodDescriptor> out;
    const auto count = reader.count("methods", least);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("method_descriptor");
        out.push_back(method(reader));
        reader.close(out.back().text());
    }
    return out;
}

std::vector<Data> values(ApduReader& reader) {
    std::vector<Data> out;
    const auto count = reader.count("values");
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) { out.push_back(reader.data("value")); }
    return out;
}

std::vector<AccessResult> access_results(ApduReader& reader) {
    std::vector<AccessResult> out;
    const auto count = reader.count("results");
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) { out.push_back(access_result(reader)); }
    return out;
}

void write_plain(ByteWriter& writer, const AttributeDescriptor& attribute) {
    writer.u16be(attribute.class_id);
    write_obis(writer, attribute.logical_name);
    writer.u8(static_cast<std::uint8_t>(attribute.attribute));
}

void write(ByteWriter& writer, const AttributeDescriptor& attribute) {
    write_plain(writer, attribute);
    writer.u8(attribute.selection ? 1 : 0);
    if (attribute.selection) { write(writer, *attribute.selection); }
}

void write(ByteWriter& writer, const MethodDescriptor& method) {
    writer.u16be(method.class_id);
    write_obis(writer, method.logical_name);
    writer.u8(static_cast<std::uint8_t>(method.method));
}

void write(ByteWriter& writer, const Selection& selection) {
    writer.u8(selection.selector);
    write_data(writer, selection.parameter);
}

void write(ByteWriter& writer, const GetResult& result) {
    if (const auto* const data = std::get_if<Data>(&result)) {
        writer.u8(0);
        return write_data(writer, *data);
    }
    writer.u8(1).u8(std::get<AccessResult>(result).code);
}

void write(ByteWriter& writer, const ActionResult& result) {
    writer.u8(result.result.code).u8(result.returned ? 1 : 0);
    if (result.returned) { write(writer, *result.returned); }
}

void write(ByteWriter& writer, const Block& block) {
    writer.u8(block.last ? 1 : 0).u32be(block.number);
    write_octets(writer, block.raw);
}

void write(ByteWriter& writer, const std::vector<AttributeDescriptor>& attributes) {
    write_length(writer, attributes.size());
    for (const auto& one : attributes) { write(writer, one); }
}

void write(ByteWriter& writer, const std::vector<MethodDescriptor>& methods) {
    write_length(writer, methods.size());
    for (const auto& one : methods) { write(writer, one); }
}

void write(ByteWriter& writer, const std::vector<Data>& values) {
    write_length(writer, values.size());
    for (const auto& one : values) { write_data(writer, one); }
}

void write(ByteWriter& writer, const std::vector<AccessResult>& results) {
    write_length(writer, results.size());
    for (const auto& one : results) { writer.u8(one.code); }
}

void write_time(ByteWriter& writer, const std::optional<CosemTime>& time) {
    if (time) {
        write_octets(writer, encode_date_time(*time));
    } else {
        writer.u8(0);
    }
}

} // namespace parts
} // namespace meterctl::codecs::dlms
