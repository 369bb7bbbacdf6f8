#include "simulators/modbus_bus.hpp"

#include "codecs/modbus/ascii.hpp"
#include "codecs/modbus/rtu.hpp"
#include "codecs/modbus/tcp.hpp"
#include "simulators/faults.hpp"
#include "simulators/modbus_server.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace modbus = codecs::modbus;

namespace {

using namespace std::chrono_literals;

enum class Framing { rtu, tcp, ascii };
struct FramingName {
    std::string_view name;
    Framing framing;
};
constexpr std::array framing_names{FramingName{"", Framing::rtu}, FramingName{"rtu", Framing::rtu},
                                   FramingName{"tcp", Framing::tcp}, FramingName{"ascii", Framing::ascii}};

constexpr std::uint8_t broadcast = 0;
constexpr std::uint8_t any_unit = 255;       ///< TCP: the device itself
constexpr std::uint8_t gateway_silence = 11; ///< exception: the target did not answer
/// Octets after which a pause ends an RTU request of unknown length; adapters and sockets make gaps of up to this.
constexpr auto request_gap = 30ms;

std::optional<Framing> framing_of(std::string_view name) {
    for (const FramingName& row : framing_names) {
        if (row.name == name) { return row.framing; }
    }
    return std::nullopt;
}

/// One meter: where it listens, and what it holds.
struct Station {
    std::uint8_t address = 0;
    unsigned baud = 0;
    std::string frame;
    std::unique_ptr<ModbusMemory> memory;

    [[nodiscard]] bool hears(unsigned at_baud, std::string_view at_frame) const {
        return baud == at_baud && frame == at_frame;
    }

    void set_line(unsigned at_baud, std::string_view at_frame) {
        baud = at_baud;
        frame = at_frame;
        memory->preset_line(address, baud);
    }

    void follow(const modbus::LineChange& change) {
        if (change.address) { address = *change.address; }
        if (change.baud) { baud = *change.baud; }
        if (change.parity && frame.size() == 3) { frame[1] = *change.parity; }
    }
};

/// What all lines to the same meters share.
struct Installation {
    explicit Installation(const Options& options) : load(options) {}
    LoadModel load;
    std::vector<Station> stations;
};

class ModbusBus final : public Bus {
public:
    ModbusBus(std::shared_ptr<Installation> installation, const Options& options, Framing framing)
        : installation_(std::move(installation)), options_(options), framing_(framing), line_(options) {}

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
        if (!buffer_.empty() && now >= heard_until_ + request_gap) { take_rest(); }
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

    [[nodiscard]] std::unique_ptr<Bus> connect(std::string_view framing) const override {
        const auto named = framing.empty() ? std::optional(framing_) : framing_of(framing);
        return std::make_unique<ModbusBus>(installation_, options_, named.value_or(framing_));
    }

private:
    void take_requests(bool silent) {
        while (!buffer_.empty()) {
            const modbus::Step step = next_request(silent);
            if (step.kind == modbus::Step::Kind::need_more || step.octets == 0) { return; }
            const auto octets = std::min(step.octets, buffer_.size());
            if (step.kind == modbus::Step::Kind::frame) { handle(ByteView(buffer_).first(octets)); }
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(octets));
        }
    }

    /// After a silence all that is there is one request, even one whose length its octets do not tell.
    void take_rest() {
        if (framing_ == Framing::rtu && modbus::rtu::decode(buffer_)) {
            handle(buffer_);
        } else {
            take_requests(true);
        }
        buffer_.clear();
    }

    [[nodiscard]] modbus::Step next_request(bool silent) {
        switch (framing_) {
        case Framing::tcp:
            return modbus::tcp::next_request(buffer_, counters_);
        case Framing::ascii:
            return modbus::ascii::next_frame(buffer_, counters_);
        case Framing::rtu:
            break;
        }
        return modbus::rtu::next_request(buffer_, silent, counters_);
    }

