#include "simulators/bacnet_services.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

using bacnet::Apdu;
using bacnet::ConfirmedRequest;
using bacnet::ConfirmedService;

enum RejectReason : std::uint8_t { invalid_tag = 4, missing_parameter = 5, unrecognized_service = 9 };
constexpr std::uint32_t last_reinitialized_state = 1; ///< coldstart and warmstart; backups are not known

template <class T>
using Decoder = Result<T> (*)(ByteView);

/// One request: what it came with, and how it is answered.
class Server {
public:
    Server(BacnetDevice& device, const ConfirmedRequest& request, std::size_t most_octets)
        : device_(device), request_(request), most_octets_(most_octets) {}

    Apdu read_property() const;
    Apdu read_property_multiple() const;
    Apdu write_property() const;
    Apdu write_property_multiple() const;
    Apdu read_range() const;
    Apdu reinitialize() const;
    Apdu reject(std::uint8_t reason) const {
        bacnet::RejectPdu pdu;
        pdu.invoke_id = request_.invoke_id;
        pdu.reason = reason;
        return pdu;
    }

private:
    /// The parameters of a service; a Reject where they cannot be read.
    template <class T>
    tl::expected<T, Apdu> parameters(Decoder<T> decode) const {
        auto read = decode(request_.data);
        if (read) { return std::move(*read); }
        return tl::unexpected(reject(request_.data.empty() ? missing_parameter : invalid_tag));
    }

    [[nodiscard]] Apdu refuse(BacnetRefusal refusal) const {
        bacnet::ErrorPdu pdu;
        pdu.invoke_id = request_.invoke_id;
        pdu.service = request_.service;
        pdu.error_class = refusal.error_class;
        pdu.error_code = refusal.error_code;
        return pdu;
    }

    [[nodiscard]] Apdu acknowledge(Bytes data) const {
        bacnet::ComplexAck pdu;
        pdu.invoke_id = request_.invoke_id;
        pdu.service = request_.service;
        pdu.data = std::move(data);
        return pdu;
    }

    [[nodiscard]] Apdu done() const {
        bacnet::SimpleAck pdu;
        pdu.invoke_id = request_.invoke_id;
        pdu.service = request_.service;
        return pdu;
    }

    /// Instance 4194303 of the device type is whichever device is asked.
    [[nodiscard]] bacnet::ObjectId meant(bacnet::ObjectId id) const {
        return id.type == object_types::device && id.instance == bacnet::any_instance ? device_.id() : id;
    }

    [[nodiscard]] Granted<const BacnetObject*> object(bacnet::ObjectId id) const {
        const bacnet::ObjectId wanted = meant(id);
        const auto& objects = device_.database().objects();
        const auto found =
            wanted == device_.id() ? objects.begin() : std::ranges::find(objects, wanted, &BacnetObject::id);
        const bool stale = found == objects.begin() && wanted != device_.id();
        if (found == objects.end() || stale) { return tl::unexpected(refusals::unknown_object); }
        return &*found;
    }

    [[nodiscard]] bacnet::ReadResult read_all(const bacnet::ReadAccess& access) const;
    Granted<void> write_one(bacnet::ObjectId id, const bacnet::PropertyReference& property, ByteView value) const;

    BacnetDevice& device_;
    const ConfirmedRequest& request_;
    std::size_t most_octets_;
};

Apdu Server::read_property() const {
    const auto service = parameters<bacnet::ReadProperty>(bacnet::decode_read_property);
    if (!service) { return service.error(); }
    const auto found = object(service->object);
    if (!found) { return refuse(found.error()); }
    auto value = (*found)->read(service->property);
    if (!value) { return refuse(value.error()); }
    bacnet::ReadPropertyAck answer;
    answer.object = meant(service->object);
    answer.property = service->property;
    answer.value = std::move(*value);
    return acknowledge(bacnet::encode(answer));
}

/// The properties that one reference stands for (clause 15.7.3.1.2): never Property_List, and none that only ReadRange
/// can read.
std::vector<bacnet::PropertyReference> expand(const BacnetObject& object, const bacnet::PropertyReference& asked) {
    const bool all = asked.property == bacnet::all_properties;
    const bool required = all || asked.property == bacnet::required_properties;
    const bool optional = all || asked.property == bacnet::optional_properties;
    if (!required && !optional) { return {asked}; }
    std::vector<bacnet::PropertyReference> expanded;
    for (const BacnetProperty& property : object.properties) {
        if (!property.read || property.number == properties::property_list ||
            !(property.required ? required : optional)) {
            continue;
        }
        bacnet::PropertyReference one;
        one.property = property.number;
        expanded.push_back(one);
    }
    return expanded;
}

