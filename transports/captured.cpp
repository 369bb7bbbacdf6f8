// The capture decorator: what passes a transport, cut into packets and written with what Wireshark needs to dissect it.
#include "src/core/hex.hpp"
#include "transports/capture_serial.hpp"
#include "transports/gatherer.hpp"
#include "transports/open.hpp"
#include "transports/packet_cutter.hpp"
#include "transports/pcapng_writer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

using WallTime = std::chrono::system_clock::time_point;

/// What of a dissector's packets is not as for all.
struct DissectorTraits {
    std::string_view name;
    std::uint32_t link_type;
    std::uint16_t server_port; ///< 0: tells requests from answers without ports
    std::uint16_t of_server;   ///< the same where the server captures
};

constexpr std::array dissector_traits{
    DissectorTraits{"", link_user0, 0, 0},
    DissectorTraits{"mstp", link_ms_tp, 0, 0},
    DissectorTraits{"mbtcp", link_upper_pdu, 502, 502},
    DissectorTraits{"mbrtu", link_upper_pdu, 0, 502},
};

DissectorTraits traits_of(std::string_view dissector) {
    const auto* found = std::find_if(dissector_traits.begin(), dissector_traits.end(),
                                     [dissector](const DissectorTraits& row) { return row.name == dissector; });
    return found != dissector_traits.end() ? *found : DissectorTraits{dissector, link_upper_pdu, 0, 0};
}

/// The tags that go before the octets of an upper PDU.
Bytes pdu_head(std::string_view dissector, std::uint16_t server_port, bool to_server) {
    constexpr std::uint16_t client_port = 50000; // the real one is not known here, and nothing depends on it
    ByteWriter out;
    out.u16be(pdu_tag::dissector).u16be(static_cast<std::uint16_t>((dissector.size() + 3) / 4 * 4)).text(dissector);
    while (out.size() % 4 != 0) { out.u8(0); }
    if (server_port != 0) {
        out.u16be(pdu_tag::port_type).u16be(4).u32be(pdu_tag::port_type_tcp);
        out.u16be(pdu_tag::source_port).u16be(4).u32be(to_server ? client_port : server_port);
        out.u16be(pdu_tag::destination_port).u16be(4).u32be(to_server ? server_port : client_port);
    }
    out.u16be(pdu_tag::end).u16be(0);
    return out.take();
}

class Captured : public Transport {
public:
    Captured(std::unique_ptr<Transport> inner, std::shared_ptr<CaptureFile> file, std::string dissector, Side side,
             PacketLength packet)
        : inner_(std::move(inner)), file_(std::move(file)), dissector_(std::move(dissector)),
          traits_(traits_of(dissector_)), side_(side), packet_(packet) {
        if (side_ == Side::server) { traits_.server_port = traits_.of_server; }
        if (packet_ != nullptr) { cutter_.emplace(packet_); }
        take_interface();
    }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;
    ~Captured() override { flush(); }

    [[nodiscard]] Loop& loop() override { return inner_->loop(); }
    [[nodiscard]] std::string description() const override { return inner_->description(); }
    [[nodiscard]] std::optional<LineSettings> line() const override { return inner_->line(); }
    [[nodiscard]] bool datagrams() const override { return inner_->datagrams(); }

    Task<Result<void>> write(ByteView octets) override { return write_to({}, octets); }

    Task<Result<void>> write_to(std::string_view peer, ByteView octets) override {
        flush();
        // before the octets leave: an interrupt while they do must not lose them
        put_outbound(octets);
        co_return co_await inner_->write_to(peer, octets);
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        Result<Chunk> chunk = co_await inner_->read(deadline);
        if (cutter_) {
            if (chunk) { cut(*chunk); }
        } else if (chunk && !chunk->octets.empty()) {
            show(gatherer_.take(*chunk, *inner_));
        } else {
            flush();
        }
        co_return chunk;
    }

    Task<Result<void>> configure(const LineSettings& settings) override {
        flush();
        Result<void> done = co_await inner_->configure(settings);
        take_interface();
        co_return done;
    }

    Task<Result<void>> send_break(Duration duration) override {
        flush();
        co_return co_await inner_->send_break(duration);
    }

    void keep_secret(const Secret& secret) override {
        secrets_.keep(secret);
        inner_->keep_secret(secret);
    }

    [[nodiscard]] bool hears_itself() const override { return inner_->hears_itself(); }

    Task<Result<void>> reopen() override {
        flush();
        Result<void> done = co_await inner_->reopen();
        take_interface();
        co_return done;
    }

private:
    void take_interface() { interface_ = file_->interface(traits_.link_type, inner_->description()); }

    void show(const std::optional<Gathered>& packet) {
        if (packet) { put(false, packet->since, packet->octets, describe_faults(packet->faults)); }
    }

    void flush() { show(cutter_ ? cutter_->flush() : gatherer_.flush()); }

    void cut(const Chunk& chunk) {
        if (!chunk.octets.empty()) { cutter_->take(chunk, loop().now(), loop().wall_clock()); }
        while (const auto packet = cutter_->next()) { show(packet); }
    }

    void put_outbound(ByteView octets) {
        while (!octets.empty()) {
            const std::size_t whole = packet_ == nullptr ? 0 : packet_(octets);
            const std::size_t length = whole == 0 ? octets.size() : std::min(whole, octets.size());
            put(true, loop().wall_clock(), octets.first(length), {});
            octets = octets.subspan(length);
        }
    }

    void put(bool outbound, WallTime time, ByteView octets, const std::string& faults) {
        Bytes whole;
        if (traits_.link_type == link_upper_pdu) {
            whole = pdu_head(dissector_, traits_.server_port, outbound == (side_ == Side::client));
        }
        const Bytes shown = secrets_.hidden(octets);
        whole.insert(whole.end(), shown.begin(), shown.end());
        file_->packet({.interface = interface_,
                       .time = time,
                       .outbound = outbound,
                       .damaged = !faults.empty(),
                       .comment = faults,
                       .octets = whole});
    }

    std::unique_ptr<Transport> inner_;
    std::shared_ptr<CaptureFile> file_;
    std::string dissector_;
    DissectorTraits traits_;
    Side side_;
    PacketLength packet_;
    std::uint32_t interface_ = 0;
    Secrets secrets_;
    Gatherer gatherer_;                  ///< received, not written yet: more of the same frame may follow
    std::optional<PacketCutter> cutter_; ///< instead of it
};

} // namespace

Result<std::shared_ptr<CaptureFile>> open_capture(const std::string& path) {
    return CaptureFile::create(path);
}

std::unique_ptr<Transport> make_captured(std::unique_ptr<Transport> inner, std::shared_ptr<CaptureFile> file,
                                         std::string dissector, Side side) {
    return make_captured(std::move(inner), std::move(file), std::move(dissector), side, nullptr);
}

std::unique_ptr<Transport> make_captured(std::unique_ptr<Transport> inner, std::shared_ptr<CaptureFile> file,
                                         std::string dissector, Side side, PacketLength packet) {
    return std::make_unique<Captured>(std::move(inner), std::move(file), std::move(dissector), side, packet);
}

} // namespace meterctl::transports
