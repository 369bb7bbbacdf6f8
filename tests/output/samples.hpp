// Records that use every part a document can have, for the golden texts and for the check against the schemas.
#pragma once

#include "src/output/documents.hpp"
#include "src/output/profile_document.hpp"

#include <string>
#include <vector>

namespace meterctl::output::testing {

Head head();
std::vector<Reading> readings();
Failure point_failure();
Failure target_failure();
std::vector<WriteRecord> writes();
std::vector<FoundRecord> found_meters();
ScanSummary summary();
std::vector<FrameRecord> frames();
CountersRecord counters();
catalogue::Definition definition();

std::string read_text(const Options& options);
std::string write_text(const Options& options);
std::string profile_text(const Options& options);
std::string profile_list_text(const Options& options);
std::string scan_text(const Options& options);
std::string decode_text(const Options& options, bool with_counters = true);
std::string pulse_test_text(const Options& options);
std::string meters_text(const Options& options, bool points);

} // namespace meterctl::output::testing
