// The data of one virtual IEC 62056-21 meter, made from its definition: the readout follows the load model, registers
// of programming mode keep what is written to them.
#pragma once

#include "codecs/iec62056_21/point.hpp"
#include "simulators/load_model.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace meterctl::simulators {

/// What the standard leaves to the maker: the texts of error messages. These are the simulator's own.
enum class IecError { password = 1, no_register = 2, value = 3, locked = 4 };
/// "(ER02)"
std::string error_text(IecError error);

class IecMeter {
public:
    /// Usage error where a point cannot be parsed or the load model has no such quantity. A definition without points
    /// is a meter with the usual OBIS codes.
    static Result<std::unique_ptr<IecMeter>> create(const catalogue::Definition& meter, const LoadModel& model);

    /// Manufacturer, product and the baud character of `baud`.
    [[nodiscard]] codecs::iec62056_21::Identification identification(unsigned baud) const;
    /// Data sets and end mark.
    [[nodiscard]] std::string readout() const;
    /// `id(value*unit)` of a register or of a data set of the readout.
    [[nodiscard]] tl::expected<std::string, IecError> read(std::string_view id) const;
    tl::expected<void, IecError> write(std::string_view id, const std::string& value);
    /// What the meter answers to besides a sign-on without address.
    [[nodiscard]] const std::string& serial_number() const { return serial_number_; }
    [[nodiscard]] const std::string& password() const { return password_; }

private:
    struct Item {
        catalogue::Point point;
        codecs::iec62056_21::PointAddress at;
        std::optional<Quantity> quantity; ///< gone once the point was written
        std::string text;
    };

    explicit IecMeter(const LoadModel& model) : model_(model) {}
    Result<void> add(const catalogue::Point& point);
    [[nodiscard]] std::string shown(const Item& item) const;

    const LoadModel& model_;
    std::vector<Item> items_;
    std::string manufacturer_, product_, serial_number_, password_;
};

} // namespace meterctl::simulators
