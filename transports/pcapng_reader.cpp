// pcapng: sections, interfaces and the three kinds of packet block; every other block is passed over.
#include "transports/pcap_reader.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <vector>

namespace meterctl::transports {

namespace {

enum Block : std::uint32_t {
    section_header = 0x0a0d0d0a,
    interface_description = 1,
    obsolete_packet = 2,
    simple_packet = 3,
    enhanced_packet = 6,
};

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint32_t block_overhead = 12; // type, length, length again
constexpr std::uint32_t max_block_body = std::uint32_t{512} << 10U;
constexpr std::size_t max_interfaces = 4096;
constexpr std::size_t max_text = 256;
constexpr std::uint16_t option_flags = 2; // epb_flags and pack_flags

/// A ByteReader in the section's byte order.
class OrderedReader {
public:
    OrderedReader(ByteView octets, bool big_endian) : in_(octets), big_(big_endian) {}
    std::uint16_t u16() { return big_ ? in_.u16be() : in_.u16le(); }
    std::uint32_t u32() { return big_ ? in_.u32be() : in_.u32le(); }
    std::uint64_t u64() { return big_ ? in_.u64be() : in_.u64le(); }
    /// Ticks are stored as two words, the upper first in either byte order.
    std::uint64_t ticks() {
        const std::uint64_t upper = u32();
        return upper << 32U | u32();
    }
    ByteView take(std::size_t count) { return in_.take(count); }
    ByteView take_padded(std::size_t count) {
        const ByteView view = in_.take(count);
        in_.take(std::min(in_.remaining(), (4 - count % 4) % 4));
        return view;
    }
    [[nodiscard]] bool failed() const { return in_.failed(); }
    [[nodiscard]] std::size_t remaining() const { return in_.remaining(); }
    [[nodiscard]] bool big_endian() const { return big_; }

private:
    ByteReader in_;
    bool big_;
};

struct Option {
    std::uint16_t code = 0;
    ByteView value;
};

/// The next option; nullopt after the last.
std::optional<Option> next_option(OrderedReader& in) {
    if (in.remaining() < 4) { return std::nullopt; }
    const std::uint16_t code = in.u16();
    const std::uint16_t length = in.u16();
    if (code == 0 || length > in.remaining()) { return std::nullopt; }
    return Option{code, in.take_padded(length)};
}

std::string option_text(ByteView value) {
    value = value.first(std::min(value.size(), max_text));
    return {value.begin(), std::find(value.begin(), value.end(), std::uint8_t{0})};
}

PacketFlow flow_of(std::uint32_t flags) {
    constexpr std::array flows{PacketFlow::unknown, PacketFlow::inbound, PacketFlow::outbound, PacketFlow::unknown};
    return flows[flags & 3U];
}

class Reader {
public:
    Reader(CaptureSource& source, const PacketSink& sink) : source_(source), sink_(sink) {}

    std::optional<Error> run() {
        while (!source_.at_end()) {
            if (auto error = block()) { return error; }
        }
        return source_.error();
    }

private:
    std::optional<Error> block() {
        const ByteView head = source_.peek(block_overhead);
        if (head.size() < block_overhead) { return detail::cut_short(source_, "a block header"); }
        if (ByteReader(head).u32le() == section_header && !begin_section(head)) {
            return detail::implausible(source_, "a section header without its byte-order magic");
        }
        OrderedReader in(head, big_endian_);
        const std::uint32_t type = in.u32();
        const std::uint32_t length = in.u32();
        if (length < block_overhead || length % 4 != 0) {
            return detail::implausible(source_, fmt::format("a block of type 0x{:08x} of {} octets", type, length));
        }
        const bool known = type == interface_description || type == obsolete_packet || type == simple_packet ||
                           type == enhanced_packet;
        if (!known) {
            return source_.skip(length) ? std::nullopt : std::optional(detail::cut_short(source_, "a block"));
        }
        if (length - block_overhead > max_block_body) {
            return detail::implausible(source_, fmt::format("a block of type {} of {} octets", type, length));
        }
        return known_block(type, length);
    }

