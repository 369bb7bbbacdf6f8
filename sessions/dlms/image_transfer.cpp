#include "sessions/dlms/image_transfer.hpp"

#include "codecs/dlms/crypto.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

using namespace std::chrono_literals;
using dlms::Data;

enum Attribute : std::int8_t { block_size = 2, blocks_status = 3, enabled = 5, status = 6, info = 7 };
enum Method : std::int8_t { initiate_transfer = 1, block_transfer = 2, image_verify = 3 };
enum Status : std::int64_t { initiated = 1, verifying = 2, verified = 3, verification_failed = 4 };

constexpr std::string_view busy = "dlms.action.2"; ///< temporary failure
constexpr unsigned most_busy = 60;                 ///< answers in a row that the meter is busy
constexpr auto busy_wait = 1s;
constexpr unsigned most_polls = 600;
constexpr unsigned most_rounds = 3; ///< of blocks that did not arrive
constexpr unsigned most_resumptions = 5;

bool may_go_on(const Error& error) {
    return error.category == Category::timeout || error.category == Category::endpoint ||
           error.category == Category::untrusted;
}

dlms::MethodDescriptor method_of(const dlms::PointAddress& object, std::int8_t index) {
    dlms::MethodDescriptor method;
    method.class_id = object.class_id;
    method.logical_name = object.logical_name;
    method.method = index;
    return method;
}

std::string text_of(const Data& data) {
    return std::string(data.text());
}

} // namespace

std::string image_status_name(std::int64_t number) {
    constexpr std::uint16_t image_class = 18;
    const auto* const known = dlms::find_class(image_class);
    const auto* const attribute = known == nullptr ? nullptr : dlms::find_attribute(*known, status);
    const auto label = attribute == nullptr || number < 0 || number > UINT8_MAX
                           ? std::string_view()
                           : dlms::label_of(*attribute, static_cast<std::uint8_t>(number));
    return label.empty() ? std::to_string(number) : std::string(label);
}

std::string image_identifier(const SessionOptions& options, const std::string& path) {
    const auto given = options.settings.find("image_identifier");
    if (given != options.settings.end()) { return given->second; }
    return std::filesystem::path(path).stem().string();
}

ImageTransfer::ImageTransfer(Association& association, Services& services, Reader& reader,
                             const SessionOptions& options, dlms::PointAddress object, const Bytes& image,
                             std::string identifier)
    : association_(association), services_(services), reader_(reader), options_(options), object_(std::move(object)),
      image_(image), identifier_(std::move(identifier)) {
    const auto digest = dlms::crypto::digest(dlms::crypto::Hash::sha256, image_);
    if (digest) { hash_ = to_lower(to_hex(*digest, "")); }
}

std::size_t ImageTransfer::Blocks::missing() const {
    return static_cast<std::size_t>(std::ranges::count(there, false));
}

std::size_t ImageTransfer::count() const {
    return (image_.size() + block_size_ - 1) / block_size_;
}

ImageNote ImageTransfer::note() const {
    return {hash_, image_.size(), block_size_, identifier_};
}

/// For good, where the meter says; else where it is.
std::string ImageTransfer::meter_name() const {
    const auto& title = association_.negotiated().meter_title;
    return title ? std::string(title->begin(), title->end()) : association_.link().where();
}

void ImageTransfer::say(const std::string& text) const {
    if (options_.notice) { options_.notice(text); }
}

Task<Result<Data>> ImageTransfer::attribute(std::int8_t index) {
    const auto address = attribute_beside(object_, index);
    auto data = co_await reader_.attribute(address);
    co_return data;
}

Task<Result<std::int64_t>> ImageTransfer::number(std::int8_t index) {
    const auto data = co_await attribute(index);
    if (!data) { co_return tl::unexpected(data.error()); }
    const auto whole = data->whole();
    if (whole) { co_return *whole; }
    co_return fail(Category::untrusted, fmt::format("attribute {} of the image transfer is no number", int{index}),
                   object_.text(), {}, "dlms.image");
}

/// A meter that is busy is asked again.
Task<Result<void>> ImageTransfer::act(std::int8_t method, Data parameter) {
    for (unsigned tries = 0;; ++tries) {
        const auto done = co_await services_.action(method_of(object_, method), parameter);
        if (done) { co_return Result<void>(); }
        const bool again = done.error().code == busy && tries < most_busy;
        if (!again) { co_return tl::unexpected(done.error()); }
        co_await association_.link().transport().loop().sleep_for(busy_wait);
        if (association_.link().transport().loop().interrupted()) { co_return tl::unexpected(done.error()); }
    }
}

