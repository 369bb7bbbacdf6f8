// The table of the streams of a capture that are alive: found by a key, the longest unused closed when it is full.
#pragma once

#include "transports/capture_layers.hpp"
#include "transports/capture_reader.hpp"
#include "transports/capture_tcp.hpp"

#include <array>
#include <list>
#include <string_view>
#include <unordered_map>

namespace meterctl::transports {

struct NewStream {
    CapturedStream stream;
    Peer server; ///< of IP streams
};

struct LiveStream {
    LiveStream(NewStream made, std::string table_key, TcpCounters& counters)
        : stream(std::move(made.stream)), server(made.server), key(std::move(table_key)), to_server(counters),
          to_client(counters) {}

    CapturedStream stream;
    Peer server;
    std::string key;
    TcpDirection to_server, to_client;
    bool server_finished = false, client_finished = false;
};

class StreamTable {
public:
    explicit StreamTable(const CaptureSink& sink) : sink_(sink) {}

    /// The stream of `key`, newly described by `describe` where there is none.
    LiveStream& find(std::string_view key, const std::function<NewStream()>& describe);
    [[nodiscard]] bool contains(std::string_view key) const { return by_key_.contains(key); }
    /// Gives what the stream holds back and forgets it.
    void close(LiveStream& live);
    void close_all();
    /// Hands on octets that TCP has put in order.
    void emit(const LiveStream& live, codecs::Direction direction, const TcpPiece& piece) const;

    [[nodiscard]] std::uint64_t opened() const { return opened_; }
    TcpCounters counters;

private:
    void flush(LiveStream& live);

    const CaptureSink& sink_;
    std::list<LiveStream> streams_; ///< the last used first
    std::unordered_map<std::string_view, std::list<LiveStream>::iterator> by_key_;
    std::uint64_t opened_ = 0;
};

} // namespace meterctl::transports
