// Reads a PDU into named fields, as far as its octets go: what is missing at the end is left out, never made up.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/modbus/pdu.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs::modbus {

/// Where a PDU's octets stand in the frame.
struct Placement {
    std::size_t base = 0;      ///< offset of the PDU's first octet
    std::size_t per_octet = 1; ///< 2 in ASCII, where an octet is two characters
};

class FieldReader {
public:
    FieldReader(ByteView pdu, Placement placement) : reader_(pdu), placement_(placement) {}

    /// The function code, without the flag of an exception.
    void function(std::uint8_t code, std::string text);
    /// The next octet or two as an unsigned number; nullopt, and no field, where they are missing.
    std::optional<std::uint8_t> u8(std::string_view name, std::string text = {});
    std::optional<std::uint16_t> u16(std::string_view name, std::string text = {});
    /// At most `count` octets; nothing where none are left.
    Bytes octets(std::string_view name, std::size_t count, std::string text = {});
    /// Octets that are text.
    std::string text(std::string_view name, std::size_t count);
    /// Whole registers within at most `count` octets; each a child, named by its place where the first one's is known.
    std::vector<std::uint16_t> registers(std::string_view name, std::size_t count, Table table,
                                         std::optional<std::uint16_t> first);
    /// Bits of at most `count` octets, of which `bits` count.
    std::vector<bool> bits(std::string_view name, std::size_t count, std::size_t bits);
    /// What `read` reads becomes the children of one field.
    template <class Read>
    void group(std::string_view name, Read read) {
        const auto at = open(name);
        read(*this);
        close(at);
    }

    [[nodiscard]] std::size_t remaining() const { return reader_.remaining(); }
    /// The last field's text, once its meaning is known.
    void explain(std::string text) { fields_.back().text = std::move(text); }
    /// All fields read; octets left over become "excess".
    std::vector<Field> take();

private:
    struct Opened {
        std::size_t field, offset;
    };
    void add(std::string_view name, Value value, std::string text, std::size_t octets);
    Opened open(std::string_view name);
    void close(Opened opened);

    ByteReader reader_;
    Placement placement_;
    std::vector<Field> fields_;
};

} // namespace meterctl::codecs::modbus
