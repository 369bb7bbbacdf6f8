// `meterctl simulate [MODEL] --listen ENDPOINT...`
#include "commands/connection.hpp"
#include "commands/dressed_listener.hpp"
#include "commands/models.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "commands/values.hpp"
#include "commands/virtual_meters.hpp"
#include "transports/options.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

using namespace std::chrono_literals;
using transports::Scheme;

/// A meter that has lost whom it connects to tries again after so long.
constexpr transports::Duration redial = 1s;

/// Far enough to never come, near enough to be computed with.
constexpr transports::Duration for_ever = 24h * 365;

struct Job {
    std::vector<simulators::Unit> units;
    std::vector<transports::Endpoint> listen;
    std::vector<transports::Endpoint> connect;
    std::optional<transports::Duration> duration;
};

Result<std::vector<simulators::Unit>> units_of(const Arguments& arguments, const Models& models) {
    std::vector<simulators::Unit> units;
    const std::string model = arguments.given("MODEL") ? arguments.text("MODEL") : models.only_file;
    const std::vector<std::string> named = arguments.all("--unit");
    if (!model.empty() && (arguments.given("MODEL") || named.empty())) {
        const auto meter = models.catalogue.find(model);
        if (!meter) { return tl::unexpected(meter.error()); }
        units.push_back({arguments.text("--address"), *meter});
    }
    for (const std::string& text : named) {
        auto unit = parse_unit(text, '=', models.catalogue);
        if (!unit) { return tl::unexpected(unit.error()); }
        units.push_back(std::move(*unit));
    }
    if (!units.empty()) { return units; }
    return fail(Category::usage, "no meter is named to simulate", {},
                {"a MODEL (`meterctl meters` lists them)", "--unit 1=pro380-mod"}, "usage.no_meter");
}

Result<transports::Endpoint> place_of(const std::string& text) {
    auto endpoint = transports::parse_endpoint(text);
    if (endpoint && endpoint->scheme == Scheme::sim) {
        return fail(Category::usage, "nobody can connect to a sim: endpoint", text, {"tcp://127.0.0.1:1502"},
                    "usage.listen");
    }
    return endpoint;
}

Result<Job> plan_job(const Arguments& arguments, const Models& models) {
    Job job;
    auto units = units_of(arguments, models);
    if (!units) { return tl::unexpected(units.error()); }
    job.units = std::move(*units);
    for (const std::string_view option : {"--listen", "--connect"}) {
        for (const std::string& text : arguments.all(option)) {
            auto endpoint = place_of(text);
            if (!endpoint) { return tl::unexpected(endpoint.error()); }
            (option == "--listen" ? job.listen : job.connect).push_back(std::move(*endpoint));
        }
    }
    if (job.listen.empty() && job.connect.empty()) {
        return fail(Category::usage, "nothing says where to serve", {},
                    {"--listen tcp://127.0.0.1:1502", "--listen pty:/tmp/meter0"}, "usage.listen");
    }
    if (arguments.given("--for")) {
        const auto duration = parse_duration("--for", arguments.text("--for"));
        if (!duration) { return tl::unexpected(duration.error()); }
        job.duration = *duration;
    }
    return job;
}

std::optional<std::string> setting_of(const Arguments& arguments, std::string_view key) {
    std::string option = "--" + std::string(key);
    std::ranges::replace(option, '_', '-');
    if (option == "--echo") { return arguments.flag(option) ? std::optional<std::string>("1") : std::nullopt; }
    if (!arguments.given(option)) { return std::nullopt; }
    return arguments.text(option);
}

/// A socket, a pty or a serial line that serves the meters.
struct Place {
    std::unique_ptr<transports::Listener> listener;
    std::unique_ptr<transports::Transport> line; ///< of a serial device, which nobody has to connect to
    std::unique_ptr<simulators::Bus> bus;        ///< of `line`
    std::string framing;
    bool connects = false; ///< `line` is connected anew when it breaks
};

/// The task owns its place, since the loop that runs it is what ends last.
Task<void> serve_place(std::unique_ptr<Place> place, const simulators::Bus& bus,
                       std::shared_ptr<std::optional<Error>> broken) {
    Result<void> served;
    if (place->line) {
        served = co_await transports::serve(*place->line, *place->bus);
        transports::Loop& loop = place->line->loop();
        while (place->connects && !loop.interrupted()) {
            co_await loop.sleep_for(redial);
            const auto opened = co_await place->line->reopen();
            if (opened) { served = co_await transports::serve(*place->line, *place->bus); }
        }
    } else {
        served = co_await transports::serve(*place->listener, bus, place->framing);
    }
    if (!served) { *broken = served.error(); }
}

