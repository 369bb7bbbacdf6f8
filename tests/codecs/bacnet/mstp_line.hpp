// An RS-485 line in virtual time: octets of a node arrive at the others one by one, as the baud rate paces them. What
// nobody plays is played by the test.
#pragma once

#include "codecs/bacnet/mstp_master.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mstp_line {

using namespace meterctl::codecs::bacnet::mstp;
using meterctl::Bytes;
using std::chrono::milliseconds;

inline const TimePoint start{std::chrono::hours(1)};

/// One node alone with the test, which says what it hears and when.
struct Bench {
    explicit Bench(MasterSettings settings) : node(std::move(settings), start) {}

    MasterNode node;
    TimePoint now = start;

    /// A frame of another station; its last octet arrives now.
    void hear(FrameType type, std::uint8_t destination, std::uint8_t source, Bytes data = {}) {
        hear_octets(encode(frame(type, destination, source, std::move(data))));
    }
    void hear_octets(const Bytes& octets) { node.receive(octets, now); }
    /// Lets the time go on, and each deadline in it come.
    void wait(Duration duration) {
        const auto end = now + duration;
        for (auto due = node.next_deadline(); due && *due <= end; due = node.next_deadline()) {
            now = std::max(now, *due);
            node.advance(now);
        }
        now = end;
        node.advance(now);
    }
    /// To the next deadline.
    void wait_until_due() {
        now = std::max(now, *node.next_deadline());
        node.advance(now);
    }
    /// What was sent since the last call: "token 1>2, poll-for-master 1>3".
    std::string sent() {
        std::string text;
        for (const auto& one : node.take_transmissions()) {
            const auto decoded = decode(one.octets);
            if (!text.empty()) { text += ", "; }
            text += decoded ? type_text(decoded->type) + " " + std::to_string(decoded->source) + ">" +
                                  std::to_string(decoded->destination)
                            : "?";
        }
        return text;
    }
    /// Passes the token to the node.
    void give_token(std::uint8_t from) { hear(FrameType::token, 1, from); }
};

MasterSettings settings(std::uint8_t station = 1, std::uint8_t max_master = 4);
/// A node 1 that passed the token to node 2 once, and is idle.
Bench in_ring(MasterSettings made = settings());
/// ReadProperty of analog-input 1.
Bytes npdu();

/// Several nodes on one line.
class Line {
public:
    MasterNode& add(MasterSettings settings);
    /// Unplugs a node: it hears and says nothing any more.
    void remove(std::uint8_t station);
    [[nodiscard]] MasterNode* find(std::uint8_t station);
    void run(Duration duration);
    /// The next frame of this type is lost.
    void lose_next(FrameType type) { lose_ = type; }

    struct Spoken {
        TimePoint begin;
        Frame frame;
    };
    std::vector<Spoken> spoken;
    unsigned collisions = 0; ///< two stations sent at a time
    TimePoint now = start;

private:
    struct Station {
        std::uint8_t address;
        unsigned baud;
        std::unique_ptr<MasterNode> node;
    };
    struct Octet {
        TimePoint arrives;
        std::uint8_t from;
        std::uint8_t octet;
    };
    void collect();
    [[nodiscard]] std::optional<TimePoint> next() const;

    std::vector<Station> stations_;
    std::vector<Octet> octets_; ///< by arrival
    TimePoint busy_until_ = start;
    std::optional<FrameType> lose_;
};

} // namespace mstp_line
