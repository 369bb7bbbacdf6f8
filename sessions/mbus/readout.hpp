// A whole readout of a slave: all its telegrams, decoded, with what is damaged in them.
#pragma once

#include "codecs/mbus/telegram.hpp"
#include "sessions/mbus/station.hpp"

#include <deque>

namespace meterctl::sessions::mbus {

struct Readout {
    std::deque<Bytes> frames; ///< as received; the telegrams view them
    std::vector<codecs::mbus::Telegram> telegrams;
    std::uint8_t primary = 0; ///< the A field of the answers
    std::vector<Error> damages;

    Readout() = default;
    Readout(Readout&&) = default;
    Readout& operator=(Readout&&) = default;
    Readout(const Readout&) = delete; // the telegrams view the frames
    Readout& operator=(const Readout&) = delete;
    ~Readout() = default;

    /// Of all telegrams, in their order, without the maker's own data.
    [[nodiscard]] std::vector<const codecs::mbus::Record*> records() const;
    /// Of the first telegram that has one; of fixed data made of what they say.
    [[nodiscard]] std::optional<codecs::mbus::Header> header() const;
    /// Whether several telegrams were announced and none is missing.
    [[nodiscard]] bool more_follows() const;
};

/// Asks for telegrams until none is announced any more. `first`: what the slave sent already. An application error is
/// Category::refused.
Task<Result<Readout>> read_out(Station& station, std::optional<Reply> first = std::nullopt);
/// The first telegram only.
Task<Result<Readout>> read_first(Station& station);
/// One telegram more. Untrusted where it cannot be decoded, Category::refused for an application error.
Result<void> take(Readout& readout, Reply reply, const std::string& where);

} // namespace meterctl::sessions::mbus
