#include "codecs/iec62056_21/messages.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

tl::unexpected<Error> wrong(std::string what, std::size_t offset, std::string code = "iec62056_21.shape") {
    return fail(Category::untrusted, std::move(what), fmt::format("offset {}", offset), {}, std::move(code));
}

bool is_letter(char character) {
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z');
}

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

/// Characters of one line without its end; LF alone ends one too, as files from terminals have it.
Result<std::string> line_of(ByteView octets) {
    std::string text(octets.begin(), octets.end());
    if (!text.ends_with('\n')) { return wrong("no line end", text.size()); }
    text.pop_back();
    if (text.ends_with('\r')) { text.pop_back(); }
    const auto odd = std::ranges::find_if(text, [](char one) { return one < ' ' || one > '~'; });
    if (odd != text.end()) {
        const auto offset = static_cast<std::size_t>(odd - text.begin());
        return wrong(fmt::format("octet {:02X} in a line of text", static_cast<unsigned char>(*odd)), offset);
    }
    return text;
}

Result<Message> decode_request(const std::string& line) {
    if (!line.ends_with('!')) { return wrong("no '!' behind the address", line.size()); }
    Request request{line.substr(2, line.size() - 3)};
    if (request.address.size() > max_address) {
        return wrong(fmt::format("an address of {} characters", request.address.size()), 2);
    }
    const auto odd = request.address.find_first_of("/!()");
    if (odd != std::string::npos) { return wrong("an address with '/', '!' or a bracket in it", 2 + odd); }
    return request;
}

Result<Message> decode_identification(const std::string& line) {
    constexpr std::size_t head = 5;
    if (line.size() < head || !std::all_of(line.begin() + 1, line.begin() + 4, is_letter)) {
        return wrong("no identification: three letters of the maker and a baud character", 1);
    }
    if (line.size() > head + max_identification) {
        return wrong(fmt::format("an identification of {} characters", line.size() - head), head);
    }
    const auto odd = line.find_first_of("/!", 1);
    if (odd != std::string::npos) { return wrong("an identification with '/' or '!' in it", odd); }
    return Identification{line.substr(1, 3), line[4], line.substr(head)};
}

Result<Message> decode_line(ByteView octets) {
    const auto line = line_of(octets);
    if (!line) { return tl::unexpected(line.error()); }
    return line->starts_with("/?") ? decode_request(*line) : decode_identification(*line);
}

Result<Message> decode_acknowledge(ByteView octets) {
    if (octets.size() == 1) { return Acknowledge{}; }
    const auto line = line_of(octets.subspan(1));
    if (!line) { return tl::unexpected(line.error()); }
    if (line->size() != 3) { return wrong("no option select: ACK, three characters and a line end", 1); }
    return OptionSelect{(*line)[0], (*line)[1], (*line)[2]};
}

Result<Message> decode_block(ByteView octets) {
    auto block = take_apart(octets);
    if (!block) { return wrong("no data message and no command", 0); }
    if (block->check == Block::Check::wrong) {
        return fail(Category::untrusted,
                    fmt::format("block check {:02X}, computed {:02X}", block->sent, block->computed),
                    fmt::format("offset {}", octets.size() - 1), {"asking again, with NAK"}, "iec62056_21.bcc");
    }
    const bool framed = octets.front() == stx || octets.front() == soh;
    if (framed && block->check == Block::Check::missing) { return wrong("no ETX and no block check", octets.size()); }
    return std::move(block->message);
}

/// What stands before ETX or EOT; `block` gets the check.
std::string_view before_end(std::string_view text, Block& block, bool& partial) {
    const auto size = text.size();
    const bool ended = size >= 3 && (text[size - 2] == etx || text[size - 2] == eot);
    if (!ended) { return text.substr(1, text.find_first_of("\x03\x04") - 1); }
    const ByteView octets(reinterpret_cast<const std::uint8_t*>(text.data()), size); // NOLINT: the same octets
    block.sent = octets.back();
    block.computed = block_check(octets.subspan(1, size - 2));
    block.check = block.sent == block.computed ? Block::Check::good : Block::Check::wrong;
    partial = text[size - 2] == eot;
    return text.substr(1, size - 3);
}

} // namespace

std::optional<Block> take_apart(ByteView octets) {
    const std::string text(octets.begin(), octets.end());
    if (text.empty()) { return std::nullopt; }
    Block block;
    bool partial = false;
    if (text[0] == stx) {
        const std::string inside(before_end(text, block, partial));
        block.message = Data{inside, partial};
        return block;
    }
    if (text[0] == soh) {
        const std::string inside(before_end(text, block, partial));
        if (inside.size() < 2 || !is_letter(inside[0]) || !is_digit(inside[1])) { return std::nullopt; }
        Command command{inside[0], inside[1], std::nullopt, partial};
        if (inside.size() > 2 && inside[2] != stx) { return std::nullopt; }
        if (inside.size() > 2) { command.data = inside.substr(3); }
        block.message = std::move(command);
        return block;
    }
    block.message = Data{text, false};
    return block;
}

Result<Message> decode(ByteView octets) {
    if (octets.empty()) { return wrong("nothing", 0); }
    switch (octets.front()) {
    case '/':
        return decode_line(octets);
    case ack:
        return decode_acknowledge(octets);
    case nak:
        if (octets.size() != 1) { return wrong("octets behind NAK", 1); }
        return Repeat{};
    default:
        return decode_block(octets);
    }
}

std::optional<std::string> error_message(const Data& data) {
    const std::string_view text = data.block;
    if (!text.starts_with("(ER") || !text.ends_with(')') || text.find(')') != text.size() - 1) { return std::nullopt; }
    return std::string(text.substr(1, text.size() - 2));
}

Error meter_error(std::string_view text) {
    return Error{Category::refused,
                 fmt::format("the meter answers '{}'", text),
                 {},
                 {"the maker's list of error messages", "another password, where the access depends on it"},
                 "iec62056_21.error"};
}

} // namespace meterctl::codecs::iec62056_21
