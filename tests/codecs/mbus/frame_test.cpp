#include "codecs/mbus/frame.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>

namespace {

namespace mbus = meterctl::codecs::mbus;
using mbus::FrameKind;
using mbus::Step;
using meterctl::Bytes;
using meterctl::ByteView;

Bytes octets(std::string_view hex) {
    return *meterctl::from_hex(hex);
}

/// Frames printed in the M-Bus documentation 4.8, clauses 5.2 to 6.4.
struct Printed {
    const char* hex;
    FrameKind kind;
    unsigned control, address, ci;
    const char* data;
    const char* text;
};

constexpr Printed printed[] = {
    {"E5", FrameKind::ack, 0, 0, 0, "", "ACK"},
    {"10 40 01 41 16", FrameKind::short_frame, 0x40, 1, 0, "", "SND_NKE"},
    {"10 7B FE 79 16", FrameKind::short_frame, 0x7B, 254, 0, "", "REQ_UD2, FCB 1"},
    {"10 5B 05 60 16", FrameKind::short_frame, 0x5B, 5, 0, "", "REQ_UD2, FCB 0"},
    {"10 5A 01 5B 16", FrameKind::short_frame, 0x5A, 1, 0, "", "REQ_UD1, FCB 0"},
    {"10 49 01 4A 16", FrameKind::short_frame, 0x49, 1, 0, "", "REQ_SKE"},
    {"68 03 03 68 53 FE BD 0E 16", FrameKind::control_frame, 0x53, 254, 0xBD, "", "SND_UD, FCB 0"},
    {"68 06 06 68 53 FE 51 01 7A 08 25 16", FrameKind::long_frame, 0x53, 254, 0x51, "01 7A 08", "SND_UD, FCB 0"},
    {"68 04 04 68 28 05 70 08 A5 16", FrameKind::long_frame, 0x28, 5, 0x70, "08", "RSP_UD, ACD"},
};

TEST_CASE("frames of the documentation decode to their parts and are encoded to the same octets") {
    for (const auto& row : printed) {
        CAPTURE(row.hex);
        const auto whole = octets(row.hex);
        const auto frame = mbus::decode(whole);
        REQUIRE(frame);
        CHECK(frame->kind == row.kind);
        CHECK(frame->control == row.control);
        CHECK(frame->address == row.address);
        CHECK(frame->ci == row.ci);
        CHECK(meterctl::to_hex(frame->data) == row.data);
        CHECK(mbus::control_text(frame->control) == row.text);
        switch (row.kind) {
        case FrameKind::ack:
            CHECK(mbus::encode_ack() == whole);
            break;
        case FrameKind::short_frame:
            CHECK(mbus::encode_short(frame->control, frame->address) == whole);
            break;
        default:
            CHECK(*mbus::encode_long(frame->control, frame->address, frame->ci, frame->data) == whole);
        }
    }
}

TEST_CASE("a flipped bit in a frame is noticed") {
    for (const auto& row : printed) {
        const auto whole = octets(row.hex);
        if (whole.size() == 1) { continue; }
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
            CAPTURE(row.hex);
            CAPTURE(bit);
            auto damaged = whole;
            damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << bit % 8));
            CHECK_FALSE(mbus::decode(damaged));
        }
    }
}

TEST_CASE("damage is named with its octet") {
    struct Row {
        const char* hex;
        const char* code;
        const char* where;
    };
    constexpr Row rows[] = {
        {"", "mbus.length", "octet 0"},
        {"E5 E5", "mbus.length", "octet 1"},
        {"11 40 01 41 16", "mbus.start", "octet 0"},
        {"10 40 01 41", "mbus.length", "octet 0"},
        {"10 40 01 42 16", "mbus.checksum", "octet 3"},
        {"10 40 01 41 17", "mbus.stop", "octet 4"},
        {"68 03 04 68 53 FE BD 0E 16", "mbus.length", "octet 1"},
        {"68 03 03 69 53 FE BD 0E 16", "mbus.start", "octet 3"},
        {"68 02 02 68 53 FE 51 16", "mbus.length", "octet 1"},
        {"68 04 04 68 53 FE BD 0E 16", "mbus.length", "octet 1"},
        {"68 03 03 68 53 FE BD 0F 16", "mbus.checksum", "octet 7"},
        {"68 03 03 68 53 FE BD 0E 15", "mbus.stop", "octet 8"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.hex);
        const auto frame = mbus::decode(octets(row.hex));
        REQUIRE_FALSE(frame);
        CHECK(frame.error().code == row.code);
        CHECK(frame.error().where == row.where);
    }
}

