#include "sessions/mbus/secondary_search.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::mbus {

namespace mbus = codecs::mbus;

namespace {

constexpr unsigned digits = 8, digit_bits = 4, digit_values = 10;
constexpr std::uint32_t wild_digit = 0xF;
constexpr std::uint16_t wild_manufacturer = 0xFFFF;
constexpr std::uint8_t wild_octet = 0xFF;
constexpr std::size_t pair = 2;
/// Places of digits, 0 the lowest.
constexpr std::array<unsigned, digits> split_order{0, 7, 1, 6, 2, 5, 3, 4};

/// Makers of most M-Bus meters, the commonest first, for meters that share all digits of their number.
constexpr std::array<std::string_view, 42> usual_manufacturers{
    "KAM", "LUG", "SEN", "ELS", "ABB", "HYD", "EFE", "ZRI", "ZRM", "QDS", "TCH", "ITW", "ACW", "SPX",
    "NZR", "EMU", "EMH", "SBC", "GAV", "REL", "PAD", "ISK", "INM", "INE", "ELV", "GWF", "BMT", "DME",
    "APA", "AMT", "SLB", "SON", "FIN", "GMC", "IME", "LSE", "DIE", "ELR", "ARF", "BAR", "LAN", "WEP"};

bool is_wild(const mbus::Selection& pattern, unsigned place) {
    return (pattern.wanted.id >> (place * digit_bits) & wild_digit) == wild_digit;
}

bool has_wild_digit(const mbus::Selection& pattern) {
    return std::ranges::any_of(split_order, [&](unsigned place) { return is_wild(pattern, place); });
}

/// Where to split: at a digit in which the slaves found so far differ, since those of one delivery share many; of such
/// digits at one of either end in turn, where running numbers and years of make stand.
unsigned best_place(const mbus::Selection& pattern, const std::vector<std::uint32_t>& known) {
    constexpr std::size_t different_enough = 3;
    std::optional<unsigned> best;
    std::size_t most = 0;
    for (const unsigned place : split_order) {
        if (!is_wild(pattern, place)) { continue; }
        std::set<std::uint32_t> values;
        for (const std::uint32_t id : known) { values.insert(id >> (place * digit_bits) & wild_digit); }
        const std::size_t different = std::min(values.size(), different_enough);
        if (best && different <= most) { continue; }
        best = place;
        most = different;
    }
    return best.value_or(0);
}

mbus::Selection with_digit(mbus::Selection pattern, unsigned place, std::uint32_t digit) {
    const unsigned shift = place * digit_bits;
    pattern.wanted.id = (pattern.wanted.id & ~(wild_digit << shift)) | digit << shift;
    return pattern;
}

bool ends_all(const Error& error) {
    return error.category != Category::timeout && error.category != Category::untrusted;
}

template <class Number>
std::vector<Number> all_values(Number wild) {
    std::vector<Number> values;
    for (Number value = 0; value != wild; ++value) { values.push_back(value); }
    return values;
}

} // namespace

Task<Result<void>> SecondarySearch::run(Selection pattern) {
    progress_.total = progress_.done + 1;
    auto heard = co_await probe(pattern);
    if (!heard) { co_return tl::unexpected(heard.error()); }
    if (*heard == Heard::several) { collided_.push_back(pattern); }
    while (!collided_.empty()) {
        const Selection shared = collided_.front();
        collided_.pop_front();
        auto done = co_await split(shared);
        if (!done) { co_return done; }
    }
    while (!twins_.empty()) {
        const Selection shared = twins_.back();
        twins_.pop_back();
        auto parted = co_await split_twins(shared);
        if (!parted) { co_return parted; }
    }
    report(pattern);
    const Bytes deselect = mbus::encode_short(mbus::control::snd_nke, mbus::address::selected);
    auto told = co_await client_.tell(deselect);
    co_return told;
}

/// Asks all parts before it looks closer at any: who is found meanwhile shows which digits differ on this bus.
Task<Result<void>> SecondarySearch::split(Selection pattern) {
    if (!has_wild_digit(pattern)) {
        twins_.push_back(pattern);
        co_return Result<void>();
    }
    const unsigned place = best_place(pattern, numbers_);
    progress_.total += digit_values;
    bool somebody = false;
    for (std::uint32_t digit = 0; digit < digit_values; ++digit) {
        const Selection part = with_digit(pattern, place, digit);
        // Where all the others are silent, the last one has them all.
        Heard heard = Heard::several;
        const bool known = !somebody && digit + 1 == digit_values;
        if (!known) {
            auto probed = co_await probe(part);
            if (!probed) { co_return tl::unexpected(probed.error()); }
            heard = *probed;
        }
        somebody = somebody || heard != Heard::nobody;
        if (heard == Heard::several) { collided_.push_back(part); }
    }
    co_return Result<void>();
}

template <class Field>
Task<Result<void>> SecondarySearch::try_values(Selection pattern, Field mbus::Identity::*field,
                                               std::vector<Field> values, std::size_t enough) {
    progress_.total += values.size();
    for (const Field value : values) {
        if (found_.size() >= enough) { co_return Result<void>(); }
        pattern.wanted.*field = value;
        auto heard = co_await probe(pattern);
        if (!heard) { co_return tl::unexpected(heard.error()); }
    }
    co_return Result<void>();
}

