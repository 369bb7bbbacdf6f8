#include "codecs/bacnet/service_fields.hpp"

#include "codecs/bacnet/point.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

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

/// What the summary says: the first few, and how many there are. Those that it does not say are not even written.
class Facts {
public:
    /// `write` gives the text.
    template <class Write>
    void add(Write write) {
        if (++count_ <= most_facts) { said_.push_back(write()); }
    }
    /// Appended to the last one.
    template <class Write>
    void continue_last(Write write) {
        if (count_ <= most_facts) { said_.back() += write(); }
    }
    void shrink_to(std::size_t count) {
        count_ = std::min(count, count_);
        said_.resize(std::min(count_, said_.size()));
    }
    [[nodiscard]] std::size_t count() const { return count_; }
    /// Nothing more will be said.
    [[nodiscard]] bool full() const { return count_ > most_facts; }

    [[nodiscard]] std::string text() const {
        std::string text;
        for (const auto& fact : said_) { text += (&fact == &said_.front() ? "" : ", ") + fact; }
        if (count_ > most_facts) { text += fmt::format(", and {} more", count_ - most_facts); }
        return text;
    }

private:
    std::vector<std::string> said_;
    std::size_t count_ = 0;
};

class Renderer {
public:
    /// `keeps` false: only the summary is wanted.
    explicit Renderer(bool keeps) : keeps_(keeps) {}

    std::vector<Field> render(std::span<const Element> elements, Syntax syntax) {
        std::vector<Field> fields;
        fields.reserve(keeps_ ? elements.size() : 1);
        std::size_t at = 0;
        for (const auto& element : elements) {
            const Item* const item = match(element, syntax, at);
            auto& out = keeps_ || fields.empty() ? fields.emplace_back() : fields.front();
            out.text.clear(); // where fields are not kept, of the one before
            out.offset = element.offset;
            out.length = element.length;
            item == nullptr ? generic(out, element) : field(out, element, *item);
        }
        if (!keeps_) { fields.clear(); }
        return fields;
    }

