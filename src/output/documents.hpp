// The documents of the commands, in JSON, NDJSON, CSV and as tables; docs/data-format.md describes them and
// docs/schemas/ has the JSON Schemas. Everything streams: begin, add records as they come, end.
// In NDJSON each record of a scan, a decode and a list of meters is a document of its own on a line. The same jq filter
// works on JSON and NDJSON.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/output/json_writer.hpp"
#include "src/output/options.hpp"
#include "src/output/records.hpp"
#include "src/output/rows.hpp"
#include "src/output/sink.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

/// `read`: begin / reading, failure ... / end, once for each target; the rest is shared by all targets.
class ReadDocument {
public:
    ReadDocument(Sink& sink, const Options& options);
    void begin(const Head& head);
    void reading(const Reading& reading);
    /// Failures stand behind the readings, in the order they came.
    void failure(const Failure& failure);
    void end();

private:
    Options options_;
    Sink& sink_;
    JsonWriter json_;
    Rows rows_;
    Head head_;
    std::vector<Failure> failures_;
    unsigned tables_ = 0;
};

/// `write`: begin / record, failure ... / end.
class WriteDocument {
public:
    WriteDocument(Sink& sink, const Options& options);
    void begin(const Head& head);
    void record(const WriteRecord& record);
    void failure(const Failure& failure);
    void end();

private:
    Options options_;
    Sink& sink_;
    JsonWriter json_;
    Rows rows_;
    Head head_;
    std::vector<Failure> failures_;
};

/// `scan`: begin / found, failure ... / end. `begin` wants target and time of the head only.
class ScanDocument {
public:
    ScanDocument(Sink& sink, const Options& options);
    void begin(const Head& head);
    void found(const FoundRecord& record);
    void failure(const Failure& failure);
    void end(const ScanSummary& summary);

private:
    void open();
    void close(std::span<const Failure> failures, const ScanSummary* summary);

    Options options_;
    Sink& sink_;
    JsonWriter json_;
    Rows rows_;
    Head head_;
    std::vector<Failure> failures_;
};

/// `decode`: begin / frame, failure ... / end. `meter` is the model whose definition names the values; may be empty.
class DecodeDocument {
public:
    DecodeDocument(Sink& sink, const Options& options);
    void begin(std::string_view meter = {});
    void frame(const FrameRecord& frame);
    /// Hands on what there is: call it where the input pauses. Frames of NDJSON and CSV otherwise go out in large
    /// pieces.
    void flush();
    void failure(const Failure& failure);
    /// `counters` only where they were asked for.
    void end(std::span<const CountersRecord> counters = {});

private:
    void open();
    void close(std::span<const Failure> failures, std::span<const CountersRecord> counters);
    void rows_of(const FrameRecord& frame);

    Options options_;
    Sink& sink_;
    JsonWriter json_;
    Rows rows_;
    std::string meter_;
    std::vector<Failure> failures_;
    std::uint64_t frames_ = 0;
};

/// `meters`: begin / meter ... / end. A list names each model in a line; with `points` all of it is shown.
class MetersDocument {
public:
    MetersDocument(Sink& sink, const Options& options, bool points);
    void begin();
    void meter(const catalogue::Definition& definition);
    void end();

private:
    void open();
    void close();

    Options options_;
    bool points_;
    Sink& sink_;
    JsonWriter json_;
    Rows rows_;
};

} // namespace meterctl::output