    void handle(ByteView frame) {
        installation_->load.advance_to(heard_until_);
        switch (framing_) {
        case Framing::rtu:
            if (const auto adu = modbus::rtu::decode(frame)) { handle_serial(adu->address, adu->pdu); }
            break;
        case Framing::ascii:
            if (const auto whole = modbus::ascii::decode(frame)) { handle_serial(whole->address, whole->pdu); }
            break;
        case Framing::tcp:
            if (const auto whole = modbus::tcp::decode(frame)) { handle_tcp(*whole); }
            break;
        }
    }

    void handle_serial(std::uint8_t address, ByteView pdu) {
        for (Station& station : installation_->stations) {
            const bool deaf = baud_ && !station.hears(*baud_, frame_);
            if (deaf || (address != broadcast && address != station.address)) { continue; }
            const Bytes answer = serve_pdu(*station.memory, pdu);
            if (address != broadcast) { line_.answer(serial_frame(address, answer), heard_until_); }
            follow(station);
        }
    }

    [[nodiscard]] Bytes serial_frame(std::uint8_t address, ByteView pdu) const {
        return framing_ == Framing::ascii ? modbus::ascii::encode(address, pdu) : modbus::rtu::encode(address, pdu);
    }

    void handle_tcp(const modbus::tcp::Frame& request) {
        const std::uint8_t unit = request.header.unit;
        auto& stations = installation_->stations;
        auto station = std::find_if(stations.begin(), stations.end(),
                                    [unit](const Station& candidate) { return candidate.address == unit; });
        const bool itself = unit == broadcast || unit == any_unit;
        if (station == stations.end() && itself && stations.size() == 1) { station = stations.begin(); }
        Bytes answer{static_cast<std::uint8_t>(request.pdu.front() | modbus::exception_flag), gateway_silence};
        if (station != stations.end()) {
            answer = serve_pdu(*station->memory, request.pdu);
            follow(*station);
        }
        constexpr std::size_t protocol_and_length = 2, their_octets = 4;
        line_.answer_in_stream(modbus::tcp::encode(request.header.transaction, unit, answer), heard_until_,
                               protocol_and_length, their_octets);
    }

    static void follow(Station& station) {
        for (const modbus::LineChange& change : station.memory->take_line_changes()) { station.follow(change); }
    }

    std::shared_ptr<Installation> installation_;
    Options options_;
    Framing framing_;
    FaultyLine line_;
    Bytes buffer_;
    codecs::Counters counters_;
    TimePoint heard_until_{};
    std::optional<unsigned> baud_; ///< of the client's side, once it said so
    std::string frame_;
};

Result<std::uint8_t> unit_address(const Unit& unit) {
    const std::string& text = unit.address.empty() ? unit.meter->address : unit.address;
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number > any_unit) {
        return fail(Category::usage, "'" + text + "' is no Modbus address", unit.meter->model,
                    {"a number from 1 to 247"});
    }
    return static_cast<std::uint8_t>(number);
}

Result<Station> make_station(const Unit& unit, const Options& options, const LoadModel& load) {
    const auto address = unit_address(unit);
    if (!address) { return tl::unexpected(address.error()); }
    auto memory = ModbusMemory::create(*unit.meter, load);
    if (!memory) { return tl::unexpected(memory.error()); }
    Station station;
    station.address = *address;
    station.memory = std::move(*memory);
    station.set_line(options.baud == 0 ? unit.meter->line.baud : options.baud, unit.meter->line.frame);
    return station;
}

} // namespace

Result<std::unique_ptr<Bus>> make_modbus_bus(std::span<const Unit> units, const Options& options) {
    const auto framing = framing_of(options.framing);
    if (!framing) {
        return fail(Category::usage, "unknown framing '" + options.framing + "'", {}, {"rtu, tcp or ascii"});
    }
    auto installation = std::make_shared<Installation>(options);
    for (const Unit& unit : units) {
        auto station = make_station(unit, options, installation->load);
        if (!station) { return tl::unexpected(station.error()); }
        const auto taken = std::any_of(installation->stations.begin(), installation->stations.end(),
                                       [&](const Station& other) { return other.address == station->address; });
        if (taken) {
            return fail(Category::usage, "two units have address " + std::to_string(station->address), {},
                        {"another address for one of them"});
        }
        installation->stations.push_back(std::move(*station));
    }
    return std::make_unique<ModbusBus>(std::move(installation), options, *framing);
}

} // namespace meterctl::simulators
