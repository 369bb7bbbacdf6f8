#include "sessions/bacnet/session.hpp"

#include "sessions/bacnet/address.hpp"
#include "sessions/bacnet/device_control.hpp"
#include "sessions/bacnet/identify.hpp"
#include "sessions/bacnet/trend_log.hpp"
#include "sessions/bacnet/watcher.hpp"
#include "sessions/bacnet/writer.hpp"

#include <algorithm>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;

constexpr Duration usual_settling = 2s;
constexpr std::uint16_t trend_log_type = 20;

struct Setup {
    Address address;
    bacnet::Settings settings;
    ReaderOptions reader;
    WriterOptions writer;
    std::string password;
    bool confirmed_reports = false;
    const catalogue::Definition* meter = nullptr;
};

class BacnetSession final : public Session {
public:
    BacnetSession(std::unique_ptr<Link> link, ClientOptions options, Setup setup)
        : client_(std::move(link), std::move(options)), setup_(std::move(setup)),
          properties_(client_, Station(), std::min(setup_.settings.max_apdu, client_.link().max_apdu()),
                      setup_.settings.read_property_multiple),
          reader_(properties_, setup_.reader), writer_(properties_, reader_, setup_.writer),
          control_(properties_, setup_.password) {}

    Task<Result<Identity>> identify(std::span<const catalogue::Definition* const> candidates) override {
        std::vector<const catalogue::Definition*> list(candidates.begin(), candidates.end());
        auto found = co_await find();
        if (!found) { co_return tl::unexpected(found.error()); }
        auto identity = co_await sessions::bacnet::identify(properties_, std::move(list));
        co_await client_.link().rest();
        co_return identity;
    }

    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points) override {
        std::vector<catalogue::Point> list(points.begin(), points.end());
        auto found = co_await find();
        if (!found) { co_return tl::unexpected(found.error()); }
        if (list.empty()) {
            auto all = co_await reader_.read_all();
            co_await client_.link().rest();
            co_return all;
        }
        auto outcome = co_await reader_.read(std::move(list));
        co_await client_.link().rest();
        co_return outcome;
    }

    Result<std::vector<PlannedFrame>> plan_write(const catalogue::Point& point, const Value& value) override {
        const auto address = bacnet::parse_point_address(point.address);
        if (!address || !address->service) { return writer_.plan(point, value); }
        const auto frame = control_.plan(*address->service, value);
        if (!frame) { return tl::unexpected(frame.error()); }
        return std::vector<PlannedFrame>(1, *frame);
    }

    Result<std::vector<std::vector<PlannedFrame>>> plan_all(std::span<const PointValue> writes) override {
        return writer_.plan_all(writes);
    }

    Task<std::vector<Result<WriteOutcome>>> write_all(std::span<const PointValue> writes) override {
        std::vector<PointValue> placed(writes.begin(), writes.end());
        const auto found = co_await place(placed);
        if (!found) {
            co_await client_.link().rest();
            std::vector<Result<WriteOutcome>> none(1, tl::unexpected(found.error()));
            while (none.size() < writes.size()) { none.emplace_back(tl::unexpected(not_written())); }
            co_return none;
        }
        auto outcomes = co_await writer_.write_all(placed);
        co_await client_.link().rest();
        co_return outcomes;
    }

    Task<Result<void>> watch(std::vector<catalogue::Point> points, transports::Duration duration,
                             std::function<bool(ReadOutcome&&)> changed) override {
        auto found = co_await find();
        if (!found) { co_return found; }
        Watcher watcher(properties_, reader_, setup_.confirmed_reports);
        auto done = co_await watcher.watch(std::move(points), duration, std::move(changed));
        co_await client_.link().rest();
        co_return done;
    }

    Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value) override {
        auto found = co_await find();
        if (!found) { co_return tl::unexpected(found.error()); }
        const auto place = co_await reader_.located(point);
        if (!place) {
            co_await client_.link().rest();
            co_return tl::unexpected(place.error());
        }
        auto outcome = co_await writer_.write(*place, value);
        co_await client_.link().rest();
        co_return outcome;
    }

    Task<Result<Value>> invoke(std::string_view method, const Value& argument) override {
        auto found = co_await find();
        if (!found) { co_return tl::unexpected(found.error()); }
        const auto address = bacnet::parse_point_address(method);
        if (address && address->service) {
            auto done = co_await control_.call(*address->service, argument);
            co_await client_.link().rest();
            co_return done;
        }
        auto result = co_await writer_.invoke(method, argument);
        co_await client_.link().rest();
        co_return result;
    }

    Task<Result<std::vector<catalogue::Profile>>> profiles() override {
        if (setup_.meter != nullptr && !setup_.meter->profiles.empty()) { co_return setup_.meter->profiles; }
        auto found = co_await find();
        if (!found) { co_return tl::unexpected(found.error()); }
        auto objects = co_await reader_.objects();
        co_await client_.link().rest();
        if (!objects) { co_return tl::unexpected(objects.error()); }
        std::vector<catalogue::Profile> profiles;
        for (const bacnet::ObjectId& object : *objects) {
            if (object.type != trend_log_type) { continue; }
            catalogue::Profile profile;
            profile.address = object.text();
            profile.name = "trend_log_" + std::to_string(object.instance);
            profiles.push_back(std::move(profile));
        }
        co_return profiles;
    }

    Task<Result<void>> profile(const catalogue::Profile& profile, const ProfileSelection& selection,
                               const ProfileSink& sink) override {
        const auto log = log_of(profile);
        if (!log) { co_return tl::unexpected(log.error()); }
        auto found = co_await find();
        if (!found) { co_return tl::unexpected(found.error()); }
        TrendLog trend(properties_, setup_.meter, *log, setup_.settings.not_a_number);
        auto done = co_await trend.fetch(selection, sink);
        co_await client_.link().rest();
        co_return done;
    }

    [[nodiscard]] const Statistics& statistics() const override { return client_.statistics(); }