TEST_CASE("252 octets of data fit into a frame and no more") {
    const Bytes most(mbus::max_data, 0x2F);
    const auto frame = mbus::encode_long(0x53, 1, 0x51, most);
    REQUIRE(frame);
    CHECK(frame->size() == mbus::max_frame);
    CHECK(mbus::decode(*frame));
    const Bytes more(mbus::max_data + 1, 0x2F);
    CHECK(mbus::encode_long(0x53, 1, 0x51, more).error().category == meterctl::Category::usage);
}

/// Everything that a receiver says of octets that come in pieces of `chunk`: "noise(3) frame(5) ...".
std::string steps(ByteView all, std::size_t chunk) {
    std::string said;
    Bytes buffer;
    meterctl::codecs::Counters counters;
    const auto run = [&](bool silent) {
        for (;;) {
            const auto step = mbus::next_frame(buffer, silent, counters);
            if (step.kind == Step::Kind::need_more) { return; }
            const auto name = step.kind == Step::Kind::frame ? std::string_view("frame") : step.why;
            said += std::string(said.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(step.octets);
            buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(step.octets));
        }
    };
    for (std::size_t at = 0; at < all.size(); at += chunk) {
        const auto part = all.subspan(at, std::min(chunk, all.size() - at));
        buffer.insert(buffer.end(), part.begin(), part.end());
        run(false);
    }
    run(true);
    CHECK(buffer.empty());
    return said;
}

TEST_CASE("a receiver finds frames among noise and damage") {
    struct Row {
        const char* hex;
        const char* said;
    };
    constexpr Row rows[] = {
        {"E5 E5 10 40 01 41 16", "frame 1, frame 1, frame 5"},
        {"68 03 03 68 53 FE BD 0E 16 E5", "frame 9, frame 1"},
        {"00 55 10 40 01 41 16", "no frame 2, frame 5"},
        {"68 04 04 68 08 01 70 E5 5E 16 E5", "frame 10, frame 1"},
        // a damaged frame is left as a whole: the E5 in it is data
        {"68 04 04 68 08 01 70 E5 5F 16 10 40 01 41 16", "checksum 10, frame 5"},
        // an octet was lost: the next frame ends up in the damaged one, and is found there
        {"68 04 04 68 08 01 70 5E 16 10 40 01 41 16", "length 9, frame 5"},
        {"68 10 10 68 08 01", "incomplete 6"},
        {"10 40 01 41", "incomplete 4"},
        {"68 05 05 68 08 10 40 01 41 16", "incomplete 5, frame 5"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.hex);
        CHECK(steps(octets(row.hex), 1000) == row.said);
    }
    CHECK(steps(octets("00 55 10 40 01 41 16"), 1) == "no frame 1, no frame 1, frame 5");
    CHECK(steps(octets("68 04 04 68 08 01 70 5E 16 10 40 01 41 16"), 1) == "length 9, frame 5");
}

TEST_CASE("a receiver waits for what a frame still needs") {
    meterctl::codecs::Counters counters;
    const auto needs = [&](std::string_view hex) {
        const auto step = mbus::next_frame(octets(hex), false, counters);
        CHECK(step.kind == Step::Kind::need_more);
        return step.octets;
    };
    CHECK(needs("") == 1);
    CHECK(needs("10") == 4);
    CHECK(needs("68 03") == 2);
    CHECK(needs("68 03 03 68 53") == 4);
}

} // namespace
