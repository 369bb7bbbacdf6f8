#include "simulators/mbus_bus.hpp"

#include "simulators/faults.hpp"
#include "simulators/mbus_collision.hpp"
#include "simulators/mbus_setup.hpp"

#include <algorithm>
#include <charconv>

namespace meterctl::simulators {

namespace mbus = codecs::mbus;

namespace {

using namespace std::chrono_literals;

/// A pause that ends a damaged request; adapters and sockets make gaps of up to this.
constexpr auto request_gap = 30ms;
/// A slave whose new baud rate brings no frame within this time goes back to the old one.
constexpr auto baud_trial = 2min;
constexpr unsigned first_primary = 1;
/// On a bus of which nothing is said.
constexpr unsigned usual_meters = 4;
constexpr std::uint64_t reaction_stream = 0x5C0E;
constexpr std::size_t longest_lag = 14; ///< bits

/// One slave, and how it sits on the wires.
struct Station {
    std::unique_ptr<MbusMeter> meter;
    std::size_t lag = 0; ///< bits by which it begins later than the quickest
    unsigned baud = 0;
    std::string frame;
    std::optional<unsigned> baud_before; ///< while the new one is on trial
    TimePoint trial_ends{};

    void set_line(unsigned at_baud, std::string_view at_frame) {
        baud = at_baud;
        frame = at_frame;
    }

    bool hears(unsigned at_baud, std::string_view at_frame, TimePoint now) {
        if (baud_before && now >= trial_ends) { baud = *std::exchange(baud_before, std::nullopt); }
        return baud == at_baud && frame == at_frame;
    }

    void change_baud(unsigned to, TimePoint now) {
        if (to == baud) { return; }
        baud_before = baud;
        baud = to;
        trial_ends = now + baud_trial;
    }
};

/// What all lines to the same meters share.
struct Installation {
    explicit Installation(const Options& options) : load(options) {}
    LoadModel load;
    std::vector<Station> stations;
};

class MbusBus final : public Bus {
public:
    MbusBus(std::shared_ptr<Installation> installation, const Options& options)
        : installation_(std::move(installation)), options_(options), line_(options) {}

    void receive(ByteView octets, TimePoint now) override {
        heard_until_ = line_.hear(octets, now);
        buffer_.insert(buffer_.end(), octets.begin(), octets.end());
        take_requests(false);
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        const auto due = line_.next_deadline();
        if (buffer_.empty()) { return due; }
        const TimePoint silence = heard_until_ + request_gap;
        return due ? std::min(*due, silence) : silence;
    }

    std::vector<Transmission> transmit(TimePoint now) override {
        if (!buffer_.empty() && now >= heard_until_ + request_gap) {
            take_requests(true);
            buffer_.clear();
        }
        return line_.transmit(now);
    }

    /// All meters of a bus are set up alike: at first they are at what the line is at.
    void line_changed(unsigned baud, std::string_view frame) override {
        if (!baud_) {
            for (Station& station : installation_->stations) { station.set_line(baud, frame); }
        }
        baud_ = baud;
        frame_ = frame;
    }

    [[nodiscard]] std::unique_ptr<Bus> connect(std::string_view /*framing*/) const override {
        return std::make_unique<MbusBus>(installation_, options_);
    }

private:
    void take_requests(bool silent) {
        while (!buffer_.empty()) {
            const mbus::Step step = mbus::next_frame(buffer_, silent, counters_);
            if (step.kind == mbus::Step::Kind::need_more || step.octets == 0) { return; }
            const auto octets = std::min(step.octets, buffer_.size());
            if (step.kind == mbus::Step::Kind::frame) { handle(ByteView(buffer_).first(octets)); }
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(octets));
        }
    }

