// Makes captures octet by octet for the tests, written from the formats' descriptions and apart from the code under
// test.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace capture_builder {

using Octets = std::vector<std::uint8_t>;

inline Octets octets(std::string_view text) {
    return {text.begin(), text.end()};
}

inline Octets operator+(Octets left, const Octets& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// `size` octets of a number, most significant first unless `little`.
inline Octets number(std::uint64_t value, std::size_t size, bool little) {
    Octets out(size);
    for (std::size_t i = 0; i < size; ++i) {
        out[little ? i : size - 1 - i] = static_cast<std::uint8_t>(i < sizeof value ? value >> (8 * i) : 0);
    }
    return out;
}

inline Octets be(std::uint64_t value, std::size_t size) {
    return number(value, size, false);
}

inline Octets padded(Octets value) {
    value.resize((value.size() + 3) / 4 * 4);
    return value;
}

// --- network layers ---

struct TcpFlags {
    bool syn = false, ack = true, fin = false, rst = false;
};

inline Octets tcp(std::uint16_t from, std::uint16_t to, std::uint32_t sequence, std::uint32_t acknowledgment,
                  const Octets& payload, TcpFlags flags = {}) {
    const unsigned bits =
        (flags.fin ? 1U : 0U) | (flags.syn ? 2U : 0U) | (flags.rst ? 4U : 0U) | (flags.ack ? 16U : 0U);
    return be(from, 2) + be(to, 2) + be(sequence, 4) + be(acknowledgment, 4) + be(0x50, 1) + be(bits, 1) + be(8192, 2) +
           be(0, 4) + payload;
}

inline Octets udp(std::uint16_t from, std::uint16_t to, const Octets& payload) {
    return be(from, 2) + be(to, 2) + be(payload.size() + 8, 2) + be(0, 2) + payload;
}

/// 10.0.0.`from` to 10.0.0.`to`; `fragment` is the field with flags and offset.
inline Octets ipv4(std::uint8_t from, std::uint8_t to, std::uint8_t protocol, const Octets& payload,
                   std::uint16_t fragment = 0) {
    return be(0x4500, 2) + be(20 + payload.size(), 2) + be(0, 2) + be(fragment, 2) + be(64, 1) + be(protocol, 1) +
           be(0, 2) + be(0x0a000000U | from, 4) + be(0x0a000000U | to, 4) + payload;
}

/// fe80::`from` to fe80::`to`, with a hop-by-hop header where asked.
inline Octets ipv6(std::uint8_t from, std::uint8_t to, std::uint8_t protocol, const Octets& payload,
                   bool hop_by_hop = false) {
    const Octets extension = hop_by_hop ? be(protocol, 1) + be(0, 7) : Octets{};
    return be(0x60000000, 4) + be(payload.size() + extension.size(), 2) + be(hop_by_hop ? 0 : protocol, 1) + be(64, 1) +
           be(0xfe80, 2) + be(0, 13) + be(from, 1) + be(0xfe80, 2) + be(0, 13) + be(to, 1) + extension + payload;
}

inline Octets ethernet(std::uint16_t ethertype, const Octets& payload) {
    return be(1, 6) + be(2, 6) + be(ethertype, 2) + payload;
}

// --- files ---

struct PcapFormat {
    std::uint32_t magic = 0xa1b2c3d4;
    bool little = true;
    std::uint32_t link_type = 1;
};

inline Octets pcap_header(const PcapFormat& format) {
    const auto n = [&](std::uint64_t value, std::size_t size) { return number(value, size, format.little); };
    return n(format.magic, 4) + n(2, 2) + n(4, 2) + n(0, 8) + n(65535, 4) + n(format.link_type, 4);
}

inline Octets pcap_packet(const PcapFormat& format, std::uint32_t seconds, std::uint32_t fraction, const Octets& packet,
                          std::size_t original = 0) {
    const auto n = [&](std::uint64_t value) { return number(value, 4, format.little); };
    return n(seconds) + n(fraction) + n(packet.size()) + n(original == 0 ? packet.size() : original) + packet;
}

/// A pcap of packets a second apart, from second 1000 on.
inline Octets pcap(const std::vector<Octets>& packets, const PcapFormat& format = {}) {
    Octets file = pcap_header(format);
    std::uint32_t second = 1000;
    for (const Octets& packet : packets) {
        const Octets record = pcap_packet(format, second++, 0, packet);
        file.insert(file.end(), record.begin(), record.end());
    }
    return file;
}

/// Blocks of pcapng in one byte order.
struct Pcapng {
    bool little = true;
    Octets file{};

    [[nodiscard]] Octets n(std::uint64_t value, std::size_t size) const { return number(value, size, little); }
    [[nodiscard]] Octets option(std::uint16_t code, const Octets& value) const {
        return n(code, 2) + n(value.size(), 2) + padded(value);
    }
    Pcapng& block(std::uint32_t type, const Octets& body) {
        const Octets length = n(padded(body).size() + 12, 4);
        file = file + n(type, 4) + length + padded(body) + length;
        return *this;
    }
    Pcapng& section() { return block(0x0a0d0d0a, n(0x1a2b3c4d, 4) + n(1, 2) + n(0, 2) + Octets(8, 0xff)); }
    Pcapng& interface(std::uint16_t link_type, const Octets& options = {}, std::uint32_t snap_length = 0) {
        return block(1, n(link_type, 2) + n(0, 2) + n(snap_length, 4) + options + n(0, 4));
    }
    Pcapng& enhanced(std::uint32_t interface_number, std::uint64_t ticks, const Octets& packet,
                     const Octets& options = {}) {
        return block(6, n(interface_number, 4) + n(ticks >> 32U, 4) + n(ticks & 0xffffffffU, 4) + n(packet.size(), 4) +
                            n(packet.size(), 4) + padded(packet) + options);
    }
    Pcapng& simple(const Octets& packet, std::size_t original) { return block(3, n(original, 4) + packet); }
    Pcapng& obsolete(std::uint16_t interface_number, std::uint64_t ticks, const Octets& packet) {
        return block(2, n(interface_number, 2) + n(0, 2) + n(ticks >> 32U, 4) + n(ticks & 0xffffffffU, 4) +
                            n(packet.size(), 4) + n(packet.size(), 4) + padded(packet));
    }
};

} // namespace capture_builder
