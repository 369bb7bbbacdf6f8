#include "codecs/dlms/wrapper.hpp"
#include "simulators/dlms_links.hpp"
#include "simulators/faults.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace wrapper = codecs::dlms::wrapper;

namespace {

/// What a client can notice damage in: the version.
constexpr std::size_t noticeable = 2;

class DlmsWrapperLink final : public Bus {
public:
    DlmsWrapperLink(std::shared_ptr<DlmsSite> site, bool datagrams)
        : site_(std::move(site)), line_(site_->options), datagrams_(datagrams) {
        for (DlmsStation& station : site_->stations) {
            ends_.push_back(End{&station, DlmsServer(*station.meter), station.meter->notifications().size(), {}});
        }
    }

    void receive(ByteView octets, TimePoint now) override {
        heard_until_ = line_.hear(octets, now);
        site_->advance_to(heard_until_);
        if (datagrams_) { buffer_.clear(); }
        buffer_.insert(buffer_.end(), octets.begin(), octets.end());
        while (!buffer_.empty()) {
            const auto step = wrapper::next_frame(buffer_);
            if (step.kind == wrapper::Step::Kind::need_more) { return; }
            const auto count = std::min(std::max<std::size_t>(step.octets, 1), buffer_.size());
            if (step.kind == wrapper::Step::Kind::frame) { take(ByteView(buffer_).first(count)); }
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(count));
        }
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        return sooner(line_.next_deadline(), site_->next_event());
    }

    std::vector<Transmission> transmit(TimePoint now) override {
        site_->advance_to(now);
        for (End& end : ends_) { push(end, now); }
        return line_.transmit(now);
    }

    void line_changed(unsigned, std::string_view) override {}

    [[nodiscard]] std::unique_ptr<Bus> connect(std::string_view framing) const override {
        if (framing.empty()) { return std::make_unique<DlmsWrapperLink>(site_, datagrams_); }
        return framing == "udp"                           ? make_dlms_datagram_link(site_)
               : framing == "tcp" || framing == "wrapper" ? make_dlms_wrapper_link(site_)
                                                          : make_dlms_hdlc_link(site_);
    }

private:
    struct End {
        DlmsStation* station;
        DlmsServer server;
        std::size_t pushed = 0;              ///< notifications that this line has had
        std::optional<std::uint16_t> client; ///< who spoke last
    };

    void take(ByteView frame) {
        const auto header = wrapper::read_header(frame);
        const auto apdu = frame.subspan(wrapper::header_octets);
        const auto end = std::ranges::find_if(
            ends_, [&](const End& one) { return one.station->logical == header.destination || ends_.size() == 1; });
        if (end == ends_.end() || header.destination != end->station->logical) { return; }
        if (const auto limit = site_->silent_after(); limit && ++answered_ > *limit) { return; }
        end->client = header.source;
        const auto answer = end->server.answer(header.source, apdu);
        if (answer) { send(*answer, header.destination, header.source); }
        push(*end, heard_until_);
    }

    void send(ByteView apdu, std::uint16_t source, std::uint16_t destination) {
        line_.answer_in_stream(wrapper::encode(source, destination, apdu), heard_until_, 0, noticeable);
    }

    void push(End& end, TimePoint now) {
        const auto& all = end.station->meter->notifications();
        heard_until_ = std::max(heard_until_, now);
        for (; end.pushed < all.size(); ++end.pushed) {
            constexpr std::uint16_t management = 1;
            send(end.server.protect_notification(all[end.pushed]), end.station->logical,
                 end.client.value_or(management));
        }
    }

    std::shared_ptr<DlmsSite> site_;
    FaultyLine line_;
    bool datagrams_;
    std::vector<End> ends_;
    Bytes buffer_;
    unsigned answered_ = 0;
    TimePoint heard_until_{};
};

} // namespace

std::unique_ptr<Bus> make_dlms_wrapper_link(const std::shared_ptr<DlmsSite>& site) {
    return std::make_unique<DlmsWrapperLink>(site, false);
}

std::unique_ptr<Bus> make_dlms_datagram_link(const std::shared_ptr<DlmsSite>& site) {
    return std::make_unique<DlmsWrapperLink>(site, true);
}

} // namespace meterctl::simulators
