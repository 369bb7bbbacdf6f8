#include "simulators/modbus_server.hpp"

#include "codecs/modbus/names.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace modbus = codecs::modbus;

namespace {

using modbus::Response;
using modbus::Table;
using Registers = std::vector<std::uint16_t>;

constexpr std::uint16_t coil_on = 1;
constexpr std::uint8_t objects_each_singly = 0x80; ///< conformity: objects can also be asked one by one

/// The functions served; any other is exception 1.
constexpr std::array served{
    modbus::Function::read_coils,
    modbus::Function::read_discrete_inputs,
    modbus::Function::read_holding_registers,
    modbus::Function::read_input_registers,
    modbus::Function::write_single_coil,
    modbus::Function::write_single_register,
    modbus::Function::write_coils,
    modbus::Function::write_registers,
    modbus::Function::mask_write_register,
    modbus::Function::read_write_registers,
};

/// What a request does, by its kind.
class Server {
public:
    Server(ModbusMemory& memory, std::uint8_t function) : memory_(memory), function_(function) {}

    Response operator()(const modbus::ReadRequest& request) const {
        auto words = memory_.read(request.table, request.address, request.count);
        if (!words) { return refuse(words.error()); }
        if (request.table == Table::coil || request.table == Table::discrete) {
            modbus::ReadBitsAnswer answer;
            answer.table = request.table;
            for (const std::uint16_t word : *words) { answer.bits.push_back(word != 0); }
            return answer;
        }
        modbus::ReadRegistersAnswer answer;
        answer.function = modbus::read_function(request.table);
        answer.registers = std::move(*words);
        return answer;
    }

    Response operator()(const modbus::WriteCoil& request) const {
        return write(Table::coil, request.address, Registers(1, request.on ? coil_on : 0), request);
    }

    Response operator()(const modbus::WriteRegister& request) const {
        return write(Table::holding, request.address, Registers(1, request.value), request);
    }

    Response operator()(const modbus::WriteCoils& request) const {
        const Registers words(request.bits.begin(), request.bits.end());
        return write(Table::coil, request.address, words, write_answer(request.address, words.size()));
    }

    Response operator()(const modbus::WriteRegisters& request) const {
        return write(Table::holding, request.address, request.registers,
                     write_answer(request.address, request.registers.size()));
    }

    Response operator()(const modbus::MaskWrite& request) const {
        const auto old = memory_.read(Table::holding, request.address, 1);
        if (!old) { return refuse(old.error()); }
        const auto kept = old->front() & request.and_mask;
        const auto set = request.or_mask & ~request.and_mask;
        return write(Table::holding, request.address, Registers(1, static_cast<std::uint16_t>(kept | set)), request);
    }

    Response operator()(const modbus::ReadWriteRegisters& request) const {
        const auto written = memory_.write(Table::holding, request.write_address, request.registers);
        if (!written) { return refuse(written.error()); }
        auto words = memory_.read(Table::holding, request.read_address, request.read_count);
        if (!words) { return refuse(words.error()); }
        modbus::ReadRegistersAnswer answer;
        answer.function = modbus::Function::read_write_registers;
        answer.registers = std::move(*words);
        return answer;
    }

    Response operator()(const modbus::BareRequest& request) const {
        const std::string& id = memory_.server_id();
        if (request.function != modbus::Function::report_server_id || id.empty()) {
            return refuse(ModbusException::function);
        }
        constexpr std::uint8_t running = 0xFF;
        modbus::ServerId answer;
        answer.data.assign(id.begin(), id.end());
        answer.data.push_back(running);
        return answer;
    }

    Response operator()(const modbus::Diagnostics& request) const {
        if (request.subfunction != 0) { return refuse(ModbusException::function); }
        return request;
    }

    Response operator()(const modbus::ReadDeviceId& request) const;

    template <class Other>
    Response operator()(const Other&) const {
        return refuse(ModbusException::function);
    }

private:
    [[nodiscard]] Response refuse(ModbusException exception) const {
        modbus::ExceptionAnswer answer;
        answer.function = function_;
        answer.code = static_cast<std::uint8_t>(exception);
        return answer;
    }

    [[nodiscard]] modbus::WriteAnswer write_answer(std::uint16_t address, std::size_t count) const {
        modbus::WriteAnswer answer;
        answer.function = static_cast<modbus::Function>(function_);
        answer.address = address;
        answer.count = static_cast<std::uint16_t>(count);
        return answer;
    }

    [[nodiscard]] Response write(Table table, std::uint16_t first, const Registers& words, Response answer) const {
        const auto written = memory_.write(table, first, words);
        return written ? std::move(answer) : refuse(written.error());
    }

    ModbusMemory& memory_;
    std::uint8_t function_;
};

/// The last object of each category (clause 6.21): basic, regular, extended.
constexpr std::array<std::uint8_t, 4> last_object{0, 0x02, 0x06, 0xFF};

Response Server::operator()(const modbus::ReadDeviceId& request) const {
    const auto& objects = memory_.device_objects();
    if (objects.empty()) { return refuse(ModbusException::function); }
    if (request.code < 1 || request.code > 4) { return refuse(ModbusException::value); }
    modbus::DeviceId answer;
    answer.code = request.code;
    const std::uint8_t highest = objects.rbegin()->first;
    const std::uint8_t category = highest <= last_object[1] ? 1 : highest <= last_object[2] ? 2 : 3;
    answer.conformity = objects_each_singly | category;
    const bool single = request.code == 4;
    auto object = objects.lower_bound(request.object);
    if (single && (object == objects.end() || object->first != request.object)) {
        return refuse(ModbusException::address);
    }
    const unsigned last = single ? request.object : last_object.at(request.code);
    std::size_t octets = 7; // function, MEI type, code, conformity, more, next, count
    for (; object != objects.end() && object->first <= last; ++object) {
        octets += 2 + object->second.size();
        if (octets > modbus::max_pdu) {
            answer.more = true;
            answer.next_object = object->first;
            break;
        }
        modbus::DeviceObject one;
        one.id = object->first;
        one.text = object->second;
        answer.objects.push_back(std::move(one));
    }
    return answer;
}

Bytes exception_pdu(std::uint8_t function, ModbusException exception) {
    return {static_cast<std::uint8_t>(function | modbus::exception_flag), static_cast<std::uint8_t>(exception)};
}

} // namespace

Response serve_request(ModbusMemory& memory, const modbus::Request& request) {
    return std::visit(Server(memory, modbus::function_of(request)), request);
}

Bytes serve_pdu(ModbusMemory& memory, ByteView pdu) {
    const std::uint8_t function = pdu.empty() ? 0 : pdu.front();
    const auto request = modbus::decode_request(pdu);
    if (!request) {
        const bool known =
            std::find(served.begin(), served.end(), static_cast<modbus::Function>(function)) != served.end();
        return exception_pdu(function, known ? ModbusException::value : ModbusException::function);
    }
    auto answer = modbus::encode(serve_request(memory, *request));
    return answer ? std::move(*answer) : exception_pdu(function, ModbusException::failure);
}

} // namespace meterctl::simulators
