#include "codecs/bacnet/names.hpp"

namespace meterctl::codecs::bacnet::names {
namespace {

constexpr Name status_flags_rows[] = {Name(0, "in-alarm"), Name(1, "fault"), Name(2, "overridden"),
                                      Name(3, "out-of-service")};

constexpr Name result_flags_rows[] = {Name(0, "first-item"), Name(1, "last-item"), Name(2, "more-items")};

constexpr Name log_status_rows[] = {Name(0, "log-disabled"), Name(1, "buffer-purged"), Name(2, "log-interrupted")};

constexpr Name event_transitions_rows[] = {Name(0, "to-offnormal"), Name(1, "to-fault"), Name(2, "to-normal")};

constexpr Name limit_enable_rows[] = {Name(0, "low-limit-enable"), Name(1, "high-limit-enable")};

constexpr Name days_of_week_rows[] = {Name(0, "monday"), Name(1, "tuesday"),  Name(2, "wednesday"), Name(3, "thursday"),
                                      Name(4, "friday"), Name(5, "saturday"), Name(6, "sunday")};

constexpr Name services_supported_rows[] = {Name(0, "acknowledge-alarm"),
                                            Name(1, "confirmed-cov-notification"),
                                            Name(2, "confirmed-event-notification"),
                                            Name(3, "get-alarm-summary"),
                                            Name(4, "get-enrollment-summary"),
                                            Name(5, "subscribe-cov"),
                                            Name(6, "atomic-read-file"),
                                            Name(7, "atomic-write-file"),
                                            Name(8, "add-list-element"),
                                            Name(9, "remove-list-element"),
                                            Name(10, "create-object"),
                                            Name(11, "delete-object"),
                                            Name(12, "read-property"),
                                            Name(13, "read-property-conditional"),
                                            Name(14, "read-property-multiple"),
                                            Name(15, "write-property"),
                                            Name(16, "write-property-multiple"),
                                            Name(17, "device-communication-control"),
                                            Name(18, "confirmed-private-transfer"),
                                            Name(19, "confirmed-text-message"),
                                            Name(20, "reinitialize-device"),
                                            Name(21, "vt-open"),
                                            Name(22, "vt-close"),
                                            Name(23, "vt-data"),
                                            Name(24, "authenticate"),
                                            Name(25, "request-key"),
                                            Name(26, "i-am"),
                                            Name(27, "i-have"),
                                            Name(28, "unconfirmed-cov-notification"),
                                            Name(29, "unconfirmed-event-notification"),
                                            Name(30, "unconfirmed-private-transfer"),
                                            Name(31, "unconfirmed-text-message"),
                                            Name(32, "time-synchronization"),
                                            Name(33, "who-has"),
                                            Name(34, "who-is"),
                                            Name(35, "read-range"),
                                            Name(36, "utc-time-synchronization"),
                                            Name(37, "life-safety-operation"),
                                            Name(38, "subscribe-cov-property"),
                                            Name(39, "get-event-information"),
                                            Name(40, "write-group"),
                                            Name(41, "subscribe-cov-property-multiple"),
                                            Name(42, "confirmed-cov-notification-multiple"),
                                            Name(43, "unconfirmed-cov-notification-multiple"),
                                            Name(44, "confirmed-audit-notification"),
                                            Name(45, "audit-log-query"),
                                            Name(46, "unconfirmed-audit-notification"),
                                            Name(47, "who-am-i"),
                                            Name(48, "you-are"),
                                            Name(49, "auth-request")};

} // namespace

constinit const Table status_flags{status_flags_rows};
constinit const Table result_flags{result_flags_rows};
constinit const Table log_status{log_status_rows};
constinit const Table event_transitions{event_transitions_rows};
constinit const Table limit_enable{limit_enable_rows};
constinit const Table days_of_week{days_of_week_rows};
constinit const Table services_supported{services_supported_rows};

} // namespace meterctl::codecs::bacnet::names
