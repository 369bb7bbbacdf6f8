#include "src/catalogue/inventory.hpp"

#include "src/catalogue/fields.hpp"
#include "src/core/text.hpp"

#include <array>
#include <fstream>
#include <iterator>

namespace meterctl::catalogue {
namespace {

/// Characters that tell a name from an endpoint, a path or a glob.
constexpr std::string_view reserved = ":/*?[]= \t";

constexpr std::array target_table = {
    Key<InventoryTarget>{"endpoint", into<&InventoryTarget::endpoint>},
    Key<InventoryTarget>{"meter", into<&InventoryTarget::meter>},
    Key<InventoryTarget>{"protocol", into<&InventoryTarget::protocol>},
    Key<InventoryTarget>{"address", into<&InventoryTarget::address>},
    Key<InventoryTarget>{"timeout", into<&InventoryTarget::timeout>},
    Key<InventoryTarget>{"retries", into<&InventoryTarget::retries>},
};

Result<void> read_target(const Source& source, const Node& node, InventoryTarget& target) {
    if (target.name.empty() || target.name.find_first_of(reserved) != std::string::npos) {
        return tl::unexpected(
            source.error(node, "\"" + target.name + "\" cannot name a target: : / * ? [ ] = and blanks are reserved"));
    }
    if (auto read = read_object<InventoryTarget>(source, node, target_table, target); !read) { return read; }
    if (target.endpoint.empty()) { return tl::unexpected(source.error(node, "\"endpoint\" is missing")); }
    return {};
}

/// What an inventory file holds; the defaults are read before the targets, wherever they stand.
struct File {
    InventoryTarget defaults;
    const Node* targets = nullptr;
};

Result<void> read_defaults(const Source& source, const Node& node, File& file) {
    return read_object<InventoryTarget>(source, node, target_table, file.defaults);
}

Result<void> keep_targets(const Source& source, const Node& node, File& file) {
    file.targets = &node;
    return expect_kind(source, node, Node::Kind::object);
}

Result<void> pass_over(const Source& /*source*/, const Node& /*node*/, File& /*file*/) {
    return {};
}

constexpr std::array file_table = {
    Key<File>{"$schema", pass_over},
    Key<File>{"defaults", read_defaults},
    Key<File>{"targets", keep_targets},
};

} // namespace

std::vector<const InventoryTarget*> Inventory::find(std::string_view pattern) const {
    std::vector<const InventoryTarget*> found;
    for (const InventoryTarget& target : targets) {
        if (target.name == pattern || glob_match(pattern, target.name)) { found.push_back(&target); }
    }
    return found;
}

Result<Inventory> parse_inventory(std::string_view json, std::string_view origin) {
    const auto source = parse_tree(json, origin);
    if (!source) { return tl::unexpected(source.error()); }
    File file;
    if (auto read = read_object<File>(*source, source->root, file_table, file); !read) {
        return tl::unexpected(read.error());
    }
    Inventory inventory;
    if (file.targets == nullptr) { return inventory; }
    for (const Node& member : file.targets->children) {
        InventoryTarget& target = inventory.targets.emplace_back(file.defaults);
        target.name = member.key;
        if (auto read = read_target(*source, member, target); !read) { return tl::unexpected(read.error()); }
    }
    return inventory;
}

Result<Inventory> load_inventory(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) { return fail(Category::usage, "cannot read the inventory", path, {}, "inventory.unreadable"); }
    return parse_inventory(text, path);
}

} // namespace meterctl::catalogue
