#include "codecs/dlms/names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

namespace meterctl::codecs::dlms {
namespace {

struct Row {
    std::uint8_t number;
    std::string_view name;
};

std::string_view find(std::span<const Row> rows, std::uint8_t number) {
    const auto row = std::ranges::find(rows, number, &Row::number);
    return row == rows.end() ? std::string_view{} : row->name;
}

constexpr std::array access_results{
    Row{0, "success"},
    Row{1, "hardware-fault"},
    Row{2, "temporary-failure"},
    Row{3, "read-write-denied"},
    Row{4, "object-undefined"},
    Row{9, "object-class-inconsistent"},
    Row{11, "object-unavailable"},
    Row{12, "type-unmatched"},
    Row{13, "scope-of-access-violated"},
    Row{14, "data-block-unavailable"},
    Row{15, "long-get-aborted"},
    Row{16, "no-long-get-in-progress"},
    Row{17, "long-set-aborted"},
    Row{18, "no-long-set-in-progress"},
    Row{19, "data-block-number-invalid"},
    Row{250, "other-reason"},
};

/// Those of an action that differ.
constexpr std::array action_results{
    Row{15, "long-action-aborted"}, Row{16, "no-long-action-in-progress"}, Row{17, ""}, Row{18, ""}, Row{19, ""},
};

constexpr std::array contexts{
    Row{1, "LN, no ciphering"},
    Row{2, "SN, no ciphering"},
    Row{3, "LN, with ciphering"},
    Row{4, "SN, with ciphering"},
};

constexpr std::array mechanisms{
    Row{0, "no authentication"}, Row{1, "LLS"},       Row{2, "HLS, the maker's own"}, Row{3, "HLS, MD5"},
    Row{4, "HLS, SHA-1"},        Row{5, "HLS, GMAC"}, Row{6, "HLS, SHA-256"},         Row{7, "HLS, ECDSA"},
};

constexpr std::array association_results{Row{0, "accepted"}, Row{1, "rejected-permanent"},
                                         Row{2, "rejected-transient"}};

constexpr std::array user_diagnostics{
    Row{0, "null"},
    Row{1, "no-reason-given"},
    Row{2, "application-context-name-not-supported"},
    Row{3, "calling-AP-title-not-recognized"},
    Row{4, "calling-AP-invocation-identifier-not-recognized"},
    Row{5, "calling-AE-qualifier-not-recognized"},
    Row{6, "calling-AE-invocation-identifier-not-recognized"},
    Row{7, "called-AP-title-not-recognized"},
    Row{8, "called-AP-invocation-identifier-not-recognized"},
    Row{9, "called-AE-qualifier-not-recognized"},
    Row{10, "called-AE-invocation-identifier-not-recognized"},
    Row{11, "authentication-mechanism-name-not-recognised"},
    Row{12, "authentication-mechanism-name-required"},
    Row{13, "authentication-failure"},
    Row{14, "authentication-required"},
};

constexpr std::array provider_diagnostics{Row{0, "null"}, Row{1, "no-reason-given"}, Row{2, "no-common-acse-version"}};

constexpr std::array request_reasons{Row{0, "normal"}, Row{1, "urgent"}, Row{30, "user-defined"}};
constexpr std::array response_reasons{Row{0, "normal"}, Row{1, "not-finished"}, Row{30, "user-defined"}};

constexpr std::array state_errors{Row{1, "service-not-allowed"}, Row{2, "service-unknown"}};
constexpr std::array service_errors{
    Row{1, "operation-not-possible"}, Row{2, "service-not-supported"}, Row{3, "other-reason"},
    Row{4, "pdu-too-long"},           Row{5, "deciphering-error"},     Row{6, "invocation-counter-error"},
};

constexpr std::array failed_services{
    Row{1, "initiate"},
    Row{2, "get-status"},
    Row{3, "get-name-list"},
    Row{4, "get-variable-attribute"},
    Row{5, "read"},
    Row{6, "write"},
    Row{7, "get-data-set-attribute"},
    Row{8, "get-TI-attribute"},
    Row{9, "change-scope"},
    Row{10, "start"},
    Row{11, "stop"},
    Row{12, "resume"},
    Row{13, "make-usable"},
    Row{14, "initiate-load"},
    Row{15, "load-segment"},
    Row{16, "terminate-load"},
    Row{17, "initiate-up-load"},
    Row{18, "up-load-segment"},
    Row{19, "terminate-up-load"},
};

constexpr std::array error_kinds{
    Row{0, "application-reference"},
    Row{1, "hardware-resource"},
    Row{2, "vde-state-error"},
    Row{3, "service"},
    Row{4, "definition"},
    Row{5, "access"},
    Row{6, "initiate"},
    Row{7, "load-data-set"},
    Row{9, "task"},
};

struct KindRow {
    std::uint8_t kind, value;
    std::string_view name;
};
constexpr std::array kind_values{
    KindRow{0, 1, "time-elapsed"},
    KindRow{0, 2, "application-unreachable"},
    KindRow{0, 3, "application-reference-invalid"},
    KindRow{0, 4, "application-context-unsupported"},
    KindRow{0, 5, "provider-communication-error"},
    KindRow{0, 6, "deciphering-error"},
    KindRow{1, 1, "memory-unavailable"},
    KindRow{1, 2, "processor-resource-unavailable"},
    KindRow{1, 3, "mass-storage-unavailable"},
    KindRow{1, 4, "other-resource-unavailable"},
    KindRow{2, 1, "no-dlms-context"},
    KindRow{2, 2, "loading-data-set"},
    KindRow{2, 3, "status-nochange"},
    KindRow{2, 4, "status-inoperable"},
    KindRow{3, 1, "pdu-size"},
    KindRow{3, 2, "service-unsupported"},
    KindRow{4, 1, "object-undefined"},
    KindRow{4, 2, "object-class-inconsistent"},
    KindRow{4, 3, "object-attribute-inconsistent"},
    KindRow{5, 1, "scope-of-access-violated"},
    KindRow{5, 2, "object-access-violated"},
    KindRow{5, 3, "hardware-fault"},
    KindRow{5, 4, "object-unavailable"},
    KindRow{6, 1, "dlms-version-too-low"},
    KindRow{6, 2, "incompatible-conformance"},
    KindRow{6, 3, "pdu-size-too-short"},
    KindRow{6, 4, "refused-by-the-VDE-handler"},
    KindRow{7, 1, "primitive-out-of-sequence"},
    KindRow{7, 2, "not-loadable"},
    KindRow{7, 3, "dataset-size-too-large"},
    KindRow{7, 4, "not-awaited-segment"},
    KindRow{7, 5, "interpretation-failure"},
    KindRow{7, 6, "storage-failure"},
    KindRow{7, 7, "data-set-not-ready"},
    KindRow{9, 1, "no-remote-control"},
    KindRow{9, 2, "ti-stopped"},
    KindRow{9, 3, "ti-running"},
    KindRow{9, 4, "ti-unusable"},
};

} // namespace

std::string_view data_access_result_name(std::uint8_t result) {
    return find(access_results, result);
}
std::string_view action_result_name(std::uint8_t result) {
    const auto own = std::ranges::find(action_results, result, &Row::number);
    return own != action_results.end() ? own->name : find(access_results, result);
}
std::string_view context_text(std::uint8_t context) {
    return find(contexts, context);
}
std::string_view mechanism_text(std::uint8_t mechanism) {
    return find(mechanisms, mechanism);
}
std::string_view association_result_name(std::uint8_t result) {
    return find(association_results, result);
}
std::string_view user_diagnostic_name(std::uint8_t diagnostic) {
    return find(user_diagnostics, diagnostic);
}
std::string_view provider_diagnostic_name(std::uint8_t diagnostic) {
    return find(provider_diagnostics, diagnostic);
}
std::string_view release_request_reason_name(std::uint8_t reason) {
    return find(request_reasons, reason);
}
std::string_view release_response_reason_name(std::uint8_t reason) {
    return find(response_reasons, reason);
}
std::string_view state_error_name(std::uint8_t error) {
    return find(state_errors, error);
}
std::string_view service_error_name(std::uint8_t error) {
    return find(service_errors, error);
}
std::string_view failed_service_name(std::uint8_t service) {
    return find(failed_services, service);
}
std::string_view error_kind_name(std::uint8_t kind) {
    return find(error_kinds, kind);
}

std::string error_kind_text(std::uint8_t kind, std::uint8_t value) {
    const auto row =
        std::ranges::find_if(kind_values, [&](const KindRow& one) { return one.kind == kind && one.value == value; });
    const auto name = row == kind_values.end() ? std::string_view(value == 0 ? "other" : "") : row->name;
    return fmt::format("{}: {}", name_or_number(error_kind_name(kind), kind), name_or_number(name, value));
}

std::string name_or_number(std::string_view name, unsigned number) {
    return name.empty() ? fmt::format("{}", number) : std::string(name);
}

} // namespace meterctl::codecs::dlms