bacnet::ReadResult Server::read_all(const bacnet::ReadAccess& access) const {
    bacnet::ReadResult out;
    out.object = meant(access.object);
    const auto found = object(access.object);
    const auto add = [&out](const bacnet::PropertyReference& property, Granted<Bytes> value) {
        bacnet::PropertyResult result;
        result.property = property;
        if (value) {
            result.result = std::move(*value);
        } else {
            result.result = value.error();
        }
        out.properties.push_back(std::move(result));
    };
    for (const bacnet::PropertyReference& asked : access.properties) {
        if (!found) {
            add(asked, tl::unexpected(found.error()));
            continue;
        }
        for (const bacnet::PropertyReference& one : expand(**found, asked)) { add(one, (*found)->read(one)); }
    }
    return out;
}

Apdu Server::read_property_multiple() const {
    const auto service = parameters<std::vector<bacnet::ReadAccess>>(bacnet::decode_read_property_multiple);
    if (!service) { return service.error(); }
    if (service->empty()) { return reject(missing_parameter); }
    std::vector<bacnet::ReadResult> results;
    for (const bacnet::ReadAccess& access : *service) { results.push_back(read_all(access)); }
    return acknowledge(bacnet::encode(results));
}

Granted<void> Server::write_one(bacnet::ObjectId id, const bacnet::PropertyReference& property, ByteView value) const {
    const bool unnamed = meant(id) != id; // that instance is for reading alone
    const auto found = object(id);
    if (!found || unnamed) { return tl::unexpected(found ? refusals::unknown_object : found.error()); }
    return (*found)->write(property, value);
}

Apdu Server::write_property() const {
    const auto service = parameters<bacnet::WriteProperty>(bacnet::decode_write_property);
    if (!service) { return service.error(); }
    const auto written = write_one(service->object, service->property, service->value);
    return written ? done() : refuse(written.error());
}

/// What stands before the first refusal has been written.
Apdu Server::write_property_multiple() const {
    const auto service = parameters<std::vector<bacnet::WriteAccess>>(bacnet::decode_write_property_multiple);
    if (!service) { return service.error(); }
    for (const bacnet::WriteAccess& access : *service) {
        for (const bacnet::PropertyValue& one : access.properties) {
            const auto written = write_one(access.object, one.property, one.value);
            if (written) { continue; }
            bacnet::WriteError error;
            error.error = written.error();
            error.object = access.object;
            error.property = one.property;
            auto pdu = std::get<bacnet::ErrorPdu>(refuse(written.error()));
            pdu.data = bacnet::encode(error);
            return pdu;
        }
    }
    return done();
}

Apdu Server::read_range() const {
    const auto service = parameters<bacnet::ReadRange>(bacnet::decode_read_range);
    if (!service) { return service.error(); }
    const auto found = object(service->object);
    if (!found) { return refuse(found.error()); }
    const BacnetProperty* property = (*found)->find(service->property.property);
    if (property == nullptr) { return refuse(refusals::unknown_property); }
    if (property->number != properties::log_buffer || !(*found)->read_range) { return refuse(refusals::not_a_list); }
    if (service->property.index) { return refuse(refusals::not_an_array); }
    const auto range = (*found)->read_range(*service, most_octets_);
    if (!range) { return refuse(range.error()); }
    bacnet::ReadRangeAck answer;
    answer.object = service->object;
    answer.property = service->property;
    answer.first_item = range->first;
    answer.last_item = range->last;
    answer.more_items = range->more;
    answer.item_count = range->count;
    answer.items = range->items;
    answer.first_sequence = range->first_sequence;
    return acknowledge(bacnet::encode(answer));
}

Apdu Server::reinitialize() const {
    const auto service = parameters<bacnet::ReinitializeDevice>(bacnet::decode_reinitialize_device);
    if (!service) { return service.error(); }
    if (service->state > last_reinitialized_state) { return refuse(refusals::parameter_out_of_range); }
    device_.restart();
    return done();
}

