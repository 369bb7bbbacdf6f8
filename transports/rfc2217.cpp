// rfc2217: a serial line at the far end of a TCP connection, whose settings can be changed (RFC 2217).
#include "transports/com_port.hpp"
#include "transports/modem_lines.hpp"
#include "transports/openers.hpp"
#include "transports/options.hpp"
#include "transports/serial_line.hpp"
#include "transports/sockets.hpp"
#include "transports/stream_io.hpp"
#include "transports/telnet.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace meterctl::transports {

namespace {

constexpr auto write_patience = std::chrono::seconds(10);

/// What this side offers and asks for, and so needs no answer when the server agrees.
constexpr std::array wanted_options{telnet::com_port, telnet::binary, telnet::suppress_go_ahead};

class RemoteSerial final : public Transport {
public:
    RemoteSerial(RealLoop& loop, Endpoint endpoint, Duration timeout, const LineSettings& line,
                 const SupplyLines& supply)
        : loop_(loop), endpoint_(std::move(endpoint)), timeout_(timeout), line_(line), supply_(supply),
          name_(socket_name(Scheme::rfc2217, endpoint_.host, endpoint_.port)) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override {
        return fmt::format("{} {} {}", name_, line_.baud, line_.frame());
    }
    [[nodiscard]] std::optional<LineSettings> line() const override { return line_; }
    [[nodiscard]] bool datagrams() const override { return false; }

    Task<Result<void>> write(ByteView octets) override {
        const TimePoint start = std::max(loop_.now(), sent_);
        const Bytes escaped = telnet::escaped(octets);
        const auto written = co_await send(escaped);
        if (!written) { co_return written; }
        sent_ = start + time_on_line(line_, octets.size());
        co_await loop_.sleep_until(sent_);
        co_return Result<void>();
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        while (received_.octets.empty()) {
            const auto more = co_await receive(deadline);
            if (!more) { co_return tl::unexpected(more.error()); }
            if (!*more) { co_return Chunk(); }
        }
        co_return std::exchange(received_, Chunk());
    }

    Task<Result<void>> configure(const LineSettings& settings) override {
        const LineSettings wanted = settings;
        for (const com_port::Setting& setting : com_port::settings_of(wanted)) {
            const auto confirmed = co_await apply(setting);
            if (!confirmed) { co_return confirmed; }
        }
        line_ = wanted;
        co_return co_await purge();
    }

    Task<Result<void>> reopen() override {
        socket_.reset();
        reader_ = telnet::Reader();
        answered_.clear();
        agreed_ = refused_ = false;
        auto connected = co_await connect_socket(loop_, name_, endpoint_, SOCK_STREAM, timeout_);
        if (!connected) { co_return tl::unexpected(connected.error()); }
        socket_ = std::move(*connected);
        send_at_once(*socket_);
        const auto agreed = co_await negotiate();
        if (!agreed) { co_return agreed; }
        const auto configured = co_await configure(line_);
        if (!configured) { co_return configured; }
        co_return co_await power_up();
    }

    Task<Result<void>> send_break(Duration duration) override {
        const auto begun = co_await send_command(com_port::set_control, com_port::break_on);
        if (!begun) { co_return begun; }
        co_await loop_.sleep_for(duration);
        co_return co_await send_command(com_port::set_control, com_port::break_off);
    }

private:
    Task<Result<void>> send(Bytes octets) {
        if (!socket_) { co_return closed_failure(name_); }
        co_return co_await write_octets(*socket_, octets, write_patience, name_);
    }

    Task<Result<void>> send_command(com_port::Command command, std::uint32_t value) {
        return send(telnet::subnegotiation_of(telnet::com_port, com_port::encode(command, value)));
    }

    /// RTS and DTR, and the time that what they power needs. Not all servers answer.
    Task<Result<void>> power_up() {
        for (const std::uint8_t value : com_port::controls_of(supply_)) {
            const auto sent = co_await send_command(com_port::set_control, value);
            if (!sent) { co_return sent; }
        }
        if (supply_.rts || supply_.dtr) { co_await loop_.sleep_for(supply_.settle); }
        co_return Result<void>();
    }

    Task<Result<void>> negotiate() {
        Bytes offer;
        for (const auto option : wanted_options) {
            for (const auto verb : {telnet::will, telnet::do_it}) {
                if (option == telnet::com_port && verb == telnet::do_it) { continue; } // the server's side has no such
                const Bytes words = telnet::negotiation(verb, option);
                offer.insert(offer.end(), words.begin(), words.end());
            }
        }
        const auto offered = co_await send(std::move(offer));
        if (!offered) { co_return offered; }
        const TimePoint deadline = loop_.now() + timeout_;
        while (!agreed_ && !refused_) {
            const auto more = co_await receive(deadline);
            if (!more) { co_return tl::unexpected(more.error()); }
            if (!*more) { break; }
        }
        if (agreed_) { co_return Result<void>(); }
        co_return fail(Category::endpoint, "the server does not speak RFC 2217", name_,
                       {fmt::format("{}, with the line set at the server",
                                    socket_name(Scheme::tcp, endpoint_.host, endpoint_.port)),
                        "check the port, and that the server allows telnet with RFC 2217"});
    }

