// The same frames through libmbus, to its XML, in memory:
//   bench_libmbus_decode FILE ROUNDS    FILE holds a frame in hex on each line; prints the seconds of CPU it took
extern "C" {
#include <mbus/mbus-protocol.h>
}

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Octets = std::vector<unsigned char>;

std::vector<Octets> frames_of(const char* path) {
    std::vector<Octets> frames;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        Octets octets;
        std::istringstream words(line);
        for (unsigned octet = 0; words >> std::hex >> octet;) { octets.push_back(static_cast<unsigned char>(octet)); }
        if (!octets.empty()) { frames.push_back(octets); }
    }
    return frames;
}

/// Octets of XML; 0 where libmbus refuses the frame.
std::size_t to_xml(Octets octets) {
    mbus_frame frame{};
    mbus_frame_data data{};
    if (mbus_parse(&frame, octets.data(), octets.size()) != 0) { return 0; }
    std::size_t size = 0;
    if (mbus_frame_data_parse(&frame, &data) == 0) {
        if (char* const xml = mbus_frame_data_xml(&data); xml != nullptr) {
            size = std::string(xml).size();
            std::free(xml);
        }
    }
    if (data.data_var.record != nullptr) { mbus_data_record_free(data.data_var.record); }
    return size;
}

} // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fputs("usage: bench_libmbus_decode FILE ROUNDS\n", stderr);
        return 2;
    }
    const auto frames = frames_of(words[1]);
    std::size_t octets = 0, bad = 0;
    const auto begin = std::clock();
    for (long round = std::strtol(words[2], nullptr, 10); round > 0; --round) {
        for (const auto& frame : frames) {
            const auto size = to_xml(frame);
            octets += size;
            bad += size == 0 ? 1U : 0U;
        }
    }
    const double taken = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::fprintf(stderr, "%zu frames a round, %zu octets of XML, %zu bad\n", frames.size(), octets, bad);
    std::printf("%.6f\n", taken);
    return 0;
}
