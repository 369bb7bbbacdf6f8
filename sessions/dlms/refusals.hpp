// A meter that refuses an association or a service: each reason as an error that says what to try.
#pragma once

#include "codecs/dlms/apdu.hpp"

#include <string>

namespace meterctl::sessions::dlms {

/// An AARE that does not accept. Refused; code "dlms.association.N" of the user's diagnostic N, or
/// "dlms.association.provider.N".
Error association_refused(const codecs::dlms::Aare& aare, const std::string& where);
/// A ConfirmedServiceError in place of an InitiateResponse: conformance, PDU size, version. Refused, "dlms.initiate.N".
Error initiate_refused(const codecs::dlms::ConfirmedServiceError& error, const std::string& where);

/// Refused, "dlms.exception.N" of the service error N.
Error exception_error(const codecs::dlms::ExceptionResponse& exception, const std::string& where);

} // namespace meterctl::sessions::dlms
