// M-Bus frames to JSON, in memory:
//   bench_mbus_decode readings|tree FILE ROUNDS
// FILE holds a frame in hex on each line; prints the seconds of CPU it took. `readings`: each frame is a document as
// `read` writes it, as much as other libraries say of a frame. `tree`: as `decode` writes it, each octet explained too.
#include "codecs/mbus/decoders.hpp"
#include "codecs/mbus/frame.hpp"
#include "codecs/mbus/naming.hpp"
#include "commands/frame_finder.hpp"
#include "src/core/hex.hpp"
#include "src/output/documents.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

using namespace meterctl;
namespace mbus = codecs::mbus;

namespace {

std::vector<Bytes> frames_of(const char* path) {
    std::vector<Bytes> frames;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (auto octets = from_hex(line); octets && !octets->empty()) { frames.push_back(std::move(*octets)); }
    }
    return frames;
}

struct Counted {
    std::uint64_t readings = 0, bad = 0;
};

/// False where nothing could be read.
bool write_readings(const Bytes& octets, output::ReadDocument& document, Counted& counted) {
    const auto frame = mbus::decode(octets);
    if (!frame) { return false; }
    const auto telegram = mbus::decode_telegram(frame->ci, frame->data);
    const auto* const variable = telegram ? std::get_if<mbus::VariableData>(&*telegram) : nullptr;
    const auto* const fixed = telegram ? std::get_if<mbus::FixedData>(&*telegram) : nullptr;
    if (variable == nullptr && fixed == nullptr) { return false; }
    output::Head head;
    head.meter = "mbus";
    head.address = std::to_string(frame->address);
    head.serial_number = mbus::id_text(fixed != nullptr ? fixed->id : variable->header.identity.id);
    document.begin(head);
    mbus::Namer namer(fixed != nullptr ? fixed->medium : variable->header.identity.medium);
    if (fixed != nullptr) {
        for (unsigned index = 0; index < 2; ++index) {
            document.reading(namer.reading(fixed->counters.at(index), index + 1));
            ++counted.readings;
        }
    } else {
        for (const auto& record : variable->content.records) { document.reading(namer.reading(record)); }
        counted.readings += variable->content.records.size();
    }
    document.end();
    return variable == nullptr || !variable->content.damage;
}

void all_readings(const std::vector<Bytes>& frames, long rounds, output::Sink& sink, Counted& counted) {
    output::Options options;
    options.format = output::Format::json;
    output::ReadDocument document(sink, options);
    for (; rounds > 0; --rounds) {
        for (const auto& frame : frames) { counted.bad += write_readings(frame, document, counted) ? 0U : 1U; }
    }
}

void all_trees(const std::vector<Bytes>& frames, long rounds, output::Sink& sink, Counted& counted) {
    output::Options options;
    options.format = output::Format::json;
    output::DecodeDocument document(sink, options);
    commands::FinderOptions finder_options;
    finder_options.asked_for = true;
    for (const auto& decoder : mbus::decoders()) { finder_options.decoders.push_back(&decoder); }
    document.begin();
    commands::FrameFinder finder(finder_options, [&](const output::FrameRecord& record) {
        counted.readings += record.readings.size();
        counted.bad += record.error ? 1U : 0U;
        document.frame(record);
    });
    const transports::CapturedStream stream{};
    for (; rounds > 0; --rounds) {
        for (const auto& frame : frames) { finder.chunk({stream, {}, frame, 0, false, {}}, std::string()); }
    }
    finder.finish();
    document.end();
}

} // namespace

int main(int count, char** words) {
    const std::string what = count == 4 ? words[1] : "";
    const auto frames = what.empty() ? std::vector<Bytes>{} : frames_of(words[2]);
    if (frames.empty() || (what != "readings" && what != "tree")) {
        std::fputs("usage: bench_mbus_decode readings|tree FILE ROUNDS\n", stderr);
        return 2;
    }
    const long rounds = std::strtol(words[3], nullptr, 10);
    const auto sink = output::stream_sink(std::fopen("/dev/null", "w"));
    Counted counted;
    const auto begin = std::clock();
    (what == "tree" ? all_trees : all_readings)(frames, rounds, *sink, counted);
    const double taken = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::fprintf(stderr, "%zu frames a round, %llu readings, %llu bad\n", frames.size(),
                 static_cast<unsigned long long>(counted.readings), static_cast<unsigned long long>(counted.bad));
    std::printf("%.6f\n", taken);
    return 0;
}
