// Associations, security setups and counters of a virtual meter, and what it pushes.
#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/key_transfer.hpp"
#include "codecs/dlms/point.hpp"
#include "simulators/dlms_meter.hpp"

#include <algorithm>
#include <charconv>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;

namespace {

constexpr std::uint16_t data_class = 1, association_class = 15, sap_class = 17, push_class = 40, security_class = 64;
const Obis current_association{0, 0, 40, 0, 0, 255}, current_setup{0, 0, 43, 0, 0, 255};
/// Not the meter's own: every counter that came, for whoever checks that none comes twice.
const Obis counter_log{0, 0, 128, 43, 1, 255};
constexpr std::uint16_t server_sap = 1;

Data oid(std::uint8_t kind, std::uint8_t last) {
    return Data::octet_string(Bytes{0x60, 0x85, 0x74, 0x05, 0x08, kind, last});
}

Data text_data(std::string_view text) {
    return Data::octet_string(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::optional<Obis> name_of_point(const std::string& address) {
    const auto parsed = dlms::parse_point_address(address);
    return parsed ? std::optional(parsed->logical_name) : std::nullopt;
}

std::uint8_t policy_of(const DlmsParty& party) {
    const auto value = dlms::policy_value(1, party.policy);
    return value ? *value : std::uint8_t{0};
}

/// A policy can be made stronger and not weaker.
bool at_least(const dlms::Demand& now, const dlms::Demand& before) {
    return (now.authenticated || !before.authenticated) && (now.encrypted || !before.encrypted);
}

/// The association object of one party, under its own name or as the current one.
void fill_association(DlmsObject& object, DlmsModel& model, const std::function<const DlmsParty*()>& who,
                      const std::function<std::size_t()>& index, const Obis& setup) {
    object.version = 1;
    object.make(2, [&model, index] { return model.object_list(index()); });
    object.make(3, [who] {
        const auto* const party = who();
        const auto sap = static_cast<std::int8_t>(party == nullptr ? 0 : party->sap);
        return Data::structure({Data::integer(sap), Data::long_unsigned(server_sap)});
    });
    object.make(4, [who] {
        const auto* const party = who();
        const bool ciphered = party != nullptr && party->suite;
        return oid(1, ciphered ? dlms::context::logical_names_ciphered : dlms::context::logical_names);
    });
    object.make(5, [who] {
        const auto* const party = who();
        const std::uint32_t bits = party == nullptr ? 0 : party->conformance.bits;
        const Bytes octets{static_cast<std::uint8_t>(bits >> 16U), static_cast<std::uint8_t>(bits >> 8U),
                           static_cast<std::uint8_t>(bits)};
        constexpr std::uint16_t pdu = 1024;
        return Data::structure({Data::bit_string(octets, 24), Data::long_unsigned(pdu), Data::long_unsigned(pdu),
                                Data::unsigned_integer(dlms::dlms_version), Data::integer(0), Data::octet_string({})});
    });
    object.make(6, [who] {
        const auto* const party = who();
        return oid(2, static_cast<std::uint8_t>(party == nullptr ? dlms::Mechanism::none : party->mechanism));
    });
    object.make(7, [] { return Data::octet_string({}); }); // a secret is never read
    object.make(9, [setup] { return dlms::to_data(setup); });
}

} // namespace

void DlmsMeter::add_security() {
    const auto current = [this]() -> const DlmsParty* { return speaker_ ? &parties_[*speaker_] : nullptr; };
    const auto current_index = [this] { return speaker_.value_or(0); };
    DlmsObject& association = model_.add(association_class, current_association);
    fill_association(association, model_, current, current_index, current_setup);
    association.make(8, [current] { return Data::enumerated(current() == nullptr ? 0 : 2); });

    for (std::size_t at = 0; at < parties_.size(); ++at) {
        const catalogue::Client& client = meter_.clients[at];
        const auto own = name_of_point(client.association), setup = name_of_point(client.security_setup),
                   counter = name_of_point(client.counter);
        if (own) {
            DlmsObject& one = model_.add(association_class, *own);
            const auto who = [this, at]() -> const DlmsParty* { return &parties_[at]; };
            fill_association(
                one, model_, who, [at] { return at; }, setup.value_or(current_setup));
            one.make(8, [this, at] { return Data::enumerated(speaker_ == at ? 2 : 0); });
        }
        if (setup) {
            add_setup(*setup, [at] { return std::optional(at); });
        }
        if (counter) {
            model_.add(data_class, *counter).make(2, [this, at] {
                return Data::double_long_unsigned(parties_[at].received.value_or(0));
            });
        }
    }
    add_setup(current_setup, [this] { return speaker_; });

    device_name_ = "METERCTL00000001";
    if (const auto* const device = model_.find(data_class, Obis{0, 0, 42, 0, 0, 255})) {
        const auto held = device->held(2);
        if (!held.text().empty()) { device_name_ = held.text(); }
    } else {
        model_.add(data_class, Obis{0, 0, 42, 0, 0, 255}).hold(2, text_data(device_name_));
    }
    model_.add(sap_class, Obis{0, 0, 41, 0, 0, 255}).make(2, [this] {
        return Data::array({Data::structure({Data::long_unsigned(server_sap), text_data(device_name_)})});
    });
    model_.add(data_class, counter_log).make(2, [this] {
        std::vector<Data> notes;
        for (const DlmsCounterNote& note : counters_) {
            notes.push_back(Data::structure({Data::long_unsigned(note.sap), Data::double_long_unsigned(note.counter),
                                             Data::boolean(note.accepted)}));
        }
        return Data::array(std::move(notes));
    });
}

/// A security setup, of a party or of whoever asks.
void DlmsMeter::add_setup(const Obis& name, std::function<std::optional<std::size_t>()> whose) {
    DlmsObject& object = model_.add(security_class, name);
    object.version = 1;
    const auto party = [this, whose = std::move(whose)]() -> DlmsParty* {
        const auto at = whose();
        return at ? &parties_[*at] : nullptr;
    };
    object.make(2, [party] {
        const auto* const one = party();
        return Data::enumerated(one == nullptr ? std::uint8_t{0} : policy_of(*one));
    });
    object.make(3, [party] {
        const auto* const one = party();
        return Data::enumerated(one == nullptr ? std::uint8_t{0} : one->suite.value_or(0));
    });
    object.make(4, [party] {
        const auto* const one = party();
        return one == nullptr ? Data::octet_string({}) : Data::octet_string(one->title);
    });
    object.make(5, [this] { return Data::octet_string(title_); });
    object.make(6, [] { return Data::array({}); });
    object.methods[1].act = [party](const Data& data) -> DlmsAnswer<DlmsMethod::Returned> {
        auto* const one = party();
        const auto number = data.whole();
        const auto policy = number && *number >= 0 && *number <= UINT8_MAX
                                ? dlms::read_policy(1, static_cast<std::uint8_t>(*number))
                                : Result<dlms::SecurityPolicy>(tl::unexpected(Error{}));
        if (one == nullptr || !policy) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        const bool stronger =
            at_least(policy->request, one->policy.request) && at_least(policy->response, one->policy.response);
        if (!stronger) { return tl::unexpected(DlmsRefusal::read_write_denied); }
        one->policy = *policy;
        return DlmsMethod::Returned();
    };
    object.methods[2].act = [this, party](const Data& data) -> DlmsAnswer<DlmsMethod::Returned> {
        auto* const one = party();
        if (one == nullptr || !one->suite) { return tl::unexpected(DlmsRefusal::object_unavailable); }
        const auto changed = dlms::decode_key_transfer(dlms::encode(data), one->keys.master);
        if (!changed) { return tl::unexpected(DlmsRefusal::read_write_denied); }
        dlms::take_new_keys(one->keys, *changed);
        log("dlms_key_encryption_client_data_writing");
        return DlmsMethod::Returned();
    };
}

/// What a push holds, by its list: the values one after another.
Data DlmsMeter::push_body() const {
    std::vector<Data> values;
    const auto* const object = model_.find(push_class, Obis{0, 0, 25, 9, 0, 255});
    const auto list = object == nullptr ? Data::null() : object->held(2);
    const auto* const items = list.items();
    for (std::size_t at = 0; items != nullptr && at < items->size(); ++at) {
        const Data& item = (*items)[at];
        const auto* const class_id = item.at(0);
        const auto* const name = item.at(1);
        const auto* const index = item.at(2);
        const auto logical_name = name == nullptr ? std::nullopt : dlms::logical_name_of(*name);
        if (class_id == nullptr || index == nullptr || !logical_name) { continue; }
        const auto* const source =
            model_.find(static_cast<std::uint16_t>(class_id->whole().value_or(0)), *logical_name);
        const auto place = source == nullptr
                               ? std::map<std::int8_t, DlmsAttribute>::const_iterator()
                               : source->attributes.find(static_cast<std::int8_t>(index->whole().value_or(0)));
        if (source == nullptr || place == source->attributes.end()) {
            values.push_back(Data::null());
            continue;
        }
        const auto octets = place->second.get({}, 0);
        const auto value = octets ? dlms::decode_data(*octets) : Result<Data>(Data::null());
        values.push_back(value ? *value : Data::null());
    }
    return Data::structure(std::move(values));
}

void DlmsMeter::push(std::string_view /*event*/) {
    dlms::DataNotification notification;
    notification.invoke.octets = ++pushes_ & 0xFFFFFFU;
    notification.time = dlms::decode_date_time(dlms_time(clock(), deviation_, 0));
    notification.body = push_body();
    notifications_.push_back(dlms::encode(notification));
}

DlmsParty* DlmsMeter::push_party() {
    const auto named = options_.extras.find("push_for");
    if (named == options_.extras.end()) { return nullptr; }
    const auto found = std::ranges::find(parties_, named->second, &DlmsParty::name);
    return found == parties_.end() || !found->suite ? nullptr : &*found;
}

void DlmsMeter::add_push() {
    const auto found = options_.extras.find("push");
    if (found != options_.extras.end()) {
        long seconds = 0;
        const std::string& text = found->second;
        std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (seconds > 0) { push_interval_ = std::chrono::seconds(seconds); }
    }
    const Obis name{0, 0, 25, 9, 0, 255};
    auto* const object = model_.find(push_class, name);
    if (object == nullptr) { return; }
    const auto listed = [](std::uint16_t class_id, const Obis& of, std::int8_t attribute) {
        return Data::structure(
            {Data::long_unsigned(class_id), dlms::to_data(of), Data::integer(attribute), Data::long_unsigned(0)});
    };
    object->version = 0;
    object->hold(2,
                 Data::array({listed(push_class, name, 1), listed(8, Obis{0, 0, 1, 0, 0, 255}, 2),
                              listed(data_class, Obis{0, 0, 96, 1, 0, 255}, 2), listed(3, Obis{1, 0, 1, 8, 0, 255}, 2),
                              listed(data_class, Obis{0, 0, 96, 11, 0, 255}, 2)}));
    object->hold(3, Data::structure({Data::enumerated(0), text_data("10.0.0.1:4059"), Data::enumerated(0)}));
    object->hold(4, Data::array({}));
    object->methods[1].act = [this](const Data&) -> DlmsAnswer<DlmsMethod::Returned> {
        push({});
        return DlmsMethod::Returned();
    };
}

} // namespace meterctl::simulators
