#include "codecs/bacnet/service_fields.hpp"

#include "codecs/bacnet/point.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::size_t most_facts = 4;           ///< of the summary
constexpr std::size_t longest_fact = 60;        ///< octets of a value in it
constexpr std::uint32_t proprietary_value = 64; ///< enumerations are open from here on

/// The application type of a primitive shape.
constexpr std::array shape_types{
    Application::boolean,    Application::unsigned_integer,  Application::signed_integer,
    Application::real,       Application::octet_string,      Application::character_string,
    Application::bit_string, Application::enumerated,        Application::date,
    Application::time,       Application::object_identifier, Application::enumerated,
};

bool is_primitive(Shape shape) {
    return shape < Shape::sequence;
}

std::string shortened(std::string text) {
    if (text.size() <= longest_fact) { return text; }
    std::size_t end = longest_fact;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) { --end; }
    return text.substr(0, end) + "...";
}

std::string generic_name(const Tag& tag) {
    constexpr std::array<std::string_view, 13> types{"null",   "boolean", "unsigned", "signed", "real",
                                                     "double", "octets",  "text",     "bits",   "enumerated",
                                                     "date",   "time",    "object"};
    if (tag.kind == Tag::Kind::application && tag.number < types.size()) { return std::string(types[tag.number]); }
    return fmt::format("tag_{}", tag.number);
}

class Renderer {
public:
    std::vector<Field> render(std::span<const Element> elements, Syntax syntax) {
        std::vector<Field> fields;
        fields.reserve(elements.size());
        std::size_t at = 0;
        for (const auto& element : elements) {
            const Item* const item = match(element, syntax, at);
            fields.push_back(item == nullptr ? generic(element) : field(element, *item));
        }
        return fields;
    }

    [[nodiscard]] std::string summary() const {
        std::string text;
        for (std::size_t at = 0; at < facts_.size() && at < most_facts; ++at) {
            text += (at == 0 ? "" : ", ") + facts_[at];
        }
        if (facts_.size() > most_facts) { text += fmt::format(", and {} more", facts_.size() - most_facts); }
        return text;
    }

private:
    /// The first item behind the last one found that carries this tag; a list begins again at its first.
    static const Item* match(const Element& element, Syntax syntax, std::size_t& at) {
        const bool application = element.tag.kind == Tag::Kind::application;
        for (std::size_t step = 0; step < syntax.size(); ++step) {
            const std::size_t index = (at + step) % syntax.size();
            const auto& item = syntax[index];
            const bool constructed = element.tag.kind == Tag::Kind::opening;
            const bool fits = application ? item.tag == application_tagged && fits_type(element, item)
                                          : item.tag == element.tag.number && constructed != is_primitive(item.shape);
            if (!fits) { continue; }
            at = index + 1;
            return &item;
        }
        return nullptr;
    }

    static bool fits_type(const Element& element, const Item& item) {
        return is_primitive(item.shape) && element.tag.is(shape_types[static_cast<std::size_t>(item.shape)]);
    }

    static Field plain(const Element& element, std::string name) {
        return Field{std::move(name), {}, {}, element.offset, element.length, {}};
    }

    Field generic(const Element& element) {
        auto out = plain(element, generic_name(element.tag));
        if (element.tag.kind == Tag::Kind::opening) {
            out.children = render(element.children, {});
        } else if (const auto value = decode_application(element)) {
            auto shown = show(*value);
            out.value = std::move(shown.value);
            out.text = std::move(shown.text);
        } else {
            out.value = Bytes(element.content.begin(), element.content.end());
        }
        return out;
    }

    Field field(const Element& element, const Item& item) {
        if (is_primitive(item.shape)) { return primitive(element, item); }
        if (item.shape == Shape::any) { return held(element, item); }
        auto out = plain(element, std::string(item.name));
        out.children = render(element.children, item.shape == Shape::sequence ? item.members : Syntax());
        return out;
    }

