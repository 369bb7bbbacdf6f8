#include "transports/serial_line.hpp"

#include <asm/termbits.h>
#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <linux/serial.h>
#include <linux/tty_flags.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>

namespace meterctl::transports {

namespace {

constexpr unsigned input_speed_shift = 16; // IBSHIFT: where CBAUD's bits stand for the input
constexpr unsigned frame_bits = CSIZE | PARENB | PARODD | CMSPAR | CSTOPB;
/// A receiver samples the last bit of an octet half a bit off at 5 %; the other side needs its share of that.
constexpr double tolerable_deviation = 0.025;
constexpr unsigned first_pty_major = 136, last_pty_major = 143; // Unix98 slaves, Documentation/admin-guide/devices.txt

tcflag_t parity_bits(Parity parity) {
    switch (parity) {
    case Parity::none:
        return 0;
    case Parity::even:
        return PARENB;
    case Parity::odd:
        return PARENB | PARODD;
    case Parity::mark:
        return PARENB | PARODD | CMSPAR;
    case Parity::space:
        return PARENB | CMSPAR;
    }
    return 0;
}

termios2 raw_settings(const termios2& before, const LineSettings& settings) {
    termios2 wanted = before;
    wanted.c_iflag = PARMRK | (settings.parity == Parity::none ? 0U : unsigned{INPCK});
    wanted.c_oflag = 0;
    wanted.c_lflag = 0;
    wanted.c_cflag = CREAD | CLOCAL | (before.c_cflag & HUPCL) | BOTHER | (BOTHER << input_speed_shift) |
                     (settings.data_bits == 7 ? CS7 : CS8) | parity_bits(settings.parity) |
                     (settings.stop_bits == 2 ? CSTOPB : 0U);
    wanted.c_ispeed = settings.baud;
    wanted.c_ospeed = settings.baud;
    wanted.c_cc[VMIN] = 1;
    wanted.c_cc[VTIME] = 0;
    return wanted;
}

tl::unexpected<Error> refused(const LineSettings& settings, std::string_view where, const std::string& what) {
    return fail(Category::endpoint,
                fmt::format("the driver does not take {} {}: {}", settings.baud, settings.frame(), what),
                std::string(where), {"use another adapter", "check baud and frame"}, line_refused);
}

/// Compares what the driver took with what it was given.
Result<void> check_taken(const termios2& taken, const termios2& wanted, const LineSettings& settings,
                         std::string_view where, bool pseudo) {
    const double deviation = std::abs(static_cast<double>(taken.c_ospeed) / settings.baud - 1.0);
    if (deviation > tolerable_deviation) {
        return refused(settings, where, fmt::format("it set {} baud", taken.c_ospeed));
    }
    if (!pseudo && ((taken.c_cflag ^ wanted.c_cflag) & frame_bits) != 0) {
        return refused(settings, where, "it set another frame");
    }
    return {};
}

} // namespace

Result<void> set_line(int fd, const LineSettings& settings, std::string_view where) {
    termios2 before{};
    if (::ioctl(fd, TCGETS2, &before) != 0) {
        if (errno == ENOTTY || errno == EINVAL) {
            return fail(Category::endpoint, "it is no serial port", std::string(where),
                        {"ls /dev/serial/by-id /dev/tty*"});
        }
        return fail(Category::endpoint, fmt::format("no hardware answers: {}", std::system_category().message(errno)),
                    std::string(where), {"choose another port: ls /dev/serial/by-id"});
    }
    const termios2 wanted = raw_settings(before, settings);
    if (::ioctl(fd, TCSETS2, &wanted) != 0) { return refused(settings, where, std::system_category().message(errno)); }
    termios2 taken{};
    if (::ioctl(fd, TCGETS2, &taken) != 0) { return refused(settings, where, std::system_category().message(errno)); }
    return check_taken(taken, wanted, settings, where, is_pseudo_terminal(fd));
}

std::optional<unsigned> baud_of(int fd) {
    termios2 settings{};
    if (::ioctl(fd, TCGETS2, &settings) != 0 || settings.c_ospeed == 0) { return std::nullopt; }
    return settings.c_ospeed;
}

void stop_marking(int fd) {
    termios2 settings{};
    if (::ioctl(fd, TCGETS2, &settings) != 0) { return; }
    settings.c_iflag &= ~static_cast<tcflag_t>(PARMRK | INPCK);
    ::ioctl(fd, TCSETS2, &settings);
}

bool set_rs485(int fd) {
    serial_rs485 direction{};
    if (::ioctl(fd, TIOCGRS485, &direction) != 0) { return false; }
    direction.flags |= SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND;
    direction.flags &= ~static_cast<__u32>(SER_RS485_RTS_AFTER_SEND);
    if (::ioctl(fd, TIOCSRS485, &direction) != 0) { return false; }
    serial_rs485 taken{};
    return ::ioctl(fd, TIOCGRS485, &taken) == 0 && (taken.flags & SER_RS485_ENABLED) != 0;
}

bool ask_low_latency(int fd) {
    serial_struct driver{};
    if (::ioctl(fd, TIOCGSERIAL, &driver) != 0) { return false; }
    driver.flags |= static_cast<int>(ASYNC_LOW_LATENCY);
    return ::ioctl(fd, TIOCSSERIAL, &driver) == 0;
}

bool is_exclusive(int fd) {
    int exclusive = 0;
    return ::ioctl(fd, TIOCGEXCL, &exclusive) == 0 && exclusive != 0;
}

void set_exclusive(int fd, bool exclusive) {
    ::ioctl(fd, exclusive ? TIOCEXCL : TIOCNXCL);
}

bool flush_line(int fd) {
    return ::ioctl(fd, TCFLSH, TCIOFLUSH) == 0;
}

bool is_pseudo_terminal(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && major(status.st_rdev) >= first_pty_major &&
           major(status.st_rdev) <= last_pty_major;
}

} // namespace meterctl::transports
