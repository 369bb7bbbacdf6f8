// A virtual DLMS meter: its objects, its clock, what it records and what happens to it. It knows no line; see
// dlms_server.hpp for who asks it. What a DTSD545 does beyond its registers is as its manual has it, sections 5.2.1 to
// 5.2.9.
#pragma once

#include "simulators/dlms_image.hpp"
#include "simulators/dlms_limiter.hpp"
#include "simulators/dlms_measure.hpp"
#include "simulators/dlms_party.hpp"
#include "simulators/dlms_profile.hpp"
#include "simulators/dlms_relay.hpp"
#include "simulators/random.hpp"

#include <memory>
#include <set>
#include <string>

namespace meterctl::simulators {

/// What a value is made from: the load and the measurements of now, or of a time before.
struct DlmsScene {
    const LoadModel& load;
    const DlmsMeasure& measure;
    SystemTime time;
    std::uint8_t status = 0;                                  ///< of a load profile's record
    const std::map<std::string, double>* registers = nullptr; ///< what energies were ahead of the load's, by name
};

class DlmsMeter {
public:
    /// Usage error where the definition does not fit. It must outlive the meter.
    static Result<std::unique_ptr<DlmsMeter>> create(const catalogue::Definition& meter, const Options& options);
    DlmsMeter(const DlmsMeter&) = delete;
    DlmsMeter& operator=(const DlmsMeter&) = delete;
    ~DlmsMeter() = default;

    /// Does all that is due until `now`, in its order. Going back is ignored.
    void advance_to(TimePoint now);
    /// When it next does something of its own that somebody could hear.
    [[nodiscard]] std::optional<TimePoint> next_event() const;

    [[nodiscard]] DlmsModel& model() { return model_; }
    [[nodiscard]] std::vector<DlmsParty>& parties() { return parties_; }
    /// Whose keys protect what is pushed where nobody has an association; nullptr: it goes plain.
    [[nodiscard]] DlmsParty* push_party();
    [[nodiscard]] const codecs::dlms::SystemTitle& title() const { return title_; }
    [[nodiscard]] const std::string& device_name() const { return device_name_; }
    [[nodiscard]] const catalogue::Definition& definition() const { return meter_; }
    [[nodiscard]] SystemTime clock() const { return load_.clock() + clock_offset_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] std::uint16_t physical() const;

    /// The party that is asking, for attributes that differ by client.
    void set_speaker(std::optional<std::size_t> party) { speaker_ = party; }
    /// Takes note of a counter that came; see DlmsParty::received.
    void note_counter(DlmsParty& party, std::uint32_t counter, bool accepted);
    /// Something that its logs have: by the name of the event.
    void log(std::string_view event);
    /// Notifications that are due, as plain DataNotification APDUs; each is given out once to every line.
    [[nodiscard]] const std::vector<Bytes>& notifications() const { return notifications_; }

    /// Somebody presses the button, or does something to the meter.
    void press_button();
    void tamper(std::string_view event, bool present);
    [[nodiscard]] const DlmsRelay& relay() const { return relay_; }

private:
    DlmsMeter(const catalogue::Definition& meter, const Options& options);

    struct Recorded {
        const catalogue::Profile* definition = nullptr;
        std::vector<const catalogue::Point*> columns;
        std::unique_ptr<DlmsProfile> buffer;
    };

    Result<void> add_usual_points();

    // dlms_meter_objects.cpp
    Result<void> add_objects();
    Result<void> add_point(const catalogue::Point& point);
    Result<codecs::dlms::Data> first_value(const catalogue::Point& point) const;
    void add_measured(DlmsObject& object, std::int8_t index, const catalogue::Point& point);
    void complete(DlmsObject& object);
    void grant();
    [[nodiscard]] codecs::dlms::Data value_of(const catalogue::Point& point, const DlmsScene& scene) const;
    [[nodiscard]] DlmsScene now_scene() const { return {load_, measure_, clock(), status_, nullptr}; }

    // dlms_meter_time.cpp
    void tick(SystemTime time);
    void watch(SystemTime time);
    void end_month(SystemTime time);
    [[nodiscard]] SystemTime next_tick() const;
    [[nodiscard]] std::optional<TimePoint> when(SystemTime time) const;
    void set_clock(SystemTime time);
    void shift_clock(std::chrono::seconds by);
    void add_clock();
    void add_clock_preset(DlmsObject& object);

    // dlms_meter_records.cpp
    void add_profiles();
    void add_profile(const catalogue::Profile& profile);
    void capture(std::string_view profile, const DlmsScene& scene);
    void ensure_history();
    void run_history(unsigned days);
    void end_day(const DlmsScene& scene);
    void capture_into(Recorded& recorded, const DlmsScene& scene);
    void happen(SystemTime day, std::vector<std::pair<SystemTime, std::string>>& events) const;
    void log_at(std::string_view event, SystemTime time);
    [[nodiscard]] std::chrono::seconds period_of(std::string_view profile) const;
    [[nodiscard]] std::chrono::seconds demand_period() const;

    // dlms_meter_control.cpp
    void add_control();
    void switch_relay(RelayCause cause, std::string_view event);
    void run_script(std::uint16_t selector);
    void add_scripts();
    void add_calendar();
    bool reset_billing();

    // dlms_meter_image.cpp
    void add_image();
    void advance_image(TimePoint now);

    // dlms_meter_security.cpp
    void add_security();
    void add_setup(const Obis& name, std::function<std::optional<std::size_t>()> whose);
    void add_push();
    void push(std::string_view event);
    [[nodiscard]] codecs::dlms::Data push_body() const;

    const catalogue::Definition& meter_;
    std::deque<catalogue::Point> own_points_; ///< where the definition has none
    Options options_;
    LoadModel load_;
    DlmsMeasure measure_;
    DlmsModel model_;
    Random random_;
    std::vector<DlmsParty> parties_;
    std::optional<std::size_t> speaker_;
    codecs::dlms::SystemTitle title_{};
    std::string device_name_;
    DlmsCounterLog counters_;

    SystemTime began_; ///< the load model's clock at `zero_`
    std::optional<TimePoint> zero_;
    TimePoint reached_{};
    SystemTime ticked_{};
    std::chrono::system_clock::duration clock_offset_{};
    int deviation_ = 0; ///< minutes from local time to UTC
    std::uint8_t status_ = 0;

    std::map<std::string, Recorded, std::less<>> profiles_;
    std::map<std::string, codecs::dlms::Data> last_month_;
    std::vector<std::pair<SystemTime, std::uint8_t>> today_; ///< events since midnight
    bool history_made_ = false;

    DlmsRelay relay_;
    DlmsLimiter limiter_;
    DlmsImage image_;
    std::set<std::string, std::less<>> tampers_; ///< events that are still there
    std::uint32_t tamper_filter_ = 0;
    bool tampered_ = false; ///< by the key `tamper`
    std::optional<SystemTime> billed_;

    std::vector<Bytes> notifications_;
    std::uint32_t pushes_ = 0;
    std::optional<std::chrono::seconds> push_interval_;
    SystemTime pushed_{};
};

} // namespace meterctl::simulators
