// rfc2217: against Debian's ser2net, which stands between a socket and a pseudo-terminal.
#include "tests/transports/folder.hpp"
#include "tests/transports/links.hpp"

#include <asm/termbits.h>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* ser2net = "/usr/sbin/ser2net";

bool missing() {
    if (::access(ser2net, X_OK) == 0) { return false; }
    const bool must = std::getenv("CI") != nullptr;
    REQUIRE_FALSE(must);
    MESSAGE("skipped: ser2net is not installed");
    return true;
}

/// A port of this machine that nobody uses.
std::string free_port(Loop& loop) {
    const auto listener = listen_on(loop, "tcp-listen://127.0.0.1:0");
    const std::string name = listener->description();
    return name.substr(name.rfind(':') + 1);
}

/// ser2net between a port and a device, while it lives.
class Server {
public:
    Server(const Folder& folder, const std::string& port, const std::string& device, const char* accepter) {
        const std::string file = folder / "ser2net.yaml";
        std::ofstream(file) << "connection: &line\n  accepter: " << accepter << "tcp,127.0.0.1," << port
                            << "\n  connector: serialdev," << device << ",9600n81,local\n";
        const char* words[] = {ser2net, "-n", "-u", "-c", file.c_str(), nullptr};
        posix_spawn_file_actions_t quiet{};
        ::posix_spawn_file_actions_init(&quiet);
        ::posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        REQUIRE(::posix_spawn(&pid_, ser2net, &quiet, nullptr, const_cast<char**>(words), environ) == 0);
        ::posix_spawn_file_actions_destroy(&quiet);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }

private:
    pid_t pid_ = -1;
};

/// Tries again while the server is starting.
Task<Result<std::unique_ptr<Transport>>> open_when_up(Loop& loop, std::string target) {
    const TimePoint deadline = loop.now() + long_enough;
    const auto endpoint = parse_endpoint(target);
    while (true) {
        auto link = co_await open_transport(loop, *endpoint, OpenOptions());
        const bool starting = !link && link.error().what == "the connection was refused";
        if (!starting || loop.now() > deadline) { co_return link; }
        co_await loop.sleep_for(5ms);
    }
}

unsigned baud_of(const std::string& device) {
    const int fd = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    termios2 settings{};
    ::ioctl(fd, TCGETS2, &settings);
    ::close(fd);
    return settings.c_ospeed;
}

} // namespace

TEST_CASE("ser2net's line takes our baud rates and passes every octet") {
    if (missing()) { return; }
    const Folder folder;
    const auto loop = make_real_loop();
    const auto meter = listen_on(*loop, "pty:" + folder / "meter0");
    loop->spawn(serve_echo(*meter));
    const std::string port = free_port(*loop);
    const Server server(folder, port, folder / "meter0", "telnet(rfc2217),");
    const auto link = run(*loop, open_when_up(*loop, "rfc2217://127.0.0.1:" + port + "?baud=115200"));
    REQUIRE_MESSAGE(link.has_value(), link.error().what);
    CHECK(baud_of(folder / "meter0") == 115200);
    CHECK((*link)->line()->baud == 115200);
    REQUIRE(run(*loop, (*link)->write(counted(256))).has_value());
    CHECK(run(*loop, read_exactly(**link, 256)) == counted(256));

    for (const unsigned baud : {300U, 4800U, 38400U}) {
        CAPTURE(baud);
        LineSettings settings;
        settings.baud = baud;
        REQUIRE(run(*loop, (*link)->configure(settings)).has_value());
        CHECK(baud_of(folder / "meter0") == baud);
    }
    REQUIRE(run(*loop, (*link)->write(counted(4))).has_value());
    CHECK(run(*loop, read_exactly(**link, 4)) == counted(4));
    REQUIRE(run(*loop, (*link)->reopen()).has_value());
    CHECK(baud_of(folder / "meter0") == 38400);
    REQUIRE(run(*loop, (*link)->write(counted(4))).has_value());
    CHECK(run(*loop, read_exactly(**link, 4)) == counted(4));
}

TEST_CASE("a server that speaks no RFC 2217 is told from one that does") {
    if (missing()) { return; }
    const Folder folder;
    const auto loop = make_real_loop();
    const auto meter = listen_on(*loop, "pty:" + folder / "meter0");
    const std::string port = free_port(*loop);
    const Server server(folder, port, folder / "meter0", "telnet,");
    const auto link = run(*loop, open_when_up(*loop, "rfc2217://127.0.0.1:" + port));
    REQUIRE_FALSE(link.has_value());
    CHECK(link.error().category == Category::endpoint);
    CHECK(link.error().what == "the server does not speak RFC 2217");
    CHECK(link.error().hints.front().find("tcp://127.0.0.1:" + port) == 0);
}

TEST_CASE("a server that does not answer is given up after its time") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "tcp-listen://127.0.0.1:0");
    std::string target = connectable(*listener);
    target.replace(0, 3, "rfc2217");
    const auto link = run(*loop, open_transport(*loop, endpoint_of(target + "?connect_timeout=1ms"), {}));
    REQUIRE_FALSE(link.has_value());
    CHECK(link.error().category == Category::endpoint);
    CHECK(link.error().what == "the server does not speak RFC 2217");
}
