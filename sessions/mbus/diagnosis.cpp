#include "sessions/mbus/diagnosis.hpp"

#include "src/core/hex.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::mbus {

namespace {

constexpr std::string_view echo_code = "mbus.echo";

std::string line_text(const Attempt& attempt) {
    return fmt::format("{} {}", attempt.line->baud, attempt.line->frame());
}

Error error_of(Category category, const Attempt& attempt, std::string what, std::vector<std::string> hints,
               std::string code) {
    return fail(category, std::move(what), attempt.where, std::move(hints), std::move(code)).value();
}

Error silence(const Attempt& attempt) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(attempt.waited).count();
    const std::string tries = attempt.tries > 1 ? fmt::format(", sent {} times", attempt.tries) : std::string();
    std::vector<std::string> hints;
    hints.push_back(fmt::format(
        "another --address: {} was asked; 'meterctl scan' finds primary addresses, with --secondary any meter",
        attempt.address));
    if (attempt.line) {
        hints.push_back(fmt::format("another baud rate, as in ?baud=2400&frame=8E1: the line is at {}; most meters are "
                                    "delivered at 2400",
                                    line_text(attempt)));
        hints.emplace_back(
            "to check the level converter: its supply, the bus voltage, and whether too many meters or a "
            "short circuit load it");
    } else {
        hints.emplace_back("the gateway's side of the bus: its baud rate, 8E1, its supply");
        hints.emplace_back("a longer --timeout, if the gateway is slow");
    }
    return error_of(Category::timeout, attempt,
                    fmt::format("no answer in {} ms to {}{}", milliseconds, to_hex(attempt.frame), tries),
                    std::move(hints), "mbus.timeout");
}

bool all_of(const Evidence& evidence, std::uint8_t octet) {
    return std::ranges::all_of(evidence.octets, [octet](std::uint8_t other) { return other == octet; });
}

struct Guess {
    bool (*fits)(const Evidence& evidence, const Attempt& attempt);
    std::string_view what;
    std::string_view hint;
    std::string_view code;
};

/// The first that fits is told.
constexpr std::array guesses{
    Guess{[](const Evidence& evidence, const Attempt& attempt) {
              return evidence.echoes > 0 && evidence.total <= evidence.echoes * attempt.frame.size();
          },
          "only the request itself came back: the level converter hears itself, and no meter answered",
          "the address and baud rate of the meter; the echo itself does no harm", echo_code},
    Guess{[](const Evidence& evidence, const Attempt&) { return !evidence.mismatch.empty(); },
          "an answer came that does not fit the request", "a longer --timeout, if answers come late", "mbus.mismatch"},
    Guess{
        [](const Evidence& evidence, const Attempt&) { return evidence.damaged == 0 && evidence.foreign.has_value(); },
        "only frames of another meter were heard", "the address; another master may be on the bus", "mbus.foreign"},
    Guess{[](const Evidence& evidence, const Attempt&) { return evidence.damaged == 0 && evidence.other_master; },
          "only the requests of another master were heard", "to end the other program on this bus", "mbus.foreign"},
    Guess{[](const Evidence& evidence, const Attempt&) {
              return evidence.total > 1 && (all_of(evidence, 0x00) || all_of(evidence, 0xFF));
          },
          "only 00 or FF came, as from a converter without supply or a bus that is short-circuited",
          "the level converter and its wiring", "mbus.noise"},
    Guess{[](const Evidence& evidence, const Attempt& attempt) { return attempt.shared && evidence.collided(); },
          "several meters answered at once, over each other",
          "the meter's own address ('meterctl scan --secondary' finds it): 254 is for a single meter on the line",
          "mbus.collision"},
    Guess{
        [](const Evidence& evidence, const Attempt& attempt) { return attempt.tries > 1 && evidence.collided(); },
        "two meters at one address: their answers came over each other",
        "'meterctl scan --secondary' to find both, and `write -a SECONDARY address=N` to part them; the cable, if only "
        "one meter is there",
        "mbus.collision"},
    Guess{[](const Evidence& evidence, const Attempt&) { return evidence.collided(); },
          "an answer came that is damaged, as when two meters have one address, or on a disturbed line",
          "'meterctl scan --secondary', which finds both meters; the cable", "mbus.collision"},
    Guess{[](const Evidence& evidence, const Attempt&) { return evidence.line_faults > 0; },
          "octets came with wrong parity or stop bits, as when the baud rates differ",
          "another rate in the endpoint, as in ?baud=2400&frame=8E1", "mbus.baud"},
};

} // namespace

void Evidence::hear(const transports::Chunk& chunk) {
    total += chunk.octets.size();
    for (const transports::LineFault& fault : chunk.faults) {
        ++(fault.kind == transports::LineFault::Kind::break_condition ? breaks : line_faults);
    }
    const std::size_t room = std::min(kept - std::min(kept, octets.size()), chunk.octets.size());
    octets.insert(octets.end(), chunk.octets.begin(), chunk.octets.begin() + static_cast<std::ptrdiff_t>(room));
}

/// An answer is a whole frame or a piece of one; wrong rates give few octets, and most of them with faults.
bool Evidence::collided() const {
    constexpr std::size_t shortest = 3;
    return damaged > 0 && total >= shortest && line_faults * 4 <= total * 3;
}

bool is_silence(const Error& error) {
    return error.category == Category::timeout || error.code == echo_code;
}

Error diagnose(const Evidence& evidence, const Attempt& attempt) {
    if (evidence.total == 0 && evidence.breaks == 0) { return silence(attempt); }
    const std::size_t shown = std::min<std::size_t>(evidence.octets.size(), 32);
    const std::string heard =
        fmt::format("; {} octets heard: {}{}", evidence.total, to_hex(ByteView(evidence.octets).first(shown)),
                    shown < evidence.total ? " ..." : "");
    for (const Guess& guess : guesses) {
        if (!guess.fits(evidence, attempt)) { continue; }
        std::string what(guess.what);
        if (guess.code == "mbus.mismatch") { what += " (" + evidence.mismatch + ")"; }
        if (guess.code == "mbus.foreign" && evidence.foreign) { what += fmt::format(" ({})", *evidence.foreign); }
        return error_of(Category::untrusted, attempt, what + heard, {std::string(guess.hint)}, std::string(guess.code));
    }
    const std::string rate =
        attempt.line ? "another rate in the endpoint, as in ?baud=2400&frame=8E1: the line is at " + line_text(attempt)
                     : std::string("the baud rate and parity at the gateway");
    return error_of(Category::untrusted, attempt,
                    "octets came that make no frame, as when the baud rates differ" + heard, {rate}, "mbus.noise");
}

} // namespace meterctl::sessions::mbus
