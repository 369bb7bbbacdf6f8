// Which readouts hold a set of points, and the readings made of them. An M-Bus slave is not asked for single values: it
// sends what its readout holds, and some makers' slaves have several readouts to choose from.
#pragma once

#include "codecs/mbus/point.hpp"
#include "sessions/mbus/readout.hpp"

namespace meterctl::sessions::mbus {

using codecs::mbus::HeaderPart;
using codecs::mbus::Method;
using codecs::mbus::parse_method;
using codecs::mbus::parse_point_address;
using codecs::mbus::point_address;
using codecs::mbus::PointAddress;
using codecs::mbus::reading_of;
using codecs::mbus::record_value;
using codecs::mbus::Selector;
using codecs::mbus::selectors;

class Reader {
public:
    Reader(Station& station, std::vector<Selector> selectors) : station_(station), selectors_(std::move(selectors)) {}

    /// The points in their order, a failure each where no readout holds it. The error where nothing answers.
    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points);
    /// All that the usual readout holds, under names of its own.
    Task<Result<ReadOutcome>> read_all();

private:
    struct Wanted {
        const catalogue::Point* point = nullptr;
        PointAddress address;
        std::optional<Reading> reading;
    };
    Task<Result<Readout>> ask(const Selector& selector);
    Task<void> restore(const Selector& last);
    void look_up(Wanted& wanted, const Readout& readout, bool usual) const;

    Station& station_;
    std::vector<Selector> selectors_;
};

/// The point's reading, where the readout holds it.
std::optional<Reading> reading_in(const Readout& readout, const catalogue::Point& point, const PointAddress& address);
/// The readings of a readout under names of the codec's, the header's first.
std::vector<Reading> name_all(const Readout& readout);
/// What the header says, under common names; empty where there is none.
std::vector<Reading> header_readings(const Readout& readout);
/// A part of it, as points and identify rules have it: "INM", 2; null where the meter sends no header.
Value header_value(const Readout& readout, HeaderPart part);

} // namespace meterctl::sessions::mbus