    void handle(ByteView octets) {
        const auto frame = mbus::decode(octets);
        if (!frame) { return; }
        installation_->load.advance_to(heard_until_);
        std::vector<Talk> talks;
        for (Station& station : installation_->stations) {
            if (baud_ && !station.hears(*baud_, frame_, heard_until_)) { continue; }
            station.baud_before.reset();
            if (auto answer = station.meter->receive(*frame)) { talks.push_back({station.lag, std::move(*answer)}); }
            if (const auto baud = station.meter->take_baud()) { station.change_baud(*baud, heard_until_); }
        }
        if (talks.empty()) { return; }
        line_.answer(talks.size() == 1 ? std::move(talks.front().octets) : overlap(talks), heard_until_);
    }

    std::shared_ptr<Installation> installation_;
    Options options_;
    FaultyLine line_;
    Bytes buffer_;
    codecs::Counters counters_;
    std::optional<unsigned> baud_; ///< the client's side of the line, where it has one
    std::string frame_;
    TimePoint heard_until_{};
};

Result<std::uint8_t> primary_of(const Unit& unit) {
    const std::string& text = unit.address.empty() ? unit.meter->address : unit.address;
    unsigned number = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = trouble == std::errc() && end == text.data() + text.size();
    if (whole && number <= mbus::address::last_primary) { return static_cast<std::uint8_t>(number); }
    if (unit.address.empty()) { return static_cast<std::uint8_t>(first_primary); } // found by 253 or 254
    return fail(Category::usage, "'" + text + "' is no primary address", unit.meter->model, {"a number from 0 to 250"});
}

/// Half of the slaves begin their answer at the same bit, the others a little later.
std::size_t lag_of(std::uint64_t seed, std::size_t index) {
    const std::uint64_t dice = mix(mix(seed ^ reaction_stream) + index);
    return dice % 2 == 0 ? static_cast<std::size_t>(dice / 2 % longest_lag) : 0;
}

void add_station(Installation& installation, MbusSetup setup, const Options& options) {
    Station station;
    station.lag = lag_of(options.seed, installation.stations.size());
    station.meter = std::make_unique<MbusMeter>(std::move(setup), installation.load);
    installation.stations.push_back(std::move(station));
}

/// Of a definition that describes no records the simulator makes the meters up.
bool describes_nothing(const catalogue::Definition& meter) {
    return std::ranges::none_of(meter.points, [](const catalogue::Point& point) { return !point.simulate.empty(); });
}

/// The lowest primary address that no meter has.
std::uint8_t free_primary(const Installation& installation) {
    const auto taken = [&](unsigned address) {
        return std::ranges::any_of(installation.stations,
                                   [&](const Station& station) { return station.meter->primary() == address; });
    };
    unsigned address = first_primary;
    while (taken(address) && address < mbus::address::last_primary) { ++address; }
    return static_cast<std::uint8_t>(address);
}

} // namespace

Result<std::unique_ptr<Bus>> make_mbus_bus(std::span<const Unit> units, const Options& options) {
    auto installation = std::make_shared<Installation>(options);
    unsigned made_up = units.empty() && options.meters == 0 ? usual_meters : options.meters;
    for (const Unit& unit : units) {
        const auto primary = primary_of(unit);
        if (!primary) { return tl::unexpected(primary.error()); }
        const auto index = static_cast<unsigned>(installation->stations.size());
        const bool invent = describes_nothing(*unit.meter);
        if (invent && options.meters > 0 && unit.address.empty()) { continue; } // it stands for those made up
        Result<MbusSetup> setup = invent ? generated_setup(options.seed, index) : setup_of(*unit.meter, index);
        if (!setup) { return tl::unexpected(setup.error()); }
        setup->primary = *primary;
        add_station(*installation, std::move(*setup), options);
    }
    for (unsigned index = 0; index < made_up; ++index) {
        MbusSetup setup = generated_setup(options.seed, index);
        setup.primary = free_primary(*installation);
        add_station(*installation, std::move(setup), options);
    }
    return std::make_unique<MbusBus>(std::move(installation), options);
}

} // namespace meterctl::simulators
