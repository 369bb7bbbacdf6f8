#include "transports/modem_lines.hpp"

#include "transports/options.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <system_error>

namespace meterctl::transports {

namespace {

/// Long enough for the regulators and receivers of the usual heads.
constexpr auto usual_settling = std::chrono::milliseconds(200);

void choose(std::optional<bool> wanted, int line, int& on, int& off) {
    if (wanted) { (*wanted ? on : off) |= line; }
}

} // namespace

Result<bool> set_supply(int fd, const SupplyLines& supply, std::string_view where) {
    int now = 0;
    if (::ioctl(fd, TIOCMGET, &now) != 0) { return false; }
    int on = 0;
    int off = 0;
    choose(supply.rts, TIOCM_RTS, on, off);
    choose(supply.dtr, TIOCM_DTR, on, off);
    if (::ioctl(fd, TIOCMBIS, &on) == 0 && ::ioctl(fd, TIOCMBIC, &off) == 0) { return true; }
    if (errno == ENOTTY || errno == EINVAL) { return false; }
    return fail(Category::endpoint, fmt::format("RTS and DTR cannot be set: {}", std::system_category().message(errno)),
                std::string(where), {"use another adapter"});
}

bool set_break(int fd, bool on) {
    return ::ioctl(fd, on ? TIOCSBRK : TIOCCBRK) == 0;
}

std::size_t unsent(int fd) {
    int octets = 0;
    return ::ioctl(fd, TIOCOUTQ, &octets) == 0 && octets > 0 ? static_cast<std::size_t>(octets) : 0;
}

SupplyLines supply_lines(const Endpoint& endpoint, const SupplyLines& otherwise) {
    SupplyLines supply = otherwise;
    const auto rts = flag_if_given(endpoint, "rts");
    const auto dtr = flag_if_given(endpoint, "dtr");
    if (rts) { supply.rts = rts; }
    if (dtr) { supply.dtr = dtr; }
    const bool any = supply.rts || supply.dtr;
    const Duration settle = any && supply.settle == Duration::zero() ? Duration(usual_settling) : supply.settle;
    supply.settle = duration_option(endpoint, "settle", settle);
    return supply;
}

} // namespace meterctl::transports
