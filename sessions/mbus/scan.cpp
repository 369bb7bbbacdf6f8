#include "sessions/mbus/scan.hpp"

#include "sessions/mbus/identify.hpp"
#include "sessions/mbus/secondary_search.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

constexpr const char* secondary_key = "secondary";

struct Places {
    std::vector<std::uint8_t> primaries;
    std::vector<mbus::Selection> patterns;
};

Result<Places> places_of(const ScanOptions& options, bool by_secondary) {
    Places places;
    for (const std::string& text : options.addresses) {
        const auto address = parse_address(text);
        if (!address) { return tl::unexpected(address.error()); }
        if (address->secondary) {
            places.patterns.push_back(*address->secondary);
        } else {
            places.primaries.push_back(address->primary);
        }
    }
    if (!options.addresses.empty()) { return places; }
    if (by_secondary) {
        places.patterns.emplace_back();
        return places;
    }
    for (unsigned address = 0; address <= mbus::address::last_primary; ++address) {
        places.primaries.push_back(static_cast<std::uint8_t>(address));
    }
    return places;
}

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted ||
           error.category == Category::usage;
}

class Scan {
public:
    Scan(transports::Transport& transport, ScanOptions options, ScanSink sink)
        : client_(transport, client_options(options)), options_(std::move(options)), sink_(std::move(sink)) {}

    Task<Result<void>> run(Places places) {
        const std::size_t lines = std::max<std::size_t>(1, options_.lines.size());
        progress_.total = lines * places.primaries.size();
        for (std::size_t i = 0; i < lines; ++i) {
            if (!options_.lines.empty()) {
                auto configured = co_await client_.transport().configure(options_.lines[i]);
                if (!configured) { co_return configured; }
            }
            auto swept = co_await sweep(places.primaries);
            if (!swept) { co_return swept; }
            for (const mbus::Selection& pattern : places.patterns) {
                SecondarySearch search(client_, options_, sink_, progress_);
                auto searched = co_await search.run(pattern);
                if (!searched) { co_return searched; }
            }
        }
        co_return Result<void>();
    }

private:
    static ClientOptions client_options(const ScanOptions& options) {
        ClientOptions client;
        client.answer_time = options.timeout;
        client.retries = options.retries;
        client.lateness = Duration::zero(); // answers are told by the address in them
        return client;
    }

    /// All addresses at one line setting; those heard too late are asked once more, with patience.
    Task<Result<void>> sweep(const std::vector<std::uint8_t>& addresses) {
        late_.clear();
        found_.clear();
        for (const std::uint8_t address : addresses) {
            report(address);
            auto probed = co_await probe(address);
            if (!probed) { co_return probed; }
            ++progress_.done;
        }
        const std::vector<std::uint8_t> late = late_;
        const auto usual = client_.options().answer_time;
        constexpr int patience = 4;
        client_.options().answer_time = patience * usual.value_or(answer_time(client_.transport().line()));
        for (const std::uint8_t address : late) {
            if (std::ranges::find(found_, address) != found_.end()) { continue; }
            auto probed = co_await probe(address);
            if (!probed) { co_return probed; }
        }
        client_.options().answer_time = usual;
        if (!addresses.empty()) { report(addresses.back()); }
        co_return Result<void>();
    }

    /// REQ_UD2: costs no more than SND_NKE where nobody is, says who is there, and shows where several are: their acks
    /// would look like one.
    Task<Result<void>> probe(std::uint8_t address) {
        if (client_.transport().loop().interrupted()) { co_return fail(Category::interrupted, "interrupted"); }
        const Address at = at_primary(address);
        client_.speak_to(at);
        Request request;
        request.frame = mbus::encode_short(mbus::control::req_ud2 | mbus::control::fcb, address);
        request.address = address;
        request.takes_data = true;
        auto reply = co_await client_.ask(request);
        const bool damaged = !reply && client_.evidence().damaged > 0;
        if (damaged) {
            constexpr unsigned again = 2;
            reply = co_await client_.ask(request, again);
        }
        if (client_.evidence().foreign) { late_.push_back(*client_.evidence().foreign); }
        if (reply) {
            found_.push_back(address);
            tell_found(at, std::move(*reply));
            co_return Result<void>();
        }
        if (ends_all(reply.error())) { co_return tl::unexpected(reply.error()); }
        const bool heard = !is_silence(reply.error()) && !client_.evidence().foreign;
        if (heard && sink_.trouble) { sink_.trouble(std::to_string(address), reply.error()); }
        co_return Result<void>();
    }

    void tell_found(const Address& at, Reply reply) {
        const Station station(client_, at);
        Readout readout;
        const auto taken = take(readout, std::move(reply), client_.where());
        Identity identity = identify(readout, station, options_.candidates);
        identity.address = at.to_string();
        if (const auto line = client_.transport().line()) {
            identity.line = fmt::format("{} {}", line->baud, line->frame());
        }
        if (sink_.found) { sink_.found(identity); }
        if (!taken && sink_.trouble) { sink_.trouble(identity.address, taken.error()); }
    }

    void report(unsigned address) {
        if (!sink_.progress) { return; }
        const auto line = client_.transport().line();
        progress_.current = line ? fmt::format("{} {} address {}", line->baud, line->frame(), address)
                                 : fmt::format("address {}", address);
        const auto left = static_cast<Duration::rep>(progress_.total - progress_.done);
        progress_.left =
            left * (client_.options().answer_time.value_or(answer_time(line)) + line_time(line, mbus::short_octets));
        sink_.progress(progress_);
    }

    Client client_;
    ScanOptions options_;
    ScanSink sink_;
    ScanProgress progress_;
    std::vector<std::uint8_t> late_, found_;
};

} // namespace

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink) {
    const auto setting = options.settings.find(secondary_key);
    const bool by_secondary = setting != options.settings.end() && setting->second != "0";
    auto places = places_of(options, by_secondary);
    if (!places) { co_return tl::unexpected(places.error()); }
    Scan search(transport, std::move(options), std::move(sink));
    auto done = co_await search.run(std::move(*places));
    co_return done;
}

} // namespace meterctl::sessions::mbus
