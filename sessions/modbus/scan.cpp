#include "sessions/modbus/scan.hpp"

#include "sessions/modbus/identify.hpp"
#include "sessions/modbus/session.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

constexpr unsigned first_address = 1, last_address = 247;
/// What a silent address costs on a serial line: usual meters answer within 20 to 100 ms.
constexpr Duration serial_answer_time = std::chrono::milliseconds(200);
/// Exceptions by which a gateway says that nobody is there.
constexpr std::string_view gateway_path = "modbus.exception.10", gateway_target = "modbus.exception.11";

Result<std::vector<std::uint8_t>> addresses_of(const ScanOptions& options) {
    std::vector<std::uint8_t> addresses;
    for (const std::string& text : options.addresses) {
        const auto address = parse_address(text);
        if (!address) { return tl::unexpected(address.error()); }
        addresses.push_back(*address);
    }
    for (unsigned address = first_address; options.addresses.empty() && address <= last_address; ++address) {
        addresses.push_back(static_cast<std::uint8_t>(address));
    }
    return addresses;
}

/// The question that every address gets: the first register that a rule of the candidates names. Any answer will do.
modbus::Request probe_of(const ScanOptions& options) {
    modbus::ReadRequest probe;
    for (const catalogue::Definition* candidate : options.candidates) {
        for (const auto& rules : candidate->identify) {
            for (const catalogue::IdentifyRule& rule : rules) {
                if (is_identification(rule.address)) { continue; }
                const auto address = modbus::identify_address(rule);
                if (!address) { continue; }
                probe.table = address->registers.table;
                probe.address = address->registers.first;
                probe.count = address->registers.count;
                return probe;
            }
        }
    }
    return probe;
}

bool is_answer(const Result<modbus::Response>& answer) {
    if (answer) { return true; }
    return answer.error().category == Category::refused && answer.error().code != gateway_path &&
           answer.error().code != gateway_target;
}

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted ||
           error.category == Category::usage;
}

class Scan {
public:
    Scan(transports::Transport& transport, ScanOptions options, ScanSink sink, Framing framing)
        : transport_(transport), options_(std::move(options)), sink_(std::move(sink)), framing_(framing),
          probe_(probe_of(options_)) {}

    Task<Result<void>> run(std::vector<std::uint8_t> addresses) {
        const std::size_t lines = std::max<std::size_t>(1, options_.lines.size());
        progress_.total = lines * addresses.size();
        for (std::size_t i = 0; i < lines; ++i) {
            if (!options_.lines.empty()) {
                auto configured = co_await transport_.configure(options_.lines[i]);
                if (!configured) { co_return configured; }
            }
            auto passed = co_await pass(addresses);
            if (!passed) { co_return passed; }
        }
        co_return Result<void>();
    }

private:
    [[nodiscard]] Duration answer_time() const {
        return options_.timeout.value_or(transport_.line() ? serial_answer_time : usual_answer_time);
    }

    /// All addresses at one line setting; those heard too late are asked once more, with patience.
    Task<Result<void>> pass(const std::vector<std::uint8_t>& addresses) {
        late_.clear();
        found_.clear();
        for (const std::uint8_t address : addresses) {
            report(address);
            auto probed = co_await probe(address, answer_time(), options_.retries);
            if (!probed) { co_return probed; }
            ++progress_.done;
        }
        const std::vector<std::uint8_t> late = late_;
        for (const std::uint8_t address : late) {
            if (std::find(found_.begin(), found_.end(), address) != found_.end()) { continue; }
            auto probed = co_await probe(address, std::max(answer_time(), usual_answer_time), 1);
            if (!probed) { co_return probed; }
        }
        report(addresses.empty() ? first_address : addresses.back());
        co_return Result<void>();
    }

    Task<Result<void>> probe(std::uint8_t address, Duration answer_time, unsigned retries) {
        if (transport_.loop().interrupted()) { co_return fail(Category::interrupted, "interrupted"); }
        ClientOptions client_options;
        client_options.framing = framing_;
        client_options.address = address;
        client_options.answer_time = answer_time;
        client_options.retries = retries;
        Client client(transport_, client_options);
        auto answer = co_await client.ask(probe_);
        if (client.evidence().foreign) { late_.push_back(*client.evidence().foreign); }
        if (is_answer(answer)) {
            auto identified = co_await identify_found(client);
            co_return identified;
        }
        if (ends_all(answer.error())) { co_return tl::unexpected(answer.error()); }
        const bool damaged = answer.error().category == Category::untrusted && !client.evidence().foreign;
        if (damaged && sink_.trouble) { sink_.trouble(std::to_string(address), answer.error()); }
        co_return Result<void>();
    }

    Task<Result<void>> identify_found(Client& client) {
        found_.push_back(client.options().address);
        client.options().answer_time = std::max(client.options().answer_time, usual_answer_time);
        client.options().retries = std::max(client.options().retries, 2U);
        auto identity = co_await identify(client, options_.candidates);
        if (identity) {
            if (sink_.found) { sink_.found(*identity); }
            co_return Result<void>();
        }
        if (ends_all(identity.error())) { co_return tl::unexpected(identity.error()); }
        Identity nameless;
        nameless.address = std::to_string(client.options().address);
        if (const auto line = transport_.line()) { nameless.line = fmt::format("{} {}", line->baud, line->frame()); }
        if (sink_.found) { sink_.found(nameless); }
        if (sink_.trouble) { sink_.trouble(nameless.address, identity.error()); }
        co_return Result<void>();
    }

    void report(unsigned address) {
        if (!sink_.progress) { return; }
        const auto line = transport_.line();
        progress_.current = line ? fmt::format("{} {} address {}", line->baud, line->frame(), address)
                                 : fmt::format("address {}", address);
        const auto left = static_cast<Duration::rep>(progress_.total - progress_.done);
        constexpr std::size_t probe_octets = 8;
        progress_.left = left * (answer_time() + line_time(line, probe_octets));
        sink_.progress(progress_);
    }

    transports::Transport& transport_;
    ScanOptions options_;
    ScanSink sink_;
    Framing framing_;
    modbus::Request probe_;
    ScanProgress progress_;
    std::vector<std::uint8_t> late_, found_;
};

} // namespace

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink) {
    const auto framing = choose_framing(options.settings, transport);
    if (!framing) { co_return tl::unexpected(framing.error()); }
    auto addresses = addresses_of(options);
    if (!addresses) { co_return tl::unexpected(addresses.error()); }
    Scan search(transport, std::move(options), std::move(sink), *framing);
    auto done = co_await search.run(std::move(*addresses));
    co_return done;
}

} // namespace meterctl::sessions::modbus
