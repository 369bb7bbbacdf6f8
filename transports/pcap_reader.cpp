#include "transports/pcap_reader.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

/// The first four octets of a pcap file, read little-endian.
struct Variant {
    std::uint32_t magic;
    bool big_endian;
    std::uint8_t resolution;
    std::size_t record_header; ///< the "modified" format has eight octets more
};

constexpr std::array variants{
    Variant{0xa1b2c3d4, false, 6, 16}, Variant{0xd4c3b2a1, true, 6, 16},  Variant{0xa1b23c4d, false, 9, 16},
    Variant{0x4d3cb2a1, true, 9, 16},  Variant{0xa1b2cd34, false, 6, 24}, Variant{0x34cdb2a1, true, 6, 24},
};

constexpr std::uint32_t section_header_type = 0x0a0d0d0a;
constexpr std::size_t file_header_length = 24;

const Variant* find_variant(std::uint32_t magic) {
    const auto* found =
        std::find_if(variants.begin(), variants.end(), [magic](const Variant& v) { return v.magic == magic; });
    return found == variants.end() ? nullptr : found;
}

constexpr std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t power = 1;
    while (exponent-- > 0) { power *= 10; }
    return power;
}

} // namespace

bool looks_like_capture(ByteView head) {
    if (head.size() < 4) { return false; }
    const std::uint32_t magic = ByteReader(head).u32le();
    return magic == section_header_type || find_variant(magic) != nullptr;
}

std::optional<std::chrono::nanoseconds> ticks_to_time(std::uint64_t count, std::uint8_t resolution,
                                                      std::int64_t offset_seconds) {
    constexpr std::int64_t most_seconds = 9'000'000'000; // 64 bits of nanoseconds end in 2262
    const bool binary = (resolution & 0x80U) != 0;
    const unsigned exponent = resolution & 0x7fU;
    if (exponent > (binary ? 63U : 19U)) { return std::nullopt; }
    const std::uint64_t per_second = binary ? std::uint64_t{1} << exponent : power_of_ten(exponent);
    const std::uint64_t seconds = count / per_second;
    std::uint64_t rest = count % per_second;
    if (seconds > std::uint64_t{most_seconds} || offset_seconds > most_seconds || offset_seconds < -most_seconds) {
        return std::nullopt;
    }
    if (binary) {
        const unsigned excess = exponent > 32 ? exponent - 32 : 0; // keeps rest x 10^9 within 64 bits
        rest = ((rest >> excess) * 1'000'000'000U) >> (exponent - excess);
    } else {
        rest = exponent <= 9 ? rest * power_of_ten(9 - exponent) : rest / power_of_ten(exponent - 9);
    }
    const std::int64_t total = static_cast<std::int64_t>(seconds) + offset_seconds;
    if (total > most_seconds) { return std::nullopt; }
    return std::chrono::seconds(total) + std::chrono::nanoseconds(rest);
}

std::optional<Error> read_packets(CaptureSource& source, const PacketSink& sink) {
    const ByteView head = source.peek(4);
    if (!looks_like_capture(head)) {
        if (source.error()) { return source.error(); }
        return fail(Category::untrusted, "neither pcap nor pcapng", "byte offset 0").value();
    }
    return ByteReader(head).u32le() == section_header_type ? detail::read_pcapng(source, sink)
                                                           : detail::read_pcap(source, sink);
}

namespace detail {

Error cut_short(const CaptureSource& source, std::string_view what) {
    if (source.error()) { return *source.error(); }
    return fail(Category::untrusted, fmt::format("the capture ends inside {}", what),
                fmt::format("byte offset {}", source.offset()),
                {"what came before it was read", "the program that captured was stopped while it wrote"},
                "capture.truncated")
        .value();
}

Error implausible(const CaptureSource& source, std::string what) {
    return fail(Category::untrusted, std::move(what), fmt::format("byte offset {}", source.offset()),
                {"what came before it was read"}, "capture.damaged")
        .value();
}

std::optional<Error> read_pcap(CaptureSource& source, const PacketSink& sink) {
    ByteReader header(source.take(file_header_length));
    if (header.remaining() < file_header_length) { return cut_short(source, "the file header"); }
    const Variant variant = *find_variant(header.u32le());
    const auto u32 = [&variant](ByteReader& in) { return variant.big_endian ? in.u32be() : in.u32le(); };
    header.take(12); // version, zone and accuracy: never used
    PcapInterface interface;
    interface.snap_length = u32(header);
    interface.link_type = u32(header) & 0x03ff'ffffU; // the upper bits tell of a frame check sequence
    PcapPacket packet;
    packet.interface = &interface;
    while (!source.at_end()) {
        ByteReader record(source.peek(variant.record_header));
        if (record.remaining() < variant.record_header) { return cut_short(source, "a packet header"); }
        const std::uint32_t seconds = u32(record);
        const std::uint32_t fraction = u32(record);
        const std::uint32_t length = u32(record);
        packet.original_length = u32(record);
        if (length > max_packet_length) {
            return implausible(source, fmt::format("a packet of {} octets, more than any capture holds", length));
        }
        source.take(variant.record_header);
        packet.time = std::chrono::seconds(seconds) + (variant.resolution == 9 ? std::chrono::nanoseconds(fraction)
                                                                               : std::chrono::microseconds(fraction));
        packet.octets = source.take(length);
        ++packet.frame;
        if (packet.octets.size() < length) { return cut_short(source, "a packet"); }
        sink(packet);
    }
    return source.error();
}

} // namespace detail

} // namespace meterctl::transports
