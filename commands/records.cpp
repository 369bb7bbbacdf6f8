#include "commands/records.hpp"

#include <fmt/format.h>

namespace meterctl::commands {

namespace {

constexpr std::size_t names_told = 3;

/// "voltage_l1, voltage_l2, voltage_l3 and 4 more"
std::string names_of(std::span<const output::Failure> alike) {
    std::string text;
    for (std::size_t i = 0; i < alike.size() && i < names_told; ++i) { text += (i == 0 ? "" : ", ") + alike[i].name; }
    if (alike.size() > names_told) { text += fmt::format(" and {} more", alike.size() - names_told); }
    return text;
}

bool alike(const output::Failure& a, const output::Failure& b) {
    return a.error.what == b.error.what && a.error.category == b.error.category && !a.name.empty();
}

} // namespace

output::Options output_options(const Arguments& arguments) {
    output::Options options;
    options.format = output::parse_format(arguments.text("--format")).value_or(output::Format::json);
    options.base_units = arguments.text("--unit-scale") == "base";
    options.raw = arguments.flag("--raw");
    return options;
}

Result<std::unique_ptr<output::Sink>> open_output(const Arguments& arguments, Io& io) {
    return output::open_sink(arguments.text("--output"), io.out);
}

void report_failures(Io& io, const std::string& target, std::span<const output::Failure> failures) {
    std::size_t begin = 0;
    while (begin < failures.size()) {
        std::size_t end = begin + 1;
        while (end < failures.size() && alike(failures[begin], failures[end])) { ++end; }
        const std::string names = names_of(failures.subspan(begin, end - begin));
        const std::string subject = names.empty() ? target : fmt::format("{}: {}", target, names);
        report(io, subject, failures[begin].error);
        begin = end;
    }
}

int give_up(Io& io, const Error& error) {
    report(io, {}, error);
    return exit_code(error.category);
}

int finish(Io& io, output::Sink& sink, int code) {
    if (sink.closed()) { code = 0; }
    const auto done = sink.finish();
    return done ? code : give_up(io, done.error());
}

output::Head head_of(const Target& target) {
    output::Head head;
    head.target = target.name;
    head.address = target.address;
    if (target.meter != nullptr) {
        head.meter = target.meter->model;
        if (head.address.empty()) { head.address = target.meter->address; }
    }
    head.time = DateTime::from_utc(std::chrono::system_clock::now());
    head.time.millisecond.reset();
    return head;
}

} // namespace meterctl::commands
