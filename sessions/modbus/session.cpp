#include "sessions/modbus/session.hpp"

#include "sessions/modbus/identify.hpp"
#include "sessions/modbus/writer.hpp"

#include <charconv>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

constexpr std::string_view usual_address = "1";

class ModbusSession final : public Session {
public:
    ModbusSession(transports::Transport& transport, ClientOptions options, PlanLimits limits)
        : client_(transport, std::move(options)), reader_(client_, std::move(limits)) {}

    Task<Result<Identity>> identify(std::span<const catalogue::Definition* const> candidates) override {
        if (broadcasts()) { co_return nobody_answers(); }
        auto identity = co_await sessions::modbus::identify(client_, candidates);
        co_return identity;
    }

    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points) override {
        if (broadcasts()) { co_return nobody_answers(); }
        auto outcome = co_await reader_.read(points);
        co_return outcome;
    }

    Result<std::vector<PlannedFrame>> plan_write(const catalogue::Point& point, const Value& value) override {
        const auto request = write_request(point, value);
        if (!request) { return tl::unexpected(request.error()); }
        auto frame = client_.frame_of(*request);
        if (!frame) { return tl::unexpected(frame.error()); }
        PlannedFrame planned;
        planned.octets = std::move(*frame);
        planned.summary = summary_of(*request);
        std::vector<PlannedFrame> frames;
        frames.push_back(std::move(planned));
        return frames;
    }

    Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value) override {
        if (!broadcasts()) {
            auto outcome = co_await write_point(client_, reader_, point, value);
            co_return outcome;
        }
        const auto request = write_request(point, value);
        if (!request) { co_return tl::unexpected(request.error()); }
        auto told = co_await client_.tell_all(*request);
        if (!told) { co_return tl::unexpected(told.error()); }
        WriteOutcome outcome;
        outcome.point = point.name;
        outcome.written = value;
        co_return outcome;
    }

    Task<Result<Value>> invoke(std::string_view method, const Value&) override {
        co_return fail(Category::usage, "Modbus has no method '" + std::string(method) + "'");
    }

    [[nodiscard]] const Statistics& statistics() const override { return client_.statistics(); }

private:
    [[nodiscard]] bool broadcasts() {
        return client_.options().address == 0 && client_.options().framing != Framing::tcp;
    }
    tl::unexpected<Error> nobody_answers() {
        return fail(Category::usage, "address 0 is all meters, and none answers", client_.transport().description(),
                    {"the meter's own address"});
    }

    Client client_;
    Reader reader_;
};

} // namespace

Result<std::uint8_t> parse_address(std::string_view text) {
    const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    const std::string_view digits = hexadecimal ? text.substr(2) : text;
    unsigned number = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, hexadecimal ? 16 : 10);
    if (error != std::errc() || end != digits.data() + digits.size() || number > 255) {
        return fail(Category::usage, "'" + std::string(text) + "' is no Modbus address", {},
                    {"a number from 1 to 247; 0 writes to all meters"});
    }
    return static_cast<std::uint8_t>(number);
}

Result<Framing> choose_framing(const std::map<std::string, std::string>& settings,
                               const transports::Transport& transport) {
    const auto named = settings.find("framing");
    if (named != settings.end() && !named->second.empty()) { return parse_framing(named->second); }
    return transport.line() ? Framing::rtu : Framing::tcp;
}

Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options) {
    ClientOptions client;
    std::string_view address = options.address;
    if (address.empty() && options.meter != nullptr) { address = options.meter->address; }
    const auto number = parse_address(address.empty() ? usual_address : address);
    if (!number) { return tl::unexpected(number.error()); }
    client.address = *number;
    const auto framing = choose_framing(options.settings, transport);
    if (!framing) { return tl::unexpected(framing.error()); }
    client.framing = *framing;
    auto limits = plan_limits(options.meter, transport.line());
    if (!limits) { return tl::unexpected(limits.error()); }
    if (options.meter != nullptr) {
        const auto settings = modbus::settings(*options.meter);
        if (!settings) { return tl::unexpected(settings.error()); }
        client.pause = settings->pause;
        if (settings->answer) { client.answer_time = *settings->answer; }
    }
    if (options.timeout) { client.answer_time = *options.timeout; }
    client.retries = options.retries;
    client.notice = std::move(options.notice);
    return std::make_unique<ModbusSession>(transport, std::move(client), std::move(*limits));
}

} // namespace meterctl::sessions::modbus