struct Row {
    ConfirmedService service;
    unsigned bit;
    Apdu (Server::*serve)() const;
};
constexpr std::array rows{
    Row{ConfirmedService::read_property, 12, &Server::read_property},
    Row{ConfirmedService::read_property_multiple, 14, &Server::read_property_multiple},
    Row{ConfirmedService::write_property, 15, &Server::write_property},
    Row{ConfirmedService::write_property_multiple, 16, &Server::write_property_multiple},
    Row{ConfirmedService::reinitialize_device, 20, &Server::reinitialize},
    Row{ConfirmedService::read_range, service_bits::read_range, &Server::read_range},
};

std::optional<bacnet::UnconfirmedRequest> unconfirmed(bacnet::UnconfirmedService service, Bytes data) {
    bacnet::UnconfirmedRequest request;
    request.service = static_cast<std::uint8_t>(service);
    request.data = std::move(data);
    return request;
}

bool within(const std::optional<bacnet::InstanceLimits>& limits, std::uint32_t instance) {
    return !limits || (limits->low <= instance && instance <= limits->high);
}

std::optional<bacnet::UnconfirmedRequest> i_have(const BacnetDevice& device, const bacnet::WhoHas& service) {
    if (!within(service.limits, device.traits().instance)) { return std::nullopt; }
    const auto* id = std::get_if<bacnet::ObjectId>(&service.object);
    const BacnetObject* object = nullptr;
    if (id != nullptr) {
        object = *id == device.id() ? &device.database().device() : device.database().find(*id);
    } else {
        const auto name = std::get<bacnet::CharacterString>(service.object).text();
        object = name ? device.database().find(*name) : nullptr;
    }
    if (object == nullptr) { return std::nullopt; }
    bacnet::IHave answer;
    answer.device = device.id();
    answer.object = object == &device.database().device() ? device.id() : object->id;
    answer.name = bacnet::CharacterString(object->name());
    return unconfirmed(bacnet::UnconfirmedService::i_have, bacnet::encode(answer));
}

void synchronize(BacnetDevice& device, ByteView data) {
    const auto service = bacnet::decode_time_synchronization(data);
    if (!service) { return; }
    bacnet::DateAndTime both;
    both.date = service->date;
    both.time = service->time;
    if (const auto time = system_time(both)) { device.set_clock(*time); }
}

} // namespace

Apdu serve_confirmed(BacnetDevice& device, const ConfirmedRequest& request, std::size_t most_octets) {
    const Server server(device, request, most_octets);
    const auto* row = std::ranges::find(rows, static_cast<ConfirmedService>(request.service), &Row::service);
    if (row == rows.end() || !device.supports(row->bit)) { return server.reject(unrecognized_service); }
    return (server.*row->serve)();
}

bacnet::UnconfirmedRequest i_am(const BacnetDevice& device) {
    constexpr std::uint32_t transmit = 1, none = 3;
    bacnet::IAm service;
    service.device = device.id();
    service.max_apdu = device.traits().max_apdu;
    service.segmentation = device.traits().segmentation ? transmit : none;
    service.vendor = device.traits().vendor;
    return *unconfirmed(bacnet::UnconfirmedService::i_am, bacnet::encode(service));
}

std::optional<bacnet::UnconfirmedRequest> serve_unconfirmed(BacnetDevice& device,
                                                            const bacnet::UnconfirmedRequest& request) {
    switch (static_cast<bacnet::UnconfirmedService>(request.service)) {
    case bacnet::UnconfirmedService::who_is: {
        const auto service = bacnet::decode_who_is(request.data);
        if (!service || !within(service->limits, device.traits().instance)) { return std::nullopt; }
        return i_am(device);
    }
    case bacnet::UnconfirmedService::who_has: {
        const auto service = bacnet::decode_who_has(request.data);
        return service ? i_have(device, *service) : std::nullopt;
    }
    case bacnet::UnconfirmedService::time_synchronization:
        synchronize(device, request.data);
        return std::nullopt;
    case bacnet::UnconfirmedService::utc_time_synchronization:
        if (device.supports(service_bits::utc_time_synchronization)) { synchronize(device, request.data); }
        return std::nullopt;
    default:
        return std::nullopt;
    }
}

} // namespace meterctl::simulators
