#include "codecs/dlms/apdu_parts.hpp"
#include "codecs/dlms/length.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

/// Choices of a variable access specification.
enum Access : std::uint8_t { variable_name = 2, parameterized = 4, block_number = 5, read_block = 6, write_block = 7 };
std::string_view access_name(std::uint8_t choice) {
    constexpr std::array<std::string_view, 8> names{"",
                                                    "",
                                                    "variable-name",
                                                    "",
                                                    "parameterized-access",
                                                    "block-number-access",
                                                    "read-data-block-access",
                                                    "write-data-block-access"};
    return choice < names.size() ? names.at(choice) : std::string_view{};
}

enum ReadChoice : std::uint8_t { read_data_choice = 0, read_error = 1, read_block_result = 2, read_block_number = 3 };
std::string_view read_choice_name(std::uint8_t choice) {
    constexpr std::array<std::string_view, 4> names{"data", "data-access-error", "data-block-result", "block-number"};
    return choice < names.size() ? names.at(choice) : std::string_view{};
}

enum WriteChoice : std::uint8_t { write_success = 0, write_error = 1, write_block_number = 2 };
std::string_view write_choice_name(std::uint8_t choice) {
    constexpr std::array<std::string_view, 3> names{"success", "data-access-error", "block-number"};
    return choice < names.size() ? names.at(choice) : std::string_view{};
}

std::uint16_t short_name(ApduReader& reader) {
    const auto name = reader.u16("short_name");
    reader.explain(fmt::format("{:04X}", name));
    return name;
}

VariableAccess variable_access(ApduReader& reader) {
    switch (reader.u8("choice", access_name)) {
    case variable_name:
        return VariableName{short_name(reader)};
    case parameterized: {
        const auto name = short_name(reader);
        return ParameterizedAccess{name, parts::selection(reader)};
    }
    case block_number:
        return BlockNumberAccess{reader.u16("block_number")};
    case read_block: {
        const auto last = reader.flag("last_block");
        const auto number = reader.u16("block_number");
        return ShortBlock{last, number, reader.octets("raw_data")};
    }
    case write_block: {
        const auto last = reader.flag("last_block");
        return WriteBlockAccess{last, reader.u16("block_number")};
    }
    default:
        reader.fail("a variable access of no known choice");
        return {};
    }
}

std::vector<VariableAccess> variables(ApduReader& reader) {
    constexpr std::size_t least = 3;
    std::vector<VariableAccess> out;
    const auto count = reader.count("variables", least);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("variable_access");
        out.push_back(variable_access(reader));
        reader.close();
    }
    return out;
}

ReadResponse::Result read_result(ApduReader& reader) {
    switch (reader.u8("choice", read_choice_name)) {
    case read_data_choice:
        return reader.data("data");
    case read_error:
        return parts::access_result(reader);
    case read_block_result: {
        const auto last = reader.flag("last_block");
        const auto number = reader.u16("block_number");
        return ShortBlock{last, number, reader.octets("raw_data")};
    }
    case read_block_number:
        return BlockNumberAccess{reader.u16("block_number")};
    default:
        reader.fail("a read result of no known choice");
        return {};
    }
}

WriteResponse::Result write_result(ApduReader& reader) {
    switch (reader.u8("choice", write_choice_name)) {
    case write_success:
        return AccessResult{0};
    case write_error:
        return parts::access_result(reader);
    case write_block_number:
        return BlockNumberAccess{reader.u16("block_number")};
    default:
        reader.fail("a write result of no known choice");
        return {};
    }
}

struct AccessWriter {
    ByteWriter& writer;
    void operator()(const VariableName& one) const { writer.u8(variable_name).u16be(one.name); }
    void operator()(const ParameterizedAccess& one) const {
        writer.u8(parameterized).u16be(one.name);
        parts::write(writer, one.selection);
    }
    void operator()(const BlockNumberAccess& one) const { writer.u8(block_number).u16be(one.number); }
    void operator()(const ShortBlock& one) const {
        writer.u8(read_block).u8(one.last ? 1 : 0).u16be(one.number);
        write_octets(writer, one.raw);
    }
    void operator()(const WriteBlockAccess& one) const {
        writer.u8(write_block).u8(one.last ? 1 : 0).u16be(one.number);
    }
};

