#include "codecs/modbus/extent.hpp"

namespace meterctl::codecs::modbus {
namespace {

using Kind = Extent::Kind;

constexpr Extent known(std::size_t octets) {
    return octets <= max_pdu ? Extent{Kind::known, octets} : Extent{Kind::implausible, 0};
}
constexpr Extent need(std::size_t octets) {
    return {Kind::need, octets};
}
constexpr Extent implausible{Kind::implausible, 0};

std::size_t u16(ByteView prefix, std::size_t at) {
    return static_cast<std::size_t>((prefix[at] << 8) | prefix[at + 1]);
}

/// Address and count in five octets, the count in the limit: read requests and the answers to functions 15 and 16.
Extent address_and_count(ByteView prefix, std::size_t limit) {
    if (prefix.size() < 5) { return need(5); }
    const auto count = u16(prefix, 3);
    return count >= 1 && count <= limit ? known(5) : implausible;
}

/// Octets that end in a byte count at `at` and as many octets more; `count` is what the byte count must hold.
Extent counted(ByteView prefix, std::size_t at, std::size_t octets) {
    return prefix[at] == octets && octets > 0 ? known(at + 1 + octets) : implausible;
}

Extent write_coils_request(ByteView prefix) {
    if (prefix.size() < 6) { return need(6); }
    const auto count = u16(prefix, 3);
    return count <= max_write_bits ? counted(prefix, 5, (count + 7) / 8) : implausible;
}

Extent write_registers_request(ByteView prefix) {
    if (prefix.size() < 6) { return need(6); }
    const auto count = u16(prefix, 3);
    return count <= max_write_registers ? counted(prefix, 5, 2 * count) : implausible;
}

Extent read_write_request(ByteView prefix) {
    if (prefix.size() < 10) { return need(10); }
    const auto reads = u16(prefix, 3);
    const auto writes = u16(prefix, 7);
    const bool fits = reads >= 1 && reads <= max_read_registers && writes <= max_read_write_registers;
    return fits ? counted(prefix, 9, 2 * writes) : implausible;
}

/// One octet of length after the function, between the two bounds.
Extent by_byte_count(ByteView prefix, std::size_t least, std::size_t most, std::size_t multiple = 1) {
    if (prefix.size() < 2) { return need(2); }
    const std::size_t count = prefix[1];
    return count >= least && count <= most && count % multiple == 0 ? known(2 + count) : implausible;
}

Extent device_id_request(ByteView prefix) {
    if (prefix.size() < 2) { return need(2); }
    if (prefix[1] != 14) { return {}; }
    if (prefix.size() < 3) { return need(3); }
    return prefix[2] >= 1 && prefix[2] <= 4 ? known(4) : implausible;
}

/// The length stands nowhere: the objects are walked.
Extent device_id_answer(ByteView prefix) {
    if (prefix.size() < 2) { return need(2); }
    if (prefix[1] != 14) { return {}; }
    if (prefix.size() < 7) { return need(7); }
    const bool head = prefix[2] >= 1 && prefix[2] <= 4 && (prefix[4] == 0 || prefix[4] == 0xFF);
    std::size_t at = 7;
    for (unsigned i = 0; head && i < prefix[6]; ++i) {
        if (at + 2 > max_pdu) { return implausible; }
        if (prefix.size() < at + 2) { return need(at + 2); }
        at += 2U + prefix[at + 1];
    }
    return head ? known(at) : implausible;
}

Extent diagnostics(ByteView prefix) {
    if (prefix.size() < 3) { return need(3); }
    return prefix[1] == 0 && prefix[2] <= 20 ? known(5) : implausible;
}

Extent write_coil(ByteView prefix) {
    if (prefix.size() < 5) { return need(5); }
    return (prefix[3] == 0 || prefix[3] == 0xFF) && prefix[4] == 0 ? known(5) : implausible;
}

Extent fifo_answer(ByteView prefix) {
    if (prefix.size() < 3) { return need(3); }
    const auto count = u16(prefix, 1);
    return count >= 2 && count % 2 == 0 && count <= 2 + 2 * max_fifo_registers ? known(3 + count) : implausible;
}

Extent exception(ByteView prefix) {
    if (prefix[0] == exception_flag) { return implausible; }
    if (prefix.size() < 2) { return need(2); }
    return prefix[1] != 0 ? known(2) : implausible;
}

} // namespace

Extent request_extent(ByteView prefix) {
    if (prefix.empty()) { return need(1); }
    if (prefix[0] == 0 || prefix[0] >= exception_flag) { return implausible; }
    switch (static_cast<Function>(prefix[0])) {
    case Function::read_coils:
    case Function::read_discrete_inputs:
        return address_and_count(prefix, max_read_bits);
    case Function::read_holding_registers:
    case Function::read_input_registers:
        return address_and_count(prefix, max_read_registers);
    case Function::write_single_coil:
        return write_coil(prefix);
    case Function::write_single_register:
        return known(5);
    case Function::read_exception_status:
    case Function::comm_event_counter:
    case Function::comm_event_log:
    case Function::report_server_id:
        return known(1);
    case Function::diagnostics:
        return diagnostics(prefix);
    case Function::write_coils:
        return write_coils_request(prefix);
    case Function::write_registers:
        return write_registers_request(prefix);
    case Function::read_file_record:
        return by_byte_count(prefix, 7, 245, 7);
    case Function::write_file_record:
        return by_byte_count(prefix, 9, 251);
    case Function::mask_write_register:
        return known(7);
    case Function::read_write_registers:
        return read_write_request(prefix);
    case Function::read_fifo_queue:
        return known(3);
    case Function::encapsulated:
        return device_id_request(prefix);
    }
    return {};
}

Extent response_extent(ByteView prefix, const Request* request) {
    if (prefix.empty()) { return need(1); }
    if (prefix[0] == 0) { return implausible; }
    if ((prefix[0] & exception_flag) != 0) { return exception(prefix); }
    switch (static_cast<Function>(prefix[0])) {
    case Function::read_coils:
    case Function::read_discrete_inputs:
        return by_byte_count(prefix, 1, 250);
    case Function::read_holding_registers:
    case Function::read_input_registers:
    case Function::read_write_registers:
        return by_byte_count(prefix, 2, 250, 2);
    case Function::write_single_coil:
        return write_coil(prefix);
    case Function::write_single_register:
        return known(5);
    case Function::read_exception_status:
        return known(2);
    case Function::diagnostics: {
        const auto* const asked = request != nullptr ? std::get_if<Diagnostics>(request) : nullptr;
        return asked != nullptr ? known(3 + asked->data.size()) : diagnostics(prefix);
    }
    case Function::comm_event_counter:
        return known(5);
    case Function::comm_event_log:
        return by_byte_count(prefix, 6, 70);
    case Function::write_coils:
        return address_and_count(prefix, max_write_bits);
    case Function::write_registers:
        return address_and_count(prefix, max_write_registers);
    case Function::report_server_id:
        return by_byte_count(prefix, 0, 251);
    case Function::read_file_record:
        return by_byte_count(prefix, 2, 251);
    case Function::write_file_record:
        return by_byte_count(prefix, 9, 251);
    case Function::mask_write_register:
        return known(7);
    case Function::read_fifo_queue:
        return fifo_answer(prefix);
    case Function::encapsulated:
        return device_id_answer(prefix);
    }
    return {};
}

} // namespace meterctl::codecs::modbus