    /// Sends a setting and waits until the server confirms it.
    Task<Result<void>> apply(com_port::Setting setting) {
        answer_.reset();
        const auto asked = co_await send_command(setting.command, setting.value);
        if (!asked) { co_return asked; }
        const TimePoint deadline = loop_.now() + timeout_;
        while (!answer_ || answer_->command != setting.command) {
            const auto more = co_await receive(deadline);
            if (!more) { co_return tl::unexpected(more.error()); }
            if (!*more) {
                co_return fail(Category::endpoint, fmt::format("the server does not confirm {}", setting.meaning),
                               name_, {"set the line at the server, and use tcp://"});
            }
        }
        if (answer_->value == setting.value) { co_return Result<void>(); }
        co_return fail(
            Category::endpoint,
            fmt::format("the server's line does not take {}: it answers {}", setting.meaning, answer_->value), name_,
            {"check baud and frame"}, line_refused);
    }

    /// No flow control, errors told, and nothing left of what was on the line before. Not all servers answer these.
    Task<Result<void>> purge() {
        const auto control = co_await send_command(com_port::set_control, com_port::no_flow_control);
        if (!control) { co_return control; }
        const auto mask = co_await send_command(com_port::set_line_state_mask, com_port::line_error_mask);
        if (!mask) { co_return mask; }
        const auto purged = co_await send_command(com_port::purge_data, com_port::purge_both);
        received_ = Chunk();
        co_return purged;
    }

    /// Takes in what arrives next; false where the deadline passed.
    Task<Result<bool>> receive(TimePoint deadline) {
        if (!socket_) { co_return closed_failure(name_); }
        const auto stream = co_await read_octets(*socket_, deadline, name_);
        if (!stream) { co_return tl::unexpected(stream.error()); }
        if (stream->empty()) { co_return false; }
        Bytes replies;
        for (const telnet::Item& item : reader_.take(*stream)) { take(item, replies); }
        if (!replies.empty()) {
            const auto sent = co_await send(std::move(replies));
            if (!sent) { co_return tl::unexpected(sent.error()); }
        }
        co_return true;
    }

    void take(const telnet::Item& item, Bytes& replies) {
        switch (item.kind) {
        case telnet::Item::Kind::octets:
            received_.octets.insert(received_.octets.end(), item.octets.begin(), item.octets.end());
            break;
        case telnet::Item::Kind::negotiation:
            take_negotiation(item, replies);
            break;
        case telnet::Item::Kind::subnegotiation:
            if (item.option == telnet::com_port) { take_message(item.octets); }
            break;
        }
    }

    void take_negotiation(const telnet::Item& item, Bytes& replies) {
        if (item.option == telnet::com_port && item.verb == telnet::do_it) { agreed_ = true; }
        if (item.option == telnet::com_port && item.verb == telnet::dont) { refused_ = true; }
        const bool wanted = std::ranges::find(wanted_options, item.option) != wanted_options.end();
        const bool asks = item.verb == telnet::do_it || item.verb == telnet::will;
        // Once each, lest two polite sides never end.
        if (wanted || !asks || !answered_.emplace(item.verb, item.option).second) { return; }
        const auto verb = item.verb == telnet::do_it ? telnet::wont : telnet::dont;
        const Bytes words = telnet::negotiation(verb, static_cast<telnet::Option>(item.option));
        replies.insert(replies.end(), words.begin(), words.end());
    }

    void take_message(ByteView octets) {
        const auto message = com_port::decode(octets);
        if (!message) { return; }
        if (message->command != com_port::notify_line_state) {
            answer_ = *message;
            return;
        }
        // The message does not say which octet it means: the last before it, or the first behind.
        const auto kind = com_port::fault_of(message->value);
        const std::size_t index = received_.octets.empty() ? 0 : received_.octets.size() - 1;
        const LineFault fault{index, kind.value_or(LineFault::Kind::parity_or_framing)};
        if (kind) { received_.faults.push_back(fault); }
    }

    RealLoop& loop_;
    Endpoint endpoint_;
    Duration timeout_;
    LineSettings line_;
    SupplyLines supply_;
    std::string name_;
    std::unique_ptr<Descriptor> socket_;
    telnet::Reader reader_;
    std::set<std::pair<std::uint8_t, std::uint8_t>> answered_; ///< negotiations that were answered
    bool agreed_ = false, refused_ = false;
    std::optional<com_port::Answer> answer_; ///< the last
    Chunk received_;
    TimePoint sent_; ///< when the last octet written has left the far line, if nothing held it up
};

} // namespace

Task<Opened> open_rfc2217(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    const auto line = line_settings(endpoint, options.line);
    if (!line) { co_return tl::unexpected(line.error()); }
    const Duration timeout = duration_option(endpoint, "connect_timeout", options.connect_timeout);
    const SupplyLines supply = supply_lines(endpoint, options.supply);
    auto transport = std::make_unique<RemoteSerial>(loop, std::move(endpoint), timeout, *line, supply);
    const auto opened = co_await transport->reopen();
    if (!opened) { co_return tl::unexpected(opened.error()); }
    co_return transport;
}

} // namespace meterctl::transports
