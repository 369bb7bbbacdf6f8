#include "sessions/dlms/diagnosis.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace {

constexpr std::uint8_t flag = 0x7E;

Error error(Category category, std::string what, const Attempt& attempt, std::vector<std::string> hints,
            std::string code) {
    return {category, std::move(what), attempt.where, std::move(hints), "dlms." + std::move(code)};
}

std::string tries_text(const Attempt& attempt) {
    const auto seconds = std::chrono::duration<double>(attempt.waited).count();
    if (attempt.tries == 1) { return fmt::format("no answer in {:.3g} s", seconds); }
    return fmt::format("no answer in {} tries of {:.3g} s", attempt.tries, seconds);
}

std::vector<std::string> hints_of_silence(const Attempt& attempt) {
    if (attempt.wrapped) {
        return {"the logical device: server=1", "the client: --client or client=16",
                "framing=hdlc, where a transparent gateway stands before the meter", "a longer --timeout"};
    }
    std::vector<std::string> hints{"the meter's physical address: -a 1/17, or meterctl scan", "address_size=4",
                                   "the client: --client or client=16"};
    hints.emplace_back(attempt.line ? "baud rate, 8N1 and polarity" : "framing=wrapper, where no gateway is between");
    return hints;
}

} // namespace

void Evidence::hear(const transports::Chunk& chunk) {
    const auto room = std::min(kept - std::min(kept, octets.size()), chunk.octets.size());
    octets.insert(octets.end(), chunk.octets.begin(), chunk.octets.begin() + static_cast<std::ptrdiff_t>(room));
    total += chunk.octets.size();
    line_faults += chunk.faults.size();
}

Error diagnose(const Evidence& evidence, const Attempt& attempt) {
    if (evidence.total == 0 || (evidence.echoes > 0 && evidence.damaged == 0 && evidence.foreign == 0)) {
        auto what = tries_text(attempt);
        if (evidence.echoes > 0) { what += ": only our own frames came back"; }
        return error(Category::timeout, std::move(what), attempt, hints_of_silence(attempt), "silent");
    }
    if (evidence.foreign > 0) {
        return error(Category::timeout, tries_text(attempt) + ": only other addresses were heard", attempt,
                     {"the addresses that are heard: meterctl read --trace", "another client on this line"}, "foreign");
    }
    if (evidence.damaged > 0) {
        return error(Category::untrusted, "the frames that come are damaged (HCS or FCS)", attempt,
                     {"the line: bias, termination, length", "a second answerer at the same address"}, "damaged");
    }
    const bool begins_hdlc = evidence.octets.front() == flag;
    if (attempt.wrapped) {
        std::vector<std::string> hints{"the port: DLMS is 4059 as a rule"};
        if (begins_hdlc) { hints = {"framing=hdlc: the first octet is an HDLC flag"}; }
        return error(Category::untrusted, fmt::format("{} octets came that are no wrapper PDU", evidence.total),
                     attempt, std::move(hints), "noise");
    }
    const bool flagged = std::ranges::find(evidence.octets, flag) != evidence.octets.end();
    std::vector<std::string> hints{"baud rate and 8N1 (some adapters are set to 8E1)", "polarity of the line"};
    if (flagged) { hints = {"a frame that is cut short: a longer inter-octet time of the gateway", "the line"}; }
    auto what = fmt::format("{} octets came that are no HDLC frame", evidence.total);
    if (evidence.line_faults > 0) { what += fmt::format(", {} with parity or framing errors", evidence.line_faults); }
    return error(Category::untrusted, std::move(what), attempt, std::move(hints), "noise");
}

} // namespace meterctl::sessions::dlms
