#include "sessions/dlms/self_description.hpp"

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/obis.hpp"
#include "sessions/dlms/discovery.hpp"
#include "src/core/obis_names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;
using dlms::Data;

namespace {

constexpr std::uint16_t profile_class = 7, clock_class = 8, association_class = 15;
constexpr std::uint8_t present = 255; ///< F of what is of no billing period

struct ProfileName {
    std::uint8_t a, c, d, e;
    std::string_view name;
};
constexpr std::array profile_names{
    ProfileName{1, 99, 1, 0, "load_profile_1"},           ProfileName{1, 99, 2, 0, "load_profile_2"},
    ProfileName{0, 98, 1, 0, "monthly_billing"},          ProfileName{0, 98, 2, 0, "daily_billing"},
    ProfileName{1, 99, 97, 0, "event_log_power_failure"},
};

std::string plain_name(std::string_view kind, const Obis& name) {
    const auto text = fmt::format("{}_{}_{}_{}_{}_{}", kind, name.a, name.b, name.c, name.d, name.e);
    return name.f == present ? text : fmt::format("{}_{}", text, name.f);
}

std::string name_of_value(const Obis& name) {
    const auto common = name_of(name);
    if (!common) { return plain_name("object", name); }
    return name.f == present ? *common : fmt::format("{}_period_{}", *common, name.f);
}

std::string name_of_profile(const Obis& name) {
    const auto* const row = std::ranges::find_if(profile_names, [&](const ProfileName& one) {
        return one.a == name.a && one.c == name.c && one.d == name.d && one.e == name.e;
    });
    if (row != profile_names.end() && name.f == present) { return std::string(row->name); }
    constexpr std::uint8_t events = 98;
    if (name.a == 0 && name.c == 99 && name.d == events) { return fmt::format("event_log_{}", name.e); }
    return plain_name("profile", name);
}

dlms::AttributeDescriptor descriptor(std::uint16_t class_id, const Obis& name, std::int8_t attribute) {
    dlms::AttributeDescriptor wanted;
    wanted.class_id = class_id;
    wanted.logical_name = name;
    wanted.attribute = attribute;
    return wanted;
}

bool is_energy(Unit unit) {
    const Unit base = base_of(unit).unit;
    return base == Unit::watt_hour || base == Unit::var_hour || base == Unit::volt_ampere_hour;
}

/// The last of the numbers of an object identifier, which are octets or a structure.
std::optional<std::int64_t> last_of(const Result<Data>& data) {
    if (!data) { return std::nullopt; }
    if (const auto* const octets = data->octets(); octets != nullptr && !octets->empty()) { return octets->back(); }
    const auto* const items = data->items();
    return items == nullptr || items->empty() ? std::nullopt : items->back().whole();
}

std::optional<dlms::Conformance> conformance_of(const Result<Data>& data) {
    constexpr std::size_t octets = 3;
    const auto* const bits = data && data->at(0) != nullptr ? data->at(0)->octets() : nullptr;
    if (bits == nullptr || bits->size() < octets) { return std::nullopt; }
    return dlms::Conformance{std::uint32_t{(*bits)[0]} << 16U | std::uint32_t{(*bits)[1]} << 8U | (*bits)[2]};
}

std::string text_of(const Result<Data>& data) {
    if (!data) { return {}; }
    const auto shown = dlms::to_value(*data, std::nullopt, dlms::OctetsAs::text);
    const auto* const text = shown.value.get<std::string>();
    return text == nullptr ? std::string() : *text;
}

} // namespace

std::string SelfDescription::unused(const std::string& wanted) {
    std::string name = wanted;
    for (unsigned number = 2; !names_.insert(name).second; ++number) { name = fmt::format("{}_{}", wanted, number); }
    return name;
}

Task<Result<catalogue::Definition>> SelfDescription::describe() {
    auto list = co_await reader_.objects();
    if (!list) { co_return tl::unexpected(reader_.explained(list.error())); }
    objects_ = std::move(*list);
    auto done = co_await add_points();
    if (done) { done = co_await add_profiles(); }
    if (done) { done = co_await add_clients(); }
    if (done) { done = co_await add_identity(); }
    if (!done) { co_return tl::unexpected(done.error()); }
    made_.protocol = "dlms";
    made_.notes.emplace_back(
        "What may be written is flagged unsettled: it is written with --yes alone. Ranges, choices and "
        "methods are not the meter's to tell.");
    co_return std::move(made_);
}

