#include "src/core/error.hpp"

#include <array>
#include <utility>

namespace meterctl {

namespace {

struct CategoryName {
    Category category;
    std::string_view name;
};

constexpr std::array category_names{
    CategoryName{Category::partial, "partial"},         CategoryName{Category::usage, "usage"},
    CategoryName{Category::endpoint, "endpoint"},       CategoryName{Category::timeout, "timeout"},
    CategoryName{Category::untrusted, "untrusted"},     CategoryName{Category::refused, "refused"},
    CategoryName{Category::rejected, "rejected"},       CategoryName{Category::verdict, "verdict"},
    CategoryName{Category::interrupted, "interrupted"},
};

} // namespace

tl::unexpected<Error> fail(Category category, std::string what, std::string where, std::vector<std::string> hints,
                           std::string code) {
    return tl::unexpected<Error>(Error{category, std::move(what), std::move(where), std::move(hints), std::move(code)});
}

int exit_code(Category category) {
    return static_cast<int>(category);
}

std::string_view category_name(Category category) {
    for (const CategoryName& entry : category_names) {
        if (entry.category == category) { return entry.name; }
    }
    return "unknown";
}

std::string describe(const Error& error) {
    std::string line = error.what;
    if (!error.where.empty()) { line += " (" + error.where + ")"; }
    std::string_view lead = ": try ";
    for (const std::string& hint : error.hints) {
        line.append(lead).append(hint);
        lead = "; ";
    }
    return line;
}

} // namespace meterctl
