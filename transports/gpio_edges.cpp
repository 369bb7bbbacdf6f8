// gpio: the edges of a line of a GPIO chip, by libgpiod. The library is loaded when the first such input is opened:
// most installations have no GPIO. Nothing else here knows it.
#include "transports/edge_openers.hpp"
#include "transports/edge_watch.hpp"
#include "transports/gpio_clock.hpp"
#include "transports/real_loop.hpp"
#include "transports/sockets.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gpiod.h>
#include <system_error>
#include <utility>

namespace meterctl::transports {

namespace {

using Kind = EdgeStep::Kind;

constexpr const char* library_name = "libgpiod.so.2";

/// The functions of libgpiod 1.6 that are used here.
struct Library {
    decltype(&gpiod_chip_open) chip_open = nullptr;
    decltype(&gpiod_chip_close) chip_close = nullptr;
    decltype(&gpiod_chip_get_line) get_line = nullptr;
    decltype(&gpiod_line_request) request = nullptr;
    decltype(&gpiod_line_release) release = nullptr;
    decltype(&gpiod_line_get_value) get_value = nullptr;
    decltype(&gpiod_line_event_get_fd) event_fd = nullptr;
    decltype(&gpiod_line_event_read) event_read = nullptr;
};

template <class Function>
bool find(void* handle, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
}

std::optional<Library> load() {
    void* handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    Library library;
    const bool found =
        handle != nullptr && find(handle, "gpiod_chip_open", library.chip_open) &&
        find(handle, "gpiod_chip_close", library.chip_close) && find(handle, "gpiod_chip_get_line", library.get_line) &&
        find(handle, "gpiod_line_request", library.request) && find(handle, "gpiod_line_release", library.release) &&
        find(handle, "gpiod_line_get_value", library.get_value) &&
        find(handle, "gpiod_line_event_get_fd", library.event_fd) &&
        find(handle, "gpiod_line_event_read", library.event_read);
    return found ? std::optional(library) : std::nullopt;
}

/// Loaded once, and kept; nullptr where it is not installed.
const Library* library() {
    static const std::optional<Library> loaded = load();
    return loaded ? &*loaded : nullptr;
}

struct BiasRow {
    std::string_view name;
    int flag;
};
constexpr std::array biases{BiasRow{"as-is", 0}, BiasRow{"disabled", GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE},
                            BiasRow{"pull-up", GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP},
                            BiasRow{"pull-down", GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN}};

int flags_of(const Endpoint& endpoint) {
    int flags = endpoint.option("active") == "low" ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
    const std::string bias = endpoint.option("bias").value_or("as-is");
    for (const auto& row : biases) {
        if (row.name == bias) { flags |= row.flag; }
    }
    return flags;
}

/// A chip with one line of it requested for both edges.
class GpioLine {
public:
    GpioLine(gpiod_chip* chip, gpiod_line* line) : chip_(chip), line_(line) {}
    GpioLine(const GpioLine&) = delete;
    GpioLine& operator=(const GpioLine&) = delete;
    ~GpioLine() {
        library()->release(line_);
        library()->chip_close(chip_);
    }

    [[nodiscard]] int event_fd() const { return library()->event_fd(line_); }
    [[nodiscard]] bool level() const { return library()->get_value(line_) == 1; }
    [[nodiscard]] bool read(gpiod_line_event& event) const { return library()->event_read(line_, &event) == 0; }

private:
    gpiod_chip* chip_;
    gpiod_line* line_;
};

tl::unexpected<Error> refused(const Endpoint& endpoint, int number) {
    std::vector<std::string> hints{"gpioinfo"};
    if (number == EACCES) { hints = {"sudo usermod -aG gpio $USER", "run it as root"}; }
    if (number == ENOENT || number == ENODEV) { hints = {"gpiodetect", "ls /dev/gpiochip*"}; }
    return fail(Category::endpoint,
                fmt::format("the GPIO line cannot be had: {}", std::system_category().message(number)), endpoint.path,
                std::move(hints));
}

Result<std::unique_ptr<GpioLine>> request_line(const Endpoint& endpoint) {
    if (library() == nullptr) {
        return fail(Category::endpoint, fmt::format("{} is not installed", library_name), endpoint.path,
                    {"apt install libgpiod2"});
    }
    const auto slash = endpoint.path.rfind('/');
    const std::string chip_path = endpoint.path.substr(0, slash);
    unsigned offset = 0;
    const char* digits = endpoint.path.c_str() + slash + 1;
    std::from_chars(digits, endpoint.path.c_str() + endpoint.path.size(), offset);
    gpiod_chip* chip = library()->chip_open(chip_path.c_str());
    if (chip == nullptr) { return refused(endpoint, errno); }
    gpiod_line* line = library()->get_line(chip, offset);
    const gpiod_line_request_config config{"meterctl", GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES, flags_of(endpoint)};
    if (line == nullptr || library()->request(line, &config, 0) != 0) {
        const int number = errno;
        library()->chip_close(chip);
        return refused(endpoint, number);
    }
    return std::make_unique<GpioLine>(chip, line);
}

class GpioEdges final : public EdgeSource {
public:
    GpioEdges(RealLoop& loop, std::unique_ptr<GpioLine> line, std::string description)
        : loop_(loop), line_(std::move(line)), events_(loop, ::fcntl(line_->event_fd(), F_DUPFD_CLOEXEC, 3)),
          watch_(InputState{line_->level(), std::nullopt}, false, false),
          start_{loop.now().time_since_epoch(), watch_.level(), 0} {
        nature_.description = std::move(description);
    }

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] const EdgeNature& nature() const override { return nature_; }

    Task<Result<EdgeStep>> next(TimePoint deadline) override {
        EdgeStep step;
        if (!std::exchange(started_, true)) {
            step.kind = Kind::start;
            step.edge = start_;
            co_return step;
        }
        Wait readable = events_.readable(deadline);
        const Wake wake = co_await readable;
        if (wake == Wake::interrupted) { co_return interrupted_failure(nature_.description); }
        if (wake == Wake::timed_out) {
            step.edge.time = loop_.now().time_since_epoch();
            step.edge.level = watch_.level();
            co_return step;
        }
        gpiod_line_event event{};
        if (!line_->read(event)) {
            co_return fail(Category::endpoint, "the GPIO chip went away", nature_.description, {"gpiodetect"});
        }
        watch_.edge(steady_time(event.ts), event.event_type == GPIOD_LINE_EVENT_RISING_EDGE);
        step.kind = Kind::edge;
        step.edge = *watch_.take();
        co_return step;
    }

private:
    RealLoop& loop_;
    std::unique_ptr<GpioLine> line_;
    Descriptor events_;
    EdgeWatch watch_;
    Edge start_;
    EdgeNature nature_;
    bool started_ = false;
};

} // namespace

Task<OpenedEdges> open_gpio_edges(Loop& loop, Endpoint endpoint, EdgeOptions /*options*/) {
    auto line = request_line(endpoint);
    if (!line) { co_return tl::unexpected(line.error()); }
    const std::string description = fmt::format("gpio://{}", endpoint.path);
    co_return std::make_unique<GpioEdges>(real_loop(loop), std::move(*line), description);
}

} // namespace meterctl::transports
