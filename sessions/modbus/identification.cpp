#include "sessions/modbus/identification.hpp"

#include "src/core/hex.hpp"

#include <charconv>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

constexpr std::string_view object_prefix = "device-id:";
constexpr std::string_view server_id_address = "server-id";
constexpr std::uint8_t basic = 1, regular = 2, extended = 3;
constexpr std::uint8_t last_basic = 2, last_regular = 6;
/// Against devices that announce more for ever.
constexpr unsigned most_requests = 32;

std::optional<std::uint8_t> object_number(std::string_view address) {
    address.remove_prefix(object_prefix.size());
    unsigned number = 0;
    const auto [end, error] = std::from_chars(address.data(), address.data() + address.size(), number);
    if (error != std::errc() || end != address.data() + address.size() || number > 255) { return std::nullopt; }
    return static_cast<std::uint8_t>(number);
}

/// The printable stretches of an answer whose layout is the device's own; all of it in hex where there are none.
std::string printable(const Bytes& data) {
    std::string text;
    bool gap = false;
    for (const std::uint8_t octet : data) {
        const bool shown = octet >= 0x20 && octet < 0x7F;
        if (shown && gap && !text.empty()) { text += ' '; }
        if (shown) { text += static_cast<char>(octet); }
        gap = !shown;
    }
    return text.empty() ? to_hex(data) : text;
}

} // namespace

bool is_identification(std::string_view address) {
    return address.starts_with(object_prefix) || address == server_id_address;
}

Task<Result<std::string>> Identification::text(std::string_view address) {
    if (address == server_id_address) {
        auto id = co_await server_id();
        co_return id;
    }
    const auto number = object_number(address);
    if (!number) {
        std::vector<std::string> hints(1, "device-id:0 to device-id:255");
        co_return fail(Category::usage, "no such identification object", std::string(address), std::move(hints));
    }
    auto found = co_await object(*number);
    co_return found;
}

Task<Result<std::map<std::uint8_t, std::string>>> Identification::objects() {
    auto asked = co_await ask_objects(basic, 0);
    if (!asked) { co_return tl::unexpected(asked.error()); }
    co_return objects_;
}

Task<Result<std::string>> Identification::object(std::uint8_t id) {
    const std::uint8_t code = id <= last_basic ? basic : id <= last_regular ? regular : extended;
    if (!objects_.contains(id)) {
        auto asked = co_await ask_objects(code, 0);
        if (!asked) { co_return tl::unexpected(asked.error()); }
    }
    const auto found = objects_.find(id);
    if (found == objects_.end()) {
        co_return fail(Category::refused, "the device has no identification object " + std::to_string(id),
                       client_.where(), {}, "modbus.device_id");
    }
    co_return found->second;
}

Task<Result<void>> Identification::ask_objects(std::uint8_t code, std::uint8_t from) {
    if (const auto known = asked_.find(code); known != asked_.end()) { co_return known->second; }
    Result<void> outcome;
    for (unsigned count = 0; count < most_requests; ++count) {
        modbus::ReadDeviceId ask;
        ask.code = code;
        ask.object = from;
        const modbus::Request request = ask;
        auto answer = co_await client_.ask(request);
        if (!answer) {
            outcome = tl::unexpected(answer.error());
            break;
        }
        const auto* found = std::get_if<modbus::DeviceId>(&*answer);
        if (found == nullptr) { break; }
        for (const modbus::DeviceObject& object : found->objects) { objects_[object.id] = object.text; }
        if (!found->more || found->next_object <= from) { break; }
        from = found->next_object;
    }
    asked_.emplace(code, outcome);
    co_return outcome;
}

Task<Result<std::string>> Identification::server_id() {
    if (server_id_) { co_return *server_id_; }
    modbus::BareRequest ask;
    ask.function = modbus::Function::report_server_id;
    const modbus::Request request = ask;
    auto answer = co_await client_.ask(request);
    if (!answer) {
        server_id_.emplace(tl::unexpected(answer.error()));
    } else if (const auto* id = std::get_if<modbus::ServerId>(&*answer)) {
        server_id_.emplace(printable(id->data));
    } else {
        server_id_.emplace(fail(Category::untrusted, "the answer holds no server id", client_.where()));
    }
    co_return *server_id_;
}

} // namespace meterctl::sessions::modbus
