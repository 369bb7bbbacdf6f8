#include "sessions/modbus/diagnosis.hpp"

#include "src/core/hex.hpp"

#include "codecs/modbus/rtu.hpp"
#include "codecs/modbus/tcp.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

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
    hints.push_back(
        fmt::format("another --address: {} was asked; 'meterctl scan' finds the meters of a line", attempt.address));
    if (attempt.line) {
        hints.push_back(fmt::format("another baud rate or parity, as in ?baud=9600&frame=8E1: the line is at {}",
                                    line_text(attempt)));
        hints.emplace_back("to swap the wires A and B");
        hints.emplace_back("to check the bus: its termination, its bias, the meter's supply");
    } else if (attempt.framing == Framing::tcp) {
        hints.emplace_back("framing=rtu, if a serial device server is at the other end");
        hints.emplace_back("the gateway's serial side: baud rate, parity, A and B swapped, termination");
    } else {
        hints.emplace_back("framing=tcp, if the other end speaks Modbus TCP");
        hints.emplace_back("the device server's serial side: baud rate, parity, A and B swapped, termination");
    }
    return error_of(Category::timeout, attempt,
                    fmt::format("no answer in {} ms to {}{}", milliseconds, to_hex(attempt.frame), tries),
                    std::move(hints), "modbus.timeout");
}

bool all_of(const Evidence& evidence, std::uint8_t octet) {
    return std::all_of(evidence.octets.begin(), evidence.octets.end(),
                       [octet](std::uint8_t other) { return other == octet; });
}

bool is_other_framing(const Evidence& evidence, const Attempt& attempt) {
    const ByteView octets = evidence.octets;
    if (attempt.framing == Framing::tcp) { return modbus::rtu::decode(octets).has_value(); }
    return octets.size() > modbus::tcp::header_octets && modbus::tcp::decode(octets).has_value();
}

bool is_ascii(const Evidence& evidence) {
    return !evidence.octets.empty() && evidence.octets.front() == ':';
}

/// Half of all octets at most are hurt by a wrong parity; a wrong rate hurts most.
bool looks_like_parity(const Evidence& evidence) {
    return evidence.line_faults > 0 && evidence.line_faults * 4 <= evidence.total * 3;
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
          "only the request itself came back: the line hears itself, and no meter answered",
          "the address, baud rate and parity of the meter; the echo itself does no harm", "modbus.echo"},
    Guess{[](const Evidence& evidence, const Attempt&) { return !evidence.mismatch.empty(); },
          "an answer came that does not fit the request", "a longer --timeout, if answers come late",
          "modbus.mismatch"},
    Guess{is_other_framing, "the answer is in another framing",
          "framing=rtu for serial frames, framing=tcp for Modbus TCP", "modbus.framing"},
    Guess{[](const Evidence& evidence, const Attempt& attempt) {
              return attempt.framing != Framing::ascii && is_ascii(evidence);
          },
          "the answer is in ASCII framing", "framing=ascii", "modbus.framing"},
    Guess{[](const Evidence& evidence, const Attempt&) { return evidence.damaged > 0 && evidence.line_faults == 0; },
          "an answer came whose checksum is wrong",
          "the cable, its termination and bias; two meters with the same address answer over each other", "modbus.crc"},
    Guess{[](const Evidence& evidence, const Attempt&) { return evidence.foreign.has_value(); },
          "only frames of another address were heard", "the address; another master may be on the bus",
          "modbus.foreign"},
    Guess{[](const Evidence& evidence, const Attempt&) { return looks_like_parity(evidence); },
          "some octets came with a wrong parity or stop bit, as when the meter is set to another parity",
          "another parity in the endpoint: ?frame=8E1, 8N1 or 8O1", "modbus.parity"},
    Guess{[](const Evidence& evidence, const Attempt&) { return evidence.line_faults > 0; },
          "most octets came with framing errors, as when the meter is set to another baud rate",
          "another rate in the endpoint, as in ?baud=9600", "modbus.baud"},
    Guess{[](const Evidence& evidence, const Attempt&) { return all_of(evidence, 0x00) || all_of(evidence, 0xFF); },
          "only 00 or FF came, as on a line that nothing holds in its idle state",
          "the bias of the bus; A and B, which may be swapped", "modbus.noise"},
    Guess{[](const Evidence& evidence, const Attempt& attempt) {
              return evidence.total >= 2 && evidence.octets.front() == attempt.address;
          },
          "an answer began and did not end", "a longer --timeout; the cable", "modbus.incomplete"},
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

Error diagnose(const Evidence& evidence, const Attempt& attempt) {
    if (evidence.total == 0 && evidence.breaks == 0) { return silence(attempt); }
    const std::size_t shown = std::min<std::size_t>(evidence.octets.size(), 32);
    const std::string heard =
        fmt::format("; {} octets heard: {}{}", evidence.total, to_hex(ByteView(evidence.octets).first(shown)),
                    shown < evidence.total ? " ..." : "");
    for (const Guess& guess : guesses) {
        if (!guess.fits(evidence, attempt)) { continue; }
        std::string what(guess.what);
        if (!evidence.mismatch.empty() && guess.code == "modbus.mismatch") { what += " (" + evidence.mismatch + ")"; }
        if (evidence.foreign && guess.code == "modbus.foreign") { what += fmt::format(" ({})", *evidence.foreign); }
        return error_of(Category::untrusted, attempt, what + heard, {std::string(guess.hint)}, std::string(guess.code));
    }
    const std::string rate =
        attempt.line ? "another rate in the endpoint, as in ?baud=9600: the line is at " + line_text(attempt)
                     : std::string("the baud rate and parity at the other end");
    return error_of(Category::untrusted, attempt,
                    "octets came that make no frame, as when the baud rates differ" + heard, {rate}, "modbus.noise");
}

} // namespace meterctl::sessions::modbus
