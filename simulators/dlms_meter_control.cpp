// What a virtual meter does to the customer's supply and to its tariffs: the relay, the limiter, tampering, scripts,
// the tariff calendar.
#include "simulators/dlms_meter.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;
using namespace std::chrono_literals;

namespace {

const Obis relay_name{0, 0, 96, 3, 10, 255}, limiter_name{0, 0, 17, 0, 0, 255}, calendar_name{0, 0, 13, 0, 0, 255};
const Obis disconnect_scripts{0, 0, 10, 0, 106, 255}, billing_scripts{0, 0, 10, 0, 1, 255};
const Obis tariff_scripts{0, 0, 10, 0, 100, 255};
constexpr std::uint16_t relay_class = 70, limiter_class = 71, script_class = 9, calendar_class = 20,
                        schedule_class = 22, extended_class = 4, demand_class = 5;
constexpr auto billing_lock_out = 24h;

/// The filter's bits, in the manual's order, by the event in a log and the one that the relay's log has for it.
struct TamperRow {
    std::string_view event, relay_event;
};
constexpr std::array tamper_rows{
    TamperRow{"phase_l1_ct_reverse_occurrence", "relay_disconnect_due_to_current_reverse_l1"},
    TamperRow{"phase_l2_ct_reverse_occurrence", "relay_disconnect_due_to_current_reverse_l2"},
    TamperRow{"phase_l3_ct_reverse_occurrence", "relay_disconnect_due_to_current_reverse_l3"},
    TamperRow{"bypass_occurrence", "relay_disconnect_due_to_current_unbalance"},
    TamperRow{"main_cover_opened", "relay_disconnect_due_to_face_cover"},
    TamperRow{"terminal_cover_opened", "relay_disconnect_due_to_terminal_cover_removal"},
    TamperRow{"communication_box_removed", "relay_disconnect_due_to_module_cover_removal"},
    TamperRow{"", ""},
    TamperRow{"strong_dc_magnetic_field_detected", "relay_disconnect_due_to_strong_dc_magnetic_field"},
    TamperRow{"phase_sequence_reversal_occurrence", "relay_disconnect_due_to_phase_reverse"},
    TamperRow{"voltage_missing_of_phase_l1_occurrence", "relay_disconnect_due_to_phase_l1_current_without_voltage"},
    TamperRow{"voltage_missing_of_phase_l2_occurrence", "relay_disconnect_due_to_phase_l2_current_without_voltage"},
    TamperRow{"voltage_missing_of_phase_l3_occurrence", "relay_disconnect_due_to_phase_l3_current_without_voltage"},
    TamperRow{"over_temperature_occurrence", "relay_disconnect_due_to_over_temperature"},
    TamperRow{"high_voltage_occurrence", "relay_disconnect_due_to_high_voltage"},
};

DlmsAnswer<DlmsMethod::Returned> done() {
    return DlmsMethod::Returned();
}

Data script(std::uint16_t id, std::uint16_t class_id, const Obis& name, std::int8_t index) {
    constexpr std::uint8_t execute = 2;
    return Data::structure(
        {Data::long_unsigned(id),
         Data::array({Data::structure({Data::enumerated(execute), Data::long_unsigned(class_id), dlms::to_data(name),
                                       Data::integer(index), Data::integer(0)})})});
}

Data text_data(std::string_view text) {
    return Data::octet_string(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Data time_of_day(std::uint8_t hour) {
    dlms::CosemTime time;
    time.hour = hour;
    time.minute = time.second = time.hundredths = 0;
    return Data::octet_string(dlms::encode_time(time));
}

Data day(std::uint8_t id, std::initializer_list<std::pair<std::uint8_t, std::uint16_t>> slots) {
    std::vector<Data> schedule;
    for (const auto& [hour, tariff] : slots) {
        schedule.push_back(
            Data::structure({time_of_day(hour), dlms::to_data(tariff_scripts), Data::long_unsigned(tariff)}));
    }
    return Data::structure({Data::unsigned_integer(id), Data::array(std::move(schedule))});
}

/// One season, tariff 1 from 7 to 23 h on every day: what the load model counts by.
void fill_calendar(DlmsObject& calendar, std::int8_t first) {
    dlms::CosemTime start;
    start.month = 1;
    start.day = 1;
    calendar.hold(static_cast<std::int8_t>(first + 1),
                  Data::array({Data::structure(
                      {text_data("YEAR"), Data::octet_string(dlms::encode_date_time(start)), text_data("WEEK")})}));
    std::vector<Data> week{text_data("WEEK")};
    for (int weekday = 0; weekday < 7; ++weekday) { week.push_back(Data::unsigned_integer(1)); }
    calendar.hold(static_cast<std::int8_t>(first + 2), Data::array({Data::structure(std::move(week))}));
    calendar.hold(static_cast<std::int8_t>(first + 3), Data::array({day(1, {{0, 2}, {7, 1}, {23, 2}})}));
}

/// The DTSD545 takes 10 seasons, 12 weeks, 12 days, 12 slots a day.
bool fits_calendar(std::int8_t index, const Data& value) {
    const auto* const items = value.items();
    constexpr std::size_t most_seasons = 10, most = 12;
    if (items == nullptr) { return index == 6 || index == 10; }
    if (index == 7) { return items->size() <= most_seasons; }
    const bool days_fit = index != 9 || std::ranges::all_of(*items, [](const Data& one) {
                              const auto* const slots = one.at(1);
                              return slots != nullptr && slots->items() != nullptr && slots->items()->size() <= most;
                          });
    return items->size() <= most && days_fit;
}

} // namespace

void DlmsMeter::switch_relay(RelayCause cause, std::string_view event) {
    if (relay_.act(cause)) { log(event); }
}

void DlmsMeter::add_control() {
    if (auto* const relay = model_.find(relay_class, relay_name)) {
        relay->make(2, [this] { return Data::boolean(relay_.closed()); });
        relay->make(3, [this] { return Data::enumerated(static_cast<std::uint8_t>(relay_.state())); });
        relay->make(4, [this] { return Data::enumerated(relay_.mode()); }).set =
            [this](const Data& value) -> DlmsAnswer<void> {
            const auto mode = value.whole();
            if (!mode || value.type != dlms::Type::enumerated || *mode < 0 || *mode >= DlmsRelay::modes) {
                return tl::unexpected(DlmsRefusal::type_unmatched);
            }
            relay_.set_mode(static_cast<std::uint8_t>(*mode));
            return {};
        };
        relay->methods[1].act = [this](const Data&) { return run_script(1), done(); };
        relay->methods[2].act = [this](const Data&) { return run_script(2), done(); };
    }
    if (auto* const limiter = model_.find(limiter_class, limiter_name)) {
        const auto object = [](std::uint16_t class_id, const Obis& name) {
            return Data::structure({Data::long_unsigned(class_id), dlms::to_data(name), Data::integer(2)});
        };
        limiter->hold(2, object(3, Obis{1, 0, 1, 7, 0, 255}));
        limiter->make(3, [limiter] { return limiter->held(4); });
        const auto scripted = [](std::uint16_t selector) {
            return Data::structure({dlms::to_data(disconnect_scripts), Data::long_unsigned(selector)});
        };
        limiter->hold(11, Data::structure({scripted(1), scripted(2)}));
    }
    add_scripts();
    add_calendar();
    add_image();
    const auto tampered = options_.extras.find("tamper");
    const auto colon = tampered == options_.extras.end() ? std::string::npos : tampered->second.find(':');
    if (colon != std::string::npos) {
        const std::string& text = tampered->second;
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), tamper_filter_, 16);
    }
}

