// What all lines to the same virtual BACnet devices share: the load, the devices, and the order in which time passes
// for them.
#pragma once

#include "simulators/bacnet_station.hpp"

#include <deque>
#include <map>
#include <span>

namespace meterctl::simulators {

/// A device and where it is on an MS/TP line.
struct BacnetUnit {
    std::uint8_t mac = 0;
    unsigned baud = 0;
    BacnetStation station;
};

class BacnetInstallation {
public:
    /// Usage error where an address is no MS/TP address from 0 to 127, two units share one, or a definition does not
    /// fit, or where there is no unit at all. The definitions must outlive it.
    static Result<std::shared_ptr<BacnetInstallation>> create(std::span<const Unit> units, const Options& options);

    /// Does all that is due until `now`, in its order. Going back is ignored.
    void advance_to(TimePoint now);
    [[nodiscard]] std::vector<BacnetUnit>& units() { return units_; }
    [[nodiscard]] const Options& options() const { return options_; }
    /// Addresses of masters that are on the line and have nothing to say, by the key `masters`.
    [[nodiscard]] const std::vector<std::uint8_t>& masters() const { return masters_; }
    /// The number of the MS/TP network where a router stands in front of it; nullopt where there is no router.
    [[nodiscard]] std::optional<std::uint16_t> routed_network() const { return routed_network_; }

    explicit BacnetInstallation(const Options& options);

private:
    Result<void> add(const Unit& unit);
    Result<void> make_up(unsigned count);
    Result<void> read_extras();
    void step_all(TimePoint now);

    Options options_;
    LoadModel load_;
    ModelClock clock_;
    TimePoint reached_{};
    std::deque<catalogue::Definition> made_up_;
    std::vector<BacnetUnit> units_;
    std::map<std::string, std::uint32_t> models_; ///< how many there are of each
    std::vector<std::uint8_t> masters_;
    std::optional<std::uint16_t> routed_network_;
};

} // namespace meterctl::simulators
