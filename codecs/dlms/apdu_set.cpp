#include "codecs/dlms/apdu_parts.hpp"

#include <array>

namespace meterctl::codecs::dlms {
namespace {

enum RequestKind : std::uint8_t {
    normal = 1,
    with_first_block = 2,
    with_block = 3,
    with_list = 4,
    with_list_and_first_block = 5
};
enum ResponseKind : std::uint8_t {
    answer_normal = 1,
    answer_block = 2,
    answer_last_block = 3,
    answer_last_block_with_list = 4,
    answer_with_list = 5
};

std::string_view request_kind(std::uint8_t kind) {
    constexpr std::array<std::string_view, 6> names{
        "", "normal", "with-first-datablock", "with-datablock", "with-list", "with-list-and-first-datablock"};
    return kind < names.size() ? names.at(kind) : std::string_view{};
}

std::string_view response_kind(std::uint8_t kind) {
    constexpr std::array<std::string_view, 6> names{
        "", "normal", "datablock", "last-datablock", "last-datablock-with-list", "with-list"};
    return kind < names.size() ? names.at(kind) : std::string_view{};
}

struct RequestWriter {
    ByteWriter& writer;
    void head(RequestKind kind, Invoke invoke) const { writer.u8(apdu_tag::set_request).u8(kind).u8(invoke.octet()); }
    void operator()(const SetRequestNormal& apdu) const {
        head(normal, apdu.invoke);
        parts::write(writer, apdu.attribute);
        write_data(writer, apdu.value);
    }
    void operator()(const SetRequestFirstBlock& apdu) const {
        head(with_first_block, apdu.invoke);
        parts::write(writer, apdu.attribute);
        parts::write(writer, apdu.block);
    }
    void operator()(const SetRequestBlock& apdu) const {
        head(with_block, apdu.invoke);
        parts::write(writer, apdu.block);
    }
    void operator()(const SetRequestWithList& apdu) const {
        head(with_list, apdu.invoke);
        parts::write(writer, apdu.attributes);
        parts::write(writer, apdu.values);
    }
    void operator()(const SetRequestWithListFirstBlock& apdu) const {
        head(with_list_and_first_block, apdu.invoke);
        parts::write(writer, apdu.attributes);
        parts::write(writer, apdu.block);
    }
};

struct ResponseWriter {
    ByteWriter& writer;
    void head(ResponseKind kind, Invoke invoke) const { writer.u8(apdu_tag::set_response).u8(kind).u8(invoke.octet()); }
    void operator()(const SetResponseNormal& apdu) const {
        head(answer_normal, apdu.invoke);
        writer.u8(apdu.result.code);
    }
    void operator()(const SetResponseBlock& apdu) const {
        head(answer_block, apdu.invoke);
        writer.u32be(apdu.number);
    }
    void operator()(const SetResponseLastBlock& apdu) const {
        head(answer_last_block, apdu.invoke);
        writer.u8(apdu.result.code).u32be(apdu.number);
    }
    void operator()(const SetResponseLastBlockWithList& apdu) const {
        head(answer_last_block_with_list, apdu.invoke);
        parts::write(writer, apdu.results);
        writer.u32be(apdu.number);
    }
    void operator()(const SetResponseWithList& apdu) const {
        head(answer_with_list, apdu.invoke);
        parts::write(writer, apdu.results);
    }
};

SetRequestWithList read_list(ApduReader& reader, Invoke invoke) {
    SetRequestWithList out{invoke, parts::attributes(reader), {}};
    out.values = parts::values(reader);
    return out;
}

} // namespace

namespace parts {

SetRequest set_request(ApduReader& reader) {
    const auto kind = reader.u8("type", request_kind);
    const auto invoked = invoke(reader);
    switch (kind) {
    case normal: {
        auto descriptor = attribute(reader);
        return SetRequestNormal{invoked, std::move(descriptor), reader.data("value")};
    }
    case with_first_block: {
        auto descriptor = attribute(reader);
        return SetRequestFirstBlock{invoked, std::move(descriptor), block(reader)};
    }
    case with_block:
        return SetRequestBlock{invoked, block(reader)};
    case with_list:
        return read_list(reader, invoked);
    case with_list_and_first_block: {
        auto descriptors = attributes(reader);
        return SetRequestWithListFirstBlock{invoked, std::move(descriptors), block(reader)};
    }
    default:
        reader.fail("a set-request of no known type");
        return {};
    }
}

SetResponse set_response(ApduReader& reader) {
    const auto kind = reader.u8("type", response_kind);
    const auto invoked = invoke(reader);
    switch (kind) {
    case answer_normal:
        return SetResponseNormal{invoked, access_result(reader)};
    case answer_block:
        return SetResponseBlock{invoked, reader.u32("block_number")};
    case answer_last_block: {
        const auto result = access_result(reader);
        return SetResponseLastBlock{invoked, result, reader.u32("block_number")};
    }
    case answer_last_block_with_list: {
        auto results = access_results(reader);
        return SetResponseLastBlockWithList{invoked, std::move(results), reader.u32("block_number")};
    }
    case answer_with_list:
        return SetResponseWithList{invoked, access_results(reader)};
    default:
        reader.fail("a set-response of no known type");
        return {};
    }
}

} // namespace parts

Bytes encode(const SetRequest& apdu) {
    ByteWriter writer;
    std::visit(RequestWriter{writer}, apdu);
    return writer.take();
}

Bytes encode(const SetResponse& apdu) {
    ByteWriter writer;
    std::visit(ResponseWriter{writer}, apdu);
    return writer.take();
}

Result<std::vector<Data>> decode_data_list(ByteView raw) {
    ApduReader reader(raw);
    return parts::finished(reader, parts::values(reader));
}

Bytes encode_data_list(const std::vector<Data>& values) {
    ByteWriter writer;
    parts::write(writer, values);
    return writer.take();
}

} // namespace meterctl::codecs::dlms