/// 1 disconnects, 2 reconnects, as the method of the same number; always with success.
void DlmsMeter::run_script(std::uint16_t selector) {
    if (selector == 1) {
        switch_relay(RelayCause::remote_disconnect, "remote_disconnection_command");
        return;
    }
    limiter_.reset();
    relay_.hold_open(false);
    switch_relay(RelayCause::remote_reconnect, "remote_connection_command");
    // What is still there cuts the supply again; what was is forgotten.
    const auto still = tampers_;
    for (const auto& event : still) { tamper(event, true); }
}

void DlmsMeter::add_scripts() {
    if (model_.find(relay_class, relay_name) != nullptr) {
        DlmsObject& scripts = model_.add(script_class, disconnect_scripts);
        scripts.hold(2, Data::array({script(1, relay_class, relay_name, 1), script(2, relay_class, relay_name, 2)}));
        scripts.methods[1].act = [this](const Data& data) -> DlmsAnswer<DlmsMethod::Returned> {
            const auto selector = data.whole();
            if (!selector || *selector < 1 || *selector > 2) { return tl::unexpected(DlmsRefusal::object_undefined); }
            run_script(static_cast<std::uint16_t>(*selector));
            return done();
        };
    }
    if (auto* const billing = model_.find(script_class, billing_scripts)) {
        billing->hold(2, Data::array({script(1, 7, Obis{0, 0, 98, 1, 0, 255}, 2)}));
        billing->methods[1].act = [this](const Data& data) -> DlmsAnswer<DlmsMethod::Returned> {
            if (data.whole() != 1) { return tl::unexpected(DlmsRefusal::object_undefined); }
            if (!reset_billing()) { return tl::unexpected(DlmsRefusal::temporary_failure); }
            return done();
        };
        DlmsObject& schedule = model_.add(schedule_class, Obis{0, 0, 15, 0, 0, 255});
        dlms::CosemTime first;
        first.day = 1;
        schedule.hold(2, Data::structure({dlms::to_data(billing_scripts), Data::long_unsigned(1)}));
        schedule.hold(3, Data::enumerated(1));
        schedule.hold(4,
                      Data::array({Data::structure({time_of_day(0), Data::octet_string(dlms::encode_date(first))})}));
    }
    if (model_.find(calendar_class, calendar_name) != nullptr) {
        std::vector<Data> scripts;
        for (std::uint16_t tariff = 1; tariff <= 8; ++tariff) {
            scripts.push_back(script(tariff, 6, Obis{0, 0, 14, 0, 1, 255}, 4));
        }
        model_.add(script_class, tariff_scripts).hold(2, Data::array(std::move(scripts)));
    }
    const auto restart = [this](std::uint16_t class_id, const Obis& name, std::function<void()> act) {
        auto* const object = model_.find(class_id, name);
        if (object == nullptr) { return; }
        object->methods[1].act = [act = std::move(act)](const Data&) { return act(), done(); };
    };
    restart(demand_class, Obis{1, 0, 1, 4, 0, 255}, [this] { measure_.restart_demands(load_, clock()); });
    restart(extended_class, Obis{1, 0, 1, 6, 0, 255}, [this] { measure_.reset_maxima(clock()); });
}

