// Reading properties in as few requests as the device's longest answer allows: ReadPropertyMultiple, smaller ones where
// it refuses, ReadProperty where it knows no other. ASHRAE 135, clauses 15.5 and 15.7.
#pragma once

#include "sessions/bacnet/client.hpp"

#include <map>

namespace meterctl::sessions::bacnet {

struct Wanted {
    codecs::bacnet::ObjectId object;
    codecs::bacnet::PropertyReference property;
    std::size_t octets = 5; ///< that its value probably takes, with its tags
};

class Properties {
public:
    Properties(Client& client, Station station, std::uint16_t max_apdu, bool multiple)
        : client_(client), station_(std::move(station)), most_(max_apdu), multiple_(multiple) {}

    /// The values as they are tagged, or why each is not there, in the order asked. The error where nothing was ever
    /// heard from the device, or the link broke.
    Task<Result<std::vector<Result<Bytes>>>> read(std::vector<Wanted> wanted);
    Task<Result<Bytes>> read_one(codecs::bacnet::ObjectId object, std::uint32_t property);

    [[nodiscard]] Client& client() { return client_; }
    [[nodiscard]] const Station& station() const { return station_; }
    void move_to(Station station) { station_ = std::move(station); }
    /// The device's own identifier, asked for once: what writes to the device object have to name.
    Task<Result<codecs::bacnet::ObjectId>> itself();
    /// It was given another one.
    void is_now(codecs::bacnet::ObjectId device) { itself_ = device; }
    /// What the device takes in, asked for once. `in_parts`: it takes segmented requests.
    struct Intake {
        PeerLimits limits;
        bool in_parts = false;
    };
    Task<Result<Intake>> intake();
    /// Octets of an APDU that it takes as far as is known.
    [[nodiscard]] std::size_t most() const { return most_; }
    void answers_up_to(std::uint16_t max_apdu) { most_ = std::min(max_apdu, client_.link().max_apdu()); }

private:
    Task<Result<codecs::bacnet::ObjectId>> introduced();
    Task<Result<std::vector<Result<Bytes>>>> read_as_named(std::vector<Wanted> wanted);
    using Span = std::span<const Wanted>;
    using Values = std::vector<Result<Bytes>>;
    [[nodiscard]] std::vector<std::size_t> fitting(Span wanted, const std::vector<std::size_t>& left) const;
    [[nodiscard]] std::size_t octets_of(const Wanted& wanted) const;
    Task<Result<Values>> pack(Span wanted);
    Task<Result<Values>> halves(Span wanted);
    Task<Result<Bytes>> single(const Wanted& wanted);
    Values sorted(Span wanted, const std::vector<codecs::bacnet::ReadResult>& results);

    Client& client_;
    Station station_;
    std::size_t most_; ///< octets of an answer
    bool multiple_;
    bool named_ = false; ///< the device takes its own identifier only, not the one that stands for any
    std::optional<codecs::bacnet::ObjectId> itself_;
    std::optional<Intake> intake_;
    std::map<std::string, std::size_t> known_octets_; ///< of values that were read before
};

} // namespace meterctl::sessions::bacnet
