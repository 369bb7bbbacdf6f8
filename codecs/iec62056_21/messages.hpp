// The messages of IEC 62056-21:2002 (formerly IEC 1107): sign-on, identification, option select, data, programming
// commands, acknowledgements; clause 6.3. Octets are without parity bits (src/core/parity.hpp takes them off).
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meterctl::codecs::iec62056_21 {

inline constexpr std::uint8_t soh = 0x01;
inline constexpr std::uint8_t stx = 0x02;
inline constexpr std::uint8_t etx = 0x03;
inline constexpr std::uint8_t eot = 0x04;
inline constexpr std::uint8_t ack = 0x06;
inline constexpr std::uint8_t nak = 0x15;
inline constexpr std::uint8_t cr = 0x0D;
inline constexpr std::uint8_t lf = 0x0A;

inline constexpr std::size_t max_address = 32; ///< characters of a device address in a sign-on
inline constexpr std::size_t max_identification =
    64; ///< the standard has 16 behind the baud character; meters send more
inline constexpr std::size_t max_block = std::size_t{256} * 1024; ///< octets of one data message

/// Clause 6.4. D is what a meter that pushes by itself speaks; its identification looks like one of mode C.
enum class Mode { a, b, c, d, e };
std::string_view mode_name(Mode mode); ///< "A"

/// 6.3.1: `/ ? address ! CR LF`. An empty address: whoever is at the optical port.
struct Request {
    std::string address;
    friend bool operator==(const Request&, const Request&) = default;
};

/// 6.3.2: `/ X X X Z [\W]... identification CR LF`.
struct Identification {
    std::string manufacturer; ///< three letters as sent: "ISk"
    char baud = '5';          ///< Z
    std::string text;         ///< all behind Z, with its escape sequences and blanks: "\2MT382-1000"

    /// Characters W of the escape sequences `\W`, in order: "2" of "\2MT382".
    [[nodiscard]] std::string escapes() const;
    /// The text without its escape sequences.
    [[nodiscard]] std::string product() const;
    /// By Z and the escape sequence `\2`: A, B, C or E.
    [[nodiscard]] Mode mode() const;
    /// What Z proposes (C, E) or switches to (B); nullopt in mode A, which stays at 300, and for reserved characters.
    [[nodiscard]] std::optional<unsigned> baud_rate() const;
    /// Lower case third letter: the meter may answer, and be answered, after 20 ms instead of 200 ms.
    [[nodiscard]] std::chrono::milliseconds reaction_time() const;
    friend bool operator==(const Identification&, const Identification&) = default;
};

/// 6.3.3: `ACK V Z Y CR LF`.
struct OptionSelect {
    char protocol = '0'; ///< V: 0 normal, 1 secondary, 2 HDLC (mode E)
    char baud = '0';     ///< Z as in the identification; 0 stays at 300
    char mode = '0';     ///< Y: 0 data readout, 1 programming, 2 binary (HDLC), 6-9 the maker's own
    friend bool operator==(const OptionSelect&, const OptionSelect&) = default;
};

/// 6.3.6: `SOH C D [STX data] ETX BCC`, with EOT instead of ETX in a partial block.
struct Command {
    char command = 'R';              ///< P password, W write, R read, E execute, B exit
    char type = '1';                 ///< D
    std::optional<std::string> data; ///< "1.8.0()", "(00000000)"; none in B0
    bool partial = false;            ///< ends in EOT: more follows
    friend bool operator==(const Command&, const Command&) = default;
};

/// 6.3.4, 6.3.5: `STX data ETX BCC`, with EOT instead of ETX in a partial block. A readout's data ends in `! CR LF`.
struct Data {
    std::string block; ///< between STX and ETX, with the end mark
    bool partial = false;
    friend bool operator==(const Data&, const Data&) = default;
};

struct Acknowledge { ///< ACK alone
    friend bool operator==(const Acknowledge&, const Acknowledge&) = default;
};
struct Repeat { ///< NAK: send it again
    friend bool operator==(const Repeat&, const Repeat&) = default;
};

using Message = std::variant<Request, Identification, OptionSelect, Command, Data, Acknowledge, Repeat>;

/// Exclusive or of the octets; a message's goes over all behind its first SOH or STX, up to and with ETX or EOT.
std::uint8_t block_check(ByteView octets);

Bytes encode(const Message& message);
/// One whole message, as the framer found it, of any kind. A data message without its frame (mode D) is one as well:
/// then STX, ETX and BCC are missing. Untrusted, with the offset, where its shape or its block check is wrong.
Result<Message> decode(ByteView octets);

/// A data message or command with what can be said of its end, also when its check is wrong.
struct Block {
    enum class Check { good, wrong, missing };
    Message message; ///< Command or Data
    Check check = Check::missing;
    std::uint8_t sent = 0, computed = 0; ///< BCC
};
/// nullopt where the octets begin no data message or command.
std::optional<Block> take_apart(ByteView octets);

/// The rate that a baud character of modes C and E (0-6, and 7-9 as makers use them) or B (A-F, G-I) stands for.
std::optional<unsigned> baud_rate_of(char character);
/// The character of modes C and E for a rate; nullopt where there is none.
std::optional<char> baud_character(unsigned rate);

/// `SOH P type STX (password) ETX BCC`.
Command password_command(std::string_view password, char type = '1');
/// `SOH R type STX address(value) ETX BCC`; the value is a count or a range, mostly empty.
Command read_command(std::string_view address, std::string_view value = {}, char type = '1');
/// `SOH W type STX address(value) ETX BCC`.
Command write_command(std::string_view address, std::string_view value, char type = '1');
/// `SOH E type STX address(value) ETX BCC`.
Command execute_command(std::string_view address, std::string_view value, char type = '2');
/// `SOH B type ETX BCC`: 0 signs off; 1 as well, for battery meters that wake fast.
Command break_command(char type = '0');

/// The text of an error message such as `(ER04)`, which a meter sends as its only data set; nullopt for other data.
std::optional<std::string> error_message(const Data& data);
/// What is known of such a text, "ERROR 04": empty where makers differ.
Error meter_error(std::string_view text);

/// What the letters and digits mean: "read, ASCII", "programming mode"; empty where the standard reserves them.
std::string_view command_meaning(char command, char type);
std::string_view option_mode_meaning(char mode);
std::string_view option_protocol_meaning(char protocol);

} // namespace meterctl::codecs::iec62056_21