    Field primitive(const Element& element, const Item& item) {
        auto out = plain(element, std::string(item.name));
        const auto type = shape_types[static_cast<std::size_t>(item.shape)];
        const auto value = element.tag.kind == Tag::Kind::application ? decode_application(element)
                                                                      : decode_content(type, element.content);
        if (!value) {
            out.value = Bytes(element.content.begin(), element.content.end());
            out.text = value.error().what;
            return out;
        }
        auto shown = show(*value);
        out.value = std::move(shown.value);
        out.text = std::move(shown.text);
        explain(out, *value, item);
        return out;
    }

    void explain(Field& out, const Primitive& value, const Item& item) {
        if (const auto* const id = std::get_if<ObjectId>(&value)) {
            subject_.object = *id;
            subject_.property = {};
            return fact(fmt::format("{}{}", item.name == "object" ? "" : std::string(item.name) + " ", id->text()));
        }
        if (const auto* const number = std::get_if<Enumerated>(&value)) {
            if (item.shape == Shape::property) {
                subject_.property = {number->value, {}};
                out.text = names::text(names::properties, number->value, names::proprietary_properties);
                return name_property();
            }
            if (item.names != nullptr) { out.text = names::text(*item.names, number->value, proprietary_value); }
        }
        if (const auto* const bits = std::get_if<BitString>(&value); bits != nullptr && item.names != nullptr) {
            out.text = bit_names(*bits, *item.names);
        }
        const std::string_view said = out.text.empty() ? std::string_view() : std::string_view(out.text);
        if (item.name == "index" && !facts_.empty()) {
            facts_.back() += "[" + out.value.to_string() + "]";
            return;
        }
        fact(fmt::format("{} {}", item.name, said.empty() ? shortened(out.value.to_string()) : std::string(said)));
    }

    /// "analog-input:11/reliability" instead of the object alone.
    void name_property() {
        const PointAddress address{subject_.object, subject_.property};
        const auto object = subject_.object.text();
        if (!facts_.empty() && facts_.back() == object) { facts_.pop_back(); }
        fact(address.text());
    }

    void fact(std::string text) { facts_.push_back(std::move(text)); }

    /// What the property named before holds.
    Field held(const Element& element, const Item& item) {
        auto out = plain(element, std::string(item.name));
        const auto property = subject_.property.property;
        const auto syntax = property_syntax(property);
        if (element.children.size() == 1 && syntax.empty()) {
            out.value = {};
            if (const auto value = decode_application(element.children.front())) {
                auto shown = show(*value, property, subject_.object.type);
                out.value = std::move(shown.value);
                out.text = shown.text.empty() && !shown.flags.empty() ? shown.flags.front() : std::move(shown.text);
                say(out);
                return out;
            }
        }
        out.children = held_elements(element, syntax);
        return out;
    }

    std::vector<Field> held_elements(const Element& element, Syntax syntax) {
        if (!syntax.empty()) {
            const auto before = facts_.size();
            auto fields = render(element.children, syntax);
            facts_.resize(std::min(before, facts_.size()));
            return fields;
        }
        std::vector<Field> fields;
        for (const auto& child : element.children) {
            const auto value = decode_application(child);
            if (!value) {
                fields.push_back(generic(child));
                continue;
            }
            auto shown = show(*value, subject_.property.property, subject_.object.type);
            auto one = plain(child, generic_name(child.tag));
            one.value = std::move(shown.value);
            one.text = std::move(shown.text);
            fields.push_back(std::move(one));
        }
        return fields;
    }

    void say(const Field& value) {
        const auto text = value.text.empty() ? shortened(value.value.to_string()) : value.text;
        if (facts_.empty()) { return fact(text); }
        facts_.back() += " is " + text;
    }

    PointAddress subject_;
    std::vector<std::string> facts_;
};

} // namespace

ServiceFields service_fields(ByteView octets, Syntax syntax, std::size_t base) {
    auto read = read_elements(octets, base);
    Renderer renderer;
    ServiceFields out;
    out.fields = renderer.render(read.elements, syntax);
    out.summary = renderer.summary();
    out.error = std::move(read.error);
    if (read.octets < octets.size()) {
        const auto rest = octets.subspan(read.octets);
        out.fields.push_back({"excess", Bytes(rest.begin(), rest.end()), {}, base + read.octets, rest.size(), {}});
    }
    return out;
}

} // namespace meterctl::codecs::bacnet
