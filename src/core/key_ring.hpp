// The keys and passwords that a user has given, for one meter or several. Sessions and decoders ask by name; a name can
// be of one client of the meter ("read.guek"), and a meter is found by its serial number or its system title.
#pragma once

#include "src/core/secret.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace meterctl {

class KeyRing {
public:
    /// `meter` empty: for every meter that has none of its own. Meters' names are compared without regard to case.
    void put(std::string_view meter, std::string_view name, SecretBytes secret);
    /// Of the first of `meters` that has it, else what holds for every meter; of the client before what holds for every
    /// client. nullptr: nothing of that name.
    [[nodiscard]] const SecretBytes* find(std::string_view name, std::string_view client,
                                          std::span<const std::string> meters) const;
    [[nodiscard]] bool empty() const { return meters_.empty(); }
    /// The meters that have keys of their own.
    [[nodiscard]] std::vector<std::string> meters() const;
    /// The clients that have keys of their own, of any meter.
    [[nodiscard]] std::vector<std::string> clients() const;

private:
    using Secrets = std::map<std::string, SecretBytes, std::less<>>;
    std::map<std::string, Secrets, std::less<>> meters_;
};

/// What stands in a file of keys: how it is written and how many octets it has.
struct KeyName {
    enum class Form { key, title, text };
    std::string_view name;
    Form form;
    std::string_view title; ///< for help
};
std::span<const KeyName> key_names();

/// Reads keys: a JSON object, {"guek": "0011...", "meters": {"12345678": {"gak": "..."}}}, or lines `name = value`
/// under headings `[12345678]`, with comments from # on. Keys and titles are hexadecimal digits, or `text:` and as many
/// characters; passwords and secrets are text, or hexadecimal digits after 0x. Usage error with the line, and with
/// nothing of what stands there.
Result<KeyRing> parse_keys(std::string_view text);

} // namespace meterctl
