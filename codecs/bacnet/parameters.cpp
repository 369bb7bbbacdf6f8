#include "codecs/bacnet/parameters.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet {

ParameterReader::ParameterReader(ByteView octets) : octets_(octets) {
    auto read = read_elements(octets);
    own_ = std::move(read.elements);
    elements_ = own_;
    error_ = std::move(read.error);
}

bool ParameterReader::next_is(std::uint8_t number) const {
    if (at_end()) { return false; }
    const auto& tag = elements_[at_].tag;
    return tag.number == number && (tag.kind == Tag::Kind::context || tag.kind == Tag::Kind::opening);
}

bool ParameterReader::next_is(Application type) const {
    return !at_end() && elements_[at_].tag.is(type);
}

void ParameterReader::fail_here(std::string what) {
    if (error_) { return; }
    error_ = octets_error(std::move(what), at_ < elements_.size() ? elements_[at_].offset : octets_.size(),
                          "bacnet.parameter");
}

const Element* ParameterReader::take(std::uint8_t number, Tag::Kind kind) {
    if (error_) { return nullptr; }
    if (at_ == elements_.size()) {
        fail_here(fmt::format("parameter {} is missing", number));
        return nullptr;
    }
    const auto& element = elements_[at_];
    if (element.tag.number != number || element.tag.kind != kind) {
        fail_here(fmt::format("another parameter where {} is due", number));
        return nullptr;
    }
    ++at_;
    return &element;
}

Primitive ParameterReader::content_at(std::uint8_t number, Application type) {
    const auto* const element = take(number, Tag::Kind::context);
    if (element == nullptr) { return Null{}; }
    auto value = decode_content(type, element->content);
    if (value) { return std::move(*value); }
    error_ = octets_error(value.error().what, element->offset, "bacnet.parameter");
    return Null{};
}

namespace {

template <class T>
T held(Primitive&& value) {
    auto* const found = std::get_if<T>(&value);
    return found != nullptr ? std::move(*found) : T{};
}

} // namespace

std::uint64_t ParameterReader::unsigned_at(std::uint8_t number, std::uint64_t limit) {
    const auto value = held<std::uint64_t>(content_at(number, Application::unsigned_integer));
    if (value > limit) {
        --at_;
        fail_here(fmt::format("parameter {} of {}, at most {} is possible", number, value, limit));
        return 0;
    }
    return value;
}

std::int64_t ParameterReader::signed_at(std::uint8_t number) {
    return held<std::int64_t>(content_at(number, Application::signed_integer));
}

std::uint32_t ParameterReader::enumerated_at(std::uint8_t number) {
    return held<Enumerated>(content_at(number, Application::enumerated)).value;
}

bool ParameterReader::boolean_at(std::uint8_t number) {
    return held<bool>(content_at(number, Application::boolean));
}

float ParameterReader::real_at(std::uint8_t number) {
    return held<float>(content_at(number, Application::real));
}

ObjectId ParameterReader::object_at(std::uint8_t number) {
    return held<ObjectId>(content_at(number, Application::object_identifier));
}

CharacterString ParameterReader::text_at(std::uint8_t number) {
    return held<CharacterString>(content_at(number, Application::character_string));
}

BitString ParameterReader::bits_at(std::uint8_t number) {
    return held<BitString>(content_at(number, Application::bit_string));
}

std::optional<std::uint64_t> ParameterReader::optional_unsigned(std::uint8_t number, std::uint64_t limit) {
    return next_is(number) ? std::optional(unsigned_at(number, limit)) : std::nullopt;
}

std::optional<CharacterString> ParameterReader::optional_text(std::uint8_t number) {
    return next_is(number) ? std::optional(text_at(number)) : std::nullopt;
}

std::optional<Primitive> ParameterReader::next_application(Application type) {
    if (error_) { return std::nullopt; }
    if (!next_is(type)) {
        fail_here(fmt::format("no value of application tag {} where one is due", static_cast<unsigned>(type)));
        return std::nullopt;
    }
    auto value = decode_application(elements_[at_++]);
    if (value) { return std::move(*value); }
    error_ = std::move(value.error());
    return std::nullopt;
}

ParameterReader ParameterReader::constructed_at(std::uint8_t number) {
    const auto* const element = take(number, Tag::Kind::opening);
    return element == nullptr ? ParameterReader({}, {}) : ParameterReader(octets_, element->children);
}

Bytes ParameterReader::any_at(std::uint8_t number) {
    const auto* const element = take(number, Tag::Kind::opening);
    if (element == nullptr || element->children.empty()) { return {}; }
    const auto& last = element->children.back();
    const auto first = element->children.front().offset;
    const auto inside = octets_.subspan(first, last.offset + last.length - first);
    return {inside.begin(), inside.end()};
}

void ParameterReader::join(const ParameterReader& inner) {
    if (!error_) { error_ = inner.error_; }
}

Result<void> ParameterReader::finish() {
    if (!error_ && at_ < elements_.size()) { fail_here("a parameter too many"); }
    if (error_) { return tl::unexpected(*error_); }
    return {};
}

ParameterWriter& ParameterWriter::open(std::uint8_t number) {
    write_tag(writer_, {Tag::Kind::opening, number, 0});
    return *this;
}

ParameterWriter& ParameterWriter::close(std::uint8_t number) {
    write_tag(writer_, {Tag::Kind::closing, number, 0});
    return *this;
}

ParameterWriter& ParameterWriter::any(std::uint8_t number, ByteView octets) {
    open(number).octets(octets);
    return close(number);
}

ParameterWriter& ParameterWriter::octets(ByteView octets) {
    writer_.bytes(octets);
    return *this;
}

} // namespace meterctl::codecs::bacnet
