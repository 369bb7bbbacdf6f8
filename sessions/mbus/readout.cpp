#include "sessions/mbus/readout.hpp"

#include <fmt/format.h>
#include <utility>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

/// Against slaves that announce more for ever.
constexpr std::size_t most_telegrams = 256;

} // namespace

std::vector<const mbus::Record*> Readout::records() const {
    std::vector<const mbus::Record*> found;
    for (const mbus::Telegram& telegram : telegrams) {
        const auto* variable = std::get_if<mbus::VariableData>(&telegram);
        if (variable == nullptr) { continue; }
        for (const mbus::Record& record : variable->content.records) {
            if (record.kind == mbus::Record::Kind::data) { found.push_back(&record); }
        }
    }
    return found;
}

std::optional<mbus::Header> Readout::header() const {
    for (const mbus::Telegram& telegram : telegrams) {
        if (const auto* variable = std::get_if<mbus::VariableData>(&telegram)) {
            if (variable->form == mbus::VariableData::Form::long_header) { return variable->header; }
        }
        if (const auto* fixed = std::get_if<mbus::FixedData>(&telegram)) {
            mbus::Header header;
            header.identity.id = fixed->id;
            header.identity.medium = fixed->medium;
            header.access = fixed->access;
            header.status = fixed->status;
            return header;
        }
    }
    return std::nullopt;
}

bool Readout::more_follows() const {
    if (telegrams.empty()) { return true; }
    const auto* variable = std::get_if<mbus::VariableData>(&telegrams.back());
    return variable != nullptr && variable->content.more_follows;
}

Result<void> take(Readout& readout, Reply reply, const std::string& where) {
    const Bytes& octets = readout.frames.emplace_back(std::move(reply.octets));
    const auto frame = mbus::decode(octets);
    if (!frame) { return tl::unexpected(frame.error()); }
    readout.primary = frame->address;
    auto telegram = mbus::decode_telegram(frame->ci, frame->data);
    if (!telegram) {
        Error error = telegram.error();
        error.where = where + ", " + error.where;
        return tl::unexpected(std::move(error));
    }
    if (const auto* refused = std::get_if<mbus::ApplicationError>(&*telegram)) {
        Error error = mbus::refusal(*refused);
        error.where = where;
        return tl::unexpected(std::move(error));
    }
    if (const auto* variable = std::get_if<mbus::VariableData>(&*telegram)) {
        if (variable->encrypted) {
            return fail(Category::untrusted, "the meter encrypts its data", where, {"the key is needed for this meter"},
                        "mbus.encrypted");
        }
        if (variable->content.damage) {
            Error error = mbus::damage_error(*variable->content.damage, variable->records_at);
            error.where = fmt::format("telegram {}, {}", readout.frames.size(), error.where);
            readout.damages.push_back(std::move(error));
        }
    }
    readout.telegrams.push_back(std::move(*telegram));
    return {};
}

Task<Result<Readout>> read_out(Station& station, std::optional<Reply> first) {
    Readout readout;
    bool repeated = false;
    while (readout.more_follows() && readout.frames.size() < most_telegrams) {
        if (!first) {
            auto reply = co_await station.request_data();
            if (!reply) { co_return tl::unexpected(reply.error()); }
            first = std::move(*reply);
        }
        // The same telegram may have come late for an earlier request; a slave that counts no frames sends it again and
        // again.
        if (!readout.frames.empty() && readout.frames.back() == first->octets) {
            if (std::exchange(repeated, true)) { break; }
            station.count_back();
            first.reset();
            continue;
        }
        auto taken = take(readout, std::move(*first), station.client().where());
        if (!taken) {
            station.start_over();
            co_return tl::unexpected(taken.error());
        }
        first.reset();
    }
    co_return readout;
}

Task<Result<Readout>> read_first(Station& station) {
    Readout readout;
    auto reply = co_await station.request_data();
    if (!reply) { co_return tl::unexpected(reply.error()); }
    auto taken = take(readout, std::move(*reply), station.client().where());
    if (!taken || readout.more_follows()) { station.start_over(); }
    if (!taken) { co_return tl::unexpected(taken.error()); }
    co_return readout;
}

} // namespace meterctl::sessions::mbus
