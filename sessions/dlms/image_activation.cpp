#include "codecs/dlms/data_value.hpp"
#include "sessions/dlms/image_transfer.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;

enum Status : std::int64_t { verified = 3, activating = 5, activated = 6, activation_failed = 7 };

constexpr auto between_looks = 2s;
constexpr unsigned most_looks = 300;

bool may_go_on(const Error& error) {
    return error.category == Category::timeout || error.category == Category::endpoint ||
           error.category == Category::untrusted;
}

/// The firmware that runs, by the standard's code.
dlms::PointAddress version_address() {
    dlms::PointAddress address;
    address.class_id = 1;
    address.logical_name = {1, 0, 0, 2, 0, 255};
    return address;
}

const Value* member(const Value& value, std::string_view name) {
    const auto* const members = value.get<Structure>();
    if (members == nullptr) { return nullptr; }
    for (const NamedValue& one : *members) {
        if (one.name == name) { return &one.value; }
    }
    return nullptr;
}

} // namespace

ImageActivation::ImageActivation(Association& association, Services& services, Reader& reader,
                                 dlms::PointAddress method)
    : association_(association), services_(services), reader_(reader), method_(std::move(method)) {}

Task<Result<std::int64_t>> ImageActivation::status() {
    const auto address = attribute_beside(method_, 6);
    const auto data = co_await reader_.attribute(address);
    if (!data) { co_return tl::unexpected(data.error()); }
    const auto number = data->whole();
    if (number) { co_return *number; }
    co_return fail(Category::untrusted, "image_transfer_status is no number", address.text(), {}, "dlms.image");
}

Task<Result<Value>> ImageActivation::shown() {
    const auto now = co_await status();
    if (!now) { co_return tl::unexpected(now.error()); }
    Structure members;
    members.push_back({"image_transfer_status", image_status_name(*now)});
    const auto address = version_address();
    const auto version = co_await reader_.attribute(address);
    if (!version && may_go_on(version.error())) { co_return tl::unexpected(version.error()); }
    if (version) { members.push_back({"software_version", dlms::to_value(*version).value}); }
    co_return Value(std::move(members));
}

Task<Result<Outlook>> ImageActivation::look() {
    auto before = co_await shown();
    if (!before) { co_return tl::unexpected(before.error()); }
    const auto now = co_await status();
    if (!now) { co_return tl::unexpected(now.error()); }
    if (*now != verified) {
        co_return fail(Category::rejected, "the meter has no firmware that it has verified: " + image_status_name(*now),
                       method_.text(), {"image=FILE first, which transfers it and has it verified"},
                       "dlms.image.not_verified");
    }
    Outlook outlook;
    outlook.before = std::move(*before);
    const auto address = attribute_beside(method_, 7);
    const auto ready = co_await reader_.attribute(address);
    const auto* const list = ready ? ready->items() : nullptr;
    for (std::size_t at = 0; list != nullptr && at < list->size(); ++at) {
        const auto *const size = (*list)[at].at(0), *const name = (*list)[at].at(1);
        if (size == nullptr || name == nullptr) { continue; }
        outlook.notes.push_back(fmt::format("\"{}\", {} octets, takes over, and the meter restarts", name->text(),
                                            size->whole().value_or(0)));
    }
    co_return outlook;
}

/// Until the meter may be there again; an association that broke is made anew.
Task<Result<void>> ImageActivation::wait(const Error* broken) {
    transports::Loop& loop = association_.link().transport().loop();
    if (loop.interrupted()) {
        co_return fail(Category::interrupted, "the activation goes on in the meter", method_.text(), {}, "interrupted");
    }
    co_await loop.sleep_for(between_looks);
    if (broken == nullptr) { co_return Result<void>(); }
    co_await association_.release();
    auto opened = co_await association_.open();
    if (!opened && may_go_on(opened.error())) { co_return Result<void>(); }
    co_return opened;
}

Task<Result<CallOutcome>> ImageActivation::run() {
    auto outlook = co_await look();
    if (!outlook) { co_return tl::unexpected(outlook.error()); }
    dlms::MethodDescriptor activate;
    activate.class_id = method_.class_id;
    activate.logical_name = method_.logical_name;
    activate.method = method_.index;
    const auto asked = co_await services_.action(std::move(activate), dlms::Data::integer(0));
    const bool later = !asked && (asked.error().code == "dlms.action.2" || may_go_on(asked.error()));
    if (!asked && !later) { co_return tl::unexpected(asked.error()); }
    CallOutcome outcome;
    outcome.before = std::move(outlook->before);
    outcome.notes = std::move(outlook->notes);
    const auto* const old = member(outcome.before, "software_version");
    Result<Value> now = Value();
    for (unsigned looks = 0; looks < most_looks; ++looks) {
        const Error* const broken = !now                                               ? &now.error()
                                    : !asked && looks == 0 && may_go_on(asked.error()) ? &asked.error()
                                                                                       : nullptr;
        const auto waited = co_await wait(broken);
        if (!waited) { co_return tl::unexpected(waited.error()); }
        now = co_await shown();
        if (!now && !may_go_on(now.error())) { co_return tl::unexpected(now.error()); }
        if (!now) { continue; }
        const auto* const name = member(*now, "image_transfer_status");
        const auto* const version = member(*now, "software_version");
        const bool new_one = old != nullptr && version != nullptr && !(*old == *version);
        outcome.read_back = *now;
        outcome.verified = new_one || (name != nullptr && *name == Value(image_status_name(activated)));
        const bool failed = name != nullptr && *name == Value(image_status_name(activation_failed));
        if (outcome.verified || failed) { break; }
    }
    if (!now) { co_return tl::unexpected(now.error()); }
    if (!outcome.verified) {
        outcome.trouble = not_followed("the new firmware does not run", method_,
                                       {"again later: some meters activate at night", "the meter's log of firmware"});
    }
    co_return outcome;
}

} // namespace meterctl::sessions::dlms
