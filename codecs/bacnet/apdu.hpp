// Application PDUs: their headers as plain structs (clause 20.1). What follows the header is the service's own, see
// services.hpp; a segment carries a part of it.
#pragma once

#include "codecs/bacnet/tag.hpp"

#include <cstdint>
#include <variant>

namespace meterctl::codecs::bacnet {

enum class PduType : std::uint8_t {
    confirmed_request = 0,
    unconfirmed_request = 1,
    simple_ack = 2,
    complex_ack = 3,
    segment_ack = 4,
    error = 5,
    reject = 6,
    abort = 7,
};

enum class ConfirmedService : std::uint8_t {
    acknowledge_alarm = 0,
    cov_notification = 1,
    event_notification = 2,
    get_alarm_summary = 3,
    subscribe_cov = 5,
    atomic_read_file = 6,
    atomic_write_file = 7,
    create_object = 10,
    delete_object = 11,
    read_property = 12,
    read_property_multiple = 14,
    write_property = 15,
    write_property_multiple = 16,
    device_communication_control = 17,
    private_transfer = 18,
    text_message = 19,
    reinitialize_device = 20,
    read_range = 26,
    subscribe_cov_property = 28,
    get_event_information = 29,
};

enum class UnconfirmedService : std::uint8_t {
    i_am = 0,
    i_have = 1,
    cov_notification = 2,
    event_notification = 3,
    private_transfer = 4,
    text_message = 5,
    time_synchronization = 6,
    who_has = 7,
    who_is = 8,
    utc_time_synchronization = 9,
};

/// Of a segmented request or answer.
struct Segment {
    bool more_follows = false;
    std::uint8_t sequence = 0;
    std::uint8_t window = 1; ///< proposed, 1 to 127
    friend bool operator==(const Segment&, const Segment&) = default;
};

struct ConfirmedRequest {
    std::uint8_t invoke_id = 0;
    std::uint8_t service = 0;
    std::uint16_t max_apdu = 480;  ///< 50, 128, 206, 480, 1024 or 1476
    std::uint8_t max_segments = 0; ///< code: 0 unspecified, 1 to 6 for 2 to 64, 7 more than 64
    bool segmented_answer_accepted = false;
    std::optional<Segment> segment;
    Bytes data;
    friend bool operator==(const ConfirmedRequest&, const ConfirmedRequest&) = default;
};

struct UnconfirmedRequest {
    std::uint8_t service = 0;
    Bytes data;
    friend bool operator==(const UnconfirmedRequest&, const UnconfirmedRequest&) = default;
};

struct SimpleAck {
    std::uint8_t invoke_id = 0;
    std::uint8_t service = 0;
    friend bool operator==(const SimpleAck&, const SimpleAck&) = default;
};

struct ComplexAck {
    std::uint8_t invoke_id = 0;
    std::uint8_t service = 0;
    std::optional<Segment> segment;
    Bytes data;
    friend bool operator==(const ComplexAck&, const ComplexAck&) = default;
};

struct SegmentAck {
    bool negative = false; ///< a segment was out of order
    bool server = false;   ///< sent by the server
    std::uint8_t invoke_id = 0;
    std::uint8_t sequence = 0; ///< the last one received in order
    std::uint8_t window = 1;   ///< granted
    friend bool operator==(const SegmentAck&, const SegmentAck&) = default;
};

struct ErrorPdu {
    std::uint8_t invoke_id = 0;
    std::uint8_t service = 0;
    std::uint32_t error_class = 0;
    std::uint32_t error_code = 0;
    Bytes data; ///< all parameters as they stand; class and code alone where empty
    friend bool operator==(const ErrorPdu&, const ErrorPdu&) = default;
};

struct RejectPdu {
    std::uint8_t invoke_id = 0;
    std::uint8_t reason = 0;
    friend bool operator==(const RejectPdu&, const RejectPdu&) = default;
};

struct AbortPdu {
    bool server = false;
    std::uint8_t invoke_id = 0;
    std::uint8_t reason = 0;
    friend bool operator==(const AbortPdu&, const AbortPdu&) = default;
};

using Apdu = std::variant<ConfirmedRequest, UnconfirmedRequest, SimpleAck, ComplexAck, SegmentAck, ErrorPdu, RejectPdu,
                          AbortPdu>;

/// A whole APDU. Untrusted, with the offset, where octets are missing or left over or a type is unknown.
Result<Apdu> decode_apdu(ByteView octets);
Bytes encode(const Apdu& apdu);

/// 50, 128, 206, 480, 1024, 1476; 50, which every device takes, for the reserved codes.
std::uint16_t max_apdu_of(std::uint8_t code);
/// The largest code that `octets` can hold.
std::uint8_t max_apdu_code(std::uint16_t octets);
/// "2", "more-than-64", "unspecified"
std::string_view max_segments_text(std::uint8_t code);

/// Fails with what a device refused: an Error ("property: unknown-property"), Reject or Abort, category refused; the
/// code is "bacnet.error.2.32", "bacnet.reject.9", "bacnet.abort.4".
Error refusal(const ErrorPdu& pdu);
Error refusal(const RejectPdu& pdu);
Error refusal(const AbortPdu& pdu);
/// Class and code alone, as they stand in answers to ReadPropertyMultiple.
Error refusal(std::uint32_t error_class, std::uint32_t error_code);

} // namespace meterctl::codecs::bacnet
