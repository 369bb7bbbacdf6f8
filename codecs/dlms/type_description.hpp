// What stands in front of a compact-array's contents: the type that its elements have in common. Inside the codec only.
#pragma once

#include "codecs/dlms/data.hpp"

namespace meterctl::codecs::dlms {

struct TypeDescription {
    Type type = Type::null_data;
    std::uint16_t count = 0;                ///< of an array
    std::vector<TypeDescription> members{}; ///< one of an array, any number of a structure

    friend bool operator==(const TypeDescription&, const TypeDescription&) = default;
};

Result<TypeDescription> read_type_description(ByteReader& reader);
void write_type_description(ByteWriter& writer, const TypeDescription& description);

/// nullopt where the elements of an array within are not alike, or where it is a compact-array.
std::optional<TypeDescription> description_of(const Data& data);

} // namespace meterctl::codecs::dlms