Task<Result<Outlook>> ImageTransfer::look() {
    const auto allowed = co_await number(enabled);
    if (!allowed) { co_return tl::unexpected(allowed.error()); }
    if (*allowed == 0) {
        co_return fail(Category::rejected, "the meter takes no firmware now", object_.text(),
                       {"image_transfer_enabled=on first"}, "dlms.image.disabled");
    }
    const auto size = co_await number(block_size);
    if (!size) { co_return tl::unexpected(size.error()); }
    if (*size < 1 || *size > UINT16_MAX) {
        co_return fail(Category::untrusted, fmt::format("blocks of {} octets", *size), object_.text(), {},
                       "dlms.image");
    }
    block_size_ = static_cast<std::uint32_t>(*size);
    const auto now = co_await number(status);
    if (!now) { co_return tl::unexpected(now.error()); }
    const bool known = read_image_note(options_.counters, meter_name()) == note();
    goes_on_ = complete_ = false;
    Blocks have;
    if (known && (*now == initiated || *now == verifying || *now == verified)) {
        auto blocks_there = co_await blocks();
        if (blocks_there) { have = std::move(*blocks_there); }
        goes_on_ = have.there.size() == count();
        complete_ = goes_on_ && *now == verified;
    }
    Outlook outlook;
    Structure members;
    members.push_back({"image_transfer_status", image_status_name(*now)});
    outlook.before = std::move(members);
    outlook.notes.push_back(
        fmt::format("\"{}\": {} octets in {} blocks of {}", identifier_, image_.size(), count(), block_size_));
    if (goes_on_) {
        outlook.notes.push_back(
            fmt::format("an earlier transfer of it goes on: {} blocks are missing", have.missing()));
    } else if (*now != 0) {
        outlook.notes.push_back("what the meter holds is replaced: " + image_status_name(*now));
    }
    co_return outlook;
}

Task<Result<void>> ImageTransfer::initiate() {
    const ByteView identifier(reinterpret_cast<const std::uint8_t*>(identifier_.data()), identifier_.size());
    std::vector<Data> parts;
    parts.push_back(Data::octet_string(identifier));
    parts.push_back(Data::double_long_unsigned(static_cast<std::uint32_t>(image_.size())));
    forget_image_note(options_.counters, meter_name());
    auto begun = co_await act(initiate_transfer, Data::structure(std::move(parts)));
    if (!begun) {
        begun.error().hints.insert(begun.error().hints.begin(),
                                   "image_identifier=NAME in the endpoint: the meter may want a certain one");
        co_return begun;
    }
    auto kept = keep_image_note(options_.counters, meter_name(), note());
    co_return kept;
}

Task<Result<ImageTransfer::Blocks>> ImageTransfer::blocks() {
    const auto data = co_await attribute(blocks_status);
    if (!data) { co_return tl::unexpected(data.error()); }
    const auto* const octets = data->octets();
    if (octets == nullptr || data->type != dlms::Type::bit_string) {
        co_return fail(Category::untrusted, "the blocks that have come are told in no bit-string", object_.text(), {},
                       "dlms.image");
    }
    const std::size_t bits = octets->size() * 8 - data->unused_bits;
    Blocks found;
    found.there.reserve(bits);
    for (std::size_t at = 0; at < bits; ++at) { found.there.push_back(((*octets)[at / 8] & (0x80U >> (at % 8))) != 0); }
    co_return found;
}

/// All that are missing, again where the meter says that some did not arrive.
Task<Result<void>> ImageTransfer::send_blocks() {
    for (unsigned round = 0; round < most_rounds; ++round) {
        auto have = co_await blocks();
        if (!have) { co_return tl::unexpected(have.error()); }
        have->there.resize(count(), false);
        std::size_t done = count() - have->missing();
        if (done == count()) { co_return Result<void>(); }
        for (std::size_t at = 0; at < count(); ++at) {
            if (have->there[at]) { continue; }
            if (options_.progress) { options_.progress("blocks of firmware", done, count()); }
            const auto begin = at * block_size_;
            const auto part =
                ByteView(image_).subspan(begin, std::min<std::size_t>(block_size_, image_.size() - begin));
            std::vector<Data> parts;
            parts.push_back(Data::double_long_unsigned(static_cast<std::uint32_t>(at)));
            parts.push_back(Data::octet_string(part));
            const auto taken = co_await act(block_transfer, Data::structure(std::move(parts)));
            if (!taken) { co_return taken; }
            ++sent_;
            ++done;
        }
        if (options_.progress) { options_.progress("blocks of firmware", done, count()); }
    }
    co_return fail(Category::untrusted, "the meter takes blocks and does not keep them", object_.text(),
                   {"again later", "another client, which may write firmware"}, "dlms.image.lost");
}

