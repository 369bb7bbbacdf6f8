// Serial lines over pseudo-terminals: the same open, settings, locks and reads as on a device, without its bits.
#include "tests/transports/folder.hpp"
#include "tests/transports/links.hpp"
#include "transports/port_trouble.hpp"
#include "transports/serial_line.hpp"

#include <asm/termbits.h>
#include <cerrno>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;

namespace fs = std::filesystem;

namespace {

/// What a second program would see of the device's settings.
termios2 settings_of(const std::string& device) {
    const int fd = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    termios2 settings{};
    CHECK(::ioctl(fd, TCGETS2, &settings) == 0);
    ::close(fd);
    return settings;
}

OpenOptions no_waiting() {
    OpenOptions options;
    options.lock_wait = Duration::zero();
    return options;
}

} // namespace

TEST_CASE("every octet passes a serial line both ways, 00 and FF too") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    loop->spawn(serve_echo(*listener));
    const auto link = open_link(*loop, folder / "meter0");
    REQUIRE(run(*loop, link->write(counted(256))).has_value());
    CHECK(run(*loop, read_exactly(*link, 256)) == counted(256));
}

TEST_CASE("any baud rate is set, customary or not, also on the way") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    for (const unsigned baud : {300U, 9600U, 76800U, 12345U, 250000U, 460800U}) {
        CAPTURE(baud);
        const auto link = open_link(*loop, (folder / "meter0") + "?baud=" + std::to_string(baud));
        CHECK(settings_of(folder / "meter0").c_ospeed == baud);
        CHECK((settings_of(folder / "meter0").c_iflag & PARMRK) != 0);
        CHECK(link->line()->baud == baud);
        LineSettings faster = *link->line();
        faster.baud *= 2;
        REQUIRE(run(*loop, link->configure(faster)).has_value());
        CHECK(settings_of(folder / "meter0").c_ospeed == 2 * baud);
        CHECK(link->line() == faster);
    }
}

TEST_CASE("the next user of a line finds no marks in its octets") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    CHECK((settings_of(folder / "meter0").c_iflag & PARMRK) == 0);
    { const auto link = open_link(*loop, (folder / "meter0") + "?frame=8E1"); }
    CHECK((settings_of(folder / "meter0").c_iflag & (PARMRK | INPCK)) == 0);
}

TEST_CASE("a line that echoes is heard without its echo") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    const auto link = open_link(*loop, (folder / "meter0") + "?echo=1");
    const auto meter = run(*loop, listener->accept());
    REQUIRE(meter.has_value());
    REQUIRE(run(*loop, link->write(counted(8))).has_value());
    const Bytes heard = run(*loop, read_exactly(**meter, 8));
    REQUIRE(run(*loop, (*meter)->write(heard)).has_value());
    REQUIRE(run(*loop, (*meter)->write(counted(5))).has_value());
    CHECK(run(*loop, read_exactly(*link, 5)) == counted(5));
}

TEST_CASE("reopening a line throws away what was not read") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    const auto link = open_link(*loop, folder / "meter0");
    const auto meter = run(*loop, listener->accept());
    REQUIRE(meter.has_value());
    REQUIRE(run(*loop, (*meter)->write(counted(9))).has_value());
    const auto first = run(*loop, link->read(loop->now() + long_enough));
    REQUIRE(first.has_value());
    REQUIRE(run(*loop, (*meter)->write(counted(9))).has_value());
    REQUIRE(run(*loop, link->reopen()).has_value());
    const auto chunk = run(*loop, link->read(loop->now()));
    REQUIRE(chunk.has_value());
    CHECK(chunk->octets.empty());
}

TEST_CASE("a line that another holds is busy, and named as held") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    const auto first = open_link(*loop, folder / "meter0");
    const auto second = run(*loop, open_transport(*loop, endpoint_of(folder / "meter0"), no_waiting()));
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().category == Category::endpoint);
    CHECK(second.error().code == "port.busy");
    CHECK(second.error().what.find("pid " + std::to_string(::getpid())) != std::string::npos);
}

