// What `read` prints of one target: docs/schemas/read.schema.json.
#pragma once

#include "src/core/reading.hpp"
#include "src/output/json_parts.hpp"

#include <string>
#include <vector>

namespace meterctl::output {

/// What could not be had, and why. `point` is empty where the failure is the whole target's.
struct Failure {
    std::string point;
    Error error;
};

struct ReadDocument {
    std::string meter; ///< the model; empty where none was named
    std::string target;
    std::string address;
    std::string serial_number;
    DateTime time; ///< the host's, when the reading began
    std::vector<Reading> readings;
    std::vector<Failure> errors;
};

/// Writes documents as they come: JSON and NDJSON one a target, CSV a line a reading (failures too, with the error's
/// category as status), the table with a heading a target.
class ReadWriter {
public:
    ReadWriter(File& file, Style style) : file_(&file), style_(style), documents_(file, style) {}
    void write(const ReadDocument& document);
    void end();

private:
    void write_json(const ReadDocument& document);
    void write_csv(const ReadDocument& document);
    void write_table(const ReadDocument& document);

    File* file_;
    Style style_;
    Documents documents_;
    bool first_ = true;
};

} // namespace meterctl::output
