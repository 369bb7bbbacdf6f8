// Each APDU read behind its tag, for its structure and its tree alike, and what they have in common. Inside the codec
// only.
#pragma once

#include "codecs/dlms/apdu.hpp"
#include "codecs/dlms/apdu_reader.hpp"

namespace meterctl::codecs::dlms::parts {

InitiateRequest initiate_request(ApduReader& reader);
InitiateResponse initiate_response(ApduReader& reader);
ConfirmedServiceError confirmed_service_error(ApduReader& reader);
GetRequest get_request(ApduReader& reader);
GetResponse get_response(ApduReader& reader);
SetRequest set_request(ApduReader& reader);
SetResponse set_response(ApduReader& reader);
ActionRequest action_request(ApduReader& reader);
ActionResponse action_response(ApduReader& reader);
EventNotification event_notification(ApduReader& reader);
DataNotification data_notification(ApduReader& reader);
DataNotificationConfirm data_notification_confirm(ApduReader& reader);
ExceptionResponse exception_response(ApduReader& reader);
ReadRequest read_request(ApduReader& reader);
ReadResponse read_response(ApduReader& reader);
WriteRequest write_request(ApduReader& reader);
WriteResponse write_response(ApduReader& reader);
UnconfirmedWriteRequest unconfirmed_write_request(ApduReader& reader);
InformationReport information_report(ApduReader& reader);
AccessRequest access_request(ApduReader& reader);
AccessResponse access_response(ApduReader& reader);
GeneralBlock general_block(ApduReader& reader);

Invoke invoke(ApduReader& reader);
LongInvoke long_invoke(ApduReader& reader);
/// Class, logical name, attribute; no selection behind it.
AttributeDescriptor plain_attribute(ApduReader& reader);
/// With the selection, or 00 where there is none.
AttributeDescriptor attribute(ApduReader& reader);
MethodDescriptor method(ApduReader& reader);
Selection selection(ApduReader& reader);
AccessResult access_result(ApduReader& reader);
/// 00 and Data, or 01 and a result.
GetResult get_result(ApduReader& reader);
ActionResult action_result(ApduReader& reader);
/// last, number, raw
Block block(ApduReader& reader);
std::vector<AttributeDescriptor> attributes(ApduReader& reader);
std::vector<MethodDescriptor> methods(ApduReader& reader);
std::vector<Data> values(ApduReader& reader);
std::vector<AccessResult> access_results(ApduReader& reader);

void write(ByteWriter& writer, const AttributeDescriptor& attribute);
void write_plain(ByteWriter& writer, const AttributeDescriptor& attribute);
void write(ByteWriter& writer, const MethodDescriptor& method);
void write(ByteWriter& writer, const Selection& selection);
void write(ByteWriter& writer, const GetResult& result);
void write(ByteWriter& writer, const ActionResult& result);
void write(ByteWriter& writer, const Block& block);
void write(ByteWriter& writer, const std::vector<AttributeDescriptor>& attributes);
void write(ByteWriter& writer, const std::vector<MethodDescriptor>& methods);
void write(ByteWriter& writer, const std::vector<Data>& values);
void write(ByteWriter& writer, const std::vector<AccessResult>& results);
void write_time(ByteWriter& writer, const std::optional<CosemTime>& time);

/// Wants no octets behind what was read.
template <class T>
Result<T> finished(ApduReader& reader, T value) {
    if (reader.ok() && reader.remaining() > 0) { reader.fail("octets behind the APDU"); }
    if (reader.error()) { return tl::unexpected(*reader.error()); }
    return value;
}

/// Checks the tag and reads the whole.
template <class T>
Result<T> whole(ByteView octets, std::uint8_t tag, T (*read)(ApduReader&)) {
    ApduReader reader(octets);
    if (reader.u8("tag") != tag) { reader.fail("another APDU than the one expected"); }
    return finished(reader, read(reader));
}

} // namespace meterctl::codecs::dlms::parts
