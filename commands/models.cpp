#include "commands/models.hpp"

#include "commands/places.hpp"

namespace meterctl::commands {

Result<Models> open_models(const Arguments& arguments, const Io& io) {
    Models models{catalogue::Catalogue(user_meters_folder(io.environment)), {}};
    const std::vector<std::string> files = arguments.all("--meter-file");
    for (const std::string& file : files) {
        const auto added = models.catalogue.add_file(file);
        if (!added) { return tl::unexpected(added.error()); }
        models.only_file = files.size() == 1 ? (*added)->model : std::string();
    }
    return models;
}

} // namespace meterctl::commands