/// Billing by command, but not twice within the lock-out time.
bool DlmsMeter::reset_billing() {
    ensure_history();
    if (billed_ && clock() - *billed_ < billing_lock_out) { return false; }
    end_month(clock());
    return true;
}

void DlmsMeter::add_calendar() {
    auto* const calendar = model_.find(calendar_class, calendar_name);
    if (calendar == nullptr) { return; }
    fill_calendar(*calendar, 2);
    fill_calendar(*calendar, 6);
    constexpr std::array<std::string_view, 5> written{"", "modify_seasons_passive_profile",
                                                      "modify_week_passive_profile", "modify_day_passive_profile",
                                                      "modify_activity_calendar_time"};
    for (std::int8_t index = 6; index <= 10; ++index) {
        DlmsAttribute& attribute = calendar->attributes[index];
        attribute.set = [this, index, event = written.at(static_cast<std::size_t>(index - 6)),
                         keep = attribute.set](const Data& value) -> DlmsAnswer<void> {
            if (!fits_calendar(index, value)) { return tl::unexpected(DlmsRefusal::type_unmatched); }
            auto kept = keep(value);
            if (kept && !event.empty()) { log(event); }
            return kept;
        };
    }
    calendar->methods[1].act = [this, calendar](const Data&) {
        for (std::int8_t index = 2; index <= 5; ++index) {
            calendar->put(index, calendar->held(static_cast<std::int8_t>(index + 4)));
        }
        log("passive_calendar_activated");
        return done();
    };
}

/// Each second: whether the customer draws too much, and whether a passive calendar's time has come.
void DlmsMeter::watch(SystemTime time) {
    const auto planned_tamper = options_.extras.find("tamper");
    if (planned_tamper != options_.extras.end() && !tampered_) {
        tampered_ = true;
        tamper(std::string_view(planned_tamper->second).substr(0, planned_tamper->second.find(':')), true);
    }
    if (const auto* const object = model_.find(limiter_class, limiter_name)) {
        DlmsLimits limits = limiter_.limits();
        limits.threshold = static_cast<double>(object->held(4).whole().value_or(0));
        limits.over = std::chrono::seconds(object->held(6).whole().value_or(60));
        limits.under = std::chrono::seconds(object->held(7).whole().value_or(60));
        limiter_.set(limits);
        const double drawn = relay_.closed() ? std::max(0.0, load_.flow(0).active) : 0;
        const auto wish = limiter_.step(drawn, relay_.closed(), time);
        using Wish = DlmsLimiter::Wish;
        if (wish == Wish::disconnect || wish == Wish::give_up) {
            switch_relay(RelayCause::local_disconnect, "relay_disconnect_due_to_over_power");
            relay_.hold_open(wish == Wish::give_up);
        }
        if (wish == Wish::reconnect) {
            switch_relay(RelayCause::local_reconnect, "relay_auto_connect_due_to_over_power");
        }
    }
    auto* const calendar = model_.find(calendar_class, calendar_name);
    const auto planned = calendar == nullptr ? std::nullopt : dlms::date_time_of(calendar->held(10));
    const auto at = planned ? system_time(*planned, deviation_) : std::nullopt;
    if (at && *at <= time) {
        calendar->methods[1].act(Data::integer(0));
        calendar->put(10, Data::octet_string(dlms::encode_date_time({})));
    }
}

void DlmsMeter::press_button() {
    if (relay_.closed()) {
        switch_relay(RelayCause::manual_disconnect, "relay_disconnect_by_push_button");
    } else {
        switch_relay(RelayCause::manual_reconnect, "relay_connect_by_push_button");
    }
}

void DlmsMeter::tamper(std::string_view event, bool present) {
    const auto row = std::ranges::find(tamper_rows, event, &TamperRow::event);
    if (!present) {
        tampers_.erase(std::string(event));
        return;
    }
    if (tampers_.insert(std::string(event)).second) { log(event); }
    if (row == tamper_rows.end()) { return; }
    const auto bit = static_cast<unsigned>(row - tamper_rows.begin());
    if (((tamper_filter_ >> bit) & 1U) == 0 || !relay_.closed()) { return; }
    constexpr std::size_t first_local = 13; // over-temperature and high voltage are local events
    switch_relay(bit >= first_local ? RelayCause::local_disconnect : RelayCause::tamper, row->relay_event);
}

} // namespace meterctl::simulators