    [[nodiscard]] std::string summary() const { return facts_.text(); }

private:
    /// The first item behind the last one found that carries this tag; a list begins again at its first.
    static const Item* match(const Element& element, Syntax syntax, std::size_t& at) {
        const bool application = element.tag.kind == Tag::Kind::application;
        const bool constructed = element.tag.kind == Tag::Kind::opening;
        std::size_t index = at < syntax.size() ? at : 0;
        for (std::size_t step = 0; step < syntax.size(); ++step, index = index + 1 < syntax.size() ? index + 1 : 0) {
            const auto& item = syntax[index];
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

    /// Whether anybody will see what a value is.
    [[nodiscard]] bool seen() const { return keeps_ || !facts_.full(); }

    static void take(Field& out, ShownValue&& shown) {
        out.value = std::move(shown.value);
        out.text = std::move(shown.text);
    }

    void generic(Field& out, const Element& element) {
        if (!keeps_) { return; }
        out.name = generic_name(element.tag);
        if (element.tag.kind == Tag::Kind::opening) {
            out.children = render(element.children, {});
        } else if (const auto value = decode_application(element)) {
            take(out, show(*value));
        } else {
            out.value = Bytes(element.content.begin(), element.content.end());
        }
    }

    void field(Field& out, const Element& element, const Item& item) {
        out.name = item.name;
        if (is_primitive(item.shape)) { return primitive(out, element, item); }
        if (item.shape == Shape::any) { return held(out, element); }
        out.children = render(element.children, item.shape == Shape::sequence ? item.members : Syntax());
    }

    void primitive(Field& out, const Element& element, const Item& item) {
        const auto type = shape_types[static_cast<std::size_t>(item.shape)];
        const auto value = element.tag.kind == Tag::Kind::application ? decode_application(element)
                                                                      : decode_content(type, element.content);
        if (!value) {
            out.value = Bytes(element.content.begin(), element.content.end());
            out.text = value.error().what;
            return;
        }
        if (seen()) { take(out, show(*value)); }
        explain(out, *value, item);
    }

    void explain(Field& out, const Primitive& value, const Item& item) {
        const bool names_object = std::exchange(last_names_object_, false);
        if (const auto* const id = std::get_if<ObjectId>(&value)) {
            subject_.object = *id;
            subject_.property = {};
            last_names_object_ = item.name == "object";
            return facts_.add([&] { return (last_names_object_ ? "" : std::string(item.name) + " ") + id->text(); });
        }
        if (const auto* const number = std::get_if<Enumerated>(&value)) {
            if (item.shape == Shape::property) {
                subject_.property = {number->value, {}};
                if (keeps_) { out.text = names::text(names::properties, number->value, names::proprietary_properties); }
                return name_property(names_object);
            }
            if (item.names != nullptr) { out.text = names::text(*item.names, number->value, proprietary_value); }
        }
        if (const auto* const bits = std::get_if<BitString>(&value); bits != nullptr && item.names != nullptr) {
            out.text = bit_names(*bits, *item.names);
        }
        if (item.name == "index" && facts_.count() > 0) {
            return facts_.continue_last([&] { return "[" + out.value.to_string() + "]"; });
        }
        facts_.add([&] {
            return std::string(item.name) + " " + (out.text.empty() ? shortened(out.value.to_string()) : out.text);
        });
    }

    /// "analog-input:11/reliability" instead of the object alone, which is also how its present value is named.
    void name_property(bool behind_its_object) {
        if (behind_its_object && facts_.count() > 0) { facts_.shrink_to(facts_.count() - 1); }
        facts_.add([&] { return PointAddress{subject_.object, subject_.property}.text(); });
        last_names_object_ = subject_.property.property == present_value_property;
    }

    /// What the property named before holds.
    void held(Field& out, const Element& element) {
        const auto property = subject_.property.property;
        const auto syntax = property_syntax(property);
        if (element.children.size() == 1 && syntax.empty()) {
            if (const auto value = decode_application(element.children.front())) {
                if (seen()) {
                    auto shown = show(*value, property, subject_.object.type);
                    if (shown.text.empty() && !shown.flags.empty()) { shown.text = std::move(shown.flags.front()); }
                    take(out, std::move(shown));
                }
                return say(out);
            }
        }
        out.children = held_elements(element, syntax);
    }

    std::vector<Field> held_elements(const Element& element, Syntax syntax) {
        if (!syntax.empty()) {
            const auto before = facts_.count();
            const auto object = subject_.object;
            const bool names_object = last_names_object_;
            auto fields = render(element.children, syntax);
            facts_.shrink_to(before);
            last_names_object_ = names_object && subject_.object == object;
            return fields;
        }
        if (!keeps_) { return {}; }
        std::vector<Field> fields;
        fields.reserve(element.children.size());
        for (const auto& child : element.children) {
            auto& one = fields.emplace_back();
            one.offset = child.offset;
            one.length = child.length;
            if (const auto value = decode_application(child)) {
                one.name = generic_name(child.tag);
                take(one, show(*value, subject_.property.property, subject_.object.type));
            } else {
                generic(one, child);
            }
        }
        return fields;
    }

    void say(const Field& value) {
        last_names_object_ = false;
        const auto text = [&] { return value.text.empty() ? shortened(value.value.to_string()) : value.text; };
        if (facts_.count() == 0) { return facts_.add(text); }
        facts_.continue_last([&] { return " is " + text(); });
    }

    bool keeps_;
    PointAddress subject_;
    bool last_names_object_ = false; ///< the last fact is the object alone
    Facts facts_;
};

} // namespace

ServiceFields service_fields(ByteView octets, Syntax syntax, std::size_t base, bool keeps) {
    auto read = read_elements(octets, base);
    Renderer renderer(keeps);
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
