// The wildcard search for secondary addresses: a selection that several slaves take is split at one digit of the
// identification number, one in which the slaves found so far differ. Slaves that share all eight digits are told apart
// by manufacturer, medium and version. EN 13757-7, annex on the search for slaves.
#pragma once

#include "sessions/mbus/identify.hpp"
#include "sessions/protocols.hpp"

#include <deque>
#include <set>

namespace meterctl::sessions::mbus {

class SecondarySearch {
public:
    SecondarySearch(Client& client, const ScanOptions& options, const ScanSink& sink, ScanProgress& progress)
        : client_(client), options_(options), sink_(sink), progress_(progress) {}

    /// Finds every slave that the pattern selects. The error only where the link broke or the user has had enough.
    Task<Result<void>> run(codecs::mbus::Selection pattern);

private:
    using Selection = codecs::mbus::Selection;
    enum class Heard { nobody, one, several };

    Task<Result<void>> split(Selection pattern);
    Task<Result<void>> split_twins(Selection pattern);
    /// Tries values of one field; stops where `enough` slaves were found.
    template <class Field>
    Task<Result<void>> try_values(Selection pattern, Field codecs::mbus::Identity::*field, std::vector<Field> values,
                                  std::size_t enough);
    Task<Result<Heard>> probe(Selection pattern);
    Task<Result<Heard>> select(const Selection& pattern);
    Task<Result<Heard>> confirm(Reply reply, const Selection& pattern);
    void tell_found(const Readout& readout, const Identity& identity);
    void report(const Selection& pattern);

    Client& client_;
    const ScanOptions& options_;
    const ScanSink& sink_;
    ScanProgress& progress_;
    std::set<std::string> found_;
    std::set<std::uint16_t> manufacturers_;
    std::vector<std::uint32_t> numbers_; ///< of the slaves found
    std::deque<Selection> collided_;     ///< to be split
    std::vector<Selection> twins_;       ///< eight digits that several slaves share, left for the end
};

} // namespace meterctl::sessions::mbus
