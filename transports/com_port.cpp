#include "transports/com_port.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::transports::com_port {

namespace {

/// Values of set_control.
constexpr std::uint8_t dtr_on = 8, dtr_off = 9, rts_on = 11, rts_off = 12;

struct ParityRow {
    Parity parity;
    std::uint8_t number;
    std::string_view name;
};
constexpr std::array parities{ParityRow{Parity::none, 1, "no"}, ParityRow{Parity::odd, 2, "odd"},
                              ParityRow{Parity::even, 3, "even"}, ParityRow{Parity::mark, 4, "mark"},
                              ParityRow{Parity::space, 5, "space"}};

struct FaultBit {
    std::uint8_t bit;
    LineFault::Kind kind;
};
constexpr std::array fault_bits{
    FaultBit{0x10, LineFault::Kind::break_condition}, FaultBit{0x08, LineFault::Kind::parity_or_framing},
    FaultBit{0x04, LineFault::Kind::parity_or_framing}, FaultBit{0x02, LineFault::Kind::overrun}};

const ParityRow& parity_row(Parity parity) {
    for (const auto& row : parities) {
        if (row.parity == parity) { return row; }
    }
    return parities.front();
}

} // namespace

std::vector<Setting> settings_of(const LineSettings& line) {
    const ParityRow& parity = parity_row(line.parity);
    return {Setting{set_baud, line.baud, fmt::format("{} baud", line.baud)},
            Setting{set_data_size, line.data_bits, fmt::format("{} data bits", line.data_bits)},
            Setting{set_parity, parity.number, fmt::format("{} parity", parity.name)},
            Setting{set_stop_size, line.stop_bits, fmt::format("{} stop bits", line.stop_bits)}};
}

std::vector<std::uint8_t> controls_of(const SupplyLines& supply) {
    std::vector<std::uint8_t> values;
    if (supply.dtr) { values.push_back(*supply.dtr ? dtr_on : dtr_off); }
    if (supply.rts) { values.push_back(*supply.rts ? rts_on : rts_off); }
    return values;
}

Bytes encode(Command command, std::uint32_t value) {
    ByteWriter out;
    out.u8(command);
    if (command == set_baud) {
        out.u32be(value);
    } else {
        out.u8(static_cast<std::uint8_t>(value));
    }
    return out.take();
}

std::optional<Answer> decode(ByteView octets) {
    ByteReader in(octets);
    Answer answer{in.u8(), 0};
    if (answer.command < from_server) { return std::nullopt; }
    answer.command = static_cast<std::uint8_t>(answer.command - from_server);
    answer.value = answer.command == set_baud ? in.u32be() : in.u8();
    if (in.failed()) { return std::nullopt; }
    return answer;
}

std::optional<LineFault::Kind> fault_of(std::uint32_t line_state) {
    for (const auto& row : fault_bits) {
        if ((line_state & row.bit) != 0) { return row.kind; }
    }
    return std::nullopt;
}

} // namespace meterctl::transports::com_port
