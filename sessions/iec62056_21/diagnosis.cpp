#include "sessions/iec62056_21/diagnosis.hpp"

#include "src/core/hex.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace {

struct Finding {
    bool (*fits)(const Evidence& evidence, const Attempt& attempt);
    Category category;
    std::string_view what;
    std::array<std::string_view, 3> hints;
    std::string_view code;
};

bool nothing_heard(const Evidence& evidence) {
    return evidence.total == 0;
}

bool only_echo(const Evidence& evidence) {
    return evidence.echoes > 0 && evidence.noise == 0 && evidence.wrong_checks == 0;
}

/// Data sets, but nothing that opens a message.
bool without_frame(const Evidence& evidence) {
    const auto has = [&](char c) {
        return std::ranges::find(evidence.octets, static_cast<std::uint8_t>(c)) != evidence.octets.end();
    };
    return evidence.line_faults == 0 && has('(') && has(')') && !has('\x02');
}

bool before_identification(const Attempt& attempt) {
    return attempt.stage == Stage::sign_on;
}

/// The first that fits is told.
constexpr std::array findings{
    Finding{[](const Evidence&, const Attempt& attempt) { return attempt.repeat_asked; },
            Category::untrusted,
            "the meter asked for a repetition (NAK) each time",
            {"a slower rate, as in ?baud=2400", "the probe's seat: it may send too weakly for this meter", ""},
            "iec62056_21.nak"},
    Finding{[](const Evidence& evidence, const Attempt&) { return evidence.wrong_checks > 0; },
            Category::untrusted,
            "the block check of the meter's message was wrong each time",
            {"a slower rate, as in ?baud=2400", "the probe's seat, and light that shines into it", ""},
            "iec62056_21.block_check"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return before_identification(attempt) && only_echo(evidence);
            },
            Category::timeout,
            "only the request itself came back: the probe hears itself, and no meter",
            {"to put the probe on the meter's port", "to turn it round: its cable hangs downward", "another --address"},
            "iec62056_21.echo"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return attempt.stage == Stage::push && nothing_heard(evidence);
            },
            Category::timeout,
            "the meter sent nothing by itself",
            {"a longer --timeout: some push once in several minutes", "the meter's button, where it pushes on request",
             "to leave ?mode=d out, if it is to be asked"},
            "iec62056_21.timeout"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return before_identification(attempt) && attempt.by_address && nothing_heard(evidence);
            },
            Category::timeout,
            "no meter answered to this address",
            {"no --address: at an optical port the meter answers to any sign-on",
             "to put the probe on the meter's port, its cable downward",
             "to wait two minutes, if an earlier conversation was cut off"},
            "iec62056_21.timeout"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return before_identification(attempt) && nothing_heard(evidence) && !attempt.woken;
            },
            Category::timeout,
            "no meter answered",
            {"to put the probe on the meter's port, its cable downward",
             "?wakeup=1 for a battery meter, ?mode=d for one that only sends by itself",
             "to wait two minutes, if an earlier conversation was cut off"},
            "iec62056_21.timeout"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return before_identification(attempt) && nothing_heard(evidence);
            },
            Category::timeout,
            "no meter answered, though it was called to wake up",
            {"to put the probe on the meter's port, its cable downward", "the meter's button, if it has one", ""},
            "iec62056_21.timeout"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return before_identification(attempt) && evidence.line_faults > 0;
            },
            Category::untrusted,
            "octets came with framing or parity errors, and no identification",
            {"frame=7E1, or another baud rate: the standard's is 300 7E1",
             "?mode=d&baud=9600, if the meter talks by itself", "the probe's seat, and light that shines into it"},
            "iec62056_21.noise"},
    Finding{[](const Evidence&, const Attempt& attempt) { return before_identification(attempt); },
            Category::untrusted,
            "octets came that make no identification",
            {"to turn the probe round: its cable hangs downward", "?mode=d&baud=9600, if the meter talks by itself",
             "another baud rate or frame: the standard's is 300 7E1"},
            "iec62056_21.noise"},
    Finding{[](const Evidence&, const Attempt& attempt) { return attempt.stage == Stage::push; },
            Category::untrusted,
            "octets came that make no telegram",
            {"another baud rate, as in ?mode=d&baud=9600: the standard's is 2400 7E1", "the probe's seat", ""},
            "iec62056_21.noise"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return attempt.stage == Stage::after_switch && nothing_heard(evidence);
            },
            Category::timeout,
            "the meter identified itself, and was not heard again after the baud rate was chosen",
            {"?baud=300, which keeps the rate of the sign-on", "a probe that passes the new rate", ""},
            "iec62056_21.no_switch"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                const bool later = attempt.stage == Stage::after_switch || attempt.stage == Stage::data;
                return later && without_frame(evidence);
            },
            Category::untrusted,
            "the meter sent data without its frame, so that nothing tells whether it is whole",
            {"again: its beginning may have been lost",
             "a definition with the setting ignore_block_check, if this meter always does so", ""},
            "iec62056_21.no_frame"},
    Finding{[](const Evidence&, const Attempt& attempt) { return attempt.stage == Stage::after_switch; },
            Category::untrusted,
            "the meter identified itself, but did not switch to the baud rate that was chosen",
            {"?baud=300, which keeps the rate of the sign-on", "a probe that passes the new rate", ""},
            "iec62056_21.no_switch"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return attempt.stage == Stage::password && nothing_heard(evidence);
            },
            Category::timeout,
            "the meter did not answer to the password",
            {"the password: some meters keep silent at a wrong one", "a longer --timeout", ""},
            "iec62056_21.timeout"},
    Finding{[](const Evidence& evidence, const Attempt& attempt) {
                return attempt.stage == Stage::data && nothing_heard(evidence);
            },
            Category::timeout,
            "the meter identified itself, and sent nothing more",
            {"a longer --timeout", "to wait two minutes, if an earlier conversation was cut off",
             "the probe's seat: it may send too weakly for this meter"},
            "iec62056_21.timeout"},
    Finding{[](const Evidence& evidence, const Attempt&) { return nothing_heard(evidence); },
            Category::timeout,
            "the meter fell silent",
            {"a longer --timeout", "the probe's seat", ""},
            "iec62056_21.timeout"},
    Finding{[](const Evidence&, const Attempt&) { return true; },
            Category::untrusted,
            "octets came that make no message",
            {"a slower rate, as in ?baud=2400", "the probe's seat, and light that shines into it", ""},
            "iec62056_21.noise"},
};

