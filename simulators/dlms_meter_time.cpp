// How time passes for a virtual meter: what is due at each second and minute of its clock, and what sets that clock.
#include "simulators/dlms_meter.hpp"

#include "codecs/dlms/date_time.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;
using namespace std::chrono_literals;

namespace {

/// More than this off, the meter says that its clock was adjusted.
constexpr auto synchronization_limit = 9s;
constexpr std::uint8_t clock_adjusted = 0x20; ///< of a load profile's status

bool begins(SystemTime time, std::chrono::seconds period) {
    if (period <= 0s) { return false; }
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()) % period == 0s;
}

std::chrono::year_month_day day_of(SystemTime time) {
    return std::chrono::floor<std::chrono::days>(time);
}

} // namespace

std::optional<TimePoint> DlmsMeter::when(SystemTime time) const {
    if (!zero_ || options_.speed <= 0) { return std::nullopt; }
    const double ahead = std::chrono::duration<double>(time - clock_offset_ - began_).count() / options_.speed;
    return *zero_ + std::chrono::ceil<TimePoint::duration>(std::chrono::duration<double>(ahead));
}

/// While the relay has somebody who watches the load, every second; else every minute.
SystemTime DlmsMeter::next_tick() const {
    const bool watching = limiter_.limits().threshold > 0 || !relay_.closed() || push_interval_.has_value();
    const auto step = watching && options_.speed <= 60 ? 1s : 60s;
    const auto last = std::chrono::floor<std::chrono::seconds>(ticked_.time_since_epoch());
    return SystemTime((last / step + 1) * step);
}

std::optional<TimePoint> DlmsMeter::next_event() const {
    if (!push_interval_) { return std::nullopt; }
    return when(std::max(next_tick(), pushed_ + *push_interval_));
}

void DlmsMeter::advance_to(TimePoint now) {
    if (!zero_) {
        zero_ = now;
        load_.advance_to(now);
        measure_ = DlmsMeasure(load_);
        ticked_ = pushed_ = clock();
        reached_ = now;
    }
    if (now <= reached_) { return; }
    reached_ = now;
    advance_image(now);
    for (;;) {
        const SystemTime next = next_tick();
        const auto due = when(next);
        if (!due || *due > now) { break; }
        load_.advance_to(*due);
        tick(next);
        ticked_ = next;
    }
    load_.advance_to(now);
}

void DlmsMeter::tick(SystemTime time) {
    measure_.sample(load_);
    watch(time);
    if (begins(time, demand_period())) { measure_.end_demand_period(load_, time, demand_period()); }
    const DlmsScene scene{load_, measure_, time, status_, nullptr};
    if (begins(time, period_of("load_profile_2"))) {
        measure_.end_averages();
        capture("load_profile_2", scene);
    }
    if (begins(time, period_of("load_profile_1"))) {
        capture("load_profile_1", scene);
        status_ = 0;
    }
    if (begins(time, 24h)) {
        end_day(scene);
        if (day_of(time).day() == std::chrono::day(1)) { end_month(time); }
    }
    if (push_interval_ && time - pushed_ >= *push_interval_) {
        pushed_ = time;
        push({});
    }
}

void DlmsMeter::end_month(SystemTime time) {
    const DlmsScene scene{load_, measure_, time, 0, nullptr};
    ensure_history();
    capture("monthly_billing", scene);
    for (const catalogue::Point& point : meter_.points) {
        const auto* const last = meter_.find("last_month_" + point.name);
        if (last != nullptr) { last_month_[point.name] = value_of(point, scene); }
    }
    measure_.reset_maxima(time);
    billed_ = time;
    if (auto* const count = model_.find(1, Obis{1, 0, 0, 1, 0, 255})) {
        count->put(2, Data::double_long_unsigned(static_cast<std::uint32_t>(count->held(2).whole().value_or(0) + 1)));
    }
}

void DlmsMeter::set_clock(SystemTime time) {
    const auto by = time - clock();
    const auto off = std::chrono::abs(by);
    clock_offset_ += by;
    ticked_ = clock();
    measure_.restart_demands(load_, clock());
    if (off > synchronization_limit) { status_ |= clock_adjusted; }
    log(off > synchronization_limit ? "set_rtc" : "clock_synchronization_over_threshold");
}

void DlmsMeter::shift_clock(std::chrono::seconds by) {
    set_clock(clock() + by);
}

