#include "codecs/dlms/apdu_parts.hpp"
#include "codecs/dlms/length.hpp"

#include <array>

namespace meterctl::codecs::dlms {
namespace {

enum RequestKind : std::uint8_t {
    normal = 1,
    next_block = 2,
    with_list = 3,
    with_first_block = 4,
    with_list_and_first_block = 5,
    with_block = 6
};
enum ResponseKind : std::uint8_t { answer_normal = 1, answer_block = 2, answer_with_list = 3, answer_next_block = 4 };

std::string_view request_kind(std::uint8_t kind) {
    constexpr std::array<std::string_view, 7> names{
        "", "normal", "next-pblock", "with-list", "with-first-pblock", "with-list-and-first-pblock", "with-pblock"};
    return kind < names.size() ? names.at(kind) : std::string_view{};
}

std::string_view response_kind(std::uint8_t kind) {
    constexpr std::array<std::string_view, 5> names{"", "normal", "with-pblock", "with-list", "next-pblock"};
    return kind < names.size() ? names.at(kind) : std::string_view{};
}

struct RequestWriter {
    ByteWriter& writer;
    void head(RequestKind kind, Invoke invoke) const {
        writer.u8(apdu_tag::action_request).u8(kind).u8(invoke.octet());
    }
    void operator()(const ActionRequestNormal& apdu) const {
        head(normal, apdu.invoke);
        parts::write(writer, apdu.method);
        writer.u8(apdu.parameter ? 1 : 0);
        if (apdu.parameter) { write_data(writer, *apdu.parameter); }
    }
    void operator()(const ActionRequestNext& apdu) const {
        head(next_block, apdu.invoke);
        writer.u32be(apdu.block);
    }
    void operator()(const ActionRequestWithList& apdu) const {
        head(with_list, apdu.invoke);
        parts::write(writer, apdu.methods);
        parts::write(writer, apdu.parameters);
    }
    void operator()(const ActionRequestFirstBlock& apdu) const {
        head(with_first_block, apdu.invoke);
        parts::write(writer, apdu.method);
        parts::write(writer, apdu.block);
    }
    void operator()(const ActionRequestWithListFirstBlock& apdu) const {
        head(with_list_and_first_block, apdu.invoke);
        parts::write(writer, apdu.methods);
        parts::write(writer, apdu.block);
    }
    void operator()(const ActionRequestBlock& apdu) const {
        head(with_block, apdu.invoke);
        parts::write(writer, apdu.block);
    }
};

struct ResponseWriter {
    ByteWriter& writer;
    void head(ResponseKind kind, Invoke invoke) const {
        writer.u8(apdu_tag::action_response).u8(kind).u8(invoke.octet());
    }
    void operator()(const ActionResponseNormal& apdu) const {
        head(answer_normal, apdu.invoke);
        parts::write(writer, apdu.result);
    }
    void operator()(const ActionResponseBlock& apdu) const {
        head(answer_block, apdu.invoke);
        parts::write(writer, apdu.block);
    }
    void operator()(const ActionResponseWithList& apdu) const {
        head(answer_with_list, apdu.invoke);
        write_length(writer, apdu.results.size());
        for (const auto& one : apdu.results) { parts::write(writer, one); }
    }
    void operator()(const ActionResponseNext& apdu) const {
        head(answer_next_block, apdu.invoke);
        writer.u32be(apdu.number);
    }
};

ActionRequestNormal read_normal(ApduReader& reader, Invoke invoke) {
    ActionRequestNormal out{invoke, parts::method(reader), std::nullopt};
    if (reader.present("parameters")) { out.parameter = reader.data("parameters"); }
    return out;
}

ActionRequestWithList read_list(ApduReader& reader, Invoke invoke) {
    ActionRequestWithList out{invoke, parts::methods(reader), {}};
    out.parameters = parts::values(reader);
    return out;
}

ActionResponseWithList read_results(ApduReader& reader, Invoke invoke) {
    ActionResponseWithList out{invoke, {}};
    const auto count = reader.count("results", 2);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("action_result");
        out.results.push_back(parts::action_result(reader));
        reader.close();
    }
    return out;
}

} // namespace

namespace parts {

ActionRequest action_request(ApduReader& reader) {
    const auto kind = reader.u8("type", request_kind);
    const auto invoked = invoke(reader);
    switch (kind) {
    case normal:
        return read_normal(reader, invoked);
    case next_block:
        return ActionRequestNext{invoked, reader.u32("block_number")};
    case with_list:
        return read_list(reader, invoked);
    case with_first_block: {
        const auto descriptor = method(reader);
        return ActionRequestFirstBlock{invoked, descriptor, block(reader)};
    }
    case with_list_and_first_block: {
        auto descriptors = methods(reader);
        return ActionRequestWithListFirstBlock{invoked, std::move(descriptors), block(reader)};
    }
    case with_block:
        return ActionRequestBlock{invoked, block(reader)};
    default:
        reader.fail("an action-request of no known type");
        return {};
    }
}

ActionResponse action_response(ApduReader& reader) {
    const auto kind = reader.u8("type", response_kind);
    const auto invoked = invoke(reader);
    switch (kind) {
    case answer_normal:
        return ActionResponseNormal{invoked, action_result(reader)};
    case answer_block:
        return ActionResponseBlock{invoked, block(reader)};
    case answer_with_list:
        return read_results(reader, invoked);
    case answer_next_block:
        return ActionResponseNext{invoked, reader.u32("block_number")};
    default:
        reader.fail("an action-response of no known type");
        return {};
    }
}

} // namespace parts

Bytes encode(const ActionRequest& apdu) {
    ByteWriter writer;
    std::visit(RequestWriter{writer}, apdu);
    return writer.take();
}

Bytes encode(const ActionResponse& apdu) {
    ByteWriter writer;
    std::visit(ResponseWriter{writer}, apdu);
    return writer.take();
}

Result<ActionResult> decode_action_result(ByteView raw) {
    ApduReader reader(raw);
    auto result = parts::finished(reader, parts::action_result(reader));
    if (result) { return result; }
    ApduReader bare(raw);
    auto returned = parts::finished(bare, parts::get_result(bare));
    if (returned) { return ActionResult{AccessResult{0}, std::move(*returned)}; }
    auto data = decode_data(raw);
    if (data) { return ActionResult{AccessResult{0}, GetResult(std::move(*data))}; }
    return result;
}

Bytes encode_action_result(const ActionResult& result) {
    ByteWriter writer;
    parts::write(writer, result);
    return writer.take();
}

} // namespace meterctl::codecs::dlms
