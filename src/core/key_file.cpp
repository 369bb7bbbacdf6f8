// Nothing of the text is copied but into secrets, and no error shows any of it: what stands where a name should may be
// a key.
#include "src/core/key_ring.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>

namespace meterctl {

namespace {

constexpr std::array names{
    KeyName{"guek", KeyName::Form::key, "global unicast encryption key"},
    KeyName{"gbek", KeyName::Form::key, "global broadcast encryption key"},
    KeyName{"gak", KeyName::Form::key, "authentication key"},
    KeyName{"kek", KeyName::Form::key, "master key, which wraps other keys"},
    KeyName{"dedicated", KeyName::Form::key, "dedicated key, to decode an association that used one"},
    KeyName{"lls_password", KeyName::Form::text, "password of low level security"},
    KeyName{"hls_secret", KeyName::Form::text, "secret of HLS 2, 3, 4 and 6"},
    KeyName{"client_title", KeyName::Form::title, "our system title, where the meter wants a certain one"},
    KeyName{"server_title", KeyName::Form::title, "the meter's system title, where it does not say"},
};
constexpr std::string_view text_prefix = "text:";

tl::unexpected<Error> wrong(std::size_t line, std::string what, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), "line " + std::to_string(line), std::move(hints), "usage.keys");
}

/// "read.guek" -> "guek"
std::string_view without_client(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

tl::unexpected<Error> unknown_name(std::size_t line, std::string_view name) {
    std::vector<std::string> known;
    known.reserve(names.size());
    for (const KeyName& row : names) { known.emplace_back(row.name); }
    std::vector<std::string> hints = nearest(name, known, 1);
    if (hints.empty()) { hints = known; }
    return wrong(line, "this is the name of no key", std::move(hints));
}

Result<SecretBytes> octets_of(const KeyName& row, std::string_view value) {
    const bool text = row.form == KeyName::Form::text;
    const bool hex = text ? value.starts_with("0x") : !value.starts_with(text_prefix);
    if (hex) { return secret_from_hex(value); }
    const std::string_view characters = text ? value : value.substr(text_prefix.size());
    return SecretBytes(ByteView(reinterpret_cast<const std::uint8_t*>(characters.data()), characters.size()));
}

bool fits(const KeyName& row, std::size_t octets) {
    switch (row.form) {
    case KeyName::Form::key:
        return octets == 16 || octets == 32;
    case KeyName::Form::title:
        return octets == 8;
    case KeyName::Form::text:
        return octets > 0;
    }
    return false;
}

Result<void> put(KeyRing& ring, std::string_view meter, std::string_view name, std::string_view value,
                 std::size_t line) {
    const std::string lower = to_lower(name);
    const auto* const row = std::ranges::find(names, without_client(lower), &KeyName::name);
    if (row == names.end()) { return unknown_name(line, without_client(lower)); }
    auto secret = octets_of(*row, value);
    if (!secret) { return wrong(line, "the value of " + std::string(row->name) + " is not in hexadecimal digits"); }
    if (!fits(*row, secret->size())) {
        const std::string_view wanted = row->form == KeyName::Form::title ? "8" : "16 or 32";
        if (row->form == KeyName::Form::text) { return wrong(line, std::string(row->name) + " is empty"); }
        return wrong(line, std::string(row->name) + " has " + std::to_string(secret->size()) + " octets, not " +
                               std::string(wanted));
    }
    ring.put(meter, lower, std::move(*secret));
    return {};
}

Result<KeyRing> parse_lines(std::string_view text) {
    KeyRing ring;
    std::string_view meter;
    std::size_t number = 0;
    for (const std::string_view raw : split(text, '\n')) {
        ++number;
        const std::string_view line = trim(raw);
        if (line.empty() || line.front() == '#') { continue; }
        if (line.front() == '[') {
            if (line.back() != ']' || line.size() < 3) {
                return wrong(number, "a heading is [SERIAL NUMBER] or [SYSTEM TITLE]");
            }
            meter = trim(line.substr(1, line.size() - 2));
            continue;
        }
        const std::size_t sign = line.find('=');
        if (sign == std::string_view::npos) { return wrong(number, "a line is `name = value`"); }
        const auto done = put(ring, meter, trim(line.substr(0, sign)), trim(line.substr(sign + 1)), number);
        if (!done) { return tl::unexpected(done.error()); }
    }
    return ring;
}

/// As much of JSON as a file of keys needs: objects in objects, and strings without escapes.
class JsonKeys {
public:
    explicit JsonKeys(std::string_view text) : text_(text) {}

    Result<KeyRing> read() {
        if (const auto done = object(Place::top, {}); !done) { return tl::unexpected(done.error()); }
        blanks();
        if (!text_.empty()) { return wrong(line_, "something follows the object"); }
        return std::move(ring_);
    }

private:
    enum class Place { top, meters, meter };

    void blanks() {
        while (!text_.empty() && std::string_view(" \t\r\n").find(text_.front()) != std::string_view::npos) {
            line_ += text_.front() == '\n' ? 1U : 0U;
            text_.remove_prefix(1);
        }
    }

    bool take(char sign) {
        blanks();
        if (!text_.starts_with(sign)) { return false; }
        text_.remove_prefix(1);
        return true;
    }

    Result<std::string_view> string() {
        if (!take('"')) { return wrong(line_, "a string in quotes is missing"); }
        const std::size_t end = text_.find_first_of("\"\\\n");
        if (end == std::string_view::npos || text_[end] != '"') {
            return wrong(line_, "a string does not end, or holds an escape", {"0x and hexadecimal digits"});
        }
        const std::string_view found = text_.substr(0, end);
        text_.remove_prefix(end + 1);
        return found;
    }

    Result<void> member(Place place, std::string_view meter) {
        const auto name = string();
        if (!name) { return tl::unexpected(name.error()); }
        if (!take(':')) { return wrong(line_, "a colon is missing"); }
        if (place == Place::meters) { return object(Place::meter, *name); }
        if (place == Place::top && *name == "meters") { return object(Place::meters, {}); }
        const auto value = string();
        if (!value) { return tl::unexpected(value.error()); }
        return put(ring_, meter, *name, *value, line_);
    }

    Result<void> object(Place place, std::string_view meter) {
        if (!take('{')) { return wrong(line_, "an object is missing"); }
        if (take('}')) { return {}; }
        do {
            if (auto done = member(place, meter); !done) { return done; }
        } while (take(','));
        return take('}') ? Result<void>() : wrong(line_, "a comma or the end of the object is missing");
    }

    std::string_view text_;
    std::size_t line_ = 1;
    KeyRing ring_;
};

} // namespace

std::span<const KeyName> key_names() {
    return names;
}

Result<KeyRing> parse_keys(std::string_view text) {
    auto ring = trim(text).starts_with('{') ? JsonKeys(text).read() : parse_lines(text);
    if (ring && ring->empty()) { return fail(Category::usage, "there is no key in it", {}, {}, "usage.keys"); }
    return ring;
}

} // namespace meterctl
