#include "sessions/iec62056_21/scan.hpp"

#include "sessions/iec62056_21/identify.hpp"
#include "sessions/iec62056_21/settings.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace {

class Scan {
public:
    Scan(transports::Transport& transport, ScanOptions options, ScanSink sink)
        : transport_(transport), options_(std::move(options)), sink_(std::move(sink)) {
        if (options_.addresses.empty()) { options_.addresses.emplace_back(); }
    }

    Task<Result<void>> run() {
        std::vector<std::optional<transports::LineSettings>> lines(options_.lines.begin(), options_.lines.end());
        if (lines.empty()) { lines.emplace_back(); }
        progress_.total = lines.size() * options_.addresses.size();
        for (const auto& line : lines) {
            for (const std::string& address : options_.addresses) {
                auto tried = co_await probe(line, address);
                if (!tried) { co_return tried; }
                ++progress_.done;
            }
        }
        report({});
        co_return Result<void>();
    }

private:
    Task<Result<void>> probe(std::optional<transports::LineSettings> line, std::string address) {
        if (transport_.loop().interrupted()) { co_return fail(Category::interrupted, "interrupted"); }
        SessionOptions session;
        session.address = address;
        session.timeout = options_.timeout;
        session.settings = options_.settings;
        session.retries = options_.retries;
        auto client_options = sessions::iec62056_21::client_options(session, transport_);
        if (!client_options) { co_return tl::unexpected(client_options.error()); }
        if (line) { client_options->opening = *line; }
        report(fmt::format("{} {} {}", client_options->opening.baud, client_options->opening.frame(),
                           address.empty() ? "no address" : "address " + address));
        Client client(transport_, *client_options);
        std::optional<Error> trouble;
        auto identity = co_await identify(client, options_.candidates, trouble);
        if (identity) {
            if (sink_.found) { sink_.found(*identity); }
            if (trouble && sink_.trouble) { sink_.trouble(identity->address, *trouble); }
            co_return Result<void>();
        }
        if (ends_all(identity.error()) && identity.error().category != Category::refused) {
            co_return tl::unexpected(identity.error());
        }
        const bool heard = identity.error().category != Category::timeout || client.link().evidence().echoes > 0;
        if (heard && sink_.trouble) { sink_.trouble(address, identity.error()); }
        co_return Result<void>();
    }

    void report(const std::string& current) {
        if (!sink_.progress) { return; }
        progress_.current = current;
        const auto left = static_cast<Duration::rep>(progress_.total - progress_.done);
        progress_.left = left * (options_.timeout.value_or(longest_reaction) + adapter_delay);
        sink_.progress(progress_);
    }

    transports::Transport& transport_;
    ScanOptions options_;
    ScanSink sink_;
    ScanProgress progress_;
};

} // namespace

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink) {
    Scan search(transport, std::move(options), std::move(sink));
    auto done = co_await search.run();
    co_return done;
}

} // namespace meterctl::sessions::iec62056_21
