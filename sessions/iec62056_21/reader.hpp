// Reads points: those of the readout from one readout, registers in programming mode one after the other.
#pragma once

#include "codecs/iec62056_21/data_set.hpp"
#include "codecs/iec62056_21/point.hpp"
#include "sessions/iec62056_21/programming.hpp"

namespace meterctl::sessions::iec62056_21 {

/// What the sign-on itself says, as points and identify rules name it.
inline constexpr std::string_view identification_address = "identification"; ///< "PRO380", without escape sequences
inline constexpr std::string_view manufacturer_address = "manufacturer";     ///< "INM"

class Reader {
public:
    Reader(Client& client, const catalogue::Definition* meter) : client_(client), meter_(meter) {}

    /// Without points: all that the readout has, named by the definition or by its OBIS codes.
    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points);

private:
    struct Job;

    Task<void> read_readout(Job& job);
    Task<void> read_registers(Job& job);
    Task<Result<ReadOutcome>> read_all();

    Client& client_;
    const catalogue::Definition* meter_;
};

/// The value of one register, in programming mode.
Task<Result<Reading>> read_register(Programming& programming, const catalogue::Point& point);
/// What the sign-on says under `address`; nullopt where that is no such address.
std::optional<std::string> from_sign_on(const codecs::iec62056_21::Identification& identification,
                                        std::string_view address);
/// The groups of the data set with this id, and of those that carry it on; nullopt where the readout has none.
std::optional<std::vector<codecs::iec62056_21::Group>> groups_of(std::span<const codecs::iec62056_21::DataSet> sets,
                                                                 std::string_view id);

} // namespace meterctl::sessions::iec62056_21