void SelfDescription::add_point(const dlms::ListedObject& object, const Result<Data>& value,
                                const dlms::ScalerUnit* scaling) {
    const auto address = points_of({object}).front().address;
    const auto parsed = dlms::parse_point_address(address);
    catalogue::Point point;
    point.name = unused(name_of_value(object.logical_name));
    point.address = address;
    if (name_of(object.logical_name)) { point.obis = object.logical_name; }
    if (scaling != nullptr) {
        point.unit = dlms::unit_row(scaling->unit).unit.value_or(Unit::none);
        point.group = is_energy(point.unit) ? "energy" : "measurement";
    }
    const auto may_write = [&](const dlms::AttributeAccess& access) {
        return parsed && access.attribute == parsed->index && access.writable();
    };
    const bool writable = std::ranges::any_of(object.attributes, may_write);
    const bool plain = value && value->items() == nullptr && !value->is_null();
    if (writable && (plain || object.class_id == clock_class)) {
        point.access = catalogue::Access::read_write;
        point.unsettled = true;
        point.type = object.class_id == clock_class ? "clock" : std::string(dlms::type_name(value->type));
        if (point.group.empty()) { point.group = "setting"; }
    }
    if (point.group.empty()) { point.group = "status"; }
    point.source = "O";
    made_.points.push_back(std::move(point));
}