    bool begin_section(ByteView head) {
        ByteReader in(head.subspan(8));
        const std::uint32_t magic = in.u32le();
        const bool swapped = magic == 0x4d3c2b1a;
        if (magic != byte_order_magic && !swapped) { return false; }
        big_endian_ = swapped;
        section_start_ = interfaces_.size();
        return true;
    }

    std::optional<Error> known_block(std::uint32_t type, std::uint32_t length) {
        const std::uint64_t start = source_.offset();
        const ByteView whole = source_.take(length);
        if (whole.size() < length) { return detail::cut_short(source_, "a block"); }
        OrderedReader trailer(whole.last(4), big_endian_);
        OrderedReader in(whole.subspan(8, length - block_overhead), big_endian_);
        bool good = trailer.u32() == length;
        if (good) { good = type == interface_description ? interface_block(in) : packet_block(type, in); }
        if (good) { return std::nullopt; }
        return fail(Category::untrusted, fmt::format("a damaged block of type {}", type),
                    fmt::format("byte offset {}", start), {"what came before it was read"}, "capture.damaged")
            .value();
    }

    bool interface_block(OrderedReader& in) {
        if (interfaces_.size() == max_interfaces) { return false; }
        auto interface = std::make_unique<PcapInterface>();
        interface->number = static_cast<std::uint32_t>(interfaces_.size());
        interface->link_type = in.u16();
        in.u16();
        interface->snap_length = in.u32();
        while (const auto option = next_option(in)) { take_option(*interface, *option, in.big_endian()); }
        interfaces_.push_back(std::move(interface));
        return !in.failed();
    }

    static void take_option(PcapInterface& interface, const Option& option, bool big_endian) {
        constexpr std::uint16_t name = 2, description = 3, resolution = 9, offset = 14;
        if (option.code == name) { interface.name = option_text(option.value); }
        if (option.code == description) { interface.description = option_text(option.value); }
        if (option.code == resolution && option.value.size() == 1) { interface.resolution = option.value[0]; }
        if (option.code == offset && option.value.size() == 8) {
            interface.offset_seconds = static_cast<std::int64_t>(OrderedReader(option.value, big_endian).u64());
        }
    }

    bool packet_block(std::uint32_t type, OrderedReader& in) {
        PcapPacket packet;
        packet.frame = ++frames_;
        std::size_t index = 0;
        if (type == enhanced_packet) { index = in.u32(); }
        if (type == obsolete_packet) {
            index = in.u16();
            in.u16(); // drops
        }
        if (index >= interfaces_.size() - section_start_) { return false; }
        packet.interface = interfaces_[section_start_ + index].get();
        std::uint32_t length = 0;
        if (type == simple_packet) {
            packet.original_length = in.u32();
            const std::uint32_t snap = packet.interface->snap_length;
            length = snap == 0 ? packet.original_length : std::min(packet.original_length, snap);
        } else {
            packet.time = ticks_to_time(in.ticks(), packet.interface->resolution, packet.interface->offset_seconds);
            length = in.u32();
            packet.original_length = in.u32();
        }
        if (length > in.remaining() || in.failed()) { return false; }
        packet.octets = in.take_padded(length);
        if (type != simple_packet) { packet.flow = flow_option(in); }
        sink_(packet);
        return true;
    }

    static PacketFlow flow_option(OrderedReader& in) {
        PacketFlow flow = PacketFlow::unknown;
        while (const auto option = next_option(in)) {
            if (option->code == option_flags && option->value.size() == 4) {
                flow = flow_of(OrderedReader(option->value, in.big_endian()).u32());
            }
        }
        return flow;
    }

    CaptureSource& source_;
    const PacketSink& sink_;
    bool big_endian_ = false;
    std::size_t section_start_ = 0;
    std::uint64_t frames_ = 0;
    std::vector<std::unique_ptr<PcapInterface>> interfaces_;
};

} // namespace

namespace detail {

std::optional<Error> read_pcapng(CaptureSource& source, const PacketSink& sink) {
    return Reader(source, sink).run();
}

} // namespace detail

} // namespace meterctl::transports
