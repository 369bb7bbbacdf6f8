#include "simulators/iec62056_21_manner.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace iec = codecs::iec62056_21;

namespace {

using namespace std::chrono_literals;

constexpr unsigned usual_offer = 9600;
constexpr unsigned push_baud = 2400;
/// What a meter takes for a wake-up call, with room for a client's clock.
constexpr auto shortest_call = 2050ms, longest_call = 2350ms;
constexpr auto shortest_pause = 1450ms, longest_pause = 1750ms;
constexpr auto longest_gap = 5ms; ///< between two NULs

template <class T>
struct Word {
    std::string_view word;
    T meaning;
};
constexpr std::array modes{Word<iec::Mode>{"a", iec::Mode::a}, Word<iec::Mode>{"b", iec::Mode::b},
                           Word<iec::Mode>{"c", iec::Mode::c}, Word<iec::Mode>{"d", iec::Mode::d},
                           Word<iec::Mode>{"e", iec::Mode::e}};
constexpr std::array misbehaviours{Word<Misbehaviour>{"no_switch", Misbehaviour::no_switch},
                                   Word<Misbehaviour>{"wrong_bcc", Misbehaviour::wrong_bcc},
                                   Word<Misbehaviour>{"nak", Misbehaviour::nak},
                                   Word<Misbehaviour>{"silent_sign_on", Misbehaviour::silent_sign_on},
                                   Word<Misbehaviour>{"silent_data", Misbehaviour::silent_data},
                                   Word<Misbehaviour>{"silent_password", Misbehaviour::silent_password},
                                   Word<Misbehaviour>{"silent_command", Misbehaviour::silent_command}};

/// The meaning of an extra's word, or `otherwise` where nothing is said.
template <class T, std::size_t N>
Result<T> extra(const Options& options, const std::string& key, const std::array<Word<T>, N>& words, T otherwise) {
    const auto said = options.extras.find(key);
    if (said == options.extras.end()) { return otherwise; }
    const auto found = std::ranges::find(words, said->second, &Word<T>::word);
    if (found != words.end()) { return found->meaning; }
    std::string known;
    for (const Word<T>& word : words) { known += (known.empty() ? "" : ", ") + std::string(word.word); }
    return fail(Category::usage, key + ": '" + said->second + "' is none", {}, {known}, "usage.value");
}

/// The baud character of mode B.
constexpr std::array<std::pair<unsigned, char>, 6> mode_b_characters{
    {{600, 'A'}, {1200, 'B'}, {2400, 'C'}, {4800, 'D'}, {9600, 'E'}, {19200, 'F'}}};

} // namespace

Result<IecManner> iec_manner(const Options& options, const catalogue::Definition& meter) {
    const auto mode = extra(options, "mode", modes, iec::Mode::c);
    if (!mode) { return tl::unexpected(mode.error()); }
    const auto misbehaviour = extra(options, "misbehave", misbehaviours, Misbehaviour::none);
    if (!misbehaviour) { return tl::unexpected(misbehaviour.error()); }
    constexpr std::array sleeping{Word<bool>{"1", true}, Word<bool>{"0", false}};
    const auto sleeps = extra(options, "wakeup", sleeping, false);
    if (!sleeps) { return tl::unexpected(sleeps.error()); }
    IecManner manner;
    manner.mode = *mode;
    manner.misbehaviour = *misbehaviour;
    manner.sleeps = *sleeps;
    manner.opening = meter.line.baud;
    manner.offered = usual_offer;
    if (!meter.line.bauds.empty()) { manner.offered = *std::ranges::max_element(meter.line.bauds); }
    if (options.baud != 0) { manner.offered = options.baud; }
    if (manner.mode == iec::Mode::a) { manner.offered = manner.opening; }
    if (manner.mode == iec::Mode::d) { manner.opening = options.baud == 0 ? push_baud : options.baud; }
    return manner;
}

iec::Identification IecManner::identification(const IecMeter& meter) const {
    iec::Identification said = meter.identification(mode == iec::Mode::d ? opening : offered);
    if (mode == iec::Mode::a) { said.baud = ' '; }
    if (mode == iec::Mode::b) {
        const auto* found = std::ranges::find(mode_b_characters, offered, &std::pair<unsigned, char>::first);
        if (found != mode_b_characters.end()) { said.baud = found->second; }
    }
    if (mode == iec::Mode::e) { said.text.insert(0, "\\2"); }
    return said;
}

void IecSleep::hear(ByteView octets, TimePoint from, TimePoint until) {
    if (octets.empty() || octets.front() != 0) { return; }
    if (from > last_ + longest_gap) { first_ = from; }
    last_ = until;
}

bool IecSleep::ended(TimePoint when) const {
    const auto call = last_ - first_, pause = when - last_;
    return call >= shortest_call && call <= longest_call && pause >= shortest_pause && pause <= longest_pause;
}

} // namespace meterctl::simulators
