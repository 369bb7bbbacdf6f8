// What the parameters of services mean, as tables: which tag carries what, under which name. They turn any PDU into
// named fields; whatever they do not describe is shown as its tags.
#pragma once

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/names.hpp"

#include <span>
#include <string_view>

namespace meterctl::codecs::bacnet {

enum class Shape : std::uint8_t {
    boolean,
    number,
    integer,
    real,
    octets,
    text,
    bits,
    enumerated,
    date,
    time,
    object,   ///< an object identifier, of which the parameters behind it speak
    property, ///< a property identifier, likewise
    sequence, ///< constructed: the members, in any number of repetitions
    any,      ///< constructed: what the property holds
    tags,     ///< constructed: shown as its tags
};

inline constexpr std::int16_t application_tagged = -1;

struct Item {
    std::int16_t tag; ///< context number, or application_tagged
    std::string_view name;
    Shape shape;
    const names::Table* names = nullptr; ///< of enumerations and bits
    std::span<const Item> members{};
};

using Syntax = std::span<const Item>;

enum class Message : std::uint8_t { confirmed_request, complex_ack, unconfirmed_request, error };
/// Empty where nothing is known of the service.
Syntax syntax_of(Message message, std::uint8_t service);
/// What a constructed property holds; empty where it holds primitives, or is not known.
Syntax property_syntax(std::uint32_t property);

} // namespace meterctl::codecs::bacnet
