#include "codecs/iec62056_21/messages.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::iec62056_21 {
namespace {

struct Rate {
    char character;
    unsigned rate;
};

/// 6.3.2 item 13: digits for modes C and E, letters for mode B. 7 to 9 are reserved; meters use them as here.
constexpr std::array rates{
    Rate{'0', 300},   Rate{'1', 600},   Rate{'2', 1200},  Rate{'3', 2400},   Rate{'4', 4800}, Rate{'5', 9600},
    Rate{'6', 19200}, Rate{'7', 38400}, Rate{'8', 57600}, Rate{'9', 115200}, Rate{'A', 600},  Rate{'B', 1200},
    Rate{'C', 2400},  Rate{'D', 4800},  Rate{'E', 9600},  Rate{'F', 19200},
};

struct Meaning {
    char command;
    char type;
    std::string_view text;
};

/// 6.3.6, items 18 and 19.
constexpr std::array commands{
    Meaning{'P', '0', "operand for the secure algorithm"},
    Meaning{'P', '1', "password"},
    Meaning{'P', '2', "result of the secure algorithm"},
    Meaning{'W', '1', "write ASCII"},
    Meaning{'W', '2', "write formatted"},
    Meaning{'W', '3', "write ASCII with partial blocks"},
    Meaning{'W', '4', "write formatted with partial blocks"},
    Meaning{'W', '5', "write, national use"},
    Meaning{'W', '6', "write, reserved type 6"},
    Meaning{'R', '1', "read ASCII"},
    Meaning{'R', '2', "read formatted"},
    Meaning{'R', '3', "read ASCII with partial blocks"},
    Meaning{'R', '4', "read formatted with partial blocks"},
    Meaning{'R', '5', "read, national use"},
    Meaning{'R', '6', "read, reserved type 6, in use for profiles in partial blocks"},
    Meaning{'E', '2', "execute formatted"},
    Meaning{'B', '0', "sign off"},
    Meaning{'B', '1', "sign off, fast wake-up"},
};

struct Word {
    char character;
    std::string_view text;
};

constexpr std::array option_modes{
    Word{'0', "data readout"},         Word{'1', "programming mode"},     Word{'2', "binary mode (HDLC)"},
    Word{'6', "the maker's option 6"}, Word{'7', "the maker's option 7"}, Word{'8', "the maker's option 8"},
    Word{'9', "the maker's option 9"},
};

constexpr std::array option_protocols{
    Word{'0', "normal protocol"},
    Word{'1', "secondary protocol"},
    Word{'2', "HDLC protocol"},
};

template <class Table>
std::string_view word_of(const Table& table, char character) {
    const auto* const found = std::ranges::find(table, character, &Word::character);
    return found == table.end() ? std::string_view{} : found->text;
}

} // namespace

std::optional<unsigned> baud_rate_of(char character) {
    const auto* const found = std::ranges::find(rates, character, &Rate::character);
    return found == rates.end() ? std::nullopt : std::optional(found->rate);
}

std::optional<char> baud_character(unsigned rate) {
    const auto* const found = std::ranges::find(rates, rate, &Rate::rate);
    return found == rates.end() ? std::nullopt : std::optional(found->character);
}

std::string_view mode_name(Mode mode) {
    constexpr std::array<std::string_view, 5> names{"A", "B", "C", "D", "E"};
    return names.at(static_cast<std::size_t>(mode));
}

std::string_view command_meaning(char command, char type) {
    const auto* const found =
        std::ranges::find_if(commands, [&](const Meaning& one) { return one.command == command && one.type == type; });
    return found == commands.end() ? std::string_view{} : found->text;
}

std::string_view option_mode_meaning(char mode) {
    return word_of(option_modes, mode);
}

std::string_view option_protocol_meaning(char protocol) {
    return word_of(option_protocols, protocol);
}

std::string Identification::escapes() const {
    std::string found;
    for (std::size_t i = 0; i + 1 < text.size() && text[i] == '\\'; i += 2) { found += text[i + 1]; }
    return found;
}

std::string Identification::product() const {
    return text.substr(2 * escapes().size());
}

Mode Identification::mode() const {
    if (escapes().find('2') != std::string::npos) { return Mode::e; }
    if (baud >= '0' && baud <= '9') { return Mode::c; }
    return baud >= 'A' && baud <= 'I' ? Mode::b : Mode::a;
}

std::optional<unsigned> Identification::baud_rate() const {
    return baud_rate_of(baud);
}

std::chrono::milliseconds Identification::reaction_time() const {
    const bool fast = manufacturer.size() == 3 && manufacturer[2] >= 'a' && manufacturer[2] <= 'z';
    return std::chrono::milliseconds(fast ? 20 : 200);
}

} // namespace meterctl::codecs::iec62056_21
