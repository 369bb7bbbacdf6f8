#include "tests/output/samples.hpp"

#include "src/core/hex.hpp"
#include "tests/output/text_sink.hpp"

#include <limits>

namespace meterctl::output::testing {

namespace {

Reading reading(std::string name, Value value, Unit unit = Unit::none, const char* obis = nullptr) {
    Reading made;
    made.name = std::move(name);
    made.value = std::move(value);
    made.unit = unit;
    if (obis != nullptr) { made.obis = Obis::parse(obis).value(); }
    return made;
}

Bytes octets(std::string_view hex) {
    return from_hex(hex).value();
}

Field field(std::string name, Value value, std::string text, std::size_t offset, std::size_t length) {
    Field made;
    made.name = std::move(name);
    made.value = std::move(value);
    made.text = std::move(text);
    made.offset = offset;
    made.length = length;
    return made;
}

} // namespace

Head head() {
    return {"pro380-mod", "sim:", "1", "00000042", DateTime::parse("2026-11-21T02:15:00Z").value()};
}

std::vector<Reading> readings() {
    std::vector<Reading> made;
    made.push_back(reading("voltage_l1", 230.5F, Unit::volt, "1-0:32.7.0"));
    made.back().address = "holding:0x5002";
    made.back().raw = octets("43 66 80 00");
    made.push_back(reading("active_energy_import", Decimal{12345678, -2}, Unit::kilowatt_hour, "1-0:1.8.0"));
    made.push_back(reading("impulses", std::uint64_t{9007199254740993}));
    made.push_back(reading("parity", std::int64_t{2}));
    made.back().text = "even";
    made.push_back(reading("power_factor_l1", std::numeric_limits<float>::quiet_NaN()));
    made.push_back(reading("temperature", Value{}, Unit::degree_celsius));
    made.push_back(reading("clock", DateTime::parse("2026-11-21T03:15:00").value()));
    made.back().flags = {"local_time"};
    made.back().time = DateTime::parse("2026-11-21T03:15:00").value();
    made.push_back(reading("note", std::string("say \"no\", or\nyes")));
    return made;
}

Failure point_failure() {
    return {"voltage_l3", Error{.category = Category::refused,
                                .what = "exception 2, illegal data address",
                                .where = "address 1, register 0x5006",
                                .hints = {"a model whose map this is"},
                                .code = "modbus.exception.2"}};
}

Failure target_failure() {
    return {{},
            Error{.category = Category::timeout, .what = "no answer in 1.2 s", .where = {}, .hints = {}, .code = {}}};
}

std::vector<WriteRecord> writes() {
    WriteRecord verified;
    verified.name = "lcd_cycle_time";
    verified.obis = Obis::parse("0-0:96.3.10").value();
    verified.address = "holding:0x4012";
    verified.before = std::int64_t{10};
    verified.written = std::int64_t{25};
    verified.read_back = Value(std::int64_t{25});
    verified.unit = Unit::second;
    verified.status = WriteStatus::verified;

    WriteRecord planned;
    planned.name = "parity";
    planned.written = std::int64_t{2};
    planned.label = "even";
    planned.status = WriteStatus::planned;
    planned.frames = {{octets("01 10 40 11 00 01 02 00 02 1F 34"), "write multiple registers 0x4011, 1 register"}};

    WriteRecord mismatch;
    mismatch.name = "serial_number";
    mismatch.before = std::uint64_t{18446744073709551615U};
    mismatch.written = std::uint64_t{9007199254740993};
    mismatch.read_back = Value(std::uint64_t{18446744073709551615U});
    mismatch.status = WriteStatus::mismatch;

    WriteRecord written;
    written.name = "reset";
    written.written = true;

    WriteRecord invoked;
    invoked.name = "reset_energy";
    invoked.method = true;
    invoked.result = Value(std::uint64_t{9007199254740993});
    invoked.notes = {"the registers of all tariffs"};
    invoked.status = WriteStatus::invoked;

    WriteRecord relay; // whose method returns nothing, and whose state shows what it did
    relay.name = "relay";
    relay.method = true;
    relay.written = std::int64_t{1};
    relay.label = "disconnect";
    relay.result = Value();
    relay.read_back = Value("disconnected");
    relay.status = WriteStatus::verified;
    return {verified, planned, mismatch, written, invoked, relay};
}

std::vector<FoundRecord> found_meters() {
    FoundRecord known;
    known.address = "1";
    known.meter = "pro380-mod";
    known.title = "inepro Metering PRO380-Mod";
    known.protocol = "modbus";
    known.serial_number = "00000042";
    known.line = "9600 8E1";
    known.facts = readings();
    FoundRecord unknown;
    unknown.target = "tcp://10.0.0.17:4059";
    unknown.address = "17";
    unknown.error = point_failure().error;
    return {known, unknown};
}

ScanSummary summary() {
    return {
        .tried = 247, .planned = 247, .found = 2, .duration = std::chrono::milliseconds(12345), .interrupted = false};
}

std::vector<FrameRecord> frames() {
    FrameRecord request;
    request.protocol = "modbus-rtu";
    request.direction = "request";
    request.octets = octets("01 03 50 02 00 02 74 CB");
    request.summary = "read holding registers 0x5002, 2 registers";
    request.fields = {field("address", std::uint64_t{1}, "", 0, 1),
                      field("function", std::uint64_t{3}, "read holding registers", 1, 1),
                      field("crc", Bytes{0x74, 0xCB}, "right", 6, 2),
                      field("counter", std::uint64_t{18446744073709551615U}, "", 2, 2)};

    FrameRecord answer;
    answer.source = "line.pcapng";
    answer.time = std::chrono::nanoseconds(1'795'227'300'123'456'000);
    answer.protocol = "modbus-rtu";
    answer.direction = "response";
    answer.offset = 8;
    answer.octets = octets("01 03 04 43 66 80 00 6E 68");
    answer.summary = "read holding registers, 2 registers";
    answer.answers = 0;
    answer.fields = {field("data", Value{}, "", 3, 4)};
    answer.fields[0].children = {field("register", std::uint64_t{0x4366}, "0x5002", 3, 2),
                                 field("register", std::uint64_t{0x8000}, "0x5003", 5, 2)};
    answer.readings = readings();

    FrameRecord noise;
    noise.offset = 17;
    noise.octets = octets("FF 1B");
    noise.error = Error{.category = Category::untrusted,
                        .what = "2 octets are no frame",
                        .where = "offset 17",
                        .hints = {"another baud rate"},
                        .code = "modbus.noise"};
    return {request, answer, noise};
}

CountersRecord counters() {
    return {.source = "line.pcapng",
            .protocol = "modbus-rtu",
            .octets = 19,
            .frames = 2,
            .crc_errors = 0,
            .bad_lengths = 0,
            .bad_headers = 0,
            .skipped_octets = 2};
}

catalogue::Definition definition() {
    catalogue::Definition made;
    made.model = "demo-1";
    made.title = "A meter for tests";
    made.maker = "Nobody";
    made.sources = {"manual 1.0"};
    made.protocol = "modbus";
    made.line = {.baud = 9600, .frame = "8E1", .bauds = {}, .frames = {}};
    made.address = "1";
    made.origin = "built in";
    made.notes = {"a note"};
    made.not_public = {"the register map"};
    catalogue::Point voltage;
    voltage.name = "voltage_l1";
    voltage.title = "Voltage L1";
    voltage.obis = Obis::parse("1-0:32.7.0").value();
    voltage.address = "holding:0x5002";
    voltage.type = "float32";
    voltage.order = "abcd";
    voltage.scale = {1, -1};
    voltage.unit = Unit::volt;
    voltage.group = "measurement";
    voltage.source = "manual, page 7";
    catalogue::Point parity;
    parity.name = "parity";
    parity.address = "holding:0x4011";
    parity.type = "uint16";
    parity.access = catalogue::Access::read_write;
    parity.minimum = Decimal{1, 0};
    parity.maximum = Decimal{2, 0};
    parity.step = Decimal{1, 0};
    parity.choices = {{std::int64_t{1}, "none", true, "cannot be left"},
                      {std::int64_t{2}, "even", false, ""},
                      {std::uint64_t{18446744073709551615U}, "all", false, ""}};
    parity.irreversible = true;
    parity.confirm = true;
    parity.unsettled = true;
    parity.changes_line = true;
    parity.warning = "changes how the meter is reached";
    parity.applies_to = "all";
    parity.ratio = catalogue::Ratio{.to = "voltage_l1", .minimum = Decimal{82, 0}, .maximum = Decimal{660, 0}};
    parity.after = {"status"};
    parity.min_interval_s = 10;
    parity.reported_name = "Parity_Mode";
    parity.reported_unit = "kWh";
    catalogue::Point status;
    status.name = "status";
    status.address = "holding:0x4000";
    status.bits = {{.bit = 3, .name = "overvoltage", .title = "Overvoltage", .fault_when = true, .is_fault = true}};
    made.points = {voltage, parity, status};
    catalogue::Profile& log = made.profiles.emplace_back();
    log.name = "event_log";
    log.title = "Events";
    log.address = "7:0-0:99.98.0.255:2";
    log.columns = {"clock", "event_code"};
    log.period_s = 0;
    log.entries = 50;
    log.events = {{1, "power_off", "Power off"}, {2, "power_on", ""}};
    log.unsettled = true;
    log.source = "manual, page 30";
    catalogue::Profile& load = made.profiles.emplace_back();
    load.name = "load_profile_1";
    load.address = "7:1-0:99.1.0.255:2";
    load.columns = {"clock", "status", "voltage_l1"};
    load.period_s = 900;
    load.status = "status";
    catalogue::Client& open = made.clients.emplace_back();
    open.name = "public";
    open.title = "Public client";
    open.sap = 16;
    open.authentication = "none";
    open.reads = {"identity", "status", "voltage_*", "invocation_counter_*"};
    catalogue::Client& manager = made.clients.emplace_back();
    manager.name = "management";
    manager.sap = 1;
    manager.authentication = "hls_gmac";
    manager.suite = 0;
    manager.policy = {"authenticated_request", "encrypted_request"};
    manager.services = {"get", "set"};
    manager.association = "15:0-0:40.0.3.255:2";
    manager.security_setup = "64:0-0:43.0.3.255:2";
    manager.counter = "1:0-0:43.1.3.255:2";
    manager.reads = {"*"};
    manager.writes = {"setting"};
    manager.unsettled = true;
    manager.source = "manual, page 31";
    catalogue::PulseOutput& output = made.pulse_outputs.emplace_back();
    output.name = "forward";
    output.quantity = "active_energy_import";
    output.constant = Decimal{10000, 0};
    output.constants = {Decimal{10000, 0}, Decimal{1, -1}};
    output.widths_ms = {{Decimal{5000, 0}, Decimal{40, 0}}, {std::nullopt, Decimal{25, -1}}};
    output.minimum_gap_ms = Decimal{30, 0};
    output.maximum_bounce_ms = Decimal{0, 0};
    output.optical = true;
    output.wiring = "18 and 19";
    output.applies_to = "1.19";
    output.source = "manual, page 9";
    made.accuracy.active = Decimal{1, 0};
    made.accuracy.reactive = Decimal{2, 0};
    made.accuracy.source = "manual, page 2";
    return made;
}

std::string read_text(const Options& options) {
    TextSink text;
    ReadDocument document(text.sink(), options);
    document.begin(head());
    for (const Reading& item : readings()) { document.reading(item); }
    document.failure(point_failure());
    document.end();
    Head other = head();
    other.meter.clear();
    other.serial_number.clear();
    other.target = "tcp://10.0.0.5:502";
    document.begin(other);
    document.failure(target_failure());
    document.end();
    return text.arrived();
}

std::string write_text(const Options& options) {
    TextSink text;
    WriteDocument document(text.sink(), options);
    document.begin(head());
    for (const WriteRecord& record : writes()) { document.record(record); }
    document.failure(point_failure());
    document.end();
    return text.arrived();
}

std::string profile_text(const Options& options) {
    TextSink text;
    ProfileDocument document(text.sink(), options);
    document.begin(head(), "trend_log_1");
    ProfileHead log;
    log.columns = {{"active_energy_import", Obis::parse("1-0:1.8.0").value(), Unit::kilowatt_hour, "analog-input:1"},
                   {"state", std::nullopt, Unit::none, {}}};
    log.period = std::chrono::seconds(900);
    log.held = 5760;
    log.notes = {"the clock was not set before record 6"};
    document.head(log);
    ProfileRecord value;
    value.sequence = 5;
    value.time = DateTime::parse("2000-01-01T00:15:00").value();
    value.values = {Decimal{1234567, -2}, std::int64_t{3}};
    value.flags = {"clock_invalid", "local_time"};
    document.record(value);
    document.record({7, DateTime::parse("2026-11-21T02:00:00Z").value(), "status", {}, {}, "buffer-purged"});
    document.gap({8, 2, DateTime::parse("2026-11-21T02:00:00Z").value(),
                  DateTime::parse("2026-11-21T02:45:00Z").value(), "the buffer was full"});
    document.record({10, DateTime::parse("2026-11-21T02:45:00Z").value(), "value", {Value(), Value(2.5F)}, {}, {}});
    document.failure({"trend_log_1", point_failure().error});
    document.end();
    return text.arrived();
}

std::string profile_list_text(const Options& options) {
    TextSink text;
    const std::vector<ProfileListing> rows{{"trend_log_1", "First trend log", "trend-log:1"}, {"events", {}, {}}};
    write_profile_list(text.sink(), options, head(), rows);
    return text.arrived();
}

std::string scan_text(const Options& options) {
    TextSink text;
    ScanDocument document(text.sink(), options);
    Head line = head();
    line.meter.clear();
    line.address.clear();
    line.serial_number.clear();
    document.begin(line);
    for (const FoundRecord& record : found_meters()) { document.found(record); }
    document.failure(target_failure());
    document.failure({"17", point_failure().error});
    document.end(summary());
    return text.arrived();
}

std::string decode_text(const Options& options, bool with_counters) {
    TextSink text;
    DecodeDocument document(text.sink(), options);
    document.begin("pro380-mod");
    for (const FrameRecord& frame : frames()) { document.frame(frame); }
    const CountersRecord counted = counters();
    if (with_counters) {
        document.failure({"missing.pcap", point_failure().error});
        document.end({&counted, 1});
    } else {
        document.end();
    }
    return text.arrived();
}

std::string meters_text(const Options& options, bool points) {
    TextSink text;
    MetersDocument document(text.sink(), options, points);
    document.begin();
    document.meter(definition());
    document.meter(definition());
    document.end();
    return text.arrived();
}

} // namespace meterctl::output::testing
