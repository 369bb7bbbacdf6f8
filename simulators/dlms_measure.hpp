// What a virtual DLMS meter measures: registers from the load model, demands in blocks with their maxima, and the means
// and extremes of a profile's period. DTSD545 manual, section 5.2.1.
#pragma once

#include "codecs/dlms/units.hpp"
#include "simulators/dlms_object.hpp"
#include "simulators/load_model.hpp"

namespace meterctl::simulators {

/// How a register holds its number.
struct DlmsForm {
    codecs::dlms::Type type = codecs::dlms::Type::double_long_unsigned;
    codecs::dlms::ScalerUnit scaling;
};
/// Of a measured point, by its unit: energies in Wh, powers in 0.1 W, voltages in 0.1 V, currents in mA.
DlmsForm dlms_form(const catalogue::Point& point);
/// `value` in base units, to the nearest step.
codecs::dlms::Data dlms_number(double value, const DlmsForm& form);

class DlmsMeasure {
public:
    static constexpr unsigned demands = 6, tariffs = 9;

    struct Maximum {
        double value = 0;
        SystemTime time{};
    };
    struct Demand {
        double start = 0; ///< the energy when the period began
        double last = 0;
        std::array<Maximum, tariffs> highest{}; ///< the total, and each tariff's
    };

    /// Begins with the load as it is.
    explicit DlmsMeasure(const LoadModel& load);

    /// Takes note of voltages, currents and power factors.
    void sample(const LoadModel& load);
    /// The period of the means is over: what value() gives of them is of it.
    void end_averages();
    void end_demand_period(const LoadModel& load, SystemTime now, std::chrono::seconds length);
    /// The period begins anew, without a demand: after a change of clock or period.
    void restart_demands(const LoadModel& load, SystemTime now);
    void reset_maxima(SystemTime now);

    /// Of a point's name, in base units; nullopt where the name is none that is measured.
    [[nodiscard]] std::optional<double> value(std::string_view name, const LoadModel& load, SystemTime now,
                                              std::chrono::seconds demand_period) const;
    /// "max_active_demand_import_t1"; nullptr where the name is none.
    [[nodiscard]] const Maximum* maximum(std::string_view name) const;
    [[nodiscard]] const std::array<Demand, demands>& all() const { return demands_; }
    /// Takes over the higher maxima of before, and its last demands where there are none yet.
    void take_maxima(const DlmsMeasure& before);

private:
    struct Spread {
        double sum = 0, least = 0, most = 0;
        unsigned count = 0;
        void add(double value);
        [[nodiscard]] double mean() const { return count == 0 ? 0 : sum / count; }
    };
    static constexpr unsigned spreads = 10; ///< U and I of each phase, the power factors of all and of each

    std::array<Demand, demands> demands_{};
    std::array<Spread, spreads> current_{}, last_{};
    SystemTime period_began_{};
};

} // namespace meterctl::simulators
