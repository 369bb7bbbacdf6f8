#include "sessions/dlms/refusals.hpp"

#include "codecs/dlms/names.hpp"

#include <algorithm>
#include <array>

namespace meterctl::sessions::dlms {

namespace {

namespace dlms = codecs::dlms;

struct Advice {
    unsigned number;
    std::string_view first, second;
};

constexpr std::array user_advice{
    Advice{1, "another client (--client), which may be the one that the meter serves",
           "waiting until an earlier association has timed out"},
    Advice{2, "a client that is (or is not) ciphered", "logical or short names, whichever was not asked"},
    Advice{3, "client_title in the file of keys: the meter knows its clients by their titles", ""},
    Advice{11, "the model's client (--client), whose authentication is known", ""},
    Advice{12, "a client with authentication: --client read", "a file of keys: --keys FILE"},
    Advice{13, "the password, secret or keys in the file of keys", "another client (--client)"},
    Advice{14, "a client with authentication: --client read", "a file of keys: --keys FILE"},
};

/// Of kind "initiate".
constexpr std::array initiate_advice{
    Advice{2, "the model (--meter), whose services are known", ""},
    Advice{3, "a larger pdu= in the endpoint", ""},
    Advice{4, "another client (--client)", ""},
};

constexpr std::array exception_advice{
    Advice{1, "another client (--client), which may be allowed to",
           "waiting until an earlier association has timed out"},
    Advice{4, "a larger pdu= in the endpoint", ""},
    Advice{5, "the keys (guek and gak) in the file of keys", "the client's system title"},
    Advice{6, "asking again: the counter is raised to what the meter expects", ""},
};

template <std::size_t size>
std::vector<std::string> hints_of(const std::array<Advice, size>& table, unsigned number) {
    const auto* const row = std::ranges::find(table, number, &Advice::number);
    std::vector<std::string> hints;
    if (row == table.end()) { return hints; }
    for (const std::string_view hint : {row->first, row->second}) {
        if (!hint.empty()) { hints.emplace_back(hint); }
    }
    return hints;
}

/// Null, and no reason given.
constexpr std::uint8_t no_reason_given = 1;

} // namespace

Error association_refused(const dlms::Aare& aare, const std::string& where) {
    if (aare.user_information && aare.diagnostic <= no_reason_given) {
        const auto why = dlms::decode_confirmed_service_error(*aare.user_information);
        if (why) { return initiate_refused(*why, where); }
    }
    const bool user = aare.source == dlms::DiagnosticSource::service_user;
    const std::string_view name =
        user ? dlms::user_diagnostic_name(aare.diagnostic) : dlms::provider_diagnostic_name(aare.diagnostic);
    Error error{.category = Category::refused,
                .what = "the meter refuses the association: " + dlms::name_or_number(name, aare.diagnostic),
                .where = where,
                .hints = user ? hints_of(user_advice, aare.diagnostic) : std::vector<std::string>{},
                .code = std::string("dlms.association.") + (user ? "" : "provider.") + std::to_string(aare.diagnostic)};
    if (aare.result == 2) { error.what += " (for now)"; }
    return error;
}

Error initiate_refused(const dlms::ConfirmedServiceError& error, const std::string& where) {
    return {.category = Category::refused,
            .what = "the meter refuses the association: " + dlms::error_kind_text(error.kind, error.value),
            .where = where,
            .hints = hints_of(initiate_advice, error.value),
            .code = "dlms.initiate." + std::to_string(error.value)};
}

Error exception_error(const dlms::ExceptionResponse& exception, const std::string& where) {
    const std::string state = dlms::name_or_number(dlms::state_error_name(exception.state), exception.state);
    const std::string service = dlms::name_or_number(dlms::service_error_name(exception.service), exception.service);
    Error error{.category = Category::refused,
                .what = "the meter answers with an exception: " + state + ", " + service,
                .where = where,
                .hints = hints_of(exception_advice, exception.service),
                .code = "dlms.exception." + std::to_string(exception.service)};
    if (exception.invocation_counter) {
        error.what += "; it expects the counter " + std::to_string(*exception.invocation_counter);
    }
    return error;
}

} // namespace meterctl::sessions::dlms