/// A time that is given, with the interval in which it may be set, and set on command.
void DlmsMeter::add_clock_preset(DlmsObject& object) {
    constexpr std::int8_t adjust_to_preset_time = 4, preset_adjusting_time = 5;
    struct Preset {
        SystemTime time, from, until;
    };
    const auto preset = std::make_shared<std::optional<Preset>>();
    object.methods[preset_adjusting_time].act = [this, preset](const Data& data) -> DlmsAnswer<DlmsMethod::Returned> {
        const auto part = [&](std::size_t index) {
            const auto* const held = data.at(index);
            const auto time = held != nullptr ? dlms::date_time_of(*held) : std::nullopt;
            return time ? system_time(*time, deviation_) : std::nullopt;
        };
        const auto time = part(0), from = part(1), until = part(2);
        if (!time || !from || !until || *until < *from) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        *preset = Preset{*time, *from, *until};
        return DlmsMethod::Returned();
    };
    object.methods[adjust_to_preset_time].act = [this, preset](const Data&) -> DlmsAnswer<DlmsMethod::Returned> {
        const bool valid = *preset && (*preset)->from <= clock() && clock() <= (*preset)->until;
        if (!valid) { return tl::unexpected(DlmsRefusal::temporary_failure); }
        set_clock((*preset)->time);
        return DlmsMethod::Returned();
    };
}

/// The clock: set, adjusted and shifted. The status tells nothing bad: it has its battery.
void DlmsMeter::add_clock() {
    constexpr std::uint16_t clock_class = 8;
    auto* const object = model_.find(clock_class, Obis{0, 0, 1, 0, 0, 255});
    if (object == nullptr) { return; }
    object->make(2, [this] { return Data::octet_string(dlms_time(clock(), deviation_, 0)); }).set =
        [this](const Data& value) -> DlmsAnswer<void> {
        const auto time = dlms::date_time_of(value);
        const auto utc = time ? system_time(*time, deviation_) : std::nullopt;
        if (!utc) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        set_clock(*utc);
        return {};
    };
    constexpr std::uint16_t data_class = 1;
    if (auto* const date = model_.find(data_class, Obis{1, 0, 0, 9, 2, 255})) {
        date->make(2, [this] { return Data::octet_string(ByteView(dlms_time(clock(), deviation_, 0)).first(5)); });
    }
    if (auto* const time = model_.find(data_class, Obis{1, 0, 0, 9, 1, 255})) {
        time->make(2, [this] { return Data::octet_string(ByteView(dlms_time(clock(), deviation_, 0)).subspan(5, 4)); });
    }
    if (auto* const billing = model_.find(data_class, Obis{1, 0, 0, 1, 2, 255})) {
        billing->make(2, [this] {
            ensure_history();
            return Data::octet_string(dlms_time(billed_.value_or(began_), deviation_, 0));
        });
    }
    object->hold(3, Data::long_signed(0)).set = [this, object](const Data& value) -> DlmsAnswer<void> {
        const auto minutes = value.whole();
        constexpr int most_west = 840, most_east = -720;
        if (!minutes || *minutes < most_east || *minutes > most_west) {
            return tl::unexpected(DlmsRefusal::type_unmatched);
        }
        deviation_ = static_cast<int>(*minutes);
        object->put(3, Data::long_signed(static_cast<std::int16_t>(*minutes)));
        return {};
    };
    const auto round_to = [this](std::chrono::seconds length) {
        const auto time = std::chrono::floor<std::chrono::seconds>(clock().time_since_epoch());
        set_clock(SystemTime((time + length / 2) / length * length));
    };
    const auto method = [object](std::int8_t index, std::function<DlmsAnswer<void>(const Data&)> act) {
        object->methods[index].act = [act = std::move(act)](const Data& data) -> DlmsAnswer<DlmsMethod::Returned> {
            return act(data).map([] { return DlmsMethod::Returned(); });
        };
    };
    method(1, [round_to](const Data&) -> DlmsAnswer<void> { return round_to(15min), DlmsAnswer<void>(); });
    method(2,
           [this, round_to](const Data&) -> DlmsAnswer<void> { return round_to(demand_period()), DlmsAnswer<void>(); });
    method(3, [round_to](const Data&) -> DlmsAnswer<void> { return round_to(1min), DlmsAnswer<void>(); });
    add_clock_preset(*object);
    method(6, [this](const Data& data) -> DlmsAnswer<void> {
        const auto seconds = data.whole();
        constexpr int most = 900;
        if (!seconds || *seconds < -most || *seconds > most) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        shift_clock(std::chrono::seconds(*seconds));
        return {};
    });
}

} // namespace meterctl::simulators
