#include "sessions/iec62056_21/mode_e.hpp"

#include "sessions/iec62056_21/settings.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

constexpr char hdlc = '2';
/// A confirmation that comes at the rate of the sign-on is noise at the new one, for as long as its six characters
/// take, and a little.
constexpr std::size_t confirmation_octets = 8;

tl::unexpected<Error> refused(std::string what, const Client& client, std::vector<std::string> hints) {
    return fail(Category::refused, std::move(what), client.link().transport().description(), std::move(hints),
                "iec62056_21.no_mode_e");
}

/// Modes A and B take no option select, so that nothing could be chosen there by force.
tl::unexpected<Error> no_mode_e(const Client& client, const iec::Identification& met) {
    std::vector<std::string> hints{"reading its readout: -p iec62056-21", "HDLC without a sign-on: mode=direct"};
    if (met.mode() == iec::Mode::c) {
        hints.emplace(hints.begin(), "mode=e in the endpoint, to choose HDLC all the same");
    }
    return refused("the meter offers no mode E: it is /" + met.manufacturer + met.baud + met.text, client,
                   std::move(hints));
}

/// The meter says `ACK 2 Z 2` as we did. Some do so before they switch, which only noise tells, and some do not at all:
/// its answer to the first frame will show whether it has followed.
Task<Result<void>> await_confirmation(Client& client) {
    Link& link = client.link();
    iec::Awaiting awaiting;
    awaiting.option_select = true;
    while (true) {
        auto heard = co_await link.receive(awaiting, client.patience());
        if (!heard) {
            if (ends_all(heard.error())) { co_return tl::unexpected(heard.error()); }
            const Evidence& evidence = link.evidence();
            const Duration confirmation = line_time(client.options().opening, confirmation_octets);
            const bool taken_for_echo = link.transport().hears_itself();
            if (evidence.total == 0 && !taken_for_echo) { link.tell("the meter does not confirm the choice of HDLC"); }
            if (evidence.lasted <= confirmation) { co_return Result<void>(); }
            break;
        }
        client.rate_works();
        const auto* select = std::get_if<iec::OptionSelect>(&heard->message);
        if (select != nullptr && select->mode == wants_binary) { co_return Result<void>(); }
        if (std::holds_alternative<iec::Data>(heard->message)) { break; }
    }
    co_return refused("the meter sends its readout, and does not go over to HDLC", client,
                      {"reading its readout: -p iec62056-21", "to wait two minutes before the next try"});
}

} // namespace

Task<Result<BinaryOpening>> open_binary(transports::Transport& transport, SessionOptions options) {
    auto client_options = sessions::iec62056_21::client_options(options, transport);
    if (!client_options) { co_return tl::unexpected(client_options.error()); }
    const auto mode = options.settings.find("mode");
    const bool insisted = mode != options.settings.end() && mode->second == "e";
    Client client(transport, std::move(*client_options));
    Result<iec::Identification> met;
    for (unsigned attempt = 0;; ++attempt) {
        met = co_await client.sign_on();
        if (met || ends_all(met.error()) || attempt >= client.options().retries) { break; }
        auto prepared = co_await client.prepare_again(met.error(), attempt);
        if (!prepared) { co_return tl::unexpected(prepared.error()); }
    }
    if (!met) { co_return tl::unexpected(met.error()); }
    if (met->mode() != iec::Mode::e) {
        if (!insisted || met->mode() != iec::Mode::c) { co_return no_mode_e(client, *met); }
        client.link().tell("the meter offers no mode E; as mode=e is asked for, HDLC is chosen nevertheless");
    }
    auto chosen = co_await client.choose(wants_binary, hdlc);
    if (!chosen) { co_return tl::unexpected(chosen.error()); }
    auto confirmed = co_await await_confirmation(client);
    if (!confirmed) { co_return tl::unexpected(confirmed.error()); }
    BinaryOpening opening;
    opening.meter = *met;
    opening.line = transport.line().value_or(client.options().opening);
    opening.line.data_bits = 8;
    opening.line.parity = transports::Parity::none;
    auto set = co_await client.link().set_line(opening.line);
    if (!set) { co_return tl::unexpected(set.error()); }
    co_return opening;
}

} // namespace meterctl::sessions::iec62056_21
