#include "transports/capture_streams.hpp"

namespace meterctl::transports {

namespace {
constexpr std::size_t max_streams = 1024;
}

LiveStream& StreamTable::find(std::string_view key, const std::function<NewStream()>& describe) {
    if (const auto known = by_key_.find(key); known != by_key_.end()) {
        streams_.splice(streams_.begin(), streams_, known->second);
        return streams_.front();
    }
    if (streams_.size() == max_streams) { close(streams_.back()); }
    NewStream made = describe();
    made.stream.id = ++opened_;
    streams_.emplace_front(std::move(made), std::string(key), counters);
    by_key_.emplace(streams_.front().key, streams_.begin());
    return streams_.front();
}

void StreamTable::flush(LiveStream& live) {
    live.to_server.flush([&](const TcpPiece& piece) { emit(live, codecs::Direction::request, piece); });
    live.to_client.flush([&](const TcpPiece& piece) { emit(live, codecs::Direction::response, piece); });
}

void StreamTable::close(LiveStream& live) {
    flush(live);
    if (sink_.closed) { sink_.closed(live.stream); }
    const auto entry = by_key_.find(live.key);
    const auto place = entry->second;
    by_key_.erase(entry);
    streams_.erase(place);
}

void StreamTable::close_all() {
    while (!streams_.empty()) { close(streams_.back()); }
}

void StreamTable::emit(const LiveStream& live, codecs::Direction direction, const TcpPiece& piece) const {
    CapturedChunk chunk{
        .stream = live.stream, .info = {}, .octets = piece.octets, .frame = piece.frame, .gap = piece.gap, .fault = {}};
    chunk.info.time = piece.time;
    chunk.info.direction = direction;
    sink_.chunk(chunk);
}

} // namespace meterctl::transports
