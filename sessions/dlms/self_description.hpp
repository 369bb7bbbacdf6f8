// A definition of a meter from what it tells of itself: its association's list of objects, their units and types, its
// profiles with their columns, and the clients whose associations can be seen. IEC 62056-6-2, clause 5.4.
#pragma once

#include "codecs/dlms/selection.hpp"
#include "sessions/dlms/association_options.hpp"
#include "sessions/dlms/reader.hpp"

#include <set>
#include <span>

namespace meterctl::sessions::dlms {

class SelfDescription {
public:
    /// All outlive it. `meter` may be null: else its clients' counters and policies are kept.
    SelfDescription(Association& association, Services& services, Reader& reader, const catalogue::Definition* meter)
        : association_(association), services_(services), reader_(reader), meter_(meter) {}

    /// Without model, sources and line, which are not the meter's to tell. The error where the list of objects cannot
    /// be had.
    Task<Result<catalogue::Definition>> describe();

private:
    using Objects = std::vector<codecs::dlms::ListedObject>;
    using Values = std::vector<Result<codecs::dlms::Data>>;
    Task<Result<void>> add_points();
    Task<Result<void>> add_profiles();
    Task<Result<void>> add_clients();
    Task<Result<void>> add_identity();
    void add_point(const codecs::dlms::ListedObject& object, const Result<codecs::dlms::Data>& value,
                   const codecs::dlms::ScalerUnit* scaling);
    std::string column_of(const codecs::dlms::CaptureObject& capture);
    void add_client(const Obis& association, std::span<const Result<codecs::dlms::Data>> values);
    std::string unused(const std::string& wanted);

    Association& association_;
    Services& services_;
    Reader& reader_;
    const catalogue::Definition* meter_;
    Objects objects_;
    catalogue::Definition made_;
    std::set<std::string> names_;
};

} // namespace meterctl::sessions::dlms
