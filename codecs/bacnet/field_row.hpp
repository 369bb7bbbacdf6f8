// Fields that stand one behind the other.
#pragma once

#include "codecs/decoder.hpp"

namespace meterctl::codecs::bacnet {

class FieldRow {
public:
    /// The first of them stands at `at`.
    FieldRow(std::vector<Field>& fields, std::size_t at) : fields_(fields), at_(at) {}

    /// Nothing where it has no octets.
    void add(std::string_view name, Value value, std::size_t octets, std::string text = {}) {
        if (octets == 0) { return; }
        fields_.push_back({std::string(name), std::move(value), std::move(text), at_, octets, {}});
        at_ += octets;
    }
    void u8(std::string_view name, std::uint8_t value, std::string text = {}) {
        add(name, std::uint64_t{value}, 1, std::move(text));
    }
    void u16(std::string_view name, std::uint16_t value, std::string text = {}) {
        add(name, std::uint64_t{value}, 2, std::move(text));
    }
    void octets(std::string_view name, ByteView value, std::string text = {}) {
        add(name, Bytes(value.begin(), value.end()), value.size(), std::move(text));
    }

private:
    std::vector<Field>& fields_;
    std::size_t at_;
};

} // namespace meterctl::codecs::bacnet
