#include "tests/codecs/mbus/any_octets.hpp"

#include "codecs/mbus/command.hpp"
#include "codecs/mbus/decoders.hpp"
#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/naming.hpp"
#include "tests/codecs/any_stream.hpp"

#include <algorithm>
#include <unordered_set>

namespace mbus_any {

namespace mbus = meterctl::codecs::mbus;
namespace codecs = meterctl::codecs;
using mbus::Step;
using meterctl::Bytes;
using meterctl::ByteView;

namespace {

using namespace std::chrono_literals;

std::string wrong_with(const codecs::DecodedFrame& frame) {
    if (!frame.readings.empty() && !mbus::decode(frame.octets)) { return "readings of a damaged frame"; }
    std::unordered_set<std::string> names;
    for (const auto& reading : frame.readings) {
        if (!names.insert(reading.name).second) { return "two readings of one name"; }
    }
    return any_stream::wrong_with(frame);
}

std::string check_stream(ByteView input) {
    return any_stream::check(mbus::decoders()[0], {}, input, 201ms, wrong_with);
}

std::string check_receiver(ByteView input) {
    if (input.empty()) { return {}; }
    const bool silent = (input[0] & 1U) != 0;
    auto octets = input.subspan(1);
    codecs::Counters counters;
    for (;;) {
        const auto step = mbus::next_frame(octets, silent, counters);
        if (step.kind == Step::Kind::need_more) {
            if (step.octets == 0 || octets.size() + step.octets > mbus::max_frame) { return "waits for too much"; }
            return silent && !octets.empty() ? "waits though nothing more comes" : "";
        }
        if (step.octets == 0 || step.octets > octets.size()) { return "a step of no octets, or past the end"; }
        if (step.kind == Step::Kind::frame && !mbus::decode(octets.first(step.octets))) { return "a bad frame"; }
        octets = octets.subspan(step.octets);
    }
}

/// What a record decodes to is encoded to what decodes alike.
std::string check_record(const mbus::Record& record, mbus::ByteOrder order) {
    // LVAR says of which type the data is, and neither the header nor the value brings that back.
    if (record.kind != mbus::Record::Kind::data || record.dib.coding == mbus::Coding::variable) { return {}; }
    const auto octets = mbus::encode_record(record.header, record.value, order);
    if (!octets) { return {}; }
    const auto again = mbus::decode_records(*octets, order);
    if (again.damage || again.records.size() != 1) { return "a record that is none once encoded"; }
    const auto was = record.value.number(), is = again.records[0].value.number();
    const bool alike = was && is ? *was == *is : again.records[0].value == record.value;
    return alike ? "" : "a value changes on its way through a record";
}

std::string check_records(ByteView input, mbus::Sender sender) {
    if (input.empty()) { return {}; }
    const auto order = (input[0] & 1U) != 0 ? mbus::ByteOrder::high_first : mbus::ByteOrder::low_first;
    const auto octets = input.subspan(1);
    const auto found = mbus::decode_records(octets, order, sender);
    if (found.records.size() > octets.size()) { return "too many records"; } // 7F alone is one
    std::size_t end = 0;
    for (const auto& record : found.records) {
        if (record.offset < end || record.vib.row == nullptr) { return "records that overlap"; }
        end = record.offset + record.octets();
        if (end > octets.size()) { return "a record past the end"; }
        if (sender == mbus::Sender::slave) {
            auto wrong = check_record(record, order);
            if (!wrong.empty()) { return wrong; }
        }
    }
    return found.damage && found.damage->offset >= octets.size() ? "a damage past the end" : "";
}

std::string check_telegram(ByteView input) {
    if (input.empty()) { return {}; }
    const auto data = input.subspan(1);
    if (mbus::command_text(input[0], data).empty()) { return "a command without words"; }
    const auto telegram = mbus::decode_telegram(input[0], data);
    return !telegram && telegram.error().what.empty() ? "an error without words" : "";
}

std::string check_texts(ByteView input) {
    const std::string text(input.begin(), input.end());
    const auto selection = mbus::parse_selection(text);
    if (!selection) { return selection.error().what.empty() ? "an error without words" : ""; }
    const auto again = mbus::parse_selection(mbus::selection_text(*selection));
    if (!again || !(*again == *selection)) { return "a selection that changes on its way through text"; }
    const auto decoded = mbus::decode_selection(mbus::encode_selection(*selection));
    return decoded && *decoded == *selection ? "" : "a selection that changes on its way through octets";
}

} // namespace

std::string check(ByteView input) {
    if (input.empty()) { return {}; }
    const auto rest = input.subspan(1);
    switch (input[0] % parts) {
    case 0:
        return check_stream(rest);
    case 1:
        return check_receiver(rest);
    case 2:
        return check_records(rest, mbus::Sender::slave);
    case 3:
        return check_records(rest, mbus::Sender::master);
    case 4:
        return check_telegram(rest);
    default:
        return check_texts(rest);
    }
}

} // namespace mbus_any
