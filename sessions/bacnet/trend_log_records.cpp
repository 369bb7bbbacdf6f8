#include "sessions/bacnet/trend_log_records.hpp"

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/values.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr int first_year_of_clocks = 2000; ///< where a clock begins that has lost the time

std::string status_text(const bacnet::LogStatus& status) {
    std::string text;
    const auto add = [&text](bool set, std::string_view name) {
        if (set) { text += (text.empty() ? "" : ", ") + std::string(name); }
    };
    add(status.disabled, "log disabled");
    add(status.purged, "buffer purged");
    add(status.interrupted, "log interrupted");
    return text.empty() ? "log enabled" : text;
}

struct DatumReader {
    ProfileRecord& record;
    void operator()(const bacnet::LogStatus& status) const {
        record.kind = "status";
        record.values.emplace_back();
        record.text = status_text(status);
    }
    void operator()(const bacnet::Primitive& value) const {
        auto shown = bacnet::show(value);
        record.values.push_back(std::move(shown.value));
        record.text = std::move(shown.text);
        for (std::string& flag : shown.flags) { record.flags.push_back(std::move(flag)); }
    }
    void operator()(const bacnet::AccessError& error) const {
        record.kind = "failure";
        record.values.emplace_back();
        record.text = bacnet::refusal(error.error_class, error.error_code).what;
    }
    void operator()(const bacnet::TimeChange& change) const {
        record.kind = "time_change";
        record.values.emplace_back();
        record.text =
            std::isnan(change.seconds) ? "the clock was set" : fmt::format("the clock was set by {} s", change.seconds);
    }
    void operator()(const bacnet::AnyValue& value) const { record.values.emplace_back(value.octets); }
};

} // namespace

ProfileRecord TrendRecords::take(const bacnet::LogRecord& record, std::uint64_t sequence) {
    ProfileRecord out;
    out.sequence = sequence;
    out.time = bacnet::date_time(record.timestamp);
    out.flags.emplace_back("local_time");
    std::visit(DatumReader{out}, record.datum);
    if (!not_a_number_.empty()) { std::ranges::replace(out.flags, std::string("not_a_number"), not_a_number_); }
    if (std::holds_alternative<bacnet::TimeChange>(record.datum)) { clock_reset_ = lost_ = false; }
    if (out.time->year.value_or(0) <= first_year_of_clocks) { lost_ = true; }
    if (lost_ || clock_reset_) { out.flags.emplace_back("clock_invalid"); }
    if (record.status && record.status->fault) { out.flags.emplace_back("fault"); }
    if (record.status && record.status->overridden) { out.flags.emplace_back("overridden"); }
    if (record.status && record.status->out_of_service) { out.flags.emplace_back("out_of_service"); }
    const bool unexplained = out.kind == "value" && !out.values.empty() && out.values.front().is_null();
    if (unexplained && out.flags.size() == 1) { out.flags.emplace_back("not_available"); }
    return out;
}

} // namespace meterctl::sessions::bacnet
