#include "codecs/iec62056_21/telegram_stream.hpp"

#include "codecs/iec62056_21/explain.hpp"
#include "codecs/iec62056_21/readings.hpp"
#include "src/core/text.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::size_t slice = 1024;

using Check = Telegram::Check;

struct CheckText {
    Check check;
    std::string_view text;
};

constexpr std::array check_texts{
    CheckText{Check::good, "good"},
    CheckText{Check::good_x25, "good as CRC-16/X-25"},
    CheckText{Check::good_restored, "good with CR LF put back: a program left LF alone"},
};

std::string text_of(const Telegram& telegram) {
    for (const auto& one : check_texts) {
        if (one.check == telegram.check) { return std::string(one.text); }
    }
    return fmt::format("wrong, computed {:04X}", telegram.computed);
}

Field plain(std::string name, std::string value, std::size_t offset) {
    const auto length = value.size();
    return {std::move(name), Value(std::move(value)), {}, offset, length, {}};
}

} // namespace

void TelegramStream::feed(ByteView chunk, const ChunkInfo& /*info*/, const FrameSink& sink) {
    while (!chunk.empty()) {
        const auto part = chunk.first(std::min(slice, chunk.size()));
        lane_.append(part, position_);
        position_ += part.size();
        counters_.octets += part.size();
        run(false, sink);
        chunk = chunk.subspan(part.size());
    }
}

void TelegramStream::finish(const FrameSink& sink) {
    run(true, sink);
}

void TelegramStream::run(bool silent, const FrameSink& sink) {
    while (!lane_.view().empty()) {
        auto counters = counters_;
        const auto step = next_telegram(lane_.view(), silent, counters);
        if (step.kind == Step::Kind::need_more) { return; }
        const auto held = lane_.view().size();
        const bool noise = step.kind == Step::Kind::skip && step.octets == held && held < slice;
        if (noise && !silent) { return; } // more of it can come
        counters_ = counters;
        DecodedFrame frame;
        frame.protocol = "dsmr-p1";
        frame.offset = lane_.offset();
        const auto view = lane_.view().first(step.octets);
        frame.octets.assign(view.begin(), view.end());
        const auto telegram = decode_telegram(view);
        const bool whole = step.kind == Step::Kind::frame && telegram;
        whole ? explain(frame, *telegram) : explain_cut(frame, step.why);
        lane_.drop(step.octets);
        sink(std::move(frame));
    }
}

void TelegramStream::explain(DecodedFrame& frame, const Telegram& telegram) {
    constexpr std::size_t maker_at = 1, text_at = 5;
    const auto& who = telegram.identification;
    const auto count = telegram.data.sets.size();
    frame.summary = fmt::format("telegram of {} {}, {} data set{}", who.manufacturer, trim(who.product()), count,
                                count == 1 ? "" : "s");
    frame.fields.push_back(plain("manufacturer", who.manufacturer, maker_at));
    frame.fields.push_back(plain("identification", who.text, text_at));
    for (auto& field : block_fields(telegram.data, telegram.data_offset)) { frame.fields.push_back(std::move(field)); }
    if (telegram.check != Check::missing) {
        const auto at = telegram.mark + 1;
        const auto digits = std::min<std::size_t>(4, frame.octets.size() - at);
        frame.fields.push_back({"crc", Value(fmt::format("{:04X}", telegram.sent)), text_of(telegram), at, digits, {}});
    }
    if (telegram.check != Check::wrong) {
        frame.readings = telegram_readings(telegram, options_.meter);
        return;
    }
    ++counters_.crc_errors;
    frame.error = Error{Category::untrusted,
                        fmt::format("CRC {:04X}, computed {:04X}", telegram.sent, telegram.computed),
                        {},
                        {"the next telegram, as noise on the line changes octets"},
                        "dsmr.crc"};
}

void TelegramStream::explain_cut(DecodedFrame& frame, const std::string& why) {
    const std::string text(frame.octets.begin(), frame.octets.end());
    const auto first_line = text.find('\n');
    if (text.front() == '/' && first_line != std::string::npos) {
        frame.summary = "the beginning of a telegram";
        Telegram telegram;
        telegram.data = parse_block(std::string_view(text).substr(first_line + 1));
        frame.fields = block_fields(telegram.data, first_line + 1);
        frame.readings = telegram_readings(telegram, options_.meter);
        for (auto& reading : frame.readings) { reading.flags.emplace_back("unverified"); }
    } else {
        frame.summary = fmt::format("{} octet{} that {} no telegram", text.size(), text.size() == 1 ? "" : "s",
                                    text.size() == 1 ? "is" : "are");
    }
    frame.error = Error{Category::untrusted, why, {}, {}, "dsmr.incomplete"};
}

} // namespace meterctl::codecs::iec62056_21
