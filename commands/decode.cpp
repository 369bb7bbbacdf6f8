// `meterctl decode [INPUT...]`
#include "commands/decode_input.hpp"
#include "commands/frame_finder.hpp"
#include "commands/keys.hpp"
#include "commands/listening.hpp"
#include "commands/models.hpp"
#include "commands/records.hpp"
#include "commands/subcommands.hpp"
#include "commands/values.hpp"
#include "sessions/protocols.hpp"
#include "src/core/text.hpp"
#include "transports/capture_input.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace meterctl::commands {

namespace {

/// The decoders that --protocol names: one by its own name, all of a protocol, or all there are.
Result<FinderOptions> finder_options(const std::string& name) {
    FinderOptions options;
    options.asked_for = name != "auto";
    std::vector<std::string> known{"auto"};
    for (const sessions::Protocol& protocol : sessions::protocols()) {
        known.emplace_back(protocol.name);
        for (const codecs::Decoder& decoder : protocol.decoders) {
            if (decoder.name != protocol.name) { known.emplace_back(decoder.name); }
            if (!options.asked_for || name == protocol.name || name == decoder.name) {
                options.decoders.push_back(&decoder);
            }
        }
    }
    if (!options.decoders.empty()) { return options; }
    std::vector<std::string> hints = nearest(name, known, 2);
    if (hints.empty()) { hints = known; }
    return fail(Category::usage, "nothing here decodes \"" + name + "\"", {}, std::move(hints),
                "usage.unknown_protocol");
}

transports::CaptureOptions capture_options(const FinderOptions& finder) {
    transports::CaptureOptions options;
    for (const codecs::Decoder* decoder : finder.decoders) {
        options.server_ports.insert(options.server_ports.end(), decoder->tcp_ports.begin(), decoder->tcp_ports.end());
        options.server_ports.insert(options.server_ports.end(), decoder->udp_ports.begin(), decoder->udp_ports.end());
    }
    return options;
}

output::Options document_options(const Arguments& arguments) {
    output::Options options = output_options(arguments);
    options.summary = arguments.flag("--summary");
    return options;
}

struct Job {
    std::vector<DecodeInput> inputs;
    FinderOptions finder;
    std::optional<transports::Duration> duration;
};

Result<Job> plan_job(const Arguments& arguments, const Models& models, const Io& io) {
    Job job;
    auto finder = finder_options(arguments.text("--protocol"));
    if (!finder) { return tl::unexpected(finder.error()); }
    job.finder = std::move(*finder);
    const std::string model = arguments.given("--meter") ? arguments.text("--meter") : models.only_file;
    if (!model.empty()) {
        const auto meter = models.catalogue.find(model);
        if (!meter) { return tl::unexpected(meter.error()); }
        job.finder.meter = *meter;
    }
    const output::Options shown = document_options(arguments);
    job.finder.readings = !shown.summary;
    job.finder.fields = !shown.summary && shown.format != output::Format::csv;
    auto keys = keys_of(arguments, io);
    if (!keys) { return tl::unexpected(keys.error()); }
    job.finder.keys = std::move(*keys);
    if (arguments.given("--for")) {
        const auto duration = parse_duration("--for", arguments.text("--for"));
        if (!duration) { return tl::unexpected(duration.error()); }
        job.duration = *duration;
    }
    auto inputs = decode_inputs(arguments.all("INPUT"));
    if (!inputs) { return tl::unexpected(inputs.error()); }
    job.inputs = std::move(*inputs);
    return job;
}

class Decoding {
public:
    Decoding(const Job& job, output::Sink& sink, const Arguments& arguments, Io& io)
        : job_(job), sink_(sink), io_(io), document_(sink, document_options(arguments)),
          stats_(arguments.flag("--stats")), summary_(arguments.flag("--summary")) {}

    int run();

private:
    void take(const DecodeInput& input);
    void take_source(transports::CaptureSource& source, const DecodeInput& input, FrameFinder& finder);
    void take_live(const DecodeInput& input, FrameFinder& finder);
    void frame(output::FrameRecord&& record);
    void failed(const std::string& name, const Error& error);
    void tell_counters() const;
    [[nodiscard]] int code() const;

