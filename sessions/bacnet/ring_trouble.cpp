#include "sessions/bacnet/ring_trouble.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace meterctl::sessions::bacnet {

namespace {

const std::string show_the_ring = "`meterctl scan --listen-only`, which shows who passes the token to whom";

Error trouble(Category category, std::string what, const std::string& where, std::vector<std::string> hints,
              std::string code) {
    return Error{category, std::move(what), where, std::move(hints), std::move(code)};
}

std::uint64_t tokens(const RingEar& ear) {
    std::uint64_t all = 0;
    for (const std::uint8_t master : ear.ring().masters()) { all += ear.ring().station(master).tokens; }
    return all;
}

std::string masters_text(const RingEar& ear) {
    return fmt::format("{}", fmt::join(ear.ring().masters(), ", "));
}

std::string rate_text(const transports::LineSettings& line) {
    return fmt::format("{} {}", line.baud, line.frame());
}

} // namespace

Error only_noise(const std::string& where, const std::optional<transports::LineSettings>& own,
                 const std::optional<transports::LineSettings>& at) {
    if (at) {
        const std::string here = own ? fmt::format("at {} ", rate_text(*own)) : std::string();
        return trouble(Category::untrusted,
                       fmt::format("{}nothing but noise is heard; MS/TP frames are heard at {}", here, rate_text(*at)),
                       where, {fmt::format("?baud={} behind the endpoint", at->baud)}, "bacnet.other_rate");
    }
    return trouble(Category::untrusted, "octets are heard, and no MS/TP frame among them", where,
                   {"another baud rate: 9600, 19200, 38400, 57600, 76800, 115200", "8N1",
                    "A and B the other way, terminating resistors", "another protocol on this line"},
                   "bacnet.noise");
}

Error not_admitted(const RingEar& ear, std::uint8_t station, const std::string& where) {
    if (ear.only_noise()) { return only_noise(where, {}, {}); }
    if (tokens(ear) == 0 && ear.good() > 0) {
        return trouble(Category::timeout, "frames are heard, and no token among them: it is lost, and nobody makes one",
                       where, {"a station that speaks out of turn: disconnect one after the other", show_the_ring},
                       "bacnet.token_lost");
    }
    if (ear.ring().station(station).polled > 0) {
        return trouble(
            Category::timeout, fmt::format("address {} was asked into the ring, and its answer was not heard", station),
            where, {"A and B, and whether the adapter can send", "an adapter with a shorter latency", "another mac=N"},
            "bacnet.not_heard");
    }
    return trouble(Category::timeout, fmt::format("the ring did not let address {} in", station), where,
                   {"mac=N below the masters' Max_Master (masters: " + masters_text(ear) + ")", show_the_ring},
                   "bacnet.not_admitted");
}

Error token_gone(const RingEar& ear, std::uint8_t station, const std::string& where) {
    if (tokens(ear) == 0) { return not_admitted(ear, station, where); }
    return trouble(Category::timeout, fmt::format("the token does not come to address {} any more", station), where,
                   {"stations of one address, or a second token", "another mac=N", show_the_ring}, "bacnet.no_token");
}

Error address_taken(std::uint8_t station, const std::string& where) {
    return trouble(Category::untrusted,
                   fmt::format("another station has MS/TP address {}, which is ours; nothing more is sent", station),
                   where, {"another mac=N", show_the_ring}, "bacnet.duplicate_mac");
}

Error address_in_use(const RingEar& ear, std::uint8_t station, const std::string& where) {
    return trouble(Category::rejected,
                   fmt::format("MS/TP address {} is in use on this line (masters: {}); nothing was sent", station,
                               masters_text(ear)),
                   where, {"another mac=N, or none: then one is chosen by listening"}, "bacnet.mac_in_use");
}

} // namespace meterctl::sessions::bacnet
