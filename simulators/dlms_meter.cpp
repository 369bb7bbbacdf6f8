#include "simulators/dlms_meter.hpp"

#include "src/core/hex.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint16_t usual_physical = 17;

/// What any meter has, where a definition names no point.
struct UsualRow {
    std::string_view name, address;
    meterctl::Unit unit;
    std::string_view simulate;
};
constexpr std::array usual_rows{
    UsualRow{"clock", "8:0-0:1.0.0.255:2", meterctl::Unit::none, ""},
    UsualRow{"serial_number", "1:0-0:96.1.0.255:2", meterctl::Unit::none, "=24110001"},
    UsualRow{"active_energy_import", "3:1-0:1.8.0.255:2", meterctl::Unit::kilowatt_hour, ""},
    UsualRow{"active_energy_export", "3:1-0:2.8.0.255:2", meterctl::Unit::kilowatt_hour, ""},
    UsualRow{"reactive_energy_import", "3:1-0:3.8.0.255:2", meterctl::Unit::kilovar_hour, ""},
    UsualRow{"reactive_energy_export", "3:1-0:4.8.0.255:2", meterctl::Unit::kilovar_hour, ""},
    UsualRow{"active_power_import", "3:1-0:1.7.0.255:2", meterctl::Unit::kilowatt, ""},
    UsualRow{"active_power_export", "3:1-0:2.7.0.255:2", meterctl::Unit::kilowatt, ""},
    UsualRow{"voltage_l1", "3:1-0:32.7.0.255:2", meterctl::Unit::volt, ""},
    UsualRow{"voltage_l2", "3:1-0:52.7.0.255:2", meterctl::Unit::volt, ""},
    UsualRow{"voltage_l3", "3:1-0:72.7.0.255:2", meterctl::Unit::volt, ""},
    UsualRow{"current_l1", "3:1-0:31.7.0.255:2", meterctl::Unit::ampere, ""},
    UsualRow{"current_l2", "3:1-0:51.7.0.255:2", meterctl::Unit::ampere, ""},
    UsualRow{"current_l3", "3:1-0:71.7.0.255:2", meterctl::Unit::ampere, ""},
};

} // namespace

Result<void> DlmsMeter::add_usual_points() {
    for (const UsualRow& row : usual_rows) {
        catalogue::Point& point = own_points_.emplace_back();
        point.name = row.name;
        point.address = row.address;
        point.unit = row.unit;
        point.simulate = row.simulate;
        point.type = point.name == "serial_number" ? "text" : "";
        if (auto added = add_point(point); !added) { return added; }
    }
    return {};
}

DlmsMeter::DlmsMeter(const catalogue::Definition& meter, const Options& options)
    : meter_(meter), options_(options), load_(options), measure_(load_), random_(options.seed, 0xD1A5),
      began_(load_.clock()), ticked_(load_.clock()) {
    constexpr std::string_view maker = "HLY";
    std::ranges::copy(maker, title_.begin());
    title_.back() = 1;
    const auto given = meter.settings.find("system_title");
    if (given == meter.settings.end()) { return; }
    const auto octets = from_hex(given->second);
    if (octets) { title_ = dlms::system_title(*octets).value_or(title_); }
}

std::uint16_t DlmsMeter::physical() const {
    const auto found = meter_.settings.find("physical");
    std::uint16_t physical = usual_physical;
    if (found != meter_.settings.end()) {
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), physical);
    }
    return physical;
}

Result<std::unique_ptr<DlmsMeter>> DlmsMeter::create(const catalogue::Definition& meter, const Options& options) {
    std::unique_ptr<DlmsMeter> made(new DlmsMeter(meter, options));
    for (const catalogue::Client& client : meter.clients) {
        auto party = dlms_party(client);
        if (!party) { return tl::unexpected(party.error()); }
        made->parties_.push_back(std::move(*party));
    }
    if (auto added = made->add_objects(); !added) { return tl::unexpected(added.error()); }
    if (meter.points.empty()) {
        if (auto added = made->add_usual_points(); !added) { return tl::unexpected(added.error()); }
    }
    made->add_profiles();
    made->add_clock();
    made->add_control();
    made->add_security();
    made->add_push();
    made->grant();
    return made;
}

void DlmsMeter::note_counter(DlmsParty& party, std::uint32_t counter, bool accepted) {
    if (counters_.size() >= counter_log_size) { counters_.pop_front(); }
    counters_.push_back({party.sap, counter, accepted});
}

} // namespace meterctl::simulators
