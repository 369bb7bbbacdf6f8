// Records as readings under names of our own vocabulary: `active_energy_import` of an electricity meter, `energy`,
// `volume`, `flow_temperature` of others; `max_`, `min_`, `error_` by function, `_u1` sub-unit, `_t1` tariff, `@1`
// storage number.
#pragma once

#include "codecs/mbus/telegram.hpp"
#include "src/core/reading.hpp"

#include <vector>

namespace meterctl::codecs::mbus {

/// Names the records of one readout, over all its telegrams: of equal names the second gets `_2`, the third `_3`.
class Namer {
public:
    /// `medium`: of the header; names of electricity meters differ.
    explicit Namer(std::uint8_t medium) : medium_(medium) {}

    /// The reading of a record: its address is "drh:" and the header in hex.
    Reading reading(const Record& record);
    /// The readings of the two counters of fixed data; their addresses are "record:1" and "record:2".
    Reading reading(const FixedCounter& counter, unsigned number);

private:
    /// How often a name was given, by its hash: where two names share one, the second is numbered for nothing.
    struct Given {
        std::size_t hash = 0;
        unsigned times = 0;
    };
    std::string unique(std::string name);
    unsigned& times_of(std::string_view name);
    void grow();

    std::uint8_t medium_;
    std::vector<Given> given_; ///< open addressing, a power of two
    std::size_t names_ = 0;
};

/// A record's name before it is made unique.
std::string record_name(const Record& record, std::uint8_t medium);
/// Where the standard has one for the current value.
std::optional<Obis> record_obis(const Record& record, std::uint8_t medium);

} // namespace meterctl::codecs::mbus
