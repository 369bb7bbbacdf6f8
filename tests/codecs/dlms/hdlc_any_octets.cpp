#include "tests/codecs/dlms/hdlc_any_octets.hpp"

#include "codecs/dlms/decoders.hpp"
#include "codecs/dlms/hdlc_client.hpp"
#include "codecs/dlms/hdlc_server.hpp"
#include "codecs/dlms/wrapper.hpp"
#include "tests/codecs/any_stream.hpp"

#include <algorithm>
#include <vector>

namespace hdlc_any {

namespace codecs = meterctl::codecs;
namespace hdlc = codecs::dlms::hdlc;
namespace wrapper = codecs::dlms::wrapper;
using meterctl::Bytes;
using meterctl::ByteView;

namespace {

using namespace std::chrono_literals;

std::string check_stream(ByteView input, std::string_view name) {
    const auto rows = codecs::dlms::decoders();
    return any_stream::check(*std::ranges::find(rows, name, &codecs::Decoder::name), {}, input, 3s,
                             any_stream::wrong_with);
}

std::string check_receiver(ByteView input) {
    if (input.empty()) { return {}; }
    const bool silent = (input[0] & 1U) != 0;
    bool after_flag = (input[0] & 2U) != 0;
    auto octets = input.subspan(1);
    codecs::Counters counters;
    using Kind = hdlc::Step::Kind;
    for (;;) {
        const auto step = hdlc::next_frame(octets, after_flag, silent, counters);
        if (step.kind == Kind::need_more) {
            if (step.octets == 0 || octets.size() + step.octets > hdlc::max_frame + 2) { return "waits for too much"; }
            return silent && !octets.empty() ? "waits though nothing more comes" : "";
        }
        if (step.octets == 0 || step.octets > octets.size()) { return "a step of no octets, or past the end"; }
        after_flag = step.kind == Kind::frame || step.kind == Kind::flags;
        if (step.kind == Kind::frame) {
            const auto frame = hdlc::decode(step.body);
            if (!frame) { return "a bad frame"; }
            const auto again = hdlc::encode(*frame);
            const auto body = ByteView(again).subspan(1, again.size() - 2);
            const auto decoded = hdlc::decode(body);
            if (!decoded || decoded->information != frame->information || decoded->source != frame->source) {
                return "a frame that changes on its way through octets";
            }
        }
        octets = octets.subspan(step.octets);
    }
}

/// Octets come, time passes, and things are asked for, as the input says; nothing may wait for ever.
std::string check_client(ByteView input) {
    hdlc::ClientSettings settings;
    settings.offered = {64, 64, 3, 3};
    hdlc::Client client(settings);
    hdlc::TimePoint now{};
    meterctl::ByteReader reader(input);
    while (!reader.at_end()) {
        const auto what = reader.u8();
        if (what == 0) { client.connect(now); }
        if (what == 1) { client.disconnect(now); }
        if (what == 2 && client.idle()) {
            client.send(reader.take(std::min<std::size_t>(200, reader.remaining())), now);
        }
        if (what == 3 && client.idle()) { client.poll(now); }
        if (what >= 4 && what < 64) {
            now += std::chrono::milliseconds(what * 20);
            client.advance(now);
        }
        if (what >= 64) { client.receive(reader.take(std::min<std::size_t>(what - 63U, reader.remaining())), now); }
        if (client.take_transmissions().size() > 64) { return "too many frames at once"; }
        static_cast<void>(client.take_events());
    }
    for (unsigned turn = 0; turn < 2000 && client.next_deadline(); ++turn) {
        now = std::max(now, *client.next_deadline());
        client.advance(now);
        static_cast<void>(client.take_transmissions());
        static_cast<void>(client.take_events());
    }
    return client.next_deadline() ? "a client that never comes to an end" : "";
}

std::string check_server(ByteView input) {
    hdlc::ServerSettings settings;
    settings.most = {64, 64, 3, 3};
    hdlc::Server server(settings);
    hdlc::TimePoint now{};
    meterctl::ByteReader reader(input);
    while (!reader.at_end()) {
        const auto what = reader.u8();
        if (what == 0) { server.reply(reader.take(std::min<std::size_t>(200, reader.remaining())), now); }
        if (what == 1) { server.set_busy(reader.u8() % 2 == 0); }
        if (what >= 2 && what < 64) {
            now += std::chrono::milliseconds(what * 20);
            server.advance(now);
        }
        if (what >= 64) { server.receive(reader.take(std::min<std::size_t>(what - 63U, reader.remaining())), now); }
        for (const auto& octets : server.take_transmissions()) {
            if (!hdlc::decode(ByteView(octets).subspan(1, octets.size() - 2))) { return "a bad frame sent"; }
        }
        static_cast<void>(server.take_events());
    }
    return {};
}

} // namespace

std::string check(ByteView input) {
    if (input.empty()) { return {}; }
    const auto rest = input.subspan(1);
    switch (input[0] % parts) {
    case 0:
        return check_stream(rest, "dlms-hdlc");
    case 1:
        return check_stream(rest, "dlms-wrapper");
    case 2:
        return check_receiver(rest);
    case 3:
        return check_client(rest);
    case 4:
        return check_server(rest);
    case 5:
        return check_stream(rest, "dlms-mbus");
    default:
        return !rest.empty() && wrapper::next_frame(rest).octets == 0 ? "a step of no octets" : "";
    }
}

} // namespace hdlc_any
