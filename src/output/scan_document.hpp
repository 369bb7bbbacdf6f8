// What `scan` prints, device by device as they answer: docs/schemas/scan.schema.json.
#pragma once

#include "src/output/read_document.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace meterctl::output {

struct FoundDevice {
    std::string protocol;
    std::string address;
    std::string line;  ///< "9600 8E1"; empty for sockets
    std::string model; ///< empty where no definition fits
    std::string title;
    std::string serial_number;
    std::vector<Reading> facts; ///< vendor, versions, ...
};

struct ScanSummary {
    std::uint64_t tried = 0; ///< addresses asked, once for each line setting
    std::uint64_t planned = 0;
    bool complete = true; ///< false: ended early, by the user or by an error
    std::vector<Failure> errors;
};

/// begin(), then device() for each, then end().
class ScanWriter {
public:
    ScanWriter(File& file, Style style) : file_(&file), style_(style), json_(text_) {}
    void begin(const std::string& target, const DateTime& time);
    void device(const FoundDevice& device);
    void end(const ScanSummary& summary);

private:
    void drain();

    File* file_;
    Style style_;
    std::string target_;
    std::string time_;
    std::string text_;
    JsonWriter json_;
    std::uint64_t found_ = 0;
};

} // namespace meterctl::output
