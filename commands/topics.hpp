// `meterctl help TOPIC`: what belongs to no single subcommand. The man page meterctl(1) holds the same texts.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace meterctl::commands {

/// A row of a topic: what, and its meaning. An empty `term` makes `text` a paragraph.
struct TopicRow {
    std::string term;
    std::string text;
};

struct Topic {
    std::string_view name;
    std::string_view title; ///< one line
    std::span<const TopicRow> (*rows)();
};

std::span<const Topic> topics();
/// nullptr when there is none of that name.
const Topic* find_topic(std::string_view name);

} // namespace meterctl::commands
