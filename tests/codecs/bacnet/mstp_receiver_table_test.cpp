// Every transition of the receive frame state machine (clause 9.5.4), by name: what came before, what comes, in which
// state that ends, and what is made of it.
#include "codecs/bacnet/mstp_receiver.hpp"
#include "tests/codecs/bacnet/mstp_line.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <array>
#include <doctest/doctest.h>
#include <set>

using namespace mstp_line;
using State = Receiver::State;

namespace {

enum class Event : std::uint8_t { octets, error, silence };
enum class Found : std::uint8_t { nothing, for_us, for_others, invalid };

/// HEADER_CRC and DATA_CRC are left within the octet that enters them.
struct Row {
    const char *state, *transition;
    const char* before; ///< octets that lead to the state
    State in;
    Event event;
    const char* octets;
    State after;
    Found found;
};

// Station 1 receives a frame of type 6 from station 2, with five octets of data.

const std::array rows{
    Row{"IDLE", "EatAnError", "", State::idle, Event::error, "", State::idle, Found::nothing},
    Row{"IDLE", "EatAnOctet", "", State::idle, Event::octets, "AA", State::idle, Found::nothing},
    Row{"IDLE", "Preamble1", "", State::idle, Event::octets, "55", State::preamble, Found::nothing},

    Row{"PREAMBLE", "Timeout", "55", State::preamble, Event::silence, "", State::idle, Found::nothing},
    Row{"PREAMBLE", "Error", "55", State::preamble, Event::error, "", State::idle, Found::nothing},
    Row{"PREAMBLE", "RepeatedPreamble1", "55", State::preamble, Event::octets, "55", State::preamble, Found::nothing},
    Row{"PREAMBLE", "NotPreamble", "55", State::preamble, Event::octets, "AA", State::idle, Found::nothing},
    Row{"PREAMBLE", "Preamble2", "55", State::preamble, Event::octets, "FF", State::header, Found::nothing},

    Row{"HEADER", "Timeout", "55FF06", State::header, Event::silence, "", State::idle, Found::invalid},
    Row{"HEADER", "Error", "55FF06", State::header, Event::error, "", State::idle, Found::invalid},
    Row{"HEADER", "FrameType", "55FF", State::header, Event::octets, "06", State::header, Found::nothing},
    Row{"HEADER", "Destination", "55FF06", State::header, Event::octets, "01", State::header, Found::nothing},
    Row{"HEADER", "Source", "55FF0601", State::header, Event::octets, "02", State::header, Found::nothing},
    Row{"HEADER", "Length1", "55FF060102", State::header, Event::octets, "00", State::header, Found::nothing},
    Row{"HEADER", "Length2", "55FF06010200", State::header, Event::octets, "05", State::header, Found::nothing},
    Row{"HEADER", "HeaderCRC", "55FF0601020005", State::header, Event::octets, "52", State::data, Found::nothing},

    Row{"HEADER_CRC", "BadCRC", "55FF0601020005", State::header, Event::octets, "61", State::idle, Found::invalid},
    Row{"HEADER_CRC", "NotForUs", "55FF0002010000", State::header, Event::octets, "73", State::idle, Found::for_others},
    Row{"HEADER_CRC", "DataNotForUs", "55FF0503020004", State::header, Event::octets, "34", State::skip_data,
        Found::nothing},
    Row{"HEADER_CRC", "FrameTooLong", "55FF0601020FFF", State::header, Event::octets, "07", State::idle,
        Found::invalid},
    Row{"HEADER_CRC", "NoData", "55FF0001020000", State::header, Event::octets, "40", State::idle, Found::for_us},
    Row{"HEADER_CRC", "Data", "55FF0601020005", State::header, Event::octets, "52", State::data, Found::nothing},

    Row{"DATA", "Timeout", "55FF0601020005 52 01", State::data, Event::silence, "", State::idle, Found::invalid},
    Row{"DATA", "Error", "55FF0601020005 52 01", State::data, Event::error, "", State::idle, Found::invalid},
    Row{"DATA", "DataOctet", "55FF0601020005 52 01", State::data, Event::octets, "00", State::data, Found::nothing},
    Row{"DATA", "CRC1", "55FF0601020005 52 010020010F", State::data, Event::octets, "27", State::data, Found::nothing},
    Row{"DATA", "CRC2", "55FF0601020005 52 010020010F 27", State::data, Event::octets, "26", State::idle,
        Found::for_us},
    Row{"DATA_CRC", "BadCRC", "55FF0601020005 52 010020010F 27", State::data, Event::octets, "27", State::idle,
        Found::invalid},
    Row{"DATA_CRC", "GoodCRC", "55FF0601020005 52 010020010F 27", State::data, Event::octets, "26", State::idle,
        Found::for_us},

    Row{"SKIP_DATA", "Timeout", "55FF0503020004 34 01", State::skip_data, Event::silence, "", State::idle,
        Found::invalid},
    Row{"SKIP_DATA", "Error", "55FF0503020004 34 01", State::skip_data, Event::error, "", State::idle, Found::invalid},
    Row{"SKIP_DATA", "DataOctet", "55FF0503020004 34 01", State::skip_data, Event::octets, "02", State::skip_data,
        Found::nothing},
    Row{"SKIP_DATA", "Done", "55FF0503020004 34 0102030405", State::skip_data, Event::octets, "06", State::idle,
        Found::invalid},
};

Found kind_of(const std::optional<Heard>& heard) {
    if (!heard) { return Found::nothing; }
    if (!heard->valid) { return Found::invalid; }
    return heard->for_us ? Found::for_us : Found::for_others;
}

} // namespace

TEST_CASE("MS/TP: every transition of the receive frame state machine of clause 9.5.4") {
    constexpr auto abort = milliseconds(100);
    for (const Row& row : rows) {
        INFO(row.state, " ", row.transition);
        Receiver receiver(1, abort);
        auto now = start;
        for (const auto octet : bacnet_vectors::octets(row.before)) { CHECK_FALSE(receiver.octet(octet, now)); }
        REQUIRE(receiver.state() == row.in);
        const auto events = receiver.events();
        std::optional<Heard> heard;
        switch (row.event) {
        case Event::octets:
            heard = receiver.octet(bacnet_vectors::octets(row.octets).at(0), now);
            CHECK(receiver.events() == events + 1);
            break;
        case Event::error:
            heard = receiver.error(now);
            CHECK(receiver.events() == events + 1);
            break;
        case Event::silence:
            now += abort - std::chrono::nanoseconds(1);
            CHECK_FALSE(receiver.advance(now));
            REQUIRE(receiver.state() == row.in);
            now += std::chrono::nanoseconds(1);
            heard = receiver.advance(now);
            CHECK(receiver.events() == events);
            break;
        }
        CHECK(receiver.state() == row.after);
        CHECK(kind_of(heard) == row.found);
    }
}

TEST_CASE("MS/TP: the table has each transition of the receive machine once") {
    std::set<std::pair<std::string, std::string>> walked;
    for (const Row& row : rows) { CHECK(walked.emplace(row.state, row.transition).second); }
    const std::vector<std::pair<const char*, std::size_t>> standard{
        {"IDLE", 3}, {"PREAMBLE", 5}, {"HEADER", 8}, {"HEADER_CRC", 6}, {"DATA", 5}, {"DATA_CRC", 2}, {"SKIP_DATA", 4},
    };
    for (const auto& [state, count] : standard) {
        CHECK_MESSAGE(std::ranges::count(rows, std::string_view(state), &Row::state) == count, state);
    }
}
