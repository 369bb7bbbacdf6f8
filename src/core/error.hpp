// Error: what happened, where, and what to try; its category decides the exit code.
// Codecs and sessions return Result<T>; exceptions are for broken invariants only.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace meterctl {

/// The categories and, as their values, the documented exit codes.
enum class Category : int {
    partial = 1,       ///< some points, targets or frames failed
    usage = 2,         ///< wrong usage: unknown option, point, meter or unit; nothing was sent
    endpoint = 3,      ///< the endpoint could not be opened, or broke
    timeout = 4,       ///< no answer in time
    untrusted = 5,     ///< an answer that cannot be trusted: CRC, framing, decode, decryption
    refused = 6,       ///< the meter refused
    rejected = 7,      ///< rejected before sending: range, access, irreversible without --yes
    verdict = 8,       ///< a test or verification failed
    interrupted = 130, ///< Ctrl-C
};

struct Error {
    Category category = Category::untrusted;
    std::string what;               ///< what happened: one clause, no final stop
    std::string where;              ///< target, address, register, byte offset; may be empty
    std::vector<std::string> hints; ///< what to try, most likely first; each one clause
    std::string code;               ///< stable machine name, e.g. "modbus.exception.2"; may be empty

    friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(Category::timeout, "no answer in 1.2 s", "address 1", {"check the address"});`
tl::unexpected<Error> fail(Category category, std::string what, std::string where = {},
                           std::vector<std::string> hints = {}, std::string code = {});

/// The exit code of the design's table.
int exit_code(Category category);

/// Stable lower-case name of the category as it stands in JSON: "timeout", "refused", ...
std::string_view category_name(Category category);

/// One line: "WHAT (WHERE): try HINT; HINT".
std::string describe(const Error& error);

} // namespace meterctl
