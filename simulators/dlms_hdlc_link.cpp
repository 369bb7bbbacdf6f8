#include "codecs/dlms/hdlc_server.hpp"
#include "simulators/dlms_links.hpp"
#include "simulators/dlms_optical.hpp"
#include "simulators/faults.hpp"
#include "simulators/iec62056_21_line.hpp"

#include <algorithm>
#include <iterator>

namespace meterctl::simulators {

namespace hdlc = codecs::dlms::hdlc;

namespace {

constexpr std::uint16_t hdlc_class = 23, data_class = 1;
constexpr unsigned sign_on_baud = 300;
constexpr std::uint8_t flag = 0x7E;
constexpr auto frame_gap = std::chrono::milliseconds(200);  ///< between octets of a frame
constexpr auto sign_on_patience = std::chrono::seconds(10); ///< for the first frame behind a sign-on
constexpr auto reaction = std::chrono::milliseconds(200);   ///< of a meter whose maker's third letter is a capital

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
        : site_(std::move(site)), line_(site_->options), sign_on_line_(site_->options), optical_(device_of(*site_)) {
        for (DlmsStation& station : site_->stations) {
            ends_.push_back(End{&station, hdlc::Server(settings_of(station)), DlmsServer(*station.meter),
                                station.meter->notifications().size(), 1});
        }
    }

    void receive(ByteView octets, TimePoint now) override {
        if (octets.empty()) { return; }
        forget_sign_on(now);
        const bool within = now < last_octet_ + frame_gap && !at_flag_; // of a frame, whose octets can be any
        if (idle() && !within && wants_sign_on(octets.front())) { return sign_on(octets, now); }
        heard_until_ = last_octet_ = line_.hear(octets, now);
        site_->advance_to(heard_until_);
        if (deaf() || fallen_silent_) { return; }
        at_flag_ = octets.back() == flag;
        for (End& end : ends_) {
            end.link.receive(octets, heard_until_);
            serve(end, heard_until_);
        }
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        auto next = sooner(sooner(line_.next_deadline(), sign_on_line_.next_deadline()), site_->next_event());
        for (const End& end : ends_) { next = sooner(next, end.link.next_deadline()); }
        return next;
    }

    std::vector<Transmission> transmit(TimePoint now) override {
        site_->advance_to(now);
        for (End& end : ends_) {
            end.link.advance(now);
            serve(end, now);
        }
        forget_sign_on(now);
        auto out = sign_on_line_.transmit(now);
        auto frames = line_.transmit(now);
        std::move(frames.begin(), frames.end(), std::back_inserter(out));
        return out;
    }

    void line_changed(unsigned baud, std::string_view) override {
        client_baud_ = baud;
        sign_on_line_.set_client_baud(baud);
    }

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

    [[nodiscard]] bool idle() const {
        return std::ranges::none_of(ends_, [](const End& end) { return end.link.connected(); });
    }

    /// Which no frame has followed.
    void forget_sign_on(TimePoint now) {
        if (optical_.open() && idle() && now >= opened_ + sign_on_patience) { optical_.close(); }
    }

    /// Where the client's rate is not known, whoever begins anew is heard.
    [[nodiscard]] bool wants_sign_on(std::uint8_t octet) {
        if (client_baud_ == 0 && optical_.open() && DlmsOptical::begins(octet)) { optical_.close(); }
        return sign_on_line_.client_is_at(sign_on_baud) && optical_.wants(octet);
    }

    /// The confirmation of the choice comes at the new rate already.
    void sign_on(ByteView octets, TimePoint now) {
        heard_until_ = last_octet_ = sign_on_line_.hear(octets, now, sign_on_baud);
        site_->advance_to(heard_until_);
        auto said = optical_.take(octets);
        if (!said) { return; }
        const unsigned baud = optical_.open() ? optical_.baud() : sign_on_baud;
        opened_ = sign_on_line_.say(std::move(*said), heard_until_ + reaction, baud, Noticeable{0, 1});
    }

    /// Behind a sign-on both sides are at the rate that was agreed on.
    [[nodiscard]] bool deaf() const { return client_baud_ != 0 && optical_.open() && client_baud_ != optical_.baud(); }

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
        for (Bytes& frame : end.link.take_transmissions()) {
            if (!fallen_silent_) { line_.answer(std::move(frame), now); }
        }
    }

    void answer(End& end, const hdlc::ServerEvent& event, TimePoint now) {
        if (const auto limit = site_->silent_after(); limit && ++answered_ > *limit) {
            fallen_silent_ = true;
            return;
        }
        if (const auto reply = end.server.answer(event.client, event.apdu)) { end.link.reply(*reply, now); }
    }

    std::shared_ptr<DlmsSite> site_;
    FaultyLine line_;
    OpticalLine sign_on_line_;
    DlmsOptical optical_;
    std::vector<End> ends_;
    unsigned client_baud_ = 0;
    unsigned answered_ = 0;
    bool fallen_silent_ = false; ///< as it was told to
    bool at_flag_ = true;        ///< the last octet for HDLC was a flag
    TimePoint heard_until_{}, last_octet_{}, opened_{};
};

} // namespace

std::unique_ptr<Bus> make_dlms_hdlc_link(const std::shared_ptr<DlmsSite>& site) {
    return std::make_unique<DlmsHdlcLink>(site);
}

} // namespace meterctl::simulators