struct ReadResultWriter {
    ByteWriter& writer;
    void operator()(const Data& data) const {
        writer.u8(read_data_choice);
        write_data(writer, data);
    }
    void operator()(const AccessResult& result) const { writer.u8(read_error).u8(result.code); }
    void operator()(const ShortBlock& one) const {
        writer.u8(read_block_result).u8(one.last ? 1 : 0).u16be(one.number);
        write_octets(writer, one.raw);
    }
    void operator()(const BlockNumberAccess& one) const { writer.u8(read_block_number).u16be(one.number); }
};

void write(ByteWriter& writer, const std::vector<VariableAccess>& all) {
    write_length(writer, all.size());
    for (const auto& one : all) { std::visit(AccessWriter{writer}, one); }
}

template <class Apdu>
Bytes encode_write(std::uint8_t tag, const Apdu& apdu) {
    ByteWriter writer;
    writer.u8(tag);
    write(writer, apdu.variables);
    parts::write(writer, apdu.values);
    return writer.take();
}

} // namespace

namespace parts {

ReadRequest read_request(ApduReader& reader) {
    return {variables(reader)};
}

ReadResponse read_response(ApduReader& reader) {
    ReadResponse out;
    const auto count = reader.count("results", 2);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("read_result");
        out.results.push_back(read_result(reader));
        reader.close();
    }
    return out;
}

WriteRequest write_request(ApduReader& reader) {
    WriteRequest out{variables(reader), {}};
    out.values = values(reader);
    return out;
}

WriteResponse write_response(ApduReader& reader) {
    WriteResponse out;
    const auto count = reader.count("results");
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("write_result");
        out.results.push_back(write_result(reader));
        reader.close();
    }
    return out;
}

UnconfirmedWriteRequest unconfirmed_write_request(ApduReader& reader) {
    UnconfirmedWriteRequest out{variables(reader), {}};
    out.values = values(reader);
    return out;
}

InformationReport information_report(ApduReader& reader) {
    InformationReport out;
    if (reader.present("current_time")) {
        const auto text = reader.octets("current_time");
        out.time = std::string(text.begin(), text.end());
        reader.explain(*out.time);
    }
    out.variables = variables(reader);
    out.values = values(reader);
    return out;
}

} // namespace parts

Bytes encode(const ReadRequest& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::read_request);
    write(writer, apdu.variables);
    return writer.take();
}

Bytes encode(const ReadResponse& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::read_response);
    write_length(writer, apdu.results.size());
    for (const auto& one : apdu.results) { std::visit(ReadResultWriter{writer}, one); }
    return writer.take();
}

Bytes encode(const WriteRequest& apdu) {
    return encode_write(apdu_tag::write_request, apdu);
}

Bytes encode(const WriteResponse& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::write_response);
    write_length(writer, apdu.results.size());
    for (const auto& one : apdu.results) {
        if (const auto* const block = std::get_if<BlockNumberAccess>(&one)) {
            writer.u8(write_block_number).u16be(block->number);
        } else if (const auto result = std::get<AccessResult>(one); result.success()) {
            writer.u8(write_success);
        } else {
            writer.u8(write_error).u8(result.code);
        }
    }
    return writer.take();
}

Bytes encode(const UnconfirmedWriteRequest& apdu) {
    return encode_write(apdu_tag::unconfirmed_write_request, apdu);
}

Bytes encode(const InformationReport& apdu) {
    ByteWriter writer;
    writer.u8(apdu_tag::information_report).u8(apdu.time ? 1 : 0);
    if (apdu.time) {
        write_length(writer, apdu.time->size());
        writer.text(*apdu.time);
    }
    write(writer, apdu.variables);
    parts::write(writer, apdu.values);
    return writer.take();
}

} // namespace meterctl::codecs::dlms
