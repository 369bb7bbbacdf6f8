// A virtual Leviton S4100: analog inputs and alerts that follow the load model, settings that are checked and stored a
// moment later, the command register, and three trend logs that fill with time. By the installation guide and, for the
// trend logs, the guides of the Veris E51H5, whose hardware is the same.
#pragma once

#include "simulators/bacnet_defined.hpp"
#include "simulators/bacnet_s4100_inputs.hpp"
#include "simulators/bacnet_trend_log.hpp"

namespace meterctl::simulators {

class S4100 final : public DefinedDevice {
public:
    static Result<std::unique_ptr<BacnetDevice>> create(const catalogue::Definition& meter, const LoadModel& load,
                                                        const ModelClock& clock, const Options& options);

    void step(TimePoint now) override;
    [[nodiscard]] std::optional<TimePoint> next_event() const override;
    void set_clock(SystemTime time) override;
    void restart() override;

private:
    /// What the three logs have in common; clause 12.25 and the E51H5's guide.
    struct Logging {
        bool enabled = true, stop_when_full = false;
        codecs::bacnet::DateAndTime start, stop;
    };
    struct Log {
        std::uint32_t source; ///< the analog input
        TrendBuffer buffer;
        bool filled = false;
    };
    struct Command {
        void (S4100::*carry_out)();
        TimePoint due;
    };
    struct CommandRow;
    static const std::array<CommandRow, 4> commands;

    S4100(const catalogue::Definition& meter, const LoadModel& load, const ModelClock& clock, const Options& options);

    Result<void> add_objects();
    void add_analog_input(const catalogue::Point& point, codecs::bacnet::ObjectId id);
    void add_alert(const catalogue::Point& point, codecs::bacnet::ObjectId id);
    void add_command_register();
    Granted<void> write_command(ByteView octets);
    void reset_energy();
    void sync_demand();
    void reset_max_demand();
    void reset_pulse_count();

    void add_trend_log(std::uint32_t instance);
    void add_log_settings(BacnetObject& object);
    Granted<void> write_enable(ByteView octets);
    Granted<void> write_source(Log& log, ByteView octets);
    Granted<void> write_interval(ByteView octets);
    Granted<void> write_count(ByteView octets);
    [[nodiscard]] bool logging_now() const;
    void record(SystemTime model_time);
    void note(const std::variant<codecs::bacnet::LogStatus, codecs::bacnet::TimeChange>& what);
    void purge();
    void fill(Log& log);
    [[nodiscard]] std::vector<TrendRecord> history(std::uint32_t source, std::size_t count) const;

    [[nodiscard]] std::chrono::seconds subinterval() const;
    void interval_changed();
    void end_subinterval(SystemTime model_time);
    [[nodiscard]] SystemTime next_boundary(SystemTime after) const;

    const ModelClock& model_;
    Options options_;
    S4100Inputs inputs_;
    Logging logging_;
    std::vector<Log> logs_;
    std::map<std::uint32_t, const catalogue::Point*> analog_inputs_;
    std::optional<SystemTime> boundary_; ///< of the running subinterval; nullopt: it is ended by a command
    std::optional<Command> command_;
    std::optional<TimePoint> commanded_; ///< when the last command came
    bool begun_ = false;
};

} // namespace meterctl::simulators
