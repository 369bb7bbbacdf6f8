#include "codecs/dlms/obis.hpp"

#include "src/core/obis_names.hpp"

namespace meterctl::codecs::dlms {

Obis obis_from(ByteView six) {
    return {six[0], six[1], six[2], six[3], six[4], six[5]};
}

std::optional<Obis> logical_name_of(const Data& data) {
    const auto* const octets = data.octets();
    if (data.type != Type::octet_string || octets == nullptr || octets->size() != obis_octets) { return std::nullopt; }
    return obis_from(*octets);
}

void write_obis(ByteWriter& writer, const Obis& obis) {
    writer.u8(obis.a).u8(obis.b).u8(obis.c).u8(obis.d).u8(obis.e).u8(obis.f);
}

Data to_data(const Obis& obis) {
    ByteWriter writer;
    write_obis(writer, obis);
    return Data::octet_string(writer.view());
}

std::string obis_text(const Obis& obis) {
    auto text = obis.to_logical_name();
    if (const auto name = name_of(obis)) { text += ' ' + *name; }
    return text;
}

} // namespace meterctl::codecs::dlms
