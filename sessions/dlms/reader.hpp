// Points read as attributes of objects, in as few requests as the meter takes, with their scalers and times; and the
// points of a meter that no definition describes, by its association's list of objects.
#pragma once

#include "codecs/dlms/object_list.hpp"
#include "codecs/dlms/point.hpp"
#include "sessions/dlms/discovery.hpp"
#include "sessions/dlms/services.hpp"

#include <map>

namespace meterctl::sessions::dlms {

class Reader {
public:
    /// Both outlive it; `meter` may be null.
    Reader(Association& association, Services& services, const catalogue::Definition* meter)
        : association_(association), services_(services), meter_(meter) {}

    /// In the order asked; what failed and why. The error where nothing could be asked at all.
    Task<Result<ReadOutcome>> read(std::vector<catalogue::Point> points);
    /// All values of the list of objects.
    Task<Result<ReadOutcome>> read_all();
    /// What the association shows; asked for once.
    Task<Result<std::vector<codecs::dlms::ListedObject>>> objects();
    /// The points of all objects with a value that this client may read.
    Task<Result<std::vector<catalogue::Point>>> discover();
    /// The attribute of an address whose class is known, and the scaler and unit that it has.
    Task<Result<codecs::dlms::Data>> attribute(codecs::dlms::PointAddress address);
    Task<Result<std::optional<codecs::dlms::ScalerUnit>>> scaling(codecs::dlms::PointAddress address);
    /// The point's address, its class looked up where it is not said; usage error where no object has the name.
    Task<Result<codecs::dlms::PointAddress>> address_of(const catalogue::Point& point);
    /// Of a refusal: what this client may read, and who may read all; what it may write or call.
    [[nodiscard]] Error explained(Error error) const;
    [[nodiscard]] Error explained_write(Error error) const;

private:
    using Address = codecs::dlms::PointAddress;
    struct Wanted;
    Task<Result<void>> fetch(std::vector<Address> addresses);
    Task<Result<std::vector<Wanted>>> locate(std::vector<catalogue::Point> points, ReadOutcome& outcome);
    void show(const Wanted& wanted, ReadOutcome& outcome) const;
    [[nodiscard]] Error with_rights(Error error, Rights rights, std::string_view doing) const;
    [[nodiscard]] const Result<codecs::dlms::Data>* known(const Address& address) const;

    Association& association_;
    Services& services_;
    const catalogue::Definition* meter_;
    std::map<std::string, Result<codecs::dlms::Data>> values_; ///< of this reading, by address
    std::map<std::string, codecs::dlms::ScalerUnit> scalings_; ///< which do not change
    std::optional<std::vector<codecs::dlms::ListedObject>> objects_;
    std::optional<std::vector<catalogue::Point>> discovered_;
};

} // namespace meterctl::sessions::dlms
