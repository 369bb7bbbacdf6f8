#include "sessions/modbus/writer.hpp"

#include "codecs/modbus/line_change.hpp"
#include "codecs/modbus/names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

using catalogue::Access;
using catalogue::Point;
using modbus::Function;
using modbus::Request;
using Words = std::vector<std::uint16_t>;

/// How a definition names the function to write with.
struct WriteFunction {
    std::string_view name;
    Function function;
    modbus::Table table;
    bool single;
};
constexpr std::array write_functions{
    WriteFunction{"fc05", Function::write_single_coil, Table::coil, true},
    WriteFunction{"fc15", Function::write_coils, Table::coil, false},
    WriteFunction{"fc06", Function::write_single_register, Table::holding, true},
    WriteFunction{"fc16", Function::write_registers, Table::holding, false},
};

/// Without a name: the single function where one register or coil is written.
const WriteFunction* function_for(const Point& point, const modbus::PointAddress& at) {
    const bool single = at.count == 1;
    const auto* found = std::find_if(write_functions.begin(), write_functions.end(), [&](const WriteFunction& row) {
        return point.write_with.empty() ? row.table == at.table && row.single == single : row.name == point.write_with;
    });
    return found == write_functions.end() ? nullptr : found;
}

Request request_of(Function function, std::uint16_t address, Words words) {
    switch (function) {
    case Function::write_single_coil:
        return modbus::WriteCoil{address, words.front() != 0};
    case Function::write_coils:
        return modbus::WriteCoils{address, std::vector<bool>(words.begin(), words.end())};
    case Function::write_single_register:
        return modbus::WriteRegister{address, words.front()};
    default:
        return modbus::WriteRegisters{address, std::move(words)};
    }
}

/// What came back, against what was written: the same registers, or the same value in another form.
struct ReadBack {
    std::optional<Reading> reading;
    bool same = false;
    std::optional<Error> error; ///< why there is no reading
};

Task<ReadBack> read_back(Reader& reader, const Point& point, const Value& value) {
    ReadBack back;
    const auto at = modbus::point_address(point);
    const auto wanted = modbus::encode_point(point, value);
    if (!at || !wanted) { co_return back; }
    const Range range{at->table, at->first, unsigned{at->first} + at->count};
    auto words = co_await reader.read_range(range);
    if (!words) {
        back.error = words.error();
        co_return back;
    }
    auto reading = modbus::decode_point(point, *words);
    if (!reading) {
        back.error = reading.error();
        co_return back;
    }
    back.reading = std::move(*reading);
    back.same = *words == *wanted || back.reading->value == value;
    co_return back;
}

/// Where the meter is once it has taken new line settings.
struct Place {
    std::uint8_t address = 0;
    std::optional<transports::LineSettings> line;
};

Place place_after(const Place& before, const modbus::LineChange& change) {
    Place after = before;
    if (change.address) { after.address = *change.address; }
    if (!after.line) { return after; }
    if (change.baud) { after.line->baud = *change.baud; }
    if (change.parity) {
        const std::string frame{static_cast<char>('0' + after.line->data_bits), *change.parity, '1'};
        if (const auto settings = transports::parse_frame(frame, after.line->baud)) { after.line = *settings; }
    }
    return after;
}

Task<Result<void>> go_to(Client& client, Place place) {
    client.options().address = place.address;
    if (!place.line || place.line == client.transport().line()) { co_return Result<void>(); }
    auto configured = co_await client.transport().configure(*place.line);
    co_return configured;
}

Place here(Client& client) {
    return {client.options().address, client.transport().line()};
}

bool may_have_been_done(const Error& error, bool repeated) {
    return error.category == Category::timeout || error.category == Category::untrusted ||
           (error.category == Category::refused && repeated);
}

} // namespace

Result<Request> write_request(const Point& point, const Value& value) {
    const auto at = modbus::point_address(point);
    if (!at) { return tl::unexpected(at.error()); }
    const WriteFunction* row = function_for(point, *at);
    if (row == nullptr || row->table != at->table) {
        return fail(Category::rejected, fmt::format("{} registers cannot be written", modbus::table_name(at->table)),
                    point.name, {"a holding register or a coil"}, "write.access");
    }
    if (row->single && at->count != 1) {
        return fail(Category::usage, fmt::format("{} writes one register, and this point has {}", row->name, at->count),
                    point.name, {"fc16"});
    }
    auto words = modbus::encode_point(point, value);
    if (!words) { return tl::unexpected(words.error()); }
    return request_of(row->function, at->first, std::move(*words));
}

std::string summary_of(const Request& request) {
    const auto text = [&request](modbus::Table table, std::uint16_t address, const Words& words) {
        std::string line = fmt::format("{}, {}:", modbus::function_name(modbus::function_of(request)),
                                       modbus::register_text(table, address));
        for (const std::uint16_t word : words) { line += fmt::format(" {:04X}", word); }
        return line;
    };
    if (const auto* coil = std::get_if<modbus::WriteCoil>(&request)) {
        return text(Table::coil, coil->address, Words(1, coil->on ? 0xFF00 : 0));
    }
    if (const auto* one = std::get_if<modbus::WriteRegister>(&request)) {
        return text(Table::holding, one->address, Words(1, one->value));
    }
    if (const auto* several = std::get_if<modbus::WriteRegisters>(&request)) {
        return text(Table::holding, several->address, several->registers);
    }
    if (const auto* coils = std::get_if<modbus::WriteCoils>(&request)) {
        return text(Table::coil, coils->address, Words(coils->bits.begin(), coils->bits.end()));
    }
    return std::string(modbus::function_name(modbus::function_of(request)));
}

Task<Result<WriteOutcome>> write_point(Client& client, Reader& reader, const Point& point, const Value& value) {
    const auto request = write_request(point, value);
    if (!request) { co_return tl::unexpected(request.error()); }
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = value;
    const bool readable = point.access != Access::write;
    if (readable) {
        auto before = co_await read_back(reader, point, value);
        if (before.error && before.error->category != Category::refused) { co_return tl::unexpected(*before.error); }
        if (before.reading) { outcome.before = std::move(before.reading->value); }
    }
    const std::uint64_t retries = client.statistics().retries;
    auto answer = co_await client.ask(*request);
    const bool repeated = client.statistics().retries != retries;
    if (!answer && (!readable || !may_have_been_done(answer.error(), repeated))) {
        co_return tl::unexpected(answer.error());
    }
    const Place old_place = here(client);
    const modbus::LineChange change = modbus::line_change(point, value);
    auto moved = co_await go_to(client, place_after(old_place, change));
    if (readable && moved) {
        auto back = co_await read_back(reader, point, value);
        outcome.read_back = std::move(back.reading);
        outcome.verified = back.same;
    }
    if (!answer && !outcome.verified) {
        auto returned = co_await go_to(client, old_place);
        static_cast<void>(returned); // the answer's error is what matters
        co_return tl::unexpected(answer.error());
    }
    co_return outcome;
}

} // namespace meterctl::sessions::modbus
