#include "simulators/mbus_meter.hpp"

#include "codecs/mbus/command.hpp"
#include "codecs/mbus/telegram.hpp"

#include <algorithm>
#include <array>

namespace meterctl::simulators {

namespace mbus = codecs::mbus;

namespace {

constexpr std::uint8_t coding_mask = 0x0F, selection_coding = 0x08;
constexpr std::uint8_t extended = 0x80;
constexpr std::size_t header_octets_of_answer = 12;
constexpr double seconds_per_hour = 3600;
/// 2026-01-01T00:00:00Z, when the counters that count by the hour had their constants.
constexpr std::chrono::seconds counting_began{1'767'225'600};

const Bytes header_primary{0x01, 0x7A}, header_id{0x0C, 0x79}, header_address{0x07, 0x79};
const Bytes header_time_f{0x04, 0x6D}, header_time_i{0x06, 0x6D};
const Bytes any_storage_any_value{0xC8, 0x3F, 0x7E};

Bytes without_coding(ByteView header) {
    Bytes out(header.begin(), header.end());
    out.front() = static_cast<std::uint8_t>(out.front() & ~coding_mask);
    return out;
}

bool is(ByteView header, const Bytes& known) {
    return std::ranges::equal(header, known);
}

std::ptrdiff_t extensions(ByteView chain) {
    return std::ranges::count_if(chain, [](std::uint8_t octet) { return (octet & extended) != 0; });
}

} // namespace

std::optional<Bytes> MbusMeter::receive(const mbus::Frame& frame) {
    if (!mbus::is_request(frame.control) || frame.kind == mbus::FrameKind::ack) { return std::nullopt; }
    if (frame.address == mbus::address::selected) {
        const bool selection = frame.kind != mbus::FrameKind::short_frame && frame.ci == mbus::ci::selection;
        if (selection) { return select(frame) ? std::optional(mbus::encode_ack()) : std::nullopt; }
        return selected_ ? serve(frame, selected_link_) : std::nullopt;
    }
    const bool all = frame.address == mbus::address::broadcast || frame.address == mbus::address::broadcast_quiet;
    if (!all && frame.address != setup_.primary) { return std::nullopt; }
    auto reply = serve(frame, primary_link_);
    return frame.address == mbus::address::broadcast_quiet ? std::nullopt : reply;
}

bool MbusMeter::select(const mbus::Frame& frame) {
    const auto selection = mbus::decode_selection(frame.data);
    selected_ = selection && mbus::matches(*selection, setup_.identity) && takes_part(selection->fabrication);
    if (selected_) { selected_link_ = Link(); }
    return selected_;
}

bool MbusMeter::takes_part(std::optional<std::uint32_t> fabrication) const {
    if (!fabrication) { return true; }
    if (!setup_.fabrication) { return false; }
    mbus::Selection digits;
    digits.wanted.id = *fabrication;
    mbus::Identity own;
    own.id = *setup_.fabrication;
    return mbus::matches(digits, own);
}

std::optional<Bytes> MbusMeter::serve(const mbus::Frame& frame, Link& link) {
    using namespace mbus::control;
    const auto function = static_cast<std::uint8_t>(frame.control & ~(fcb | fcv));
    if (frame.kind != mbus::FrameKind::short_frame) {
        if (function == (snd_ud & ~fcv)) {
            error_ = apply(frame.ci, frame.data);
            primary_link_ = selected_link_ = Link(); // what was sent before is no answer to what is asked for now
        }
        return mbus::encode_ack();
    }
    if (function == (req_ud2 & ~fcv)) { return answer(frame.control, link); }
    if (frame.control == snd_nke) {
        link = Link();
        if (&link == &selected_link_) { selected_ = false; }
    }
    return mbus::encode_ack();
}

Bytes MbusMeter::answer(std::uint8_t control, Link& link) {
    const bool counted = (control & mbus::control::fcv) != 0, bit = (control & mbus::control::fcb) != 0;
    if (counted && link.frame_count == bit && !link.last.empty()) { return link.last; }
    link.frame_count = counted ? std::optional(bit) : std::nullopt;
    if (error_) {
        const Bytes code{static_cast<std::uint8_t>(*std::exchange(error_, std::nullopt))};
        link.last = response(mbus::ci::application_error, code);
        return link.last;
    }
    if (link.next >= link.telegrams.size()) { link.next = 0; }
    if (link.next == 0) { link.telegrams = readout(); }
    const Bytes& records = link.telegrams.at(link.next++);
    mbus::Header header;
    header.identity = setup_.identity;
    header.access = access_++;
    const bool more = link.next < link.telegrams.size();
    link.last = response(mbus::ci::variable_data, mbus::encode_variable(header, records, more));
    return link.last;
}

Bytes MbusMeter::response(std::uint8_t ci, ByteView data) const {
    return mbus::encode_long(mbus::control::rsp_ud, setup_.primary, ci, data).value_or(Bytes());
}

void MbusMeter::restart() {
    groups_.reset();
    wanted_.clear();
}

MbusMeter::Outcome MbusMeter::apply(std::uint8_t ci, ByteView data) {
    if (ci == mbus::ci::application_reset) {
        restart();
        return std::nullopt;
    }
    if (ci == mbus::ci::data_send) { return take_records(data); }
    if (const auto selector = setup_.selectors.find(ci); selector != setup_.selectors.end()) {
        restart();
        groups_ = selector->second;
        return std::nullopt;
    }
    const auto baud = mbus::baud_of(ci);
    if (!baud || std::ranges::find(setup_.bauds, *baud) == setup_.bauds.end()) { return ApplicationError::unknown_ci; }
    new_baud_ = baud;
    return std::nullopt;
}

MbusMeter::Outcome MbusMeter::take_records(ByteView data) {
    wanted_.clear();
    while (!data.empty() && data.front() != mbus::dif::manufacturer_data) {
        const std::uint8_t dif = data.front();
        if (dif == mbus::dif::filler || dif == mbus::dif::global_readout) {
            data = data.subspan(1);
            continue;
        }
        const std::size_t header = header_octets(data);
        const auto octets = data_octets(dif);
        if (header == 0 || !octets || header + *octets > data.size()) { return ApplicationError::premature_end; }
        if (const auto error = take_record(data.first(header), data.subspan(header, *octets))) { return error; }
        data = data.subspan(header + *octets);
    }
    return std::nullopt;
}

MbusMeter::Outcome MbusMeter::take_record(ByteView header, ByteView data) {
    const auto dib_end = std::ranges::find_if(header, [](std::uint8_t octet) { return (octet & extended) == 0; });
    const auto dib = static_cast<std::size_t>(dib_end - header.begin()) + 1;
    if (extensions(header.first(dib)) > static_cast<std::ptrdiff_t>(mbus::max_extensions)) {
        return ApplicationError::too_many_difes;
    }
    if (extensions(header.subspan(dib)) > static_cast<std::ptrdiff_t>(mbus::max_extensions)) {
        return ApplicationError::too_many_vifes;
    }
    if ((header.front() & coding_mask) == selection_coding) {
        if (!is(header, any_storage_any_value)) { wanted_.push_back(without_coding(header)); }
        return std::nullopt;
    }
    Bytes own = mbus::encode_selection({setup_.identity, std::nullopt});
    if (is(header, header_primary) && data.front() <= mbus::address::last_primary) {
        setup_.primary = data.front();
    } else if (is(header, header_id) || is(header, header_address)) {
        std::ranges::copy(data, own.begin());
        setup_.identity = mbus::decode_selection(own).value_or(mbus::Selection{setup_.identity, {}}).wanted;
    } else if (const auto time =
                   is(header, header_time_f) || is(header, header_time_i) ? decode_time(data) : std::nullopt) {
        clock_ahead_ = time->to_utc().value_or(model_.clock()) - model_.clock();
    } else {
        return ApplicationError::unspecified;
    }
    return std::nullopt;
}

bool MbusMeter::is_wanted(const MbusRecord& record) const {
    if (!wanted_.empty()) { return std::ranges::find(wanted_, without_coding(record.header)) != wanted_.end(); }
    const auto& groups = groups_ ? *groups_ : setup_.usual_groups;
    return groups.empty() || std::ranges::find(groups, record.group) != groups.end();
}

/// The records, as many in a telegram as it holds; each telegram but the last ends with the mark that more follows.
std::vector<Bytes> MbusMeter::readout() const {
    constexpr std::size_t room = mbus::max_data - header_octets_of_answer - 1;
    std::vector<Bytes> telegrams(1);
    for (const MbusRecord& record : setup_.records) {
        if (!is_wanted(record)) { continue; }
        const Bytes data = data_of(record);
        if (telegrams.back().size() + record.header.size() + data.size() > room) { telegrams.emplace_back(); }
        Bytes& telegram = telegrams.back();
        telegram.insert(telegram.end(), record.header.begin(), record.header.end());
        telegram.insert(telegram.end(), data.begin(), data.end());
    }
    return telegrams;
}

Bytes MbusMeter::data_of(const MbusRecord& record) const {
    if (!record.fixed.empty()) { return record.fixed; }
    if (record.clock) {
        const auto octets = data_octets(record.header.front()).value_or(4);
        return encode_time(octets, DateTime::from_utc(model_.clock() + clock_ahead_));
    }
    if (record.quantity) { return encode_value(record.header, model_.value(*record.quantity)); }
    const std::chrono::duration<double> age = model_.clock().time_since_epoch() - counting_began;
    return encode_value(record.header, record.constant + record.per_hour * age.count() / seconds_per_hour);
}

} // namespace meterctl::simulators
