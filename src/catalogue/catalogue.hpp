// The catalogue: the definitions compiled in, those of $XDG_DATA_HOME/meterctl/meters/ (which override them), and files
// the user names.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/core/error.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::catalogue {

/// One JSON text as a definition. Errors name the file, the line, the path and, for an unknown key, the nearest known
/// one.
Result<Definition> parse_definition(std::string_view json, std::string_view origin);
Result<Definition> load_definition(const std::string& path);

class Catalogue {
public:
    /// Reads nothing yet: built-in definitions are parsed when first asked for.
    explicit Catalogue(std::string user_folder = {});
    ~Catalogue();
    Catalogue(const Catalogue&) = delete;
    Catalogue& operator=(const Catalogue&) = delete;
    Catalogue(Catalogue&&) noexcept;
    Catalogue& operator=(Catalogue&&) noexcept;

    /// A file overrides the built-in definition of its model, or completes it where it says "extends".
    Result<const Definition*> add_file(const std::string& path);
    [[nodiscard]] std::vector<std::string> models() const;
    /// Usage error with the nearest models when there is none.
    Result<const Definition*> find(std::string_view model) const;
    /// All; the first broken user file is the error.
    Result<std::vector<const Definition*>> all() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A built-in definition's JSON text, as compiled in; empty when there is none.
std::string_view builtin_text(std::string_view model);
std::vector<std::string_view> builtin_models();
/// The JSON Schema of definitions, as compiled in.
std::string_view schema_text();

} // namespace meterctl::catalogue
