// Mode E on meters whose identification does not offer it (IEC 62056-21:2002, 6.3.2 and 6.4.5).
#include "sessions/iec62056_21/mode_e.hpp"
#include "tests/sessions/iec62056_21/meter_script.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace meterctl::tests {
namespace {

using sessions::iec62056_21::BinaryOpening;

struct Attempt {
    Result<BinaryOpening> opening;
    std::vector<std::string> notices;
    std::size_t written = 0;
};

Attempt try_to_open(MeterScript& meter, const std::map<std::string, std::string>& settings) {
    Attempt attempt;
    sessions::SessionOptions options;
    options.settings = settings;
    options.notice = [&](const std::string& notice) { attempt.notices.push_back(notice); };
    attempt.opening = transports::run(meter.clock, sessions::iec62056_21::open_binary(meter, options));
    attempt.written = meter.written.size();
    return attempt;
}

bool any_has(const std::vector<std::string>& texts, std::string_view part) {
    return std::ranges::any_of(texts, [part](const auto& text) { return text.find(part) != std::string::npos; });
}

TEST_CASE("a meter without \\2 in its identification is opened where mode=e is asked for, and a notice tells it") {
    MeterScript meter({{Said{ascii("/GRX512345678\r\n")}},
                       {Said{ascii("\x06"
                                   "252\r\n"),
                             9600}}});
    const Attempt attempt = try_to_open(meter, {{"mode", "e"}});
    REQUIRE_MESSAGE(attempt.opening.has_value(), (attempt.opening ? std::string() : describe(attempt.opening.error())));
    CHECK(attempt.opening->line.baud == 9600);
    CHECK(attempt.opening->line.frame() == "8N1");
    CHECK(attempt.opening->meter.manufacturer == "GRX");
    REQUIRE(attempt.written == 2);
    CHECK(to_hex(meter.written[1].octets) == "06 32 35 32 0D 0A");
    CHECK(any_has(attempt.notices, "offers no mode E"));
}

TEST_CASE("the same meter is refused where mode=e is not asked for, and the hint names it") {
    MeterScript meter({{Said{ascii("/GRX512345678\r\n")}}});
    const Attempt attempt = try_to_open(meter, {});
    REQUIRE_FALSE(attempt.opening.has_value());
    CHECK(attempt.opening.error().category == Category::refused);
    CHECK(attempt.opening.error().code == "iec62056_21.no_mode_e");
    CHECK(any_has(attempt.opening.error().hints, "mode=e"));
    CHECK(attempt.written == 1);
}

TEST_CASE("a meter of mode A or B takes no option select: mode=e does not help, and no hint says so") {
    for (const std::string_view identification : {"/GRXC12345678\r\n", "/GRX*12345678\r\n"}) {
        CAPTURE(identification);
        MeterScript meter({{Said{ascii(identification)}}});
        const Attempt attempt = try_to_open(meter, {{"mode", "e"}});
        REQUIRE_FALSE(attempt.opening.has_value());
        CHECK(attempt.opening.error().code == "iec62056_21.no_mode_e");
        CHECK_FALSE(any_has(attempt.opening.error().hints, "mode=e"));
        CHECK(attempt.written == 1);
    }
}

TEST_CASE("a meter that answers the choice of HDLC with its readout is refused, asked for or not") {
    MeterScript meter({{Said{ascii("/APA5NORAX30\r\n")}},
                       {Said{ascii("\x02"
                                   "F.F(00)\r\n!\r\n\x03\x60")}}});
    const Attempt attempt = try_to_open(meter, {{"mode", "e"}});
    REQUIRE_FALSE(attempt.opening.has_value());
    CHECK(attempt.opening.error().code == "iec62056_21.no_mode_e");
    CHECK(attempt.opening.error().what.find("readout") != std::string::npos);
}

} // namespace
} // namespace meterctl::tests
