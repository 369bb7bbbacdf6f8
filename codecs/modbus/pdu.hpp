// Modbus protocol data units as plain structs: MODBUS Application Protocol V1.1b3, clauses 4 to 7.
// A PDU is a function code and its data, at most 253 octets, the same in every framing. Addresses start at 0. Numbers
// are big-endian; bits are packed lowest first.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meterctl::codecs::modbus {

inline constexpr std::size_t max_pdu = 253;
inline constexpr std::uint16_t max_read_bits = 2000;
inline constexpr std::uint16_t max_read_registers = 125;
inline constexpr std::uint16_t max_write_bits = 1968;
inline constexpr std::uint16_t max_write_registers = 123;
inline constexpr std::uint16_t max_read_write_registers = 121; ///< the written ones of function 23
inline constexpr std::uint16_t max_fifo_registers = 31;
inline constexpr std::uint8_t exception_flag = 0x80;

enum class Function : std::uint8_t {
    read_coils = 1,
    read_discrete_inputs = 2,
    read_holding_registers = 3,
    read_input_registers = 4,
    write_single_coil = 5,
    write_single_register = 6,
    read_exception_status = 7,
    diagnostics = 8,
    comm_event_counter = 11,
    comm_event_log = 12,
    write_coils = 15,
    write_registers = 16,
    report_server_id = 17,
    read_file_record = 20,
    write_file_record = 21,
    mask_write_register = 22,
    read_write_registers = 23,
    read_fifo_queue = 24,
    encapsulated = 43,
};

/// The four tables of the data model (clause 4.3).
enum class Table { coil, discrete, input, holding };

/// Functions 1 to 4; the table decides which.
struct ReadRequest {
    Table table = Table::holding;
    std::uint16_t address = 0;
    std::uint16_t count = 1; ///< of bits or registers
    friend bool operator==(const ReadRequest&, const ReadRequest&) = default;
};

/// Function 5, request and answer.
struct WriteCoil {
    std::uint16_t address = 0;
    bool on = false;
    friend bool operator==(const WriteCoil&, const WriteCoil&) = default;
};

/// Function 6, request and answer.
struct WriteRegister {
    std::uint16_t address = 0;
    std::uint16_t value = 0;
    friend bool operator==(const WriteRegister&, const WriteRegister&) = default;
};

/// Functions 7, 11, 12 and 17: requests without data.
struct BareRequest {
    Function function = Function::read_exception_status;
    friend bool operator==(const BareRequest&, const BareRequest&) = default;
};

/// Function 8, request and answer.
struct Diagnostics {
    std::uint16_t subfunction = 0;
    Bytes data; ///< an even number of octets
    friend bool operator==(const Diagnostics&, const Diagnostics&) = default;
};

/// Function 15.
struct WriteCoils {
    std::uint16_t address = 0;
    std::vector<bool> bits;
    friend bool operator==(const WriteCoils&, const WriteCoils&) = default;
};

/// Function 16.
struct WriteRegisters {
    std::uint16_t address = 0;
    std::vector<std::uint16_t> registers;
    friend bool operator==(const WriteRegisters&, const WriteRegisters&) = default;
};

struct FileReference {
    std::uint16_t file = 0;
    std::uint16_t record = 0;
    std::uint16_t count = 0; ///< of registers
    friend bool operator==(const FileReference&, const FileReference&) = default;
};

/// Function 20.
struct ReadFile {
    std::vector<FileReference> groups;
    friend bool operator==(const ReadFile&, const ReadFile&) = default;
};

struct FileData {
    std::uint16_t file = 0;
    std::uint16_t record = 0;
    std::vector<std::uint16_t> registers;
    friend bool operator==(const FileData&, const FileData&) = default;
};

/// Function 21, request and answer.
struct WriteFile {
    std::vector<FileData> groups;
    friend bool operator==(const WriteFile&, const WriteFile&) = default;
};

/// Function 22, request and answer: result = (old AND and_mask) OR (or_mask AND NOT and_mask).
struct MaskWrite {
    std::uint16_t address = 0;
    std::uint16_t and_mask = 0xFFFF;
    std::uint16_t or_mask = 0;
    friend bool operator==(const MaskWrite&, const MaskWrite&) = default;
};

/// Function 23: the write comes first.
struct ReadWriteRegisters {
    std::uint16_t read_address = 0;
    std::uint16_t read_count = 1;
    std::uint16_t write_address = 0;
    std::vector<std::uint16_t> registers;
    friend bool operator==(const ReadWriteRegisters&, const ReadWriteRegisters&) = default;
};

/// Function 24.
struct ReadFifo {
    std::uint16_t address = 0;
    friend bool operator==(const ReadFifo&, const ReadFifo&) = default;
};