Task<Result<void>> ImageTransfer::send_with_resumption() {
    for (unsigned stuck = 0;;) {
        const auto before = sent_;
        auto done = co_await send_blocks();
        if (done || !may_go_on(done.error())) { co_return done; }
        if (association_.link().transport().loop().interrupted()) { co_return done; }
        stuck = sent_ == before ? stuck + 1 : 0;
        if (stuck >= most_resumptions) {
            done.error().hints.emplace_back("the same command again, which goes on with the blocks that are missing");
            co_return done;
        }
        say("going on with the blocks that are missing: " + done.error().what);
        co_await association_.release();
        auto opened = co_await association_.open();
        if (!opened && (!may_go_on(opened.error()) || stuck + 1 >= most_resumptions)) { co_return opened; }
    }
}

/// Waits for the end of the verification. Some meters come to it only when they are asked once more; others would begin
/// anew, so that it is done ever more rarely.
Task<Result<std::int64_t>> ImageTransfer::status_verified(bool took_time) {
    constexpr unsigned first_repetition = 8;
    for (unsigned polls = 0;; ++polls) {
        auto now = co_await number(status);
        if (!now || *now != verifying || polls >= most_polls) { co_return now; }
        if (options_.progress) { options_.progress("the meter verifies the firmware", polls, 0); }
        co_await association_.link().transport().loop().sleep_for(busy_wait);
        if (association_.link().transport().loop().interrupted()) { co_return now; }
        if (!took_time || polls < first_repetition || !std::has_single_bit(polls)) { continue; }
        const auto again = co_await services_.action(method_of(object_, image_verify), Data::integer(0));
        if (!again && again.error().category != Category::refused) { co_return tl::unexpected(again.error()); }
    }
}

Task<Result<std::optional<Data>>> ImageTransfer::to_activate() {
    auto data = co_await attribute(info);
    if (!data) { co_return tl::unexpected(data.error()); }
    const auto* const list = data->items();
    std::optional<Data> found;
    for (std::size_t at = 0; list != nullptr && at < list->size(); ++at) {
        const auto *const size = (*list)[at].at(0), *const name = (*list)[at].at(1);
        const bool ours = size != nullptr && name != nullptr && text_of(*name) == identifier_ &&
                          size->whole() == static_cast<std::int64_t>(image_.size());
        if (ours) { found = (*list)[at]; }
    }
    co_return found;
}

Task<Result<CallOutcome>> ImageTransfer::verify() {
    CallOutcome outcome;
    auto asked = co_await services_.action(method_of(object_, image_verify), Data::integer(0));
    if (!asked && asked.error().category != Category::refused) { co_return tl::unexpected(asked.error()); }
    const auto end = co_await status_verified(!asked && asked.error().code == busy);
    if (!end) { co_return tl::unexpected(end.error()); }
    // Refused for another reason than that it takes time: a right, a method that is not there.
    const bool judged = *end == verified || *end == verification_failed;
    if (!judged && !asked) { co_return tl::unexpected(asked.error()); }
    const auto ready = co_await to_activate();
    if (!ready) { co_return tl::unexpected(ready.error()); }
    Structure members;
    members.push_back({"image_transfer_status", image_status_name(*end)});
    if (*ready) {
        members.push_back({"identification", identifier_});
        members.push_back({"size", static_cast<std::int64_t>(image_.size())});
        const auto* const signature = (*ready)->at(2);
        if (signature != nullptr && signature->octets() != nullptr) {
            members.push_back({"signature", *signature->octets()});
        }
    }
    outcome.read_back = std::move(members);
    outcome.verified = *end == verified && *ready;
    if (outcome.verified) {
        outcome.notes.emplace_back("image_activate makes the meter run it");
        co_return outcome;
    }
    forget_image_note(options_.counters, meter_name());
    const std::string what = *end == verified
                                 ? "the meter has verified other firmware: it lists none of this name and size"
                                 : "the meter does not find the firmware good: " + image_status_name(*end);
    outcome.trouble = Error{.category = Category::verdict,
                            .what = what,
                            .where = object_.text(),
                            .hints = {"another file: this one may be damaged, or of another model",
                                      "image_identifier=NAME in the endpoint"},
                            .code = "dlms.image.verify"};
    co_return outcome;
}

Task<Result<CallOutcome>> ImageTransfer::run() {
    auto outlook = co_await look();
    if (!outlook) { co_return tl::unexpected(outlook.error()); }
    if (!goes_on_) {
        const auto begun = co_await initiate();
        if (!begun) { co_return tl::unexpected(begun.error()); }
    }
    if (!complete_) {
        const auto sent = co_await send_with_resumption();
        if (!sent) { co_return tl::unexpected(sent.error()); }
    }
    auto outcome = co_await verify();
    if (!outcome) { co_return outcome; }
    outcome->before = std::move(outlook->before);
    outcome->notes.insert(outcome->notes.begin(), outlook->notes.begin(), outlook->notes.end());
    co_return outcome;
}

} // namespace meterctl::sessions::dlms
