#include "codecs/bacnet/names.hpp"
#include "codecs/bacnet/records.hpp"
#include "codecs/bacnet/services_parts.hpp"

#include <array>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint8_t timestamp = 0, log_datum = 1, record_status = 2;

/// The choices of a datum, by context number.
enum Choice : std::uint8_t {
    log_status,
    boolean,
    real,
    enumerated,
    number,
    integer,
    bits,
    null,
    failure,
    time_change,
    any
};

/// Of the choices that are primitives.
struct PrimitiveChoice {
    Choice choice;
    Application type;
};
constexpr std::array primitive_choices{
    PrimitiveChoice{boolean, Application::boolean},
    PrimitiveChoice{real, Application::real},
    PrimitiveChoice{enumerated, Application::enumerated},
    PrimitiveChoice{number, Application::unsigned_integer},
    PrimitiveChoice{integer, Application::signed_integer},
    PrimitiveChoice{bits, Application::bit_string},
    PrimitiveChoice{null, Application::null},
};

struct DatumWriter {
    ParameterWriter& writer;

    void operator()(const LogStatus& status) const {
        writer.context(log_status, BitString{{status.disabled, status.purged, status.interrupted}});
    }
    void operator()(const Primitive& value) const {
        for (const auto& row : primitive_choices) {
            if (row.type == type_of(value)) { return void(writer.context(row.choice, value)); }
        }
        writer.any(any, encode_primitive(value));
    }
    void operator()(const AccessError& error) const { write_access_error(writer, failure, error); }
    void operator()(const TimeChange& change) const { writer.context(time_change, change.seconds); }
    void operator()(const AnyValue& value) const { writer.any(any, value.octets); }
};

void read_datum(ParameterReader& reader, LogRecord& record) {
    for (const auto& row : primitive_choices) {
        if (reader.next_is(row.choice)) {
            record.datum = reader.content_at(row.choice, row.type);
            return;
        }
    }
    if (reader.next_is(log_status)) {
        const auto status = reader.bits_at(log_status);
        record.datum = LogStatus{status.test(0), status.test(1), status.test(2)};
    } else if (reader.next_is(failure)) {
        record.datum = read_access_error(reader, failure);
    } else if (reader.next_is(time_change)) {
        record.datum = TimeChange{reader.real_at(time_change)};
    } else {
        record.datum = AnyValue{reader.any_at(any)};
    }
}

LogRecord read_record(ParameterReader& reader) {
    LogRecord record;
    auto when = reader.constructed_at(timestamp);
    record.timestamp.date = when.application<Date>();
    record.timestamp.time = when.application<Time>();
    if (!when.finish()) { reader.join(when); }
    auto datum = reader.constructed_at(log_datum);
    read_datum(datum, record);
    if (!datum.finish()) { reader.join(datum); }
    if (reader.next_is(record_status)) { record.status = status_flags(reader.bits_at(record_status)); }
    return record;
}

} // namespace

Bytes encode(const std::vector<LogRecord>& records) {
    ParameterWriter writer;
    for (const auto& record : records) {
        writer.any(timestamp, encode(record.timestamp)).open(log_datum);
        std::visit(DatumWriter{writer}, record.datum);
        writer.close(log_datum);
        if (record.status) { writer.context(record_status, bit_string(*record.status)); }
    }
    return writer.take();
}

Result<std::vector<LogRecord>> decode_log_records(ByteView octets) {
    ParameterReader reader(octets);
    std::vector<LogRecord> records;
    while (!reader.at_end()) { records.push_back(read_record(reader)); }
    return finished(reader, std::move(records));
}

} // namespace meterctl::codecs::bacnet