Task<Result<void>> SelfDescription::add_points() {
    std::vector<const dlms::ListedObject*> valued;
    std::vector<dlms::AttributeDescriptor> wanted, scalers;
    std::vector<std::size_t> scaled;
    for (const dlms::ListedObject& object : objects_) {
        const auto points = points_of({object});
        const auto address = points.empty() ? Result<dlms::PointAddress>(tl::unexpected(Error{}))
                                            : dlms::parse_point_address(points.front().address);
        if (!address) { continue; }
        if (const auto place = dlms::scaler_unit_address(*address)) {
            scalers.push_back(descriptor(place->class_id, place->logical_name, place->index));
            scaled.push_back(valued.size());
        }
        valued.push_back(&object);
        wanted.push_back(descriptor(address->class_id, address->logical_name, address->index));
    }
    if (wanted.empty()) { co_return Result<void>(); }
    auto values = co_await services_.get_list(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    Values units;
    if (!scalers.empty()) {
        auto told = co_await services_.get_list(std::move(scalers));
        if (!told) { co_return tl::unexpected(told.error()); }
        units = std::move(*told);
    }
    std::size_t next = 0;
    for (std::size_t at = 0; at < valued.size() && at < values->size(); ++at) {
        const bool is_scaled = next < scaled.size() && scaled[next] == at;
        const auto scaling =
            is_scaled && next < units.size() && units[next] ? dlms::scaler_unit_of(*units[next]) : std::nullopt;
        next += is_scaled ? 1 : 0;
        add_point(*valued[at], (*values)[at], scaling ? &*scaling : nullptr);
    }
    co_return Result<void>();
}

/// The point that reads what a profile captures, made where there is none.
std::string SelfDescription::column_of(const dlms::CaptureObject& capture) {
    const auto text = capture.text();
    const auto same = std::ranges::find_if(made_.points, [&](const auto& point) { return point.address == text; });
    if (same != made_.points.end()) { return same->name; }
    catalogue::Point point;
    const auto base = name_of_value(capture.logical_name);
    const auto* const known = dlms::find_class(capture.class_id);
    const auto* const attribute = known == nullptr ? nullptr : dlms::find_attribute(*known, capture.attribute);
    const bool plain = capture.attribute == 2 || attribute == nullptr;
    point.name = unused(plain ? base : fmt::format("{}_{}", base, attribute->name));
    point.address = text;
    point.group = "measurement";
    point.source = "O";
    made_.points.push_back(std::move(point));
    return made_.points.back().name;
}

Task<Result<void>> SelfDescription::add_profiles() {
    constexpr std::int8_t capture_objects = 3, capture_period = 4, profile_entries = 8;
    for (const dlms::ListedObject& object : objects_) {
        if (object.class_id != profile_class || !object.readable(capture_objects)) { continue; }
        std::vector<dlms::AttributeDescriptor> wanted;
        for (const auto index : {capture_objects, capture_period, profile_entries}) {
            wanted.push_back(descriptor(profile_class, object.logical_name, index));
        }
        auto values = co_await services_.get_list(std::move(wanted));
        if (!values) { co_return tl::unexpected(values.error()); }
        catalogue::Profile profile;
        profile.name = unused(name_of_profile(object.logical_name));
        profile.address = fmt::format("{}:{}:2", profile_class, object.logical_name.to_logical_name());
        profile.source = "O";
        const auto number = [&](std::size_t at) -> std::optional<unsigned> {
            const auto whole = (*values)[at] ? (*values)[at]->whole() : std::nullopt;
            return whole && *whole >= 0 ? std::optional(static_cast<unsigned>(*whole)) : std::nullopt;
        };
        profile.period_s = number(1);
        profile.entries = number(2);
        if (profile.entries == 0U) { profile.entries.reset(); } // it does not tell
        const auto* const captured = (*values)[0] ? (*values)[0]->items() : nullptr;
        for (std::size_t at = 0; captured != nullptr && at < captured->size(); ++at) {
            const auto capture = dlms::capture_object_of((*captured)[at]);
            if (capture) { profile.columns.push_back(column_of(*capture)); }
        }
        made_.profiles.push_back(std::move(profile));
    }
    co_return Result<void>();
}

/// `values`: attributes 3, 4, 5, 6 and 9 of the association.
void SelfDescription::add_client(const Obis& association, std::span<const Result<Data>> values) {
    const auto* const partner = values[0] ? values[0]->at(0) : nullptr;
    const auto sap = partner == nullptr ? std::nullopt : partner->whole();
    constexpr std::int64_t most = 127;
    if (!sap || *sap < 0 || *sap > most) { return; }
    const auto own = association_.options().saps.client == *sap;
    const auto* const known = meter_ == nullptr ? nullptr : client_of(*meter_, static_cast<unsigned>(*sap));
    catalogue::Client client = known == nullptr ? catalogue::Client() : *known;
    if (std::ranges::find(made_.clients, static_cast<unsigned>(*sap), &catalogue::Client::sap) != made_.clients.end()) {
        return;
    }
    client.sap = static_cast<unsigned>(*sap);
    if (client.name.empty()) { client.name = fmt::format("client_{}", *sap); }
    client.association = fmt::format("{}:{}:2", association_class, association.to_logical_name());
    const auto mechanism = last_of(values[3]);
    if (mechanism) { client.authentication = mechanism_word(static_cast<dlms::Mechanism>(*mechanism)); }
    if (own) { client.authentication = mechanism_word(association_.options().mechanism); }
    constexpr std::int64_t ciphered_names = 3, ciphered_short_names = 4;
    const auto context = last_of(values[1]);
    const bool ciphered =
        context == ciphered_names || context == ciphered_short_names || (own && association_.options().ciphered);
    if (!ciphered) { client.suite.reset(); }
    if (ciphered && !client.suite) { client.suite = association_.options().control.suite; }
    if (const auto features = conformance_of(values[2])) { client.services = service_words_of(*features); }
    const auto setup = values[4] ? dlms::logical_name_of(*values[4]) : std::nullopt;
    if (setup && ciphered) { client.security_setup = fmt::format("64:{}:2", setup->to_logical_name()); }
    client.reads.clear();
    client.writes.clear();
    if (own) {
        client.reads.emplace_back("*");
        for (const auto& point : made_.points) {
            if (point.access == catalogue::Access::read_write) { client.writes.push_back(point.name); }
        }
    }
    client.unsettled = false;
    client.source = "O";
    made_.clients.insert(own ? made_.clients.begin() : made_.clients.end(), std::move(client));
}

Task<Result<void>> SelfDescription::add_clients() {
    constexpr std::array<std::int8_t, 5> told{3, 4, 5, 6, 9};
    for (const dlms::ListedObject& object : objects_) {
        if (object.class_id != association_class) { continue; }
        std::vector<dlms::AttributeDescriptor> wanted;
        wanted.reserve(told.size());
        for (const auto index : told) { wanted.push_back(descriptor(association_class, object.logical_name, index)); }
        auto values = co_await services_.get_list(std::move(wanted));
        if (!values) { co_return tl::unexpected(values.error()); }
        if (values->size() == told.size()) { add_client(object.logical_name, *values); }
    }
    const Values nothing(told.size(), tl::unexpected(Error{}));
    Values own = nothing;
    own[0] = Data::structure({Data::integer(static_cast<std::int8_t>(association_.options().saps.client))});
    add_client(Obis{0, 0, 40, 0, 0, present}, own); // where its own association is not listed
    co_return Result<void>();
}

Task<Result<void>> SelfDescription::add_identity() {
    std::vector<dlms::AttributeDescriptor> wanted;
    wanted.push_back(descriptor(1, Obis{0, 0, 42, 0, 0, present}, 2));
    wanted.push_back(descriptor(1, Obis{0, 0, 96, 1, 0, present}, 2));
    auto values = co_await services_.get_list(std::move(wanted));
    if (!values) { co_return tl::unexpected(values.error()); }
    made_.title = text_of((*values)[0]);
    if (made_.title.empty()) { made_.title = text_of((*values)[1]); }
    co_return Result<void>();
}

} // namespace meterctl::sessions::dlms
