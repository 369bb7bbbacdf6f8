#include "codecs/bacnet/names.hpp"

namespace meterctl::codecs::bacnet::names {
namespace {

constexpr Name reliabilities_rows[] = {Name(0, "no-fault-detected"),
                                       Name(1, "no-sensor"),
                                       Name(2, "over-range"),
                                       Name(3, "under-range"),
                                       Name(4, "open-loop"),
                                       Name(5, "shorted-loop"),
                                       Name(6, "no-output"),
                                       Name(7, "unreliable-other"),
                                       Name(8, "process-error"),
                                       Name(9, "multi-state-fault"),
                                       Name(10, "configuration-error"),
                                       Name(12, "communication-failure"),
                                       Name(13, "member-fault"),
                                       Name(14, "monitored-object-fault"),
                                       Name(15, "tripped"),
                                       Name(16, "lamp-failure"),
                                       Name(17, "activation-failure"),
                                       Name(18, "renew-dhcp-failure"),
                                       Name(19, "renew-fd-registration-failure"),
                                       Name(20, "restart-auto-negotiation-failure"),
                                       Name(21, "restart-failure"),
                                       Name(22, "proprietary-command-failure"),
                                       Name(23, "faults-listed"),
                                       Name(24, "referenced-object-fault"),
                                       Name(25, "multi-state-out-of-range")};

constexpr Name event_states_rows[] = {Name(0, "normal"),     Name(1, "fault"),     Name(2, "offnormal"),
                                      Name(3, "high-limit"), Name(4, "low-limit"), Name(5, "life-safety-alarm")};

constexpr Name event_types_rows[] = {Name(0, "change-of-bitstring"),
                                     Name(1, "change-of-state"),
                                     Name(2, "change-of-value"),
                                     Name(3, "command-failure"),
                                     Name(4, "floating-limit"),
                                     Name(5, "out-of-range"),
                                     Name(6, "complex-event-type"),
                                     Name(7, "reserved-7"),
                                     Name(8, "change-of-life-safety"),
                                     Name(9, "extended"),
                                     Name(10, "buffer-ready"),
                                     Name(11, "unsigned-range"),
                                     Name(12, "reserved-12"),
                                     Name(13, "access-event"),
                                     Name(14, "double-out-of-range"),
                                     Name(15, "signed-out-of-range"),
                                     Name(16, "unsigned-out-of-range"),
                                     Name(17, "change-of-characterstring"),
                                     Name(18, "change-of-status-flags"),
                                     Name(19, "change-of-reliability"),
                                     Name(20, "none"),
                                     Name(21, "change-of-discrete-value"),
                                     Name(22, "change-of-timer")};

constexpr Name notify_types_rows[] = {Name(0, "alarm"), Name(1, "event"), Name(2, "ack-notification")};

constexpr Name system_states_rows[] = {Name(0, "operational"),       Name(1, "operational-read-only"),
                                       Name(2, "download-required"), Name(3, "download-in-progress"),
                                       Name(4, "non-operational"),   Name(5, "backup-in-progress")};

constexpr Name segmentations_rows[] = {Name(0, "segmented-both"), Name(1, "segmented-transmit"),
                                       Name(2, "segmented-receive"), Name(3, "no-segmentation")};

constexpr Name reinitialized_states_rows[] = {
    Name(0, "coldstart"),    Name(1, "warmstart"),  Name(2, "startbackup"),  Name(3, "endbackup"),
    Name(4, "startrestore"), Name(5, "endrestore"), Name(6, "abortrestore"), Name(7, "activate-changes")};

constexpr Name communication_states_rows[] = {Name(0, "enable"), Name(1, "disable"), Name(2, "disable-initiation")};

constexpr Name binary_values_rows[] = {Name(0, "inactive"), Name(1, "active")};

constexpr Name polarities_rows[] = {Name(0, "normal"), Name(1, "reverse")};

constexpr Name logging_types_rows[] = {Name(0, "polled"), Name(1, "cov"), Name(2, "triggered")};

constexpr Name restart_reasons_rows[] = {Name(0, "unknown"),
                                         Name(1, "coldstart"),
                                         Name(2, "warmstart"),
                                         Name(3, "detected-power-lost"),
                                         Name(4, "detected-power-off"),
                                         Name(5, "hardware-watchdog"),
                                         Name(6, "software-watchdog"),
                                         Name(7, "suspended"),
                                         Name(8, "activate-changes")};

constexpr Name node_types_rows[] = {
    Name(0, "unknown"),        Name(1, "system"),    Name(2, "network"),     Name(3, "device"),
    Name(4, "organizational"), Name(5, "area"),      Name(6, "equipment"),   Name(7, "point"),
    Name(8, "collection"),     Name(9, "property"),  Name(10, "functional"), Name(11, "other"),
    Name(12, "subsystem"),     Name(13, "building"), Name(14, "floor"),      Name(15, "section"),
    Name(16, "module"),        Name(17, "tree"),     Name(18, "member"),     Name(19, "protocol"),
    Name(20, "room"),          Name(21, "zone")};

constexpr Name program_states_rows[] = {Name(0, "idle"),    Name(1, "loading"), Name(2, "running"),
                                        Name(3, "waiting"), Name(4, "halted"),  Name(5, "unloading")};

constexpr Name program_requests_rows[] = {Name(0, "ready"), Name(1, "load"),    Name(2, "run"),
                                          Name(3, "halt"),  Name(4, "restart"), Name(5, "unload")};

constexpr Name program_errors_rows[] = {Name(0, "normal"), Name(1, "load-failed"), Name(2, "internal"),
                                        Name(3, "program"), Name(4, "other")};

constexpr Name file_access_methods_rows[] = {Name(0, "record-access"), Name(1, "stream-access"),
                                             Name(2, "record-and-stream-access")};

constexpr Name backup_states_rows[] = {Name(0, "idle"),
                                       Name(1, "preparing-for-backup"),
                                       Name(2, "preparing-for-restore"),
                                       Name(3, "performing-a-backup"),
                                       Name(4, "performing-a-restore"),
                                       Name(5, "backup-failure"),
                                       Name(6, "restore-failure")};

constexpr Name actions_rows[] = {Name(0, "direct"), Name(1, "reverse")};

constexpr Name network_types_rows[] = {Name(0, "ethernet"), Name(1, "arcnet"),  Name(2, "mstp"),
                                       Name(3, "ptp"),      Name(4, "lontalk"), Name(5, "ipv4"),
                                       Name(6, "zigbee"),   Name(7, "virtual"), Name(8, "non-bacnet"),
                                       Name(9, "ipv6"),     Name(10, "serial"), Name(11, "secure-connect")};

constexpr Name network_number_qualities_rows[] = {Name(0, "unknown"), Name(1, "learned"), Name(2, "learned-configured"),
                                                  Name(3, "configured")};

constexpr Name protocol_levels_rows[] = {Name(0, "physical"), Name(1, "protocol"), Name(2, "bacnet-application"),
                                         Name(3, "non-bacnet-application")};

constexpr Name network_port_commands_rows[] = {Name(0, "idle"),
                                               Name(1, "discard-changes"),
                                               Name(2, "renew-fd-registration"),
                                               Name(3, "restart-slave-discovery"),
                                               Name(4, "renew-dhcp"),
                                               Name(5, "restart-autonegotiation"),
                                               Name(6, "disconnect"),
                                               Name(7, "restart-port"),
                                               Name(8, "generate-csr-file"),
                                               Name(9, "validate-changes"),
                                               Name(10, "restart-discovery")};

constexpr Name ip_modes_rows[] = {Name(0, "normal"), Name(1, "foreign"), Name(2, "bbmd")};

constexpr Name fault_types_rows[] = {Name(0, "none"),         Name(1, "characterstring"), Name(2, "extended"),
                                     Name(3, "life-safety"),  Name(4, "state"),           Name(5, "status-flags"),
                                     Name(6, "out-of-range"), Name(7, "listed")};

constexpr Name shed_states_rows[] = {Name(0, "shed-inactive"), Name(1, "shed-request-pending"),
                                     Name(2, "shed-compliant"), Name(3, "shed-non-compliant")};

constexpr Name timer_states_rows[] = {Name(0, "idle"), Name(1, "running"), Name(2, "expired")};

constexpr Name timer_transitions_rows[] = {Name(0, "none"),
                                           Name(1, "idle-to-running"),
                                           Name(2, "running-to-idle"),
                                           Name(3, "running-to-running"),
                                           Name(4, "running-to-expired"),
                                           Name(5, "forced-to-expired"),
                                           Name(6, "expired-to-idle"),
                                           Name(7, "expired-to-running")};

constexpr Name maintenance_states_rows[] = {Name(0, "none"), Name(1, "periodic-test"),
                                            Name(2, "need-service-operational"), Name(3, "need-service-inoperative")};

constexpr Name life_safety_modes_rows[] = {Name(0, "off"),
                                           Name(1, "on"),
                                           Name(2, "test"),
                                           Name(3, "manned"),
                                           Name(4, "unmanned"),
                                           Name(5, "armed"),
                                           Name(6, "disarmed"),
                                           Name(7, "prearmed"),
                                           Name(8, "slow"),
                                           Name(9, "fast"),
                                           Name(10, "disconnected"),
                                           Name(11, "enabled"),
                                           Name(12, "disabled"),
                                           Name(13, "automatic-release-disabled"),
                                           Name(14, "default"),
                                           Name(15, "activated-oeo-alarm"),
                                           Name(16, "activated-oeo-evactuate"),
                                           Name(17, "activated-oeo-phase1-recall"),
                                           Name(18, "activated-oeo-unavailable"),
                                           Name(19, "deactivated")};

constexpr Name life_safety_states_rows[] = {Name(0, "quiet"),
                                            Name(1, "pre-alarm"),
                                            Name(2, "alarm"),
                                            Name(3, "fault"),
                                            Name(4, "fault-pre-alarm"),
                                            Name(5, "fault-alarm"),
                                            Name(6, "not-ready"),
                                            Name(7, "active"),
                                            Name(8, "tamper"),
                                            Name(9, "test-alarm"),
                                            Name(10, "test-active"),
                                            Name(11, "test-fault"),
                                            Name(12, "test-fault-alarm"),
                                            Name(13, "holdupt"),
                                            Name(14, "duress"),
                                            Name(15, "tamper-alarm"),
                                            Name(16, "abnormal"),
                                            Name(17, "emergency-power"),
                                            Name(18, "delayed"),
                                            Name(19, "blocked"),
                                            Name(20, "local-alarm"),
                                            Name(21, "general-alarm"),
                                            Name(22, "supervisory"),
                                            Name(23, "test-supervisory"),
                                            Name(24, "non-default-mode"),
                                            Name(25, "oeo-unavailable"),
                                            Name(26, "oeo-alarm"),
                                            Name(27, "oeo-phase1-recall"),
                                            Name(28, "oeo-evacuate"),
                                            Name(29, "oeo-unaffected"),
                                            Name(30, "test-oeo-unavailable"),
                                            Name(31, "test-oeo-alarm"),
                                            Name(32, "test-oeo-phase1-recall"),
                                            Name(33, "test-oeo-evacuate"),
                                            Name(34, "test-oeo-unaffected")};

constexpr Name life_safety_operations_rows[] = {Name(0, "none"),
                                                Name(1, "silence"),
                                                Name(2, "silence-audible"),
                                                Name(3, "silence-visual"),
                                                Name(4, "reset"),
                                                Name(5, "reset-alarm"),
                                                Name(6, "reset-fault"),
                                                Name(7, "unsilence"),
                                                Name(8, "unsilence-audible"),
                                                Name(9, "unsilence-visual")};

constexpr Name silenced_states_rows[] = {Name(0, "unsilenced"), Name(1, "audible-silenced"),
                                         Name(2, "visible-silenced"), Name(3, "all-silenced")};

constexpr Name write_statuses_rows[] = {Name(0, "idle"), Name(1, "in-progress"), Name(2, "successful"),
                                        Name(3, "failed")};

constexpr Name lock_statuses_rows[] = {Name(0, "locked"), Name(1, "unlocked"), Name(2, "lock-fault"), Name(3, "unused"),
                                       Name(4, "unknown")};

constexpr Name door_statuses_rows[] = {
    Name(0, "closed"), Name(1, "opened"),  Name(2, "unknown"), Name(3, "door-fault"),    Name(4, "unused"),
    Name(5, "none"),   Name(6, "closing"), Name(7, "opening"), Name(8, "safety-locked"), Name(9, "limited-opened")};

constexpr Name door_alarm_states_rows[] = {
    Name(0, "normal"),      Name(1, "alarm"),       Name(2, "door-open-too-long"),
    Name(3, "forced-open"), Name(4, "tamper"),      Name(5, "door-fault"),
    Name(6, "lock-down"),   Name(7, "free-access"), Name(8, "egress-open")};

constexpr Name lighting_operations_rows[] = {
    Name(0, "none"),        Name(1, "fade-to"),         Name(2, "ramp-to"),        Name(3, "step-up"),
    Name(4, "step-down"),   Name(5, "step-on"),         Name(6, "step-off"),       Name(7, "warn"),
    Name(8, "warn-off"),    Name(9, "warn-relinquish"), Name(10, "stop"),          Name(11, "restore-on"),
    Name(12, "default-on"), Name(13, "toggle-restore"), Name(14, "toggle-default")};

constexpr Name audit_levels_rows[] = {Name(0, "none"), Name(1, "audit-all"), Name(2, "audit-config"),
                                      Name(3, "default")};

} // namespace

constinit const Table reliabilities{reliabilities_rows};
constinit const Table event_states{event_states_rows};
constinit const Table event_types{event_types_rows};
constinit const Table notify_types{notify_types_rows};
constinit const Table system_states{system_states_rows};
constinit const Table segmentations{segmentations_rows};
constinit const Table reinitialized_states{reinitialized_states_rows};
constinit const Table communication_states{communication_states_rows};
constinit const Table binary_values{binary_values_rows};
constinit const Table polarities{polarities_rows};
constinit const Table logging_types{logging_types_rows};
constinit const Table restart_reasons{restart_reasons_rows};
constinit const Table node_types{node_types_rows};
constinit const Table program_states{program_states_rows};
constinit const Table program_requests{program_requests_rows};
constinit const Table program_errors{program_errors_rows};
constinit const Table file_access_methods{file_access_methods_rows};
constinit const Table backup_states{backup_states_rows};
constinit const Table actions{actions_rows};
constinit const Table network_types{network_types_rows};
constinit const Table network_number_qualities{network_number_qualities_rows};
constinit const Table protocol_levels{protocol_levels_rows};
constinit const Table network_port_commands{network_port_commands_rows};
constinit const Table ip_modes{ip_modes_rows};
constinit const Table fault_types{fault_types_rows};
constinit const Table shed_states{shed_states_rows};
constinit const Table timer_states{timer_states_rows};
constinit const Table timer_transitions{timer_transitions_rows};
constinit const Table maintenance_states{maintenance_states_rows};
constinit const Table life_safety_modes{life_safety_modes_rows};
constinit const Table life_safety_states{life_safety_states_rows};
constinit const Table life_safety_operations{life_safety_operations_rows};
constinit const Table silenced_states{silenced_states_rows};
constinit const Table write_statuses{write_statuses_rows};
constinit const Table lock_statuses{lock_statuses_rows};
constinit const Table door_statuses{door_statuses_rows};
constinit const Table door_alarm_states{door_alarm_states_rows};
constinit const Table lighting_operations{lighting_operations_rows};
constinit const Table audit_levels{audit_levels_rows};

} // namespace meterctl::codecs::bacnet::names