class Server {
public:
    Server(Wiring& wiring, VirtualBus& bus, Io& io) : wiring_(wiring), bus_(bus), io_(io) {}

    /// `connects`: the meters go to the endpoint, rather than wait there for clients.
    Result<void> open(const transports::Endpoint& endpoint, const std::string& framing, bool connects);
    /// Until the time is up; interrupted on Ctrl-C.
    Result<void> run(std::optional<transports::Duration> duration);

private:
    Wiring& wiring_;
    VirtualBus& bus_;
    Io& io_;
    std::vector<std::unique_ptr<Place>> places_;
};

bool is_device(Scheme scheme) {
    return scheme == Scheme::serial || scheme == Scheme::rfc2217;
}

/// What clients on such an endpoint expect, unless told.
std::string framing_for(const transports::Endpoint& endpoint, const std::string& named) {
    if (const auto own = endpoint.option("framing")) { return *own; }
    if (!named.empty()) { return named; }
    return is_device(endpoint.scheme) || endpoint.scheme == Scheme::pty ? "rtu" : "tcp";
}

Result<void> Server::open(const transports::Endpoint& endpoint, const std::string& framing, bool connects) {
    auto place = std::make_unique<Place>();
    place->framing = framing_for(endpoint, framing);
    transports::Loop& loop = wiring_.real_loop();
    const auto line = transports::line_settings(endpoint, bus_.line);
    if (!line) { return tl::unexpected(line.error()); }
    std::string description;
    if (connects || is_device(endpoint.scheme)) {
        place->connects = connects;
        auto opened = transports::run(loop, transports::open_transport(loop, endpoint, wiring_.open_options(*line)));
        if (!opened) { return tl::unexpected(opened.error()); }
        place->line = wiring_.dress(std::move(*opened), *bus_.protocol, place->framing, transports::Side::server);
        place->bus = bus_.bus->connect(place->framing);
        description = place->line->description();
    } else {
        auto opened = transports::run(loop, transports::open_listener(loop, endpoint, wiring_.open_options(*line)));
        if (!opened) { return tl::unexpected(opened.error()); }
        place->listener = make_dressed(std::move(*opened), wiring_, *bus_.protocol, place->framing);
        description = place->listener->description();
    }
    warn(io_, (connects ? "connected to " : "listening on ") + description);
    places_.push_back(std::move(place));
    return {};
}

Result<void> Server::run(std::optional<transports::Duration> duration) {
    transports::Loop& loop = wiring_.real_loop();
    const auto broken = std::make_shared<std::optional<Error>>();
    for (auto& place : places_) { loop.spawn(serve_place(std::move(place), *bus_.bus, broken)); }
    transports::run(loop, loop.sleep_for(duration.value_or(for_ever)));
    if (loop.interrupted()) { return fail(Category::interrupted, "interrupted"); }
    if (*broken) { return tl::unexpected(**broken); }
    return {};
}

int serve_all(const Job& job, VirtualBus& bus, const Arguments& arguments, Io& io) {
    auto wiring = Wiring::open(arguments, io);
    if (!wiring) { return give_up(io, wiring.error()); }
    Server server(*wiring, bus, io);
    for (const bool connects : {false, true}) {
        for (const transports::Endpoint& endpoint : connects ? job.connect : job.listen) {
            const auto opened = server.open(endpoint, arguments.text("--framing"), connects);
            if (!opened) { return give_up(io, opened.error()); }
        }
    }
    const auto served = server.run(job.duration);
    if (served) { return 0; }
    if (served.error().category != Category::interrupted) { report(io, {}, served.error()); }
    return exit_code(served.error().category);
}

} // namespace

int run_simulate(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    const auto job = plan_job(arguments, *models);
    if (!job) { return give_up(io, job.error()); }
    auto bus = make_virtual_bus(
        job->units, nullptr, [&](std::string_view key) { return setting_of(arguments, key); }, "--");
    if (!bus) { return give_up(io, bus.error()); }
    return serve_all(*job, *bus, arguments, io);
}

} // namespace meterctl::commands