    const Job& job_;
    output::Sink& sink_;
    Io& io_;
    output::DecodeDocument document_;
    bool stats_, summary_;
    std::vector<output::CountersRecord> counters_;
    std::uint64_t good_ = 0, bad_ = 0;
    std::optional<Category> ended_;
};

/// What stands between frames is neither good nor bad.
bool is_fill(const output::FrameRecord& record) {
    return record.fields.size() == 1 && record.fields.front().name == "fill";
}

void Decoding::frame(output::FrameRecord&& record) {
    // A frame can be good up to some place: then it is both.
    if (record.error) { ++bad_; }
    const bool good = !record.error && !is_fill(record);
    if (good || !record.readings.empty()) { ++good_; }
    if (summary_) {
        record.fields.clear();
        record.readings.clear();
    }
    document_.frame(record);
}

void Decoding::failed(const std::string& name, const Error& error) {
    ended_ = error.category;
    if (error.category == Category::interrupted) { return; }
    document_.failure({name, error});
    report(io_, name, error);
}

/// "capture.pcapng: tcp 10.0.0.57:2578 > 10.0.0.3:502"; "tcp-listen://0.0.0.0:4059: tcp://10.0.0.57:2578"; what was
/// typed, a plain file and a device are one stream without a name.
std::string source_name(const DecodeInput& input, const transports::CapturedStream& stream) {
    if (input.endpoint) { return stream.client.empty() ? input.name : input.name + ": " + stream.client; }
    const bool plain = stream.kind == transports::StreamKind::text || stream.kind == transports::StreamKind::binary;
    if (plain) { return input.name; }
    return input.name.empty() ? stream.description() : input.name + ": " + stream.description();
}

void Decoding::take_source(transports::CaptureSource& source, const DecodeInput& input, FrameFinder& finder) {
    transports::InputOptions options;
    options.capture = capture_options(job_.finder);
    if (input.typed) { options.format = transports::InputFormat::octets; }
    const bool piped = input.name == "-"; // whoever writes the other end may take its time
    transports::CaptureSink sink;
    sink.chunk = [&](const transports::CapturedChunk& chunk) {
        if (!sink_.closed()) {
            finder.chunk(chunk, [&] { return source_name(input, chunk.stream); });
        }
        if (piped) { document_.flush(); }
    };
    sink.closed = [&](const transports::CapturedStream& stream) { finder.close(stream.id); };
    const transports::CaptureReport report = transports::read_input(source, options, sink);
    for (const std::string& note : report.notes()) { warn(io_, input.name + ": " + note); }
    finder.finish();
    if (report.error) { failed(input.name, *report.error); }
}

void Decoding::take_live(const DecodeInput& input, FrameFinder& finder) {
    const auto loop = transports::make_real_loop();
    ListenOptions options;
    options.duration = job_.duration;
    if (job_.finder.meter != nullptr) {
        const auto line = transports::parse_frame(job_.finder.meter->line.frame, job_.finder.meter->line.baud);
        if (line) { options.line = *line; }
    }
    options.chunk = [&](const transports::CapturedChunk& chunk) {
        finder.chunk(chunk, [&] { return source_name(input, chunk.stream); });
        document_.flush();
    };
    options.paused = [&](const transports::CapturedStream& stream) {
        finder.settle(stream.id);
        document_.flush();
    };
    options.closed = [&](const transports::CapturedStream& stream) {
        finder.close(stream.id);
        document_.flush();
    };
    const auto listened = transports::run(*loop, listen(*loop, *input.endpoint, options, io_));
    finder.finish();
    if (!listened) { failed(input.name, listened.error()); }
}

void Decoding::take(const DecodeInput& input) {
    FrameFinder finder(job_.finder, [this](output::FrameRecord&& record) { frame(std::move(record)); });
    if (input.endpoint) {
        take_live(input, finder);
    } else if (input.typed) {
        auto source = transports::CaptureSource::from_memory(*input.typed);
        take_source(source, input, finder);
    } else {
        auto source = transports::CaptureSource::open(input.path);
        if (!source) { return failed(input.name, source.error()); }
        take_source(*source, input, finder);
    }
    counters_.insert(counters_.end(), finder.counters().begin(), finder.counters().end());
}

void Decoding::tell_counters() const {
    for (const output::CountersRecord& row : counters_) {
        const std::string front = row.source.empty() ? row.protocol : row.source + ": " + row.protocol;
        say(io_, fmt::format("meterctl: {}: {} octets, {} frames, {} CRC errors, {} bad lengths, {} bad headers, {} "
                             "octets skipped",
                             front, row.octets, row.frames, row.crc_errors, row.bad_lengths, row.bad_headers,
                             row.skipped_octets));
    }
}

int Decoding::code() const {
    if (ended_ == Category::interrupted) { return exit_code(Category::interrupted); }
    if (good_ == 0) { return exit_code(ended_.value_or(Category::untrusted)); }
    return ended_ || bad_ > 0 ? exit_code(Category::partial) : 0;
}

int Decoding::run() {
    document_.begin(job_.finder.meter == nullptr ? std::string_view() : job_.finder.meter->model);
    for (const DecodeInput& input : job_.inputs) {
        if (ended_ != Category::interrupted && !sink_.closed()) { take(input); }
    }
    if (stats_) {
        document_.end(counters_);
        tell_counters();
    } else {
        document_.end();
    }
    if (good_ == 0 && bad_ == 0 && !ended_) {
        report(io_, {},
               Error{.category = Category::untrusted,
                     .what = "the input holds no frame",
                     .where = {},
                     .hints = {},
                     .code = "decode.empty"});
    }
    return code();
}

} // namespace

int run_decode(const Arguments& arguments, Io& io) {
    const auto models = open_models(arguments, io);
    if (!models) { return give_up(io, models.error()); }
    const auto job = plan_job(arguments, *models, io);
    if (!job) { return give_up(io, job.error()); }
    auto sink = open_output(arguments, io);
    if (!sink) { return give_up(io, sink.error()); }
    Decoding decoding(*job, **sink, arguments, io);
    const int code = decoding.run();
    return finish(io, **sink, code);
}

} // namespace meterctl::commands
