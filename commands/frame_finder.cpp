#include "commands/frame_finder.hpp"

#include <algorithm>
#include <optional>

namespace meterctl::commands {

namespace {

using codecs::Decoder;
using transports::StreamKind;

/// Octets that are looked at before a decoder is chosen.
constexpr std::size_t sample_size = 4096;
constexpr int certain = 90;
/// What a decoder without a checksum says where the octets are frames of its own from the first to the last.
constexpr int whole = 60;

std::string direction_name(codecs::Direction direction) {
    if (direction == codecs::Direction::unknown) { return {}; }
    return direction == codecs::Direction::request ? "request" : "response";
}

output::FrameRecord frame_record(codecs::DecodedFrame&& frame) {
    output::FrameRecord record;
    record.protocol = std::move(frame.protocol);
    record.direction = direction_name(frame.direction);
    record.offset = frame.offset;
    record.octets = std::move(frame.octets);
    record.summary = std::move(frame.summary);
    record.answers = frame.answers;
    record.fields = std::move(frame.fields);
    record.readings = std::move(frame.readings);
    record.error = std::move(frame.error);
    return record;
}

/// `Counts`: a decoder's counters, or a row of them.
template <class Counts>
void add(output::CountersRecord& total, const Counts& counters) {
    total.octets += counters.octets;
    total.frames += counters.frames;
    total.crc_errors += counters.crc_errors;
    total.bad_lengths += counters.bad_lengths;
    total.bad_headers += counters.bad_headers;
    total.skipped_octets += counters.skipped_octets;
}

bool lists(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
    return std::ranges::find(ports, port) != ports.end();
}

/// What the capture itself says the stream is; nullptr too where a port is two decoders' own.
const Decoder* declared(const FinderOptions& options, const transports::CapturedStream& stream) {
    const Decoder* only = nullptr;
    for (const Decoder* decoder : options.decoders) {
        const bool named = !stream.dissector.empty() && decoder->wireshark == stream.dissector;
        const bool tcp = stream.kind == StreamKind::tcp && lists(decoder->tcp_ports, stream.server_port);
        const bool udp = stream.kind == StreamKind::udp && lists(decoder->udp_ports, stream.server_port);
        const bool ms_tp = stream.kind == StreamKind::ms_tp && decoder->wireshark == "mstp";
        if (named || ms_tp) { return decoder; }
        if (!tcp && !udp) { continue; }
        if (only != nullptr) { return nullptr; }
        only = decoder;
    }
    return only;
}

struct Guess {
    const Decoder* decoder = nullptr;
    int sureness = 0;
};

/// Without a checksum, any octets look like frames: such decoders are tried on sockets and on demand, elsewhere only
/// where all that was `heard_out` is theirs.
Guess guess(const FinderOptions& options, StreamKind kind, ByteView sample, bool heard_out = false) {
    const bool all = options.asked_for || kind == StreamKind::tcp || kind == StreamKind::udp;
    Guess best;
    for (const Decoder* decoder : options.decoders) {
        if (!all && !decoder->has_checksum && !heard_out) { continue; }
        const int sureness = decoder->recognise(sample);
        const int least = all || decoder->has_checksum ? 1 : whole;
        if (sureness >= least && sureness > best.sureness) { best = {decoder, sureness}; }
    }
    return best;
}

/// Names of those that would have taken the octets, had the user asked for them.
std::vector<std::string> hints_for(const FinderOptions& options, ByteView sample) {
    std::vector<std::string> hints;
    for (const Decoder* decoder : options.decoders) {
        if (decoder->recognise(sample) > 0) { hints.push_back("--protocol " + std::string(decoder->name)); }
    }
    if (hints.empty()) { hints.emplace_back("--protocol NAME, which then says what is wrong with the frames"); }
    return hints;
}

} // namespace

class FrameFinder::Stream {
public:
    Stream(const FinderOptions& options, const FrameSink& sink, const transports::CapturedStream& stream,
           std::string source)
        : options_(options), sink_(sink), kind_(stream.kind), source_(std::move(source)),
          decoder_(declared(options, stream)) {
        if (decoder_ == nullptr && options.asked_for && options.decoders.size() == 1) {
            decoder_ = options.decoders.front();
        }
    }

    void chunk(const transports::CapturedChunk& chunk) {
        if (chunk.gap) { restart(); }
        if (decoder_ != nullptr) { return feed(chunk.octets, chunk.info); }
        held_.push_back({Bytes(chunk.octets.begin(), chunk.octets.end()), chunk.info});
        sample_.insert(sample_.end(), chunk.octets.begin(), chunk.octets.end());
        const Guess best = guess(options_, kind_, sample_);
        if (best.sureness >= certain || (best.decoder != nullptr && sample_.size() >= sample_size)) {
            return choose(best.decoder);
        }
        if (sample_.size() >= sample_size) { give_up(); }
    }

