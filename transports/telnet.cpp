#include "transports/telnet.hpp"

#include <utility>

namespace meterctl::transports::telnet {

namespace {

/// Those of RFC 2217 have a few octets, but for the signature, which nobody needs whole.
constexpr std::size_t longest_subnegotiation = 256;

void append_data(std::vector<Item>& items, std::uint8_t octet) {
    if (items.empty() || items.back().kind != Item::Kind::octets) { items.emplace_back(); }
    items.back().octets.push_back(octet);
}

} // namespace

std::vector<Item> Reader::take(ByteView stream) {
    std::vector<Item> items;
    for (const std::uint8_t octet : stream) { take_octet(octet, items); }
    return items;
}

void Reader::take_octet(std::uint8_t octet, std::vector<Item>& items) {
    switch (state_) {
    case State::data:
        if (octet == interpret_as_command) {
            state_ = State::command;
        } else {
            append_data(items, octet);
        }
        break;
    case State::command:
        take_command(octet, items);
        break;
    case State::option: {
        Item item;
        item.kind = Item::Kind::negotiation;
        item.verb = verb_;
        item.option = octet;
        items.push_back(std::move(item));
        state_ = State::data;
        break;
    }
    case State::sub_option:
        sub_ = Item();
        sub_.kind = Item::Kind::subnegotiation;
        sub_.option = octet;
        state_ = State::sub_data;
        break;
    case State::sub_data:
        if (octet == interpret_as_command) {
            state_ = State::sub_command;
        } else if (sub_.octets.size() < longest_subnegotiation) {
            sub_.octets.push_back(octet);
        }
        break;
    case State::sub_command:
        take_sub_command(octet, items);
        break;
    }
}

void Reader::take_command(std::uint8_t octet, std::vector<Item>& items) {
    state_ = State::data;
    if (octet == interpret_as_command) { append_data(items, octet); }
    if (octet == subnegotiation) { state_ = State::sub_option; }
    if (octet >= will && octet <= dont) {
        verb_ = octet;
        state_ = State::option;
    }
}

void Reader::take_sub_command(std::uint8_t octet, std::vector<Item>& items) {
    if (octet == interpret_as_command) {
        if (sub_.octets.size() < longest_subnegotiation) { sub_.octets.push_back(octet); }
        state_ = State::sub_data;
        return;
    }
    items.push_back(std::exchange(sub_, Item()));
    state_ = State::data;
}

Bytes escaped(ByteView octets) {
    Bytes out;
    out.reserve(octets.size() + 2);
    for (const std::uint8_t octet : octets) {
        out.push_back(octet);
        if (octet == interpret_as_command) { out.push_back(octet); }
    }
    return out;
}

Bytes negotiation(Command verb, Option option) {
    return {interpret_as_command, verb, option};
}

Bytes subnegotiation_of(Option option, ByteView octets) {
    Bytes out{interpret_as_command, subnegotiation, option};
    const Bytes inner = escaped(octets);
    out.insert(out.end(), inner.begin(), inner.end());
    out.push_back(interpret_as_command);
    out.push_back(subnegotiation_end);
    return out;
}

} // namespace meterctl::transports::telnet
