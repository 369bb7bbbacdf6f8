#include "sessions/mbus/relocation.hpp"

#include "sessions/mbus/reader.hpp"

#include <fmt/format.h>
#include <utility>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

using catalogue::Point;

bool may_have_been_done(const Error& error) {
    return error.category == Category::timeout || error.category == Category::untrusted;
}

/// Whether anything answers at an address, be it several slaves over each other.
Task<Result<bool>> is_taken(Client& client, std::uint8_t address) {
    Request probe;
    probe.frame = mbus::encode_short(mbus::control::snd_nke, address);
    probe.address = address;
    probe.takes_ack = true;
    const Address asked = client.address();
    client.speak_to(at_primary(address));
    // An ack that comes late would do no harm: what is written next is read back.
    const Duration lateness = std::exchange(client.options().lateness, Duration::zero());
    constexpr unsigned once = 1;
    auto answer = co_await client.ask(probe, once);
    client.options().lateness = lateness;
    client.speak_to(asked);
    if (answer) { co_return true; }
    if (is_silence(answer.error())) { co_return false; }
    if (may_have_been_done(answer.error())) { co_return client.evidence().damaged > 0; }
    co_return tl::unexpected(answer.error());
}

tl::unexpected<Error> taken(unsigned address, const std::string& where) {
    return fail(Category::rejected, fmt::format("another meter answers at address {} already", address), where,
                {"an address that is free ('meterctl scan' shows the others)"}, "mbus.address_taken");
}

bool is_same(const Readout& a, const Readout& b) {
    const auto left = a.header(), right = b.header();
    return left && right && left->identity == right->identity;
}

Task<Result<Readout>> read_at(Client& client, const Address& address) {
    Station there(client, address);
    auto readout = co_await read_first(there);
    co_return readout;
}

WriteOutcome outcome_of(const Point& point, std::uint64_t before, std::uint64_t written) {
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.before = Value(before);
    outcome.written = Value(written);
    return outcome;
}

} // namespace

Task<Result<WriteOutcome>> change_address(Station& station, const Point& point, unsigned address) {
    const auto command = mbus::set_primary_address(address);
    if (!command) { co_return tl::unexpected(command.error()); }
    Client& client = station.client();
    auto before = co_await read_first(station);
    if (!before) { co_return tl::unexpected(before.error()); }
    const auto wanted = static_cast<std::uint8_t>(address);
    WriteOutcome outcome = outcome_of(point, before->primary, address);
    if (wanted != before->primary) {
        auto somebody = co_await is_taken(client, wanted);
        if (!somebody) { co_return tl::unexpected(somebody.error()); }
        if (*somebody) { co_return taken(address, client.where()); }
    }
    auto acked = co_await station.send(*command);
    if (!acked && !may_have_been_done(acked.error())) { co_return tl::unexpected(acked.error()); }
    const Address there = at_primary(wanted);
    auto after = co_await read_at(client, there);
    if (after && is_same(*before, *after)) {
        const bool by_primary = station.address().primary <= mbus::address::last_primary;
        if (by_primary) { station.move_to(there); }
        outcome.verified = true;
        outcome.read_back = reading_of(point, Value(std::uint64_t{after->primary}));
        co_return outcome;
    }
    // Where it was, it says why it stayed.
    auto still = co_await read_at(client, station.address());
    if (!still) { co_return tl::unexpected(acked ? still.error() : acked.error()); }
    outcome.read_back = reading_of(point, Value(std::uint64_t{still->primary}));
    co_return outcome;
}

Task<Result<WriteOutcome>> change_baud(Station& station, const Point& point, unsigned baud) {
    const auto command = mbus::set_baud(baud);
    if (!command) { co_return tl::unexpected(command.error()); }
    Client& client = station.client();
    const auto old_line = client.transport().line();
    if (!old_line) {
        co_return fail(Category::rejected, "the baud rate of the line behind this socket cannot follow", client.where(),
                       {"rfc2217:// instead of tcp://, where the gateway speaks it", "the serial line itself"},
                       "mbus.no_line");
    }
    auto before = co_await read_first(station);
    if (!before) { co_return tl::unexpected(before.error()); }
    WriteOutcome outcome = outcome_of(point, old_line->baud, baud);
    auto acked = co_await station.send(*command);
    if (!acked && !may_have_been_done(acked.error())) { co_return tl::unexpected(acked.error()); }
    transports::LineSettings new_line = *old_line;
    new_line.baud = baud;
    auto configured = co_await client.transport().configure(new_line);
    if (!configured) { co_return tl::unexpected(configured.error()); }
    const Address address = station.address();
    auto after = co_await read_at(client, address);
    if (after && is_same(*before, *after)) {
        station.move_to(address);
        outcome.verified = true;
        outcome.read_back = reading_of(point, Value(std::uint64_t{baud}));
        co_return outcome;
    }
    if (client.options().notice) {
        client.options().notice(fmt::format("no answer at {} baud, back to {}", baud, old_line->baud));
    }
    configured = co_await client.transport().configure(*old_line);
    if (!configured) { co_return tl::unexpected(configured.error()); }
    auto still = co_await read_at(client, address);
    if (still) {
        station.move_to(address);
        outcome.read_back = reading_of(point, Value(std::uint64_t{old_line->baud}));
        co_return outcome;
    }
    if (still.error().category == Category::refused) { co_return tl::unexpected(still.error()); }
    co_return fail(Category::timeout,
                   fmt::format("the meter answers neither at {} nor at {} baud any more", baud, old_line->baud),
                   client.where(),
                   {"to wait: a meter that hears nothing at the new rate goes back to the old one within ten minutes",
                    "'meterctl scan --bauds 300,600,1200,2400,4800,9600'"},
                   "mbus.baud_lost");
}

} // namespace meterctl::sessions::mbus
