#include "tests/codecs/dlms/links.hpp"

#include "codecs/dlms/decoders.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

namespace dlms_links {

namespace codecs = meterctl::codecs;

namespace {

std::vector<Bytes> parts_of(const std::string& hex) {
    std::vector<Bytes> parts;
    std::size_t at = 0;
    while (at < hex.size()) {
        const auto end = std::min(hex.find(' ', at), hex.size());
        parts.push_back(octets(hex.substr(at, end - at)));
        at = end + 1;
    }
    return parts;
}

std::vector<Vector> load(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    std::vector<Vector> all;
    for (const auto& entry : Json::parse(file)) {
        all.push_back({entry.at("name").get<std::string>(), entry.value("layer", ""),
                       parts_of(entry.at("hex").get<std::string>()), entry.value("expect", Json()), entry});
    }
    REQUIRE(!all.empty());
    return all;
}

bool inside(const std::vector<Field>& fields, std::size_t first, std::size_t last) {
    return std::ranges::all_of(fields, [&](const Field& field) {
        const auto end = field.offset + field.length;
        return field.offset >= first && end <= last && inside(field.children, field.offset, end);
    });
}

} // namespace

Bytes Vector::octets() const {
    return joined(parts);
}

std::vector<Vector> own(std::string_view file) {
    return load(std::string(METERCTL_SOURCE_DIR "/tests/vectors/dlms/") + std::string(file));
}

std::vector<Vector> extra(std::string_view file) {
    const std::filesystem::path root(METERCTL_EXTRA_VECTORS), folder = root / "dlms";
    if (root.empty() || !std::filesystem::exists(folder)) {
        MESSAGE("skipped, no METERCTL_EXTRA_VECTORS: dlms/", file);
        return {};
    }
    return load((folder / file).string());
}

std::vector<Vector> hdlc_frames() {
    auto all = own("hdlc.json");
    for (const auto* const file : {"hdlc.json", "push_hdlc.json"}) {
        for (auto& vector : extra(file)) { all.push_back(std::move(vector)); }
    }
    std::erase_if(all, [](const Vector& vector) { return vector.layer != "hdlc"; });
    return all;
}

Bytes octets(std::string_view hex) {
    auto read = meterctl::from_hex(hex);
    REQUIRE_MESSAGE(read.has_value(), std::string(hex));
    return *read;
}

std::string hex(ByteView octets) {
    return meterctl::to_hex(octets, "");
}

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const auto& part : parts) { all.insert(all.end(), part.begin(), part.end()); }
    return all;
}

const codecs::Decoder& decoder(std::string_view name) {
    const auto rows = codecs::dlms::decoders();
    const auto row = std::ranges::find(rows, name, &codecs::Decoder::name);
    REQUIRE(row != rows.end());
    return *row;
}

Frames decoded(std::string_view name, const std::vector<std::pair<Bytes, ChunkInfo>>& chunks, Counters* counters) {
    Frames frames;
    Bytes all;
    const auto stream = decoder(name).open({});
    const codecs::FrameSink sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    for (const auto& [octets, info] : chunks) {
        all.insert(all.end(), octets.begin(), octets.end());
        stream->feed(octets, info, sink);
    }
    stream->finish(sink);
    if (counters != nullptr) { *counters = stream->counters(); }
    std::ranges::sort(frames, {}, &DecodedFrame::offset);
    std::uint64_t at = 0;
    for (const auto& frame : frames) {
        CHECK(frame.offset == at);
        CHECK(frame.octets == Bytes(all.begin() + static_cast<std::ptrdiff_t>(at),
                                    all.begin() + static_cast<std::ptrdiff_t>(at + frame.octets.size())));
        CHECK(inside(frame.fields, 0, frame.octets.size()));
        at += frame.octets.size();
    }
    CHECK(at == all.size());
    return frames;
}

Frames whole(std::string_view name, const Bytes& octets) {
    return decoded(name, {{octets, {}}});
}

Frames one_by_one(std::string_view name, const Bytes& octets) {
    std::vector<std::pair<Bytes, ChunkInfo>> chunks;
    for (const auto octet : octets) { chunks.push_back({{octet}, {}}); }
    return decoded(name, chunks);
}

void check_same(const Frames& a, const Frames& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t index = 0; index < a.size(); ++index) {
        CHECK(a[index].offset == b[index].offset);
        CHECK(a[index].octets == b[index].octets);
        CHECK(a[index].summary == b[index].summary);
        CHECK(a[index].error == b[index].error);
        CHECK(a[index].readings.size() == b[index].readings.size());
    }
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
    for (const auto& field : fields) {
        if (field.name == name) { return &field; }
        if (const auto* const inner = find(field.children, name)) { return inner; }
    }
    return nullptr;
}

} // namespace dlms_links
