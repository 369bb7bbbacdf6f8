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
    void answers_up_to(std::uint16_t max_apdu) { most_ = std::min(max_apdu, client_.link().max_apdu()); }

private:
    using Span = std::span<const Wanted>;
    using Values = std::vector<Result<Bytes>>;
    [[nodiscard]] std::size_t fitting(Span wanted) const;
    [[nodiscard]] std::size_t octets_of(const Wanted& wanted) const;
    Task<Result<Values>> pack(Span wanted);
    Task<Result<Values>> halves(Span wanted);
    Task<Result<Bytes>> single(const Wanted& wanted);
    Values sorted(Span wanted, const std::vector<codecs::bacnet::ReadResult>& results);

    Client& client_;
    Station station_;
    std::size_t most_; ///< octets of an answer
    bool multiple_;
    std::map<std::string, std::size_t> known_octets_; ///< of values that were read before
};

} // namespace meterctl::sessions::bacnet