std::string circumstances(const Evidence& evidence, const Attempt& attempt) {
    std::string text;
    if (!attempt.identification.empty()) { text += fmt::format("; the meter is {}", attempt.identification); }
    if (!attempt.sent.empty()) { text += fmt::format("; sent {}", attempt.sent); }
    if (attempt.tries > 1) { text += fmt::format("; {} tries", attempt.tries); }
    if (attempt.baud != 0) { text += fmt::format("; at {} Bd", attempt.baud); }
    if (nothing_heard(evidence)) {
        const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(attempt.waited).count();
        return text + fmt::format("; waited {} ms", milliseconds);
    }
    constexpr std::size_t most_shown = 32;
    const std::size_t shown = std::min(evidence.octets.size(), most_shown);
    return text + fmt::format("; {} octets heard: {}{}", evidence.total, to_hex(ByteView(evidence.octets).first(shown)),
                              shown < evidence.total ? " ..." : "");
}

} // namespace

Error diagnose(const Evidence& evidence, const Attempt& attempt) {
    for (const Finding& finding : findings) {
        if (!finding.fits(evidence, attempt)) { continue; }
        std::vector<std::string> hints;
        for (const std::string_view hint : finding.hints) {
            if (!hint.empty()) { hints.emplace_back(hint); }
        }
        return fail(finding.category, std::string(finding.what) + circumstances(evidence, attempt), attempt.where,
                    std::move(hints), std::string(finding.code))
            .value();
    }
    return fail(Category::untrusted, "no message was understood", attempt.where).value();
}

} // namespace meterctl::sessions::iec62056_21
