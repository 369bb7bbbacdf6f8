// The document of `dump-profile`: a row a record, a column a channel. docs/data-format.md describes it.
#pragma once

#include "src/core/profile.hpp"
#include "src/output/json_writer.hpp"
#include "src/output/options.hpp"
#include "src/output/records.hpp"
#include "src/output/rows.hpp"
#include "src/output/sink.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meterctl::output {

/// begin / head / record, gap, failure ... / end. In NDJSON each record, and each gap, is a document of its own.
class ProfileDocument {
public:
    /// `header`: whether CSV begins with the names of its columns.
    ProfileDocument(Sink& sink, const Options& options, bool header = true);
    void begin(const Head& head, std::string_view profile);
    void head(const ProfileHead& profile);
    void record(const ProfileRecord& record);
    void gap(const ProfileGap& gap);
    void failure(const Failure& failure);
    void end();

private:
    void open_line();
    void close_line(std::string_view list);
    void write_head_of(const ProfileHead& profile);
    void write_record(const ProfileRecord& record);
    void open_records();

    Options options_;
    bool header_;
    Sink& sink_;
    JsonWriter json_;
    Head head_;
    std::string profile_;
    std::vector<ProfileColumn> columns_;
    std::vector<std::string> names_;  ///< what the columns of `rows_` are called
    std::vector<Column> row_columns_; ///< what `rows_` looks at
    std::optional<Rows> rows_;
    bool records_open_ = false;
    std::vector<ProfileGap> gaps_;
    std::vector<Failure> failures_;
};

/// `dump-profile --list`: the profiles that a meter has.
struct ProfileListing {
    std::string name;
    std::string title;
    std::string address; ///< in the protocol's own terms
};
void write_profile_list(Sink& sink, const Options& options, const Head& head, std::span<const ProfileListing> profiles);

} // namespace meterctl::output
