// What the lines to the same virtual DLMS meters share, and the lines themselves.
#pragma once

#include "simulators/dlms_server.hpp"

namespace meterctl::simulators {

/// A meter and where it is.
struct DlmsStation {
    std::uint16_t logical = 1, physical = 17;
    std::unique_ptr<DlmsMeter> meter;
};

struct DlmsSite {
    Options options;
    std::vector<DlmsStation> stations;

    /// After so many APDUs on a line its meter falls silent; nullopt: never.
    [[nodiscard]] std::optional<unsigned> silent_after() const;
    void advance_to(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_event() const;
};

std::unique_ptr<Bus> make_dlms_hdlc_link(const std::shared_ptr<DlmsSite>& site);
std::unique_ptr<Bus> make_dlms_wrapper_link(const std::shared_ptr<DlmsSite>& site);
std::unique_ptr<Bus> make_dlms_datagram_link(const std::shared_ptr<DlmsSite>& site);

/// The earlier of two times that may not be there.
inline std::optional<TimePoint> sooner(std::optional<TimePoint> a, std::optional<TimePoint> b) {
    if (!a || !b) { return a ? a : b; }
    return std::min(*a, *b);
}

} // namespace meterctl::simulators
