#include "sessions/iec62056_21/writer.hpp"

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

using catalogue::Access;
using catalogue::Point;

bool may_have_been_done(const Error& error) {
    return error.category == Category::timeout || error.category == Category::untrusted;
}

/// The write itself, in programming mode that is open.
Task<Result<WriteOutcome>> write_open(Programming& programming, const Point& point, const Value& value,
                                      const iec::Command& command) {
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = value;
    const bool readable = point.access != Access::write;
    if (readable) {
        auto before = co_await read_register(programming, point);
        if (!before && before.error().category != Category::refused) { co_return tl::unexpected(before.error()); }
        if (before) { outcome.before = std::move(before->value); }
    }
    auto told = co_await programming.tell(command);
    if (!told && (!readable || !may_have_been_done(told.error()))) { co_return tl::unexpected(told.error()); }
    if (readable) {
        auto back = co_await read_register(programming, point);
        if (back) {
            outcome.verified = back->value == value;
            const auto written = iec::encode_point(point, value), read = iec::encode_point(point, back->value);
            outcome.verified = outcome.verified || (written && read && *written == *read);
            outcome.read_back = std::move(*back);
        }
    }
    if (!told && !outcome.verified) { co_return tl::unexpected(told.error()); }
    co_return outcome;
}

} // namespace

Result<iec::Command> write_command(const Point& point, const Value& value) {
    const auto at = iec::point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    if (at->kind != iec::PointAddress::Kind::reg) {
        return fail(Category::rejected, "a data set of the readout cannot be written", point.name,
                    {"reg:" + at->id + ", if it is a register of programming mode"}, "write.access");
    }
    std::string text;
    if (!value.is_null()) {
        auto encoded = iec::encode_point(point, value);
        if (!encoded) { return tl::unexpected(encoded.error()); }
        text = std::move(*encoded);
    }
    return at->write_command == 'E' ? iec::execute_command(at->id, text, at->write_type)
                                    : iec::write_command(at->id, text, at->write_type);
}

Task<Result<WriteOutcome>> write_point(Client& client, const Point& point, const Value& value) {
    const auto command = write_command(point, value);
    if (!command) { co_return tl::unexpected(command.error()); }
    Programming programming(client);
    Result<WriteOutcome> outcome;
    auto entered = co_await programming.enter();
    if (entered) {
        outcome = co_await write_open(programming, point, value, *command);
    } else {
        outcome = tl::unexpected(entered.error());
    }
    co_await programming.leave();
    co_return outcome;
}

Task<Result<Value>> execute(Client& client, const Point& point, const Value& argument) {
    const auto command = write_command(point, argument);
    if (!command) { co_return tl::unexpected(command.error()); }
    Programming programming(client);
    auto entered = co_await programming.enter();
    Result<std::string> told;
    if (entered) {
        told = co_await programming.tell(*command);
    } else {
        told = tl::unexpected(entered.error());
    }
    co_await programming.leave();
    if (!told) { co_return tl::unexpected(told.error()); }
    if (told->empty()) { co_return Value(); }
    co_return Value(*told);
}

} // namespace meterctl::sessions::iec62056_21
