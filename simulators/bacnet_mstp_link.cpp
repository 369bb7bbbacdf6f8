// An MS/TP line to virtual devices, as whoever is on it with them hears it.
#include "simulators/bacnet_links.hpp"
#include "simulators/bacnet_ring.hpp"
#include "simulators/random.hpp"

namespace meterctl::simulators {

namespace {

using namespace std::chrono_literals;

constexpr unsigned usual_baud = 38400;

/// The line is paced here where it is paced at all; devices take their time for themselves.
Options without_latency(Options options) {
    options.latency = 0ms;
    return options;
}

unsigned baud_of(BacnetInstallation& installation) {
    return installation.units().empty() ? usual_baud : installation.units().front().baud;
}

class MstpLink final : public Bus {
public:
    explicit MstpLink(std::shared_ptr<BacnetSite> site)
        : site_(std::move(site)), baud_(baud_of(*site_->installation)), ring_(site_->installation, baud_, std::nullopt),
          line_(without_latency(site_->installation->options())), noise_(site_->installation->options().seed, 0xBA55) {}

    void receive(ByteView octets, TimePoint now) override {
        const TimePoint heard = line_.hear(octets, now);
        if (deaf()) {
            ring_.disturb(heard);
        } else {
            ring_.hear(octets, heard - line_.line_time(octets.size()), heard);
        }
        pass_on();
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        const auto ring = ring_.next_deadline(), line = line_.next_deadline();
        if (!ring || !line) { return ring ? ring : line; }
        return std::min(*ring, *line);
    }

    std::vector<Transmission> transmit(TimePoint now) override {
        ring_.run_to(now);
        pass_on();
        return line_.transmit(now);
    }

    /// Devices of a line are set up alike: at first they are at what the line is at.
    void line_changed(unsigned baud, std::string_view frame) override {
        if (!client_baud_ && baud != 0 && baud != baud_) {
            baud_ = baud;
            ring_ = MstpRing(site_->installation, baud_, std::nullopt);
        }
        client_baud_ = baud;
        client_frame_ = frame;
    }

    [[nodiscard]] std::unique_ptr<Bus> connect(std::string_view framing) const override {
        return make_bacnet_link(site_, framing);
    }

private:
    [[nodiscard]] bool deaf() const {
        return client_baud_ && (*client_baud_ != baud_ || (!client_frame_.empty() && client_frame_ != "8N1"));
    }

    void pass_on() {
        for (Transmission& frame : ring_.take_frames()) {
            const TimePoint begin = paced() ? frame.due - line_.line_time(frame.octets.size()) : frame.due;
            line_.answer(deaf() ? noise(frame.octets.size()) : std::move(frame.octets), begin);
        }
    }

    [[nodiscard]] bool paced() const { return site_->installation->options().baud != 0; }

    /// What a receiver at another rate makes of a frame.
    Bytes noise(std::size_t octets) {
        Bytes out;
        for (std::size_t i = 0; i < octets; ++i) { out.push_back(static_cast<std::uint8_t>(noise_.below(256))); }
        return out;
    }

    std::shared_ptr<BacnetSite> site_;
    unsigned baud_;
    MstpRing ring_;
    FaultyLine line_;
    Random noise_;
    std::optional<unsigned> client_baud_;
    std::string client_frame_;
};

} // namespace

std::unique_ptr<Bus> make_mstp_link(const std::shared_ptr<BacnetSite>& site) {
    return std::make_unique<MstpLink>(site);
}

} // namespace meterctl::simulators
