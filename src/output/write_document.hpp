// What `write` prints of one target: docs/schemas/write.schema.json.
#pragma once

#include "src/output/read_document.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meterctl::output {

struct FrameText {
    std::string hex;
    std::string summary;
};

struct WriteResult {
    std::string name;
    Value before; ///< null where it was not read
    Value value;  ///< as written
    Unit unit = Unit::none;
    std::string label; ///< of an enumerated value
    std::optional<Reading> read_back;
    bool verified = false;
    bool sent = true;              ///< false: a dry run
    std::vector<FrameText> frames; ///< those that a dry run would send
};

struct WriteDocument {
    std::string meter, target, address;
    DateTime time;
    bool dry_run = false;
    std::vector<WriteResult> writes;
    std::vector<Failure> errors;
};

class WriteWriter {
public:
    WriteWriter(File& file, Style style) : file_(&file), style_(style), documents_(file, style) {}
    void write(const WriteDocument& document);
    void end();

private:
    void write_json(const WriteDocument& document);
    void write_csv(const WriteDocument& document);
    void write_table(const WriteDocument& document);

    File* file_;
    Style style_;
    Documents documents_;
    bool first_ = true;
};

} // namespace meterctl::output
