#include "codecs/dlms/apdu_parts.hpp"
#include "codecs/dlms/length.hpp"

#include <array>

namespace meterctl::codecs::dlms {
namespace {

/// The number behind the tag; the fields are told by its name.
enum Kind : std::uint8_t { normal = 1, with_block = 2, with_list = 3 };

std::string_view request_kind(std::uint8_t kind) {
    constexpr std::array<std::string_view, 4> names{"", "normal", "next", "with-list"};
    return kind < names.size() ? names.at(kind) : std::string_view{};
}

std::string_view response_kind(std::uint8_t kind) {
    constexpr std::array<std::string_view, 4> names{"", "normal", "with-datablock", "with-list"};
    return kind < names.size() ? names.at(kind) : std::string_view{};
}

GetResponseWithBlock read_block(ApduReader& reader, Invoke invoke) {
    GetResponseWithBlock out;
    out.invoke = invoke;
    out.last = reader.flag("last_block");
    out.number = reader.u32("block_number");
    const auto choice = reader.u8("choice");
    if (choice > 1) { reader.fail("a block that is neither raw data nor an error"); }
    if (choice == 0) {
        out.result = reader.octets("raw_data");
    } else {
        out.result = parts::access_result(reader);
    }
    return out;
}

std::vector<GetResult> read_results(ApduReader& reader) {
    std::vector<GetResult> out;
    const auto count = reader.count("results", 2);
    for (std::uint32_t index = 0; index < count && reader.ok(); ++index) {
        reader.open("get_data_result");
        out.push_back(parts::get_result(reader));
        reader.close();
    }
    return out;
}

struct RequestWriter {
    ByteWriter& writer;
    void head(Kind kind, Invoke invoke) const { writer.u8(apdu_tag::get_request).u8(kind).u8(invoke.octet()); }
    void operator()(const GetRequestNormal& apdu) const {
        head(normal, apdu.invoke);
        parts::write(writer, apdu.attribute);
    }
    void operator()(const GetRequestNext& apdu) const {
        head(with_block, apdu.invoke);
        writer.u32be(apdu.block);
    }
    void operator()(const GetRequestWithList& apdu) const {
        head(with_list, apdu.invoke);
        parts::write(writer, apdu.attributes);
    }
};

struct ResponseWriter {
    ByteWriter& writer;
    void head(Kind kind, Invoke invoke) const { writer.u8(apdu_tag::get_response).u8(kind).u8(invoke.octet()); }
    void operator()(const GetResponseNormal& apdu) const {
        head(normal, apdu.invoke);
        parts::write(writer, apdu.result);
    }
    void operator()(const GetResponseWithBlock& apdu) const {
        head(with_block, apdu.invoke);
        writer.u8(apdu.last ? 1 : 0).u32be(apdu.number);
        if (const auto* const raw = std::get_if<Bytes>(&apdu.result)) {
            writer.u8(0);
            return write_octets(writer, *raw);
        }
        writer.u8(1).u8(std::get<AccessResult>(apdu.result).code);
    }
    void operator()(const GetResponseWithList& apdu) const {
        head(with_list, apdu.invoke);
        writer.bytes(encode_result_list(apdu.results));
    }
};

} // namespace

namespace parts {

GetRequest get_request(ApduReader& reader) {
    const auto kind = reader.u8("type", request_kind);
    const auto invoked = invoke(reader);
    switch (kind) {
    case normal:
        return GetRequestNormal{invoked, attribute(reader)};
    case with_block:
        return GetRequestNext{invoked, reader.u32("block_number")};
    case with_list:
        return GetRequestWithList{invoked, attributes(reader)};
    default:
        reader.fail("a get-request of no known type");
        return {};
    }
}

GetResponse get_response(ApduReader& reader) {
    const auto kind = reader.u8("type", response_kind);
    const auto invoked = invoke(reader);
    switch (kind) {
    case normal:
        return GetResponseNormal{invoked, get_result(reader)};
    case with_block:
        return read_block(reader, invoked);
    case with_list:
        return GetResponseWithList{invoked, read_results(reader)};
    default:
        reader.fail("a get-response of no known type");
        return {};
    }
}

} // namespace parts

Bytes encode(const GetRequest& apdu) {
    ByteWriter writer;
    std::visit(RequestWriter{writer}, apdu);
    return writer.take();
}

Bytes encode(const GetResponse& apdu) {
    ByteWriter writer;
    std::visit(ResponseWriter{writer}, apdu);
    return writer.take();
}

Result<std::vector<GetResult>> decode_result_list(ByteView raw) {
    ApduReader reader(raw);
    return parts::finished(reader, read_results(reader));
}

Bytes encode_result_list(const std::vector<GetResult>& results) {
    ByteWriter writer;
    write_length(writer, results.size());
    for (const auto& one : results) { parts::write(writer, one); }
    return writer.take();
}

} // namespace meterctl::codecs::dlms