private:
    /// "trend-log:1", or the name that profiles() gives it.
    static Result<bacnet::ObjectId> log_of(const catalogue::Profile& profile) {
        constexpr std::string_view prefix = "trend_log_";
        std::string text = profile.address;
        if (text.starts_with(prefix)) { text = "trend-log:" + text.substr(prefix.size()); }
        const auto address = bacnet::parse_point_address(text);
        const bool log = address && address->object.type == trend_log_type;
        if (log) { return address->object; }
        return fail(Category::usage, "'" + profile.address + "' is no trend log", {}, {"trend-log:1"},
                    "bacnet.profile");
    }

    /// Where the device is, and in it what only names are known of.
    Task<Result<void>> place(std::vector<PointValue>& writes) {
        auto found = co_await find();
        if (!found) { co_return found; }
        for (PointValue& one : writes) {
            auto point = co_await reader_.located(one.point);
            if (!point) { co_return tl::unexpected(point.error()); }
            one.point = std::move(*point);
        }
        co_return Result<void>();
    }

    /// Once: where the device is.
    Task<Result<void>> find() {
        if (located_) { co_return Result<void>(); }
        auto station = co_await locate(client_, setup_.address);
        if (!station) { co_return tl::unexpected(station.error()); }
        properties_.move_to(std::move(*station));
        located_ = true;
        co_return Result<void>();
    }

    Client client_;
    Setup setup_;
    Properties properties_;
    Reader reader_;
    Writer writer_;
    DeviceControl control_;
    bool located_ = false;
};

Result<std::optional<std::uint8_t>> priority_of(const std::map<std::string, std::string>& settings) {
    const auto given = settings.find("priority");
    if (given == settings.end()) { return std::optional<std::uint8_t>(); }
    const auto number = Decimal::parse(given->second);
    const auto priority = number ? number->to_int64() : std::nullopt;
    constexpr std::int64_t last_priority = 16;
    if (priority && *priority >= 1 && *priority <= last_priority) { return static_cast<std::uint8_t>(*priority); }
    return fail(Category::usage, "'" + given->second + "' is no priority", {}, {"1, the highest, to 16, the lowest"},
                "bacnet.priority");
}

std::string setting(const std::map<std::string, std::string>& settings, const std::string& name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
}

} // namespace

Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options) {
    auto link = link_options(options.settings);
    if (!link) { return tl::unexpected(link.error()); }
    const bool ip = link->framing.empty() ? transport.datagrams() : link->framing == "ip";
    Setup setup;
    setup.meter = options.meter;
    // On BACnet/IP the delivered MS/TP address says nothing.
    std::string text = options.address;
    if (text.empty() && !ip && options.meter != nullptr) { text = options.meter->address; }
    auto address = parse_address(text);
    if (!address) { return tl::unexpected(address.error()); }
    setup.address = std::move(*address);
    if (options.meter != nullptr) {
        auto settings = bacnet::settings(*options.meter);
        if (!settings) { return tl::unexpected(settings.error()); }
        setup.settings = *settings;
        setup.reader.not_a_number = settings->not_a_number;
    }
    const std::string check = setting(options.settings, "check");
    setup.reader.check = !check.empty() && check != "0";
    setup.confirmed_reports = setting(options.settings, "reports") == "confirmed";
    auto priority = priority_of(options.settings);
    if (!priority) { return tl::unexpected(priority.error()); }
    setup.writer.priority = *priority;
    const Duration given = std::chrono::milliseconds(setup.settings.write_settles_ms);
    setup.writer.settles = given == Duration::zero() ? usual_settling : given;
    setup.writer.multiple = setup.settings.write_property_multiple;
    setup.writer.meter = options.meter;
    setup.writer.notice = options.notice;
    setup.password = setting(options.settings, "password");
    if (setup.address.kind == Address::Kind::mac) { link->other = setup.address.mac; }
    link->notice = options.notice;
    ClientOptions client;
    client.timeout = options.timeout;
    client.retries = options.retries;
    client.notice = std::move(options.notice);
    return std::make_unique<BacnetSession>(make_link(transport, std::move(*link)), std::move(client), std::move(setup));
}

} // namespace meterctl::sessions::bacnet
