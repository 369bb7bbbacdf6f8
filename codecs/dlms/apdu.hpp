// A whole APDU, whatever it is.
#pragma once

#include "codecs/dlms/access_service.hpp"
#include "codecs/dlms/acse.hpp"
#include "codecs/dlms/initiate.hpp"
#include "codecs/dlms/short_names.hpp"
#include "codecs/dlms/xdlms.hpp"

namespace meterctl::codecs::dlms {

/// One block of a general-block-transfer. Its data, joined, are one whole APDU, which may be a ciphered one.
struct GeneralBlock {
    bool last = false;
    bool streaming = false;         ///< more blocks follow before an answer is wanted
    std::uint8_t window = 1;        ///< 0 to 63: blocks that the sender can take at once
    std::uint16_t number = 1;       ///< of this block, from 1
    std::uint16_t acknowledged = 0; ///< the last block that the sender has of the other side
    Bytes data;
    friend bool operator==(const GeneralBlock&, const GeneralBlock&) = default;
};

using Apdu = std::variant<InitiateRequest, InitiateResponse, ConfirmedServiceError, Aarq, Aare, Rlrq, Rlre, GetRequest,
                          GetResponse, SetRequest, SetResponse, ActionRequest, ActionResponse, EventNotification,
                          DataNotification, DataNotificationConfirm, ExceptionResponse, ReadRequest, ReadResponse,
                          WriteRequest, WriteResponse, UnconfirmedWriteRequest, InformationReport, AccessRequest,
                          AccessResponse, GeneralBlock>;

/// Untrusted, code "dlms.apdu" ("dlms.axdr", "dlms.acse"), with the offset, where octets are missing or left over;
/// code "dlms.ciphered" for a ciphered APDU, which has to be deciphered first; "dlms.unknown_apdu" for an unknown tag.
Result<Apdu> decode_apdu(ByteView octets);
/// Of whichever it is; the services have encode() of their own.
Bytes encode_apdu(const Apdu& apdu);

Bytes encode(const GetRequest& apdu);
Bytes encode(const GetResponse& apdu);
Bytes encode(const SetRequest& apdu);
Bytes encode(const SetResponse& apdu);
Bytes encode(const ActionRequest& apdu);
Bytes encode(const ActionResponse& apdu);
Bytes encode(const EventNotification& apdu);
Bytes encode(const DataNotification& apdu);
Bytes encode(const DataNotificationConfirm& apdu);
Bytes encode(const ExceptionResponse& apdu);
Bytes encode(const ReadRequest& apdu);
Bytes encode(const ReadResponse& apdu);
Bytes encode(const WriteRequest& apdu);
Bytes encode(const WriteResponse& apdu);
Bytes encode(const UnconfirmedWriteRequest& apdu);
Bytes encode(const InformationReport& apdu);
Bytes encode(const AccessRequest& apdu);
Bytes encode(const AccessResponse& apdu);
Bytes encode(const GeneralBlock& apdu);

/// What follows the result octet of a get-response: what joined raw blocks hold. For a list: count and results.
Result<std::vector<GetResult>> decode_result_list(ByteView raw);
Bytes encode_result_list(const std::vector<GetResult>& results);
/// What follows the descriptor of a set-request-with-list: count and values.
Result<std::vector<Data>> decode_data_list(ByteView raw);
Bytes encode_data_list(const std::vector<Data>& values);
/// What joined blocks of an action's answer hold: the result and what is returned, or what is returned alone, as some
/// servers send it.
Result<ActionResult> decode_action_result(ByteView raw);
Bytes encode_action_result(const ActionResult& result);

/// Tags, as octets (IEC 62056-5-3 clause 9.5).
namespace apdu_tag {
inline constexpr std::uint8_t initiate_request = 0x01, initiate_response = 0x08, confirmed_service_error = 0x0E;
inline constexpr std::uint8_t read_request = 0x05, write_request = 0x06, read_response = 0x0C, write_response = 0x0D;
inline constexpr std::uint8_t data_notification = 0x0F, data_notification_confirm = 0x10;
inline constexpr std::uint8_t unconfirmed_write_request = 0x16, information_report = 0x18;
inline constexpr std::uint8_t aarq = 0x60, aare = 0x61, rlrq = 0x62, rlre = 0x63;
inline constexpr std::uint8_t get_request = 0xC0, set_request = 0xC1, event_notification = 0xC2, action_request = 0xC3;
inline constexpr std::uint8_t get_response = 0xC4, set_response = 0xC5, action_response = 0xC7;
inline constexpr std::uint8_t exception_response = 0xD8, access_request = 0xD9, access_response = 0xDA;
inline constexpr std::uint8_t general_block_transfer = 0xE0;
} // namespace apdu_tag

} // namespace meterctl::codecs::dlms
