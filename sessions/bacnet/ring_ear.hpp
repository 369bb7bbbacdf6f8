// What listening to an MS/TP line tells before anything is sent: whether frames are heard at this baud rate, who the
// masters are, and which address would be asked into the ring soon.
#pragma once

#include "codecs/bacnet/mstp_observer.hpp"
#include "sessions/bacnet/link.hpp"

namespace meterctl::sessions::bacnet {

class RingEar {
public:
    void heard(const codecs::bacnet::mstp::Heard& heard, TimePoint now);
    /// So many octets, and damages of the line, came, whatever they are.
    void noticed(std::size_t octets) { octets_ += octets; }
    /// The address behind the one that was last polled, unless a station has it: it is polled next. `not_this` is left
    /// out.
    [[nodiscard]] std::optional<std::uint8_t> polled_next(std::uint8_t max_master,
                                                          std::optional<std::uint8_t> not_this) const;
    /// Whoever polls has a successor, or has asked a whole round: no station that it has yet to find is at the address.
    [[nodiscard]] bool settled() const;
    /// The lowest that nothing was heard from.
    [[nodiscard]] std::uint8_t unheard(std::uint8_t max_master, std::optional<std::uint8_t> not_this) const;
    /// The next master behind an address; nullopt where none was heard that has or had the token.
    [[nodiscard]] std::optional<std::uint8_t> master_behind(std::uint8_t station) const;
    [[nodiscard]] bool seen(std::uint8_t station) const { return observer_.station(station).frames > 0; }
    [[nodiscard]] const codecs::bacnet::mstp::RingObserver& ring() const { return observer_; }
    [[nodiscard]] std::uint64_t good() const { return good_; }
    [[nodiscard]] std::uint64_t bad() const { return bad_; }
    /// Something is heard, good or bad.
    [[nodiscard]] bool anything() const { return octets_ > 0; }
    /// Octets, and no frame among them.
    [[nodiscard]] bool only_noise() const { return anything() && good_ == 0; }

private:
    [[nodiscard]] bool taken(std::uint8_t station, std::optional<std::uint8_t> not_this) const;

    codecs::bacnet::mstp::RingObserver observer_;
    std::optional<codecs::bacnet::mstp::Frame> last_poll_;
    std::uint64_t good_ = 0, bad_ = 0, octets_ = 0;
};

/// Listens for so long, and sends nothing; `enough` ends it early.
Task<Result<void>> listen(transports::Transport& transport, RingEar& ear, TimePoint deadline,
                          std::function<bool()> enough);

/// The usual rate at which frames are heard, of those that are not tried yet, by listening to each; the line is then
/// back at its own. nullopt: at none, or the endpoint is no line.
Task<Result<std::optional<transports::LineSettings>>> find_rate(transports::Transport& transport,
                                                                std::vector<transports::LineSettings> tried);

} // namespace meterctl::sessions::bacnet
