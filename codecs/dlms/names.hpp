// The standard's own words for its numbers (IEC 62056-5-3 clauses 8 and 9.5). A number without a name gives "".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meterctl::codecs::dlms {

std::string_view data_access_result_name(std::uint8_t result);
std::string_view action_result_name(std::uint8_t result);

std::string_view context_text(std::uint8_t context);     ///< "LN, with ciphering"
std::string_view mechanism_text(std::uint8_t mechanism); ///< "HLS, GMAC"
std::string_view association_result_name(std::uint8_t result);
std::string_view user_diagnostic_name(std::uint8_t diagnostic);
std::string_view provider_diagnostic_name(std::uint8_t diagnostic);
std::string_view release_request_reason_name(std::uint8_t reason);
std::string_view release_response_reason_name(std::uint8_t reason);

std::string_view state_error_name(std::uint8_t error);
std::string_view service_error_name(std::uint8_t error); ///< of an exception response

/// Of a confirmedServiceError: which service failed, and of what kind the error is.
std::string_view failed_service_name(std::uint8_t service);
std::string_view error_kind_name(std::uint8_t kind);
/// "initiate: pdu-size-too-short"; the number where there is no name.
std::string error_kind_text(std::uint8_t kind, std::uint8_t value);

/// `name`, or "9" where it is empty.
std::string name_or_number(std::string_view name, unsigned number);

} // namespace meterctl::codecs::dlms
