// The registers and coils of one virtual Modbus meter, made from its definition: measurements follow the load model,
// settings keep what is written to them and refuse what the meter's manual refuses.
#pragma once

#include "codecs/modbus/line_change.hpp"
#include "codecs/modbus/point.hpp"
#include "simulators/load_model.hpp"

#include <bitset>
#include <map>
#include <memory>

namespace meterctl::simulators {

/// An exception code of clause 7 of the application protocol.
enum class ModbusException : std::uint8_t { function = 1, address = 2, value = 3, failure = 4 };

template <class T>
using Answered = tl::expected<T, ModbusException>;

class ModbusMemory {
public:
    using Table = codecs::modbus::Table;

    /// Usage error where a point cannot be parsed or its `simulate` value does not fit it.
    static Result<std::unique_ptr<ModbusMemory>> create(const catalogue::Definition& meter, const LoadModel& model);

    /// Registers, or 0 and 1 for bits.
    [[nodiscard]] Answered<std::vector<std::uint16_t>> read(Table table, unsigned first, unsigned count) const;
    Answered<void> write(Table table, unsigned first, std::span<const std::uint16_t> values);
    /// The settings that the meter's buttons gave it: its address and baud rate, where it has registers for them.
    void preset_line(std::uint8_t address, unsigned baud);
    /// What the writes since the last call change on the line.
    std::vector<codecs::modbus::LineChange> take_line_changes();
    /// Objects of function 43/14; empty when the meter does not know it.
    [[nodiscard]] const std::map<std::uint8_t, std::string>& device_objects() const { return device_objects_; }
    /// Data of function 17; empty when the meter does not know it.
    [[nodiscard]] const std::string& server_id() const { return server_id_; }

private:
    struct Slot {
        const catalogue::Point* point;
        codecs::modbus::PointAddress at;
        std::optional<Quantity> quantity; ///< gone once the point was written
        bool written = false;
        [[nodiscard]] unsigned end() const { return at.first + at.count; }
        [[nodiscard]] bool overlaps(Table table, unsigned first, unsigned past) const {
            return at.table == table && at.first < past && first < end();
        }
    };
    using Words = std::vector<std::uint16_t>;
    using Bits = std::bitset<65536>;

    explicit ModbusMemory(const LoadModel& model) : model_(model) {}
    Result<void> add(const catalogue::Point& point);
    Result<void> add_identification(const catalogue::Point& point);
    Result<void> set_initial(const Slot& slot, std::string_view constant);
    [[nodiscard]] bool readable(Table table, unsigned first, unsigned past) const;
    [[nodiscard]] Answered<void> check_slot(const Slot& slot, unsigned first,
                                            std::span<const std::uint16_t> values) const;
    [[nodiscard]] Words stored(const Slot& slot) const;
    void store(Table table, unsigned first, std::span<const std::uint16_t> values);

    const LoadModel& model_;
    std::vector<Slot> slots_;
    std::vector<codecs::modbus::Block> blocks_;
    unsigned max_registers_ = codecs::modbus::max_read_registers;
    std::map<std::pair<Table, unsigned>, std::uint16_t> words_;
    std::map<Table, Bits> known_;
    std::vector<codecs::modbus::LineChange> line_changes_;
    std::map<std::uint8_t, std::string> device_objects_;
    std::string server_id_;
};

} // namespace meterctl::simulators