TEST_CASE("a program that knows no flock but TIOCEXCL is respected, root or not") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    const int other = ::open((folder / "meter0").c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    set_exclusive(other, true);
    const auto link = run(*loop, open_transport(*loop, endpoint_of(folder / "meter0"), no_waiting()));
    REQUIRE_FALSE(link.has_value());
    CHECK(link.error().code == "port.busy");
    set_exclusive(other, false);
    ::close(other);
    CHECK(run(*loop, open_transport(*loop, endpoint_of(folder / "meter0"), no_waiting())).has_value());
}

TEST_CASE("two users of a line take turns: the second waits, and says for whom") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    auto first = open_link(*loop, folder / "meter0");
    std::string told;
    OpenOptions options;
    options.notice = [&first, &told](const std::string& notice) {
        told += notice;
        first.reset();
    };
    const auto second = open_link(*loop, folder / "meter0", options);
    CHECK(told.find("waiting for " + (folder / "meter0")) == 0);
    CHECK(told.find("holds it") != std::string::npos);
}

TEST_CASE("what is no serial device says so, as an endpoint error") {
    const Folder folder;
    const auto loop = make_real_loop();
    { std::ofstream(folder / "file") << "octets"; }
    struct Row {
        std::string path;
        const char* what;
    };
    const std::vector<Row> rows{{folder / "none", "no such device"},
                                {folder / "file", "it is no serial port"},
                                {folder.path.string() + "/", "it is a folder"}};
    for (const Row& row : rows) {
        CAPTURE(row.path);
        const auto link = run(*loop, open_transport(*loop, endpoint_of(row.path), {}));
        REQUIRE_FALSE(link.has_value());
        CHECK(link.error().category == Category::endpoint);
        CHECK(link.error().what == row.what);
        CHECK_FALSE(link.error().hints.empty());
    }
}

TEST_CASE("a device without permission names the group that has it") {
    const Folder folder;
    const std::string path = folder / "device";
    { std::ofstream(path) << ""; }
    fs::permissions(path, fs::perms(0660));
    const Error error = open_failure(EACCES, path).value();
    const std::string group = ::getgrgid(::getegid())->gr_name;
    CHECK(error.category == Category::endpoint);
    CHECK(error.what == "no permission: it belongs to the group " + group);
    REQUIRE(error.hints.size() == 2);
    CHECK(error.hints[0] == "sudo usermod -aG " + group + " $USER");
    fs::permissions(path, fs::perms(0600));
    CHECK(open_failure(EACCES, path).value().what == "no permission, nor has its group");
}

TEST_CASE("a line that goes away while it is read is an endpoint error") {
    const Folder folder;
    const auto loop = make_real_loop();
    auto listener = listen_on(*loop, "pty:" + folder / "meter0");
    const auto link = open_link(*loop, folder / "meter0");
    listener.reset();
    const auto chunk = run(*loop, link->read(loop->now() + long_enough));
    REQUIRE_FALSE(chunk.has_value());
    CHECK(chunk.error().category == Category::endpoint);
    CHECK(chunk.error().what == "the serial port went away");
}

TEST_CASE("the link of a pseudo-terminal goes with it, and never overwrites what is there") {
    const Folder folder;
    const auto loop = make_real_loop();
    const std::string path = folder / "meter0";
    {
        const auto listener = listen_on(*loop, "pty:" + path);
        CHECK(fs::is_symlink(path));
        const auto second = run(*loop, open_listener(*loop, endpoint_of("pty:" + path), {}));
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().category == Category::endpoint);
    }
    CHECK_FALSE(fs::is_symlink(path));
    fs::create_symlink("/dev/pts/987654", path); // as left by a process that was killed
    { const auto listener = listen_on(*loop, "pty:" + path); }
    { std::ofstream(path) << "octets"; }
    const auto taken = run(*loop, open_listener(*loop, endpoint_of("pty:" + path), {}));
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().what == "the path is taken by a file");
    CHECK(fs::file_size(path) == 6);
}

TEST_CASE("a meter answers on, though nobody reads its line") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:");
    const auto meter = run(*loop, listener->accept());
    REQUIRE(meter.has_value());
    CHECK(run(*loop, (*meter)->write(counted(100'000))).has_value());
}
