#include "simulators/iec62056_21_bus.hpp"

#include "codecs/iec62056_21/framer.hpp"
#include "simulators/iec62056_21_line.hpp"
#include "simulators/iec62056_21_manner.hpp"
#include "simulators/iec62056_21_server.hpp"
#include "src/core/parity.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace iec = codecs::iec62056_21;

namespace {

using namespace std::chrono_literals;

constexpr unsigned usual_baud = 300;
/// Without an option select the data comes at the rate of the sign-on, 1.5 to 2.2 s after the identification.
constexpr auto fallback_wait = 1800ms;
/// After a readout NAK can ask for it again, for the longest reaction time.
constexpr auto repeat_wait = 1700ms;
/// Programming mode ends by itself, 60 to 120 s after the last command.
constexpr auto inactivity = 90s;
/// A meter of mode D sends this often.
constexpr auto push_interval = 10s;
constexpr std::uint8_t parity_bit = 0x80;

struct Station {
    std::string address;
    std::unique_ptr<IecMeter> meter;
    [[nodiscard]] bool answers_to(const std::string& called) const {
        return called.empty() || called == address || called == meter->serial_number();
    }
};

/// What all lines to the same meters share.
struct Installation {
    explicit Installation(const Options& options) : load(options) {}
    LoadModel load;
    std::vector<Station> stations;
};

enum class State { idle, identified, read_out, programming, binary };

class IecBus final : public Bus {
public:
    IecBus(std::shared_ptr<Installation> installation, const Options& options, const IecManner& manner)
        : installation_(std::move(installation)), options_(options), manner_(manner), line_(options),
          baud_(manner.opening) {
        if (manner_.mode == iec::Mode::d) { timer_ = TimePoint() + push_interval; }
    }

    void receive(ByteView octets, TimePoint now) override {
        if (timer_ && now >= *timer_) { on_timer(now); }
        if (!line_.client_is_at(baud_)) { // it hears noise, which ends what it was hearing
            line_.hear(octets, now, baud_);
            buffer_.clear();
            return;
        }
        heard_until_ = line_.hear(octets, now, baud_);
        sleep_.hear(octets, now, heard_until_);
        for (const std::uint8_t octet : octets) {
            parity_ = parity_ || octet >= parity_bit;
            buffer_.push_back(static_cast<std::uint8_t>(octet & ~parity_bit));
        }
        take_messages(now);
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        const auto due = line_.next_deadline();
        if (!due || !timer_) { return due ? due : timer_; }
        return std::min(*due, *timer_);
    }

    std::vector<Transmission> transmit(TimePoint now) override {
        if (timer_ && now >= *timer_) { on_timer(now); }
        return line_.transmit(now);
    }

    void line_changed(unsigned baud, std::string_view) override { line_.set_client_baud(baud); }

    [[nodiscard]] std::unique_ptr<Bus> connect(std::string_view) const override {
        return std::make_unique<IecBus>(installation_, options_, manner_);
    }

private:
    void take_messages(TimePoint began) {
        while (!buffer_.empty()) {
            iec::Awaiting awaiting;
            awaiting.option_select = state_ == State::identified;
            const iec::Step step = iec::next_message(buffer_, awaiting, counters_);
            if (step.kind == iec::Step::Kind::need_more || step.octets == 0) { return; }
            const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(step.octets, buffer_.size()));
            const Bytes octets(buffer_.begin(), end);
            buffer_.erase(buffer_.begin(), end);
            if (step.wrong_check && state_ == State::programming) { answer(iec::Repeat()); }
            if (step.kind != iec::Step::Kind::frame) { continue; }
            if (const auto message = iec::decode(octets)) { handle(*message, began); }
        }
    }

    void handle(const iec::Message& message, TimePoint began) {
        installation_->load.advance_to(heard_until_);
        if (const auto* request = std::get_if<iec::Request>(&message)) {
            const bool listening = state_ != State::programming && state_ != State::binary;
            if (listening && manner_.mode != iec::Mode::d) { identify(*request, began); }
            return;
        }
        switch (state_) {
        case State::identified:
            if (const auto* select = std::get_if<iec::OptionSelect>(&message)) { follow(*select); }
            break;
        case State::read_out:
            if (std::holds_alternative<iec::Repeat>(message)) { send_readout(heard_until_); }
            break;
        case State::programming:
            serve(message);
            break;
        default:
            break;
        }
    }

    void identify(const iec::Request& request, TimePoint began) {
        if (manner_.is(Misbehaviour::silent_sign_on) || (manner_.sleeps && !sleep_.ended(began))) { return; }
        std::vector<Station*> called;
        for (Station& station : installation_->stations) {
            if (station.answers_to(request.address)) { called.push_back(&station); }
        }
        if (called.empty()) { return; }
        station_ = called.front();
        server_.emplace(*station_->meter);
        Bytes said = iec::encode(manner_.identification(*station_->meter));
        // Who answers at once answers over each other: light adds up.
        for (std::size_t i = 1; i < called.size(); ++i) {
            const Bytes other = iec::encode(manner_.identification(*called[i]->meter));
            for (std::size_t k = 0; k < std::min(said.size(), other.size()); ++k) { said[k] &= other[k]; }
            if (called[i]->meter->serial_number() != station_->meter->serial_number()) { said.front() = 0; }
        }
        timer_.reset();
        const TimePoint end = say(said, heard_until_ + reaction(), Noticeable{0, 1});
        switch (manner_.mode) {
        case iec::Mode::a:
            send_readout(end);
            break;
        case iec::Mode::b:
            baud_ = manner_.offered;
            send_readout(end);
            break;
        default:
            state_ = State::identified;
            timer_ = end + fallback_wait;
            break;
        }
    }