/// Manufacturers that are on this bus first, then usual ones, then what else tells the slaves apart.
Task<Result<void>> SecondarySearch::split_twins(Selection pattern) {
    const std::size_t before = found_.size(), enough = before + pair;
    std::vector<std::uint16_t> here(manufacturers_.begin(), manufacturers_.end()), others;
    for (const std::string_view letters : usual_manufacturers) {
        const auto code = mbus::manufacturer_code(letters);
        if (code && !manufacturers_.contains(*code)) { others.push_back(*code); }
    }
    const bool open_manufacturer = pattern.wanted.manufacturer == wild_manufacturer;
    if (open_manufacturer) {
        auto tried = co_await try_values(pattern, &mbus::Identity::manufacturer, here, found_.size() + here.size());
        if (tried) { tried = co_await try_values(pattern, &mbus::Identity::manufacturer, others, enough); }
        if (!tried) { co_return tried; }
    }
    const std::vector<std::uint8_t> octets = all_values(wild_octet);
    if (pattern.wanted.medium == wild_octet) {
        auto tried = co_await try_values(pattern, &mbus::Identity::medium, octets, enough);
        if (!tried) { co_return tried; }
    }
    if (pattern.wanted.version == wild_octet) {
        auto tried = co_await try_values(pattern, &mbus::Identity::version, octets, enough);
        if (!tried) { co_return tried; }
    }
    if (found_.size() < enough && sink_.trouble) {
        const Error error = fail(Category::untrusted, "several meters share this secondary address", client_.where(),
                                 {"to give one of them another number while it is alone on the line"}, "mbus.collision")
                                .value();
        sink_.trouble(mbus::selection_text(pattern), error);
    }
    co_return Result<void>();
}

/// A garbled ack says enough: several slaves gave theirs. Where no digit is left to split at, it may be the line's
/// fault.
Task<Result<SecondarySearch::Heard>> SecondarySearch::select(const Selection& pattern) {
    const Address at = at_secondary(pattern);
    Station station(client_, at);
    const bool splittable = has_wild_digit(pattern);
    bool garbled = false;
    for (unsigned attempt = 0; attempt <= options_.retries; ++attempt) {
        constexpr unsigned once = 1;
        auto selected = co_await station.select(once);
        if (selected) { co_return Heard::one; }
        if (ends_all(selected.error())) { co_return tl::unexpected(selected.error()); }
        garbled = garbled || client_.evidence().damaged > 0;
        if (garbled && splittable) { break; }
    }
    co_return garbled ? Heard::several : Heard::nobody;
}

Task<Result<SecondarySearch::Heard>> SecondarySearch::probe(Selection pattern) {
    if (client_.transport().loop().interrupted()) { co_return fail(Category::interrupted, "interrupted"); }
    report(pattern);
    ++progress_.done;
    auto heard = co_await select(pattern);
    if (!heard || *heard != Heard::one) { co_return heard; }
    // Several acks at once may look like one: only the data say whether it was.
    Request request;
    request.frame = mbus::encode_short(mbus::control::req_ud2 | mbus::control::fcb, mbus::address::selected);
    request.address = mbus::address::selected;
    request.takes_data = true;
    request.from = pattern;
    constexpr unsigned once = 1;
    auto reply = co_await client_.ask(request, once);
    const bool silent = !reply && is_silence(reply.error());
    const bool unsplittable = !reply && !has_wild_digit(pattern);
    if (silent || unsplittable) {
        constexpr unsigned again = 2;
        reply = co_await client_.ask(request, again);
    }
    if (reply) {
        auto confirmed = co_await confirm(std::move(*reply), pattern);
        co_return confirmed;
    }
    if (ends_all(reply.error())) { co_return tl::unexpected(reply.error()); }
    co_return is_silence(reply.error()) ? Heard::nobody : Heard::several;
}

/// One overlap in 256 has a good checksum by chance: who is found must take a selection of its own.
Task<Result<SecondarySearch::Heard>> SecondarySearch::confirm(Reply reply, const Selection& pattern) {
    Readout readout;
    const auto taken = take(readout, std::move(reply), client_.where());
    const auto header = readout.header();
    if (!header) {
        if (!taken && sink_.trouble) { sink_.trouble(mbus::selection_text(pattern), taken.error()); }
        co_return Heard::one;
    }
    Selection own;
    own.wanted = header->identity;
    if (header->identity.manufacturer == 0) { own.wanted = pattern.wanted; } // fixed data name the number only
    own.wanted.id = header->identity.id;
    auto heard = co_await select(own);
    if (!heard) { co_return heard; }
    if (*heard == Heard::nobody) { co_return Heard::several; }
    const Station station(client_, at_secondary(own));
    tell_found(readout, identify(readout, station, options_.candidates));
    manufacturers_.insert(header->identity.manufacturer);
    numbers_.push_back(header->identity.id);
    co_return Heard::one;
}

void SecondarySearch::tell_found(const Readout& readout, const Identity& identity) {
    if (!found_.insert(identity.address).second || !sink_.found) { return; }
    Identity told = identity;
    if (const auto line = client_.transport().line()) { told.line = fmt::format("{} {}", line->baud, line->frame()); }
    Reading primary;
    primary.name = "address";
    primary.address = "link:address";
    primary.value = std::uint64_t{readout.primary};
    told.facts.push_back(std::move(primary));
    sink_.found(told);
}

void SecondarySearch::report(const Selection& pattern) {
    if (!sink_.progress) { return; }
    const auto line = client_.transport().line();
    const std::string text = mbus::selection_text(pattern);
    progress_.current = line ? fmt::format("{} {} selection {}", line->baud, line->frame(), text) : "selection " + text;
    const auto left = static_cast<Duration::rep>(progress_.total - std::min(progress_.total, progress_.done));
    progress_.left = left * client_.options().answer_time.value_or(answer_time(line));
    sink_.progress(progress_);
}

} // namespace meterctl::sessions::mbus