/// Function 43, MEI type 14.
struct ReadDeviceId {
    std::uint8_t code = 1; ///< 1 basic, 2 regular, 3 extended, 4 one object
    std::uint8_t object = 0;
    friend bool operator==(const ReadDeviceId&, const ReadDeviceId&) = default;
};

/// A function without a struct of its own, request or answer.
struct RawPdu {
    std::uint8_t function = 0;
    Bytes data;
    friend bool operator==(const RawPdu&, const RawPdu&) = default;
};

using Request =
    std::variant<ReadRequest, WriteCoil, WriteRegister, BareRequest, Diagnostics, WriteCoils, WriteRegisters, ReadFile,
                 WriteFile, MaskWrite, ReadWriteRegisters, ReadFifo, ReadDeviceId, RawPdu>;

/// Answer to functions 1 and 2. Without its request the count is that of the octets, a multiple of 8.
struct ReadBitsAnswer {
    Table table = Table::coil;
    std::vector<bool> bits;
    friend bool operator==(const ReadBitsAnswer&, const ReadBitsAnswer&) = default;
};

/// Answer to functions 3, 4 and 23.
struct ReadRegistersAnswer {
    Function function = Function::read_holding_registers;
    std::vector<std::uint16_t> registers;
    friend bool operator==(const ReadRegistersAnswer&, const ReadRegistersAnswer&) = default;
};

/// Answer to function 7.
struct ExceptionStatus {
    std::uint8_t status = 0;
    friend bool operator==(const ExceptionStatus&, const ExceptionStatus&) = default;
};

/// Answer to function 11.
struct EventCounter {
    std::uint16_t status = 0; ///< FFFFh while a long command is running
    std::uint16_t event_count = 0;
    friend bool operator==(const EventCounter&, const EventCounter&) = default;
};

/// Answer to function 12.
struct EventLog {
    std::uint16_t status = 0;
    std::uint16_t event_count = 0;
    std::uint16_t message_count = 0;
    Bytes events; ///< newest first, at most 64
    friend bool operator==(const EventLog&, const EventLog&) = default;
};

/// Answer to functions 15 and 16.
struct WriteAnswer {
    Function function = Function::write_registers;
    std::uint16_t address = 0;
    std::uint16_t count = 0;
    friend bool operator==(const WriteAnswer&, const WriteAnswer&) = default;
};

/// Answer to function 17. Its layout after the byte count is the device's own.
struct ServerId {
    Bytes data;
    friend bool operator==(const ServerId&, const ServerId&) = default;
};

/// Answer to function 20: the registers of each group.
struct FileRecords {
    std::vector<std::vector<std::uint16_t>> groups;
    friend bool operator==(const FileRecords&, const FileRecords&) = default;
};

/// Answer to function 24.
struct FifoQueue {
    std::vector<std::uint16_t> registers;
    friend bool operator==(const FifoQueue&, const FifoQueue&) = default;
};

struct DeviceObject {
    std::uint8_t id = 0;
    std::string text;
    friend bool operator==(const DeviceObject&, const DeviceObject&) = default;
};

/// Answer to function 43, MEI type 14.
struct DeviceId {
    std::uint8_t code = 1;
    std::uint8_t conformity = 0x01; ///< 1-3, 81h-83h where single objects can be asked too
    bool more = false;              ///< ask again from next_object
    std::uint8_t next_object = 0;
    std::vector<DeviceObject> objects;
    friend bool operator==(const DeviceId&, const DeviceId&) = default;
};

/// An exception answer; `function` without the flag of 80h.
struct ExceptionAnswer {
    std::uint8_t function = 0;
    std::uint8_t code = 0;
    friend bool operator==(const ExceptionAnswer&, const ExceptionAnswer&) = default;
};

using Response = std::variant<ReadBitsAnswer, ReadRegistersAnswer, WriteCoil, WriteRegister, ExceptionStatus,
                              Diagnostics, EventCounter, EventLog, WriteAnswer, ServerId, FileRecords, WriteFile,
                              MaskWrite, FifoQueue, DeviceId, ExceptionAnswer, RawPdu>;

/// The function code; of an exception answer the one it answers.
std::uint8_t function_of(const Request& request);
std::uint8_t function_of(const Response& response);

/// A PDU's octets. Category::rejected where a count is outside the standard's limits.
Result<Bytes> encode(const Request& request);
Result<Bytes> encode(const Response& response);

/// Reads a request. Untrusted where lengths and counts contradict each other or the standard's limits.
Result<Request> decode_request(ByteView pdu);

/// Reads an answer. With the `request` it is checked against it: another function, another count, another address are
/// errors ("4 registers, asked 6"), and bits are cut to the count asked.
Result<Response> decode_response(ByteView pdu, const Request* request = nullptr);

/// True where an answer may be equal to its request octet by octet (functions 5, 6, 8, 21, 22): an echo on the line
/// cannot then be told from the answer.
bool answer_may_equal_request(std::uint8_t function);

} // namespace meterctl::codecs::modbus