    /// On a line, what nobody knows may still become a frame.
    void settle() {
        if (decoder_ != nullptr || sample_.empty()) { return; }
        const Guess best = guess(options_, kind_, sample_);
        if (best.decoder != nullptr) { return choose(best.decoder); }
        if (kind_ == StreamKind::tcp || kind_ == StreamKind::udp) { give_up(); }
    }

    void finish() {
        if (decoder_ == nullptr && !sample_.empty()) {
            const Guess best = guess(options_, kind_, sample_, true);
            best.decoder == nullptr ? give_up() : choose(best.decoder);
        }
        restart();
    }

    [[nodiscard]] std::optional<output::CountersRecord> counters() const {
        if (decoder_ == nullptr) { return std::nullopt; }
        output::CountersRecord record = total_;
        record.source = source_;
        record.protocol = decoder_->name;
        return record;
    }

private:
    struct Held {
        Bytes octets;
        codecs::ChunkInfo info;
    };

    void choose(const Decoder* decoder) {
        decoder_ = decoder;
        sample_.clear();
        for (const Held& held : held_) { feed(held.octets, held.info); }
        held_.clear();
    }

    /// What is held back is stale: ends the decoder; the next octets start a new one.
    void restart() {
        if (!open_) { return; }
        open_->finish([this](codecs::DecodedFrame&& frame) { hand_on(std::move(frame)); });
        add(total_, open_->counters());
        open_.reset();
    }

    void feed(ByteView octets, const codecs::ChunkInfo& info) {
        if (!open_) {
            codecs::DecodeOptions options;
            options.meter = options_.meter;
            options.keys = options_.keys.get();
            options.senders = options_.senders.get();
            options.fields = options_.fields;
            options.readings = options_.readings;
            open_ = decoder_->open(options);
        }
        time_ = info.time;
        open_->feed(octets, info, [this](codecs::DecodedFrame&& frame) { hand_on(std::move(frame)); });
    }

    void hand_on(codecs::DecodedFrame&& frame) {
        output::FrameRecord record = frame_record(std::move(frame));
        record.source = source_;
        record.time = time_;
        sink_(std::move(record));
    }

    /// One record for octets that nobody knows.
    void give_up() {
        output::FrameRecord record;
        record.source = source_;
        record.time = held_.empty() ? std::nullopt : held_.front().info.time;
        record.offset = passed_;
        record.error = Error{.category = Category::untrusted,
                             .what = "these octets are no frames of a known protocol",
                             .where = {},
                             .hints = hints_for(options_, sample_),
                             .code = "decode.unknown"};
        record.octets = std::move(sample_);
        passed_ += record.octets.size();
        sample_.clear();
        held_.clear();
        sink_(std::move(record));
    }

    const FinderOptions& options_;
    const FrameSink& sink_;
    StreamKind kind_;
    std::string source_;
    const Decoder* decoder_;
    std::unique_ptr<codecs::StreamDecoder> open_;
    Bytes sample_;
    std::vector<Held> held_;
    std::uint64_t passed_ = 0;
    std::optional<std::chrono::nanoseconds> time_;
    output::CountersRecord total_;
};

FrameFinder::FrameFinder(FinderOptions options, FrameSink sink)
    : options_(std::move(options)), sink_(std::move(sink)) {}

FrameFinder::~FrameFinder() = default;

void FrameFinder::chunk(const transports::CapturedChunk& chunk, const std::string& source) {
    this->chunk(chunk, [&] { return source; });
}

void FrameFinder::chunk(const transports::CapturedChunk& chunk, const std::function<std::string()>& source) {
    std::unique_ptr<Stream>& stream = streams_[chunk.stream.id];
    if (!stream) { stream = std::make_unique<Stream>(options_, sink_, chunk.stream, source()); }
    stream->chunk(chunk);
}

/// Listening may go on for ever: late streams share a row a protocol.
void FrameFinder::keep(output::CountersRecord&& row) {
    constexpr std::size_t most_rows = 1000;
    if (counters_.size() >= most_rows) {
        row.source = "others";
        const auto same = [&](const output::CountersRecord& one) {
            return one.source == row.source && one.protocol == row.protocol;
        };
        const auto shared = std::ranges::find_if(counters_, same);
        if (shared != counters_.end()) { return add(*shared, row); }
    }
    counters_.push_back(std::move(row));
}

void FrameFinder::settle(std::uint64_t stream) {
    if (const auto found = streams_.find(stream); found != streams_.end()) { found->second->settle(); }
}

void FrameFinder::close(std::uint64_t stream) {
    const auto found = streams_.find(stream);
    if (found == streams_.end()) { return; }
    found->second->finish();
    if (auto counters = found->second->counters()) { keep(std::move(*counters)); }
    streams_.erase(found);
}

void FrameFinder::finish() {
    while (!streams_.empty()) { close(streams_.begin()->first); }
}

} // namespace meterctl::commands
