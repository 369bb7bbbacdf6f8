#include "codecs/dlms/hdlc_server.hpp"
#include "simulators/dlms_links.hpp"
#include "simulators/dlms_optical.hpp"
#include "simulators/faults.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace hdlc = codecs::dlms::hdlc;

namespace {

constexpr std::uint16_t hdlc_class = 23, data_class = 1;
constexpr unsigned sign_on_baud = 300;
constexpr std::uint8_t flag = 0x7E;
constexpr auto frame_gap = std::chrono::milliseconds(200); ///< between octets of a frame

/// What the meter's HDLC setup says.
hdlc::ServerSettings settings_of(const DlmsStation& station) {
    hdlc::ServerSettings settings;
    settings.logical = {station.logical};
    settings.physical = station.physical;
    const auto* const setup = station.meter->model().find(hdlc_class, Obis{0, 1, 22, 0, 0, 255});
    if (setup == nullptr) { return settings; }
    const auto number = [&](std::int8_t index, auto fallback) {
        return static_cast<decltype(fallback)>(setup->held(index).whole().value_or(fallback));
    };
    settings.most.window_transmit = number(3, settings.most.window_transmit);
    settings.most.window_receive = number(4, settings.most.window_receive);
    settings.most.max_info_transmit = number(5, settings.most.max_info_transmit);
    settings.most.max_info_receive = number(6, settings.most.max_info_receive);
    settings.inter_octet = std::chrono::milliseconds(number(7, std::int64_t{25}));
    settings.inactivity = std::chrono::seconds(number(8, std::int64_t{120}));
    return settings;
}

class DlmsHdlcLink final : public Bus {
public:
    explicit DlmsHdlcLink(std::shared_ptr<DlmsSite> site)
        : site_(std::move(site)), line_(site_->options), optical_(device_of(*site_)) {
        for (DlmsStation& station : site_->stations) {
            ends_.push_back(End{&station, hdlc::Server(settings_of(station)), DlmsServer(*station.meter),
                                station.meter->notifications().size(), 1});
        }
    }

    void receive(ByteView octets, TimePoint now) override {
        heard_until_ = line_.hear(octets, now);
        site_->advance_to(heard_until_);
        if (octets.empty() || deaf()) { return; }
        const bool idle = std::ranges::none_of(ends_, [](const End& end) { return end.link.connected(); });
        const bool within = now < last_octet_ + frame_gap && !at_flag_; // of a frame, whose octets can be any
        last_octet_ = heard_until_;
        if (idle && !within && optical_.wants(octets.front())) {
            if (auto said = optical_.take(octets)) { line_.answer(std::move(*said), heard_until_); }
            return;
        }
        at_flag_ = octets.back() == flag;
        for (End& end : ends_) {
            end.link.receive(octets, heard_until_);
            serve(end, heard_until_);
        }
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        auto next = sooner(line_.next_deadline(), site_->next_event());
        for (const End& end : ends_) { next = sooner(next, end.link.next_deadline()); }
        return next;
    }

    std::vector<Transmission> transmit(TimePoint now) override {
        site_->advance_to(now);
        for (End& end : ends_) {
            end.link.advance(now);
            serve(end, now);
        }
        return line_.transmit(now);
    }

    void line_changed(unsigned baud, std::string_view) override { client_baud_ = baud; }

    [[nodiscard]] std::unique_ptr<Bus> connect(std::string_view framing) const override {
        if (framing == "udp") { return make_dlms_datagram_link(site_); }
        if (framing == "tcp" || framing == "wrapper") { return make_dlms_wrapper_link(site_); }
        return make_dlms_hdlc_link(site_);
    }

private:
    struct End {
        DlmsStation* station;
        hdlc::Server link;
        DlmsServer server;
        std::size_t pushed = 0; ///< notifications that this line has had
        std::uint16_t client = 1;
    };

    static std::string device_of(const DlmsSite& site) {
        if (site.stations.empty()) { return {}; }
        const auto* const serial = site.stations.front().meter->model().find(data_class, Obis{0, 0, 96, 1, 0, 255});
        return serial == nullptr ? std::string() : std::string(serial->held(2).text());
    }

    /// Behind a sign-on both sides are at the rate that was agreed on; a sign-on is at 300 baud.
    [[nodiscard]] bool deaf() const {
        return client_baud_ != 0 && optical_.open() && client_baud_ != optical_.baud() && client_baud_ != sign_on_baud;
    }

    void serve(End& end, TimePoint now) {
        for (hdlc::ServerEvent& event : end.link.take_events()) {
            using Kind = hdlc::ServerEvent::Kind;
            end.client = event.client;
            if (event.kind == Kind::connected || event.kind == Kind::disconnected) { end.server.disconnect(); }
            if (event.kind == Kind::disconnected) { optical_.close(); }
            if (event.kind == Kind::message) { answer(end, event, now); }
        }
        const auto& all = end.station->meter->notifications();
        for (; end.pushed < all.size(); ++end.pushed) {
            const Bytes llc_and_apdu = end.server.protect_notification(all[end.pushed]);
            end.link.notify(end.client, llc_and_apdu, end.station->logical);
        }
        for (Bytes& frame : end.link.take_transmissions()) { line_.answer(std::move(frame), now); }
    }

    void answer(End& end, const hdlc::ServerEvent& event, TimePoint now) {
        if (const auto limit = site_->silent_after(); limit && ++answered_ > *limit) {
            end.link.reset();
            return;
        }
        if (const auto reply = end.server.answer(event.client, event.apdu)) { end.link.reply(*reply, now); }
    }

    std::shared_ptr<DlmsSite> site_;
    FaultyLine line_;
    DlmsOptical optical_;
    std::vector<End> ends_;
    unsigned client_baud_ = 0;
    unsigned answered_ = 0;
    bool at_flag_ = true; ///< the last octet for HDLC was a flag
    TimePoint heard_until_{}, last_octet_{};
};

} // namespace

std::unique_ptr<Bus> make_dlms_hdlc_link(const std::shared_ptr<DlmsSite>& site) {
    return std::make_unique<DlmsHdlcLink>(site);
}

} // namespace meterctl::simulators
