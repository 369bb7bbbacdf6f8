#include "codecs/bacnet/syntax.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::bacnet {
namespace {

using enum Shape;
constexpr auto app = application_tagged;

// Parts that several services have in common.

constexpr Item reference[] = {{0, "property", property}, {1, "index", number}};
constexpr Item error_pair[] = {{app, "error_class", enumerated, &names::error_classes},
                               {app, "error_code", enumerated, &names::error_codes}};
constexpr Item property_values[] = {
    {0, "property", property}, {1, "index", number}, {2, "value", any}, {3, "priority", number}};
constexpr Item device_object_property[] = {
    {0, "object", object}, {1, "property", property}, {2, "index", number}, {3, "device", object}};
constexpr Item date_and_time[] = {{app, "date", date}, {app, "time", time}};
constexpr Item log_datum[] = {{0, "log_status", bits, &names::log_status},
                              {1, "boolean", boolean},
                              {2, "real", real},
                              {3, "enumerated", enumerated},
                              {4, "unsigned", number},
                              {5, "signed", integer},
                              {6, "bits", bits},
                              {7, "null", octets},
                              {8, "failure", sequence, nullptr, error_pair},
                              {9, "time_change", real},
                              {10, "any", tags}};
constexpr Item log_record[] = {{0, "timestamp", sequence, nullptr, date_and_time},
                               {1, "datum", sequence, nullptr, log_datum},
                               {2, "status_flags", bits, &names::status_flags}};

// Reading and writing (clause 15).

constexpr Item read_property[] = {{0, "object", object}, {1, "property", property}, {2, "index", number}};
constexpr Item property_value[] = {
    {0, "object", object}, {1, "property", property}, {2, "index", number}, {3, "value", any}, {4, "priority", number}};
constexpr Item read_multiple[] = {{0, "object", object}, {1, "properties", sequence, nullptr, reference}};
constexpr Item results[] = {
    {2, "property", property}, {3, "index", number}, {4, "value", any}, {5, "error", sequence, nullptr, error_pair}};
constexpr Item read_multiple_ack[] = {{0, "object", object}, {1, "results", sequence, nullptr, results}};
constexpr Item write_multiple[] = {{0, "object", object}, {1, "values", sequence, nullptr, property_values}};
constexpr Item write_error[] = {{app, "error_class", enumerated, &names::error_classes},
                                {app, "error_code", enumerated, &names::error_codes},
                                {0, "error", sequence, nullptr, error_pair},
                                {1, "first_failed", sequence, nullptr, device_object_property}};
constexpr Item by_reference[] = {{app, "reference", number}, {app, "count", integer}};
constexpr Item by_time[] = {{app, "date", date}, {app, "time", time}, {app, "count", integer}};
constexpr Item read_range[] = {{0, "object", object},
                               {1, "property", property},
                               {2, "index", number},
                               {3, "by_position", sequence, nullptr, by_reference},
                               {6, "by_sequence", sequence, nullptr, by_reference},
                               {7, "by_time", sequence, nullptr, by_time}};
constexpr Item read_range_ack[] = {{0, "object", object},
                                   {1, "property", property},
                                   {2, "index", number},
                                   {3, "result_flags", bits, &names::result_flags},
                                   {4, "item_count", number},
                                   {5, "items", any},
                                   {6, "first_sequence_number", number}};
constexpr Item created[] = {{0, "type", enumerated, &names::object_types}, {1, "object", object}};
constexpr Item create_object[] = {{0, "object_specifier", sequence, nullptr, created},
                                  {1, "values", sequence, nullptr, property_values}};
constexpr Item one_object[] = {{app, "object", object}};

// Files (clause 14).

constexpr Item file_part[] = {{app, "start", integer}, {app, "count", number}};
constexpr Item read_file[] = {
    {app, "file", object}, {0, "stream", sequence, nullptr, file_part}, {1, "records", sequence, nullptr, file_part}};
constexpr Item file_stream[] = {{app, "start", integer}, {app, "data", octets}};
constexpr Item file_records[] = {{app, "start", integer}, {app, "count", number}, {app, "record", octets}};
constexpr Item read_file_ack[] = {{app, "end_of_file", boolean},
                                  {0, "stream", sequence, nullptr, file_stream},
                                  {1, "records", sequence, nullptr, file_records}};
constexpr Item write_file[] = {{app, "file", object},
                               {0, "stream", sequence, nullptr, file_stream},
                               {1, "records", sequence, nullptr, file_records}};
constexpr Item write_file_ack[] = {{0, "start", integer}, {1, "start", integer}};

// Alarms and changes of value (clause 13).

constexpr Item cov[] = {{0, "process", number},
                        {1, "device", object},
                        {2, "object", object},
                        {3, "time_remaining", number},
                        {4, "values", sequence, nullptr, property_values}};
constexpr Item subscribe[] = {
    {0, "process", number}, {1, "object", object}, {2, "confirmed", boolean}, {3, "lifetime", number}};
constexpr Item subscribe_property[] = {{0, "process", number},
                                       {1, "object", object},
                                       {2, "confirmed", boolean},
                                       {3, "lifetime", number},
                                       {4, "monitored", sequence, nullptr, reference},
                                       {5, "cov_increment", real}};
constexpr Item event[] = {{0, "process", number},
                          {1, "device", object},
                          {2, "object", object},
                          {3, "timestamp", tags},
                          {4, "notification_class", number},
                          {5, "priority", number},
                          {6, "event_type", enumerated, &names::event_types},
                          {7, "message", text},
                          {8, "notify_type", enumerated, &names::notify_types},
                          {9, "ack_required", boolean},
                          {10, "from_state", enumerated, &names::event_states},
                          {11, "to_state", enumerated, &names::event_states},
                          {12, "event_values", tags}};
constexpr Item acknowledge_alarm[] = {
    {0, "process", number}, {1, "object", object}, {2, "event_state", enumerated, &names::event_states},
    {3, "timestamp", tags}, {4, "source", text},   {5, "time", tags}};
constexpr Item alarm_summary_ack[] = {{app, "object", object},
                                      {app, "alarm_state", enumerated, &names::event_states},
                                      {app, "acked_transitions", bits, &names::event_transitions}};
constexpr Item event_information[] = {{0, "last_object", object}};
constexpr Item event_summary[] = {{0, "object", object},
                                  {1, "event_state", enumerated, &names::event_states},
                                  {2, "acked_transitions", bits, &names::event_transitions},
                                  {3, "timestamps", tags},
                                  {4, "notify_type", enumerated, &names::notify_types},
                                  {5, "event_enable", bits, &names::event_transitions},
                                  {6, "priorities", tags}};
constexpr Item event_information_ack[] = {{0, "events", sequence, nullptr, event_summary}, {1, "more_events", boolean}};

// Devices (clause 16).

constexpr Item communication_control[] = {{0, "duration_minutes", number},
                                          {1, "enable_disable", enumerated, &names::communication_states},
                                          {2, "password", text}};
constexpr Item reinitialize[] = {{0, "state", enumerated, &names::reinitialized_states}, {1, "password", text}};
constexpr Item private_transfer[] = {{0, "vendor", number}, {1, "service_number", number}, {2, "parameters", tags}};
constexpr Item text_message[] = {
    {0, "device", object}, {1, "message_class", tags}, {2, "priority", enumerated}, {3, "message", text}};
constexpr Item i_am[] = {{app, "device", object},
                         {app, "max_apdu", number},
                         {app, "segmentation", enumerated, &names::segmentations},
                         {app, "vendor", number}};
constexpr Item i_have[] = {{app, "device", object}, {app, "object", object}, {app, "object_name", text}};
constexpr Item who_is[] = {{0, "low", number}, {1, "high", number}};
constexpr Item who_has[] = {{0, "low", number}, {1, "high", number}, {2, "object", object}, {3, "object_name", text}};

struct Row {
    Message message;
    std::uint8_t service;
    Syntax syntax;
};

constexpr auto request = Message::confirmed_request;
constexpr auto ack = Message::complex_ack;
constexpr auto unconfirmed = Message::unconfirmed_request;

constexpr Row rows[] = {
    {request, 0, acknowledge_alarm},
    {request, 1, cov},
    {request, 2, event},
    {ack, 3, alarm_summary_ack},
    {request, 5, subscribe},
    {request, 6, read_file},
    {ack, 6, read_file_ack},
    {request, 7, write_file},
    {ack, 7, write_file_ack},
    {request, 8, property_value},
    {request, 9, property_value},
    {request, 10, create_object},
    {ack, 10, one_object},
    {request, 11, one_object},
    {request, 12, read_property},
    {ack, 12, property_value},
    {request, 14, read_multiple},
    {ack, 14, read_multiple_ack},
    {request, 15, property_value},
    {request, 16, write_multiple},
    {request, 17, communication_control},
    {request, 18, private_transfer},
    {ack, 18, private_transfer},
    {request, 19, text_message},
    {request, 20, reinitialize},
    {request, 26, read_range},
    {ack, 26, read_range_ack},
    {request, 28, subscribe_property},
    {request, 29, event_information},
    {ack, 29, event_information_ack},
    {unconfirmed, 0, i_am},
    {unconfirmed, 1, i_have},
    {unconfirmed, 2, cov},
    {unconfirmed, 3, event},
    {unconfirmed, 4, private_transfer},
    {unconfirmed, 5, text_message},
    {unconfirmed, 6, date_and_time},
    {unconfirmed, 7, who_has},
    {unconfirmed, 8, who_is},
    {unconfirmed, 9, date_and_time},
};

struct PropertyRow {
    std::uint32_t property;
    Syntax syntax;
};

constexpr PropertyRow properties[] = {
    {131, log_record},             // log-buffer
    {132, device_object_property}, // log-device-object-property
    {54, device_object_property},  // list-of-object-property-references
    {78, device_object_property},  // object-property-reference
};

} // namespace

Syntax syntax_of(Message message, std::uint8_t service) {
    if (message == Message::error) { return write_error; }
    const auto* const row =
        std::ranges::find_if(rows, [&](const Row& one) { return one.message == message && one.service == service; });
    return row == std::end(rows) ? Syntax() : row->syntax;
}

Syntax property_syntax(std::uint32_t property) {
    const auto* const row = std::ranges::find(properties, property, &PropertyRow::property);
    return row == std::end(properties) ? Syntax() : row->syntax;
}

} // namespace meterctl::codecs::bacnet