    void follow(const iec::OptionSelect& select) {
        if (manner_.is(Misbehaviour::nak)) { return answer(iec::Repeat()); }
        const auto rate = iec::baud_rate_of(select.baud);
        const bool binary = select.protocol == '2' && select.mode == '2';
        if (rate && *rate <= manner_.offered && !manner_.is(Misbehaviour::no_switch)) { baud_ = *rate; }
        if (binary && manner_.mode != iec::Mode::e) { baud_ = manner_.opening; }
        if (binary && manner_.mode == iec::Mode::e) {
            state_ = State::binary;
            timer_ = heard_until_ + inactivity;
            say(iec::encode(select), heard_until_ + reaction(), Noticeable{0, 1});
        } else if (select.mode == '1' && !manner_.is(Misbehaviour::no_switch)) {
            state_ = State::programming;
            if (!manner_.is(Misbehaviour::silent_data)) { answer(IecServer::operand()); }
        } else {
            send_readout(heard_until_);
        }
    }

    void send_readout(TimePoint after) {
        state_ = State::read_out;
        timer_ = after + repeat_wait;
        if (manner_.is(Misbehaviour::silent_data)) { return; }
        iec::Data data;
        data.block = station_->meter->readout();
        timer_ = say_block(iec::encode(data), after + reaction()) + repeat_wait;
    }

    void serve(const iec::Message& message) {
        timer_ = heard_until_ + inactivity;
        const auto* command = std::get_if<iec::Command>(&message);
        const bool password = command != nullptr && command->command == 'P';
        const bool leaving = command != nullptr && command->command == 'B';
        if (password && manner_.is(Misbehaviour::silent_password)) { return; }
        if (!password && !leaving && manner_.is(Misbehaviour::silent_command)) { return; }
        if (!leaving && manner_.is(Misbehaviour::nak)) { return answer(iec::Repeat()); }
        if (std::holds_alternative<iec::Repeat>(message)) {
            if (last_answer_) { answer(*last_answer_); }
            return;
        }
        if (auto reply = server_->answer(message)) { answer(std::move(*reply)); }
        if (server_->ended()) { timer_ = std::max(said_until_, heard_until_); }
    }

    void answer(iec::Message message) {
        timer_ = heard_until_ + inactivity;
        say_block(iec::encode(message), heard_until_ + reaction());
        last_answer_ = std::move(message);
    }

    void on_timer(TimePoint now) {
        installation_->load.advance_to(now);
        timer_.reset();
        if (manner_.mode == iec::Mode::d) { return push(now); }
        if (state_ == State::identified) { return send_readout(now); }
        state_ = State::idle;
        baud_ = manner_.opening;
        buffer_.clear();
    }

    /// Identification, an empty line, and the data without STX, ETX and block check (clause 6.4.4).
    void push(TimePoint now) {
        const IecMeter& meter = *installation_->stations.front().meter;
        Bytes telegram = iec::encode(manner_.identification(meter));
        const std::string rest = "\r\n" + meter.readout();
        telegram.insert(telegram.end(), rest.begin(), rest.end());
        timer_ = std::max(say(std::move(telegram), now, Noticeable{0, 1}), now + push_interval);
    }

    /// A message with a block check, which a flipped bit spoils.
    TimePoint say_block(Bytes octets, TimePoint at) {
        if (manner_.is(Misbehaviour::wrong_bcc) && octets.size() > 1) { octets.back() ^= 0x01; }
        const Noticeable whole{0, octets.size()};
        return say(std::move(octets), at, whole);
    }

    TimePoint say(Bytes octets, TimePoint at, Noticeable noticeable) {
        if (parity_) { octets = add_even_parity(octets); }
        said_until_ = line_.say(std::move(octets), at, baud_, noticeable);
        return said_until_;
    }

    [[nodiscard]] std::chrono::milliseconds reaction() const {
        const Station& station = station_ == nullptr ? installation_->stations.front() : *station_;
        return std::max(options_.latency, station.meter->identification(usual_baud).reaction_time());
    }

    std::shared_ptr<Installation> installation_;
    Options options_;
    IecManner manner_;
    OpticalLine line_;
    IecSleep sleep_;
    unsigned baud_; ///< the meters' own, now
    State state_ = State::idle;
    Station* station_ = nullptr; ///< whom the last sign-on called
    std::optional<IecServer> server_;
    std::optional<iec::Message> last_answer_;
    std::optional<TimePoint> timer_;
    bool parity_ = false; ///< the client's octets carry their parity bit as bit 7
    Bytes buffer_;
    codecs::Counters counters_;
    TimePoint heard_until_{}, said_until_{};
};

} // namespace

Result<std::unique_ptr<Bus>> make_iec62056_21_bus(std::span<const Unit> units, const Options& options) {
    const auto manner = iec_manner(options, *units.front().meter);
    if (!manner) { return tl::unexpected(manner.error()); }
    auto installation = std::make_shared<Installation>(options);
    for (const Unit& unit : units) {
        auto meter = IecMeter::create(*unit.meter, installation->load);
        if (!meter) { return tl::unexpected(meter.error()); }
        Station station;
        station.address = unit.address.empty() ? unit.meter->address : unit.address;
        station.meter = std::move(*meter);
        installation->stations.push_back(std::move(station));
    }
    return std::make_unique<IecBus>(std::move(installation), options, *manner);
}

} // namespace meterctl::simulators
