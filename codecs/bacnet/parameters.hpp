// The parameters of a service in their order: read and written by context number or as application-tagged values
// (clause 20.2.15 to 20.2.17). A reader keeps its first error, so that a group of reads is checked once.
#pragma once

#include "codecs/bacnet/primitive.hpp"

#include <span>

namespace meterctl::codecs::bacnet {

class ParameterReader {
public:
    /// Of a service's octets; an error of the tags themselves fails the reader at once.
    explicit ParameterReader(ByteView octets);
    /// Of what stands between an opening and a closing tag.
    ParameterReader(ByteView octets, std::span<const Element> elements) : octets_(octets), elements_(elements) {}

    ParameterReader(ParameterReader&&) = default; // its elements stay where they are
    ParameterReader& operator=(ParameterReader&&) = default;
    ParameterReader(const ParameterReader&) = delete;
    ParameterReader& operator=(const ParameterReader&) = delete;
    ~ParameterReader() = default;

    [[nodiscard]] bool at_end() const { return error_ || at_ == elements_.size(); }
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    /// Whether the next value has this context number, primitive or constructed.
    [[nodiscard]] bool next_is(std::uint8_t number) const;
    [[nodiscard]] bool next_is(Application type) const;

    /// The next value under a context number. Where it is missing or of another form the reader fails, and the value is
    /// an empty one.
    std::uint64_t unsigned_at(std::uint8_t number, std::uint64_t limit = UINT64_MAX);
    std::int64_t signed_at(std::uint8_t number);
    std::uint32_t enumerated_at(std::uint8_t number);
    bool boolean_at(std::uint8_t number);
    float real_at(std::uint8_t number);
    ObjectId object_at(std::uint8_t number);
    CharacterString text_at(std::uint8_t number);
    BitString bits_at(std::uint8_t number);
    Primitive content_at(std::uint8_t number, Application type);
    /// As above; nullopt, and no failure, where the next value has another number.
    std::optional<std::uint64_t> optional_unsigned(std::uint8_t number, std::uint64_t limit = UINT64_MAX);
    std::optional<CharacterString> optional_text(std::uint8_t number);

    /// The next value, application-tagged with this type.
    template <class T>
    T application() {
        T value{};
        const auto read = next_application(static_cast<Application>(Primitive(T{}).index()));
        if (read) { value = std::get<T>(*read); }
        return value;
    }

    /// What stands between an opening and a closing tag.
    ParameterReader constructed_at(std::uint8_t number);
    /// The same as octets: an abstract value, tags and all.
    Bytes any_at(std::uint8_t number);

    /// Fails at the next value, or the end.
    void fail_here(std::string what);
    /// The first error, of this reader or of one taken from it and passed to `join`.
    void join(const ParameterReader& inner);
    /// Nothing may be left over.
    Result<void> finish();
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    const Element* take(std::uint8_t number, Tag::Kind kind);
    std::optional<Primitive> next_application(Application type);

    ByteView octets_;
    std::vector<Element> own_;
    std::span<const Element> elements_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

class ParameterWriter {
public:
    template <class T>
    ParameterWriter& context(std::uint8_t number, const T& value) {
        write_context(writer_, number, Primitive(value));
        return *this;
    }
    ParameterWriter& number(std::uint8_t number, std::uint64_t value) { return context(number, value); }
    ParameterWriter& enumerated(std::uint8_t number, std::uint32_t value) { return context(number, Enumerated{value}); }
    template <class T>
    ParameterWriter& optional(std::uint8_t number, const std::optional<T>& value) {
        if (value) { write_context(writer_, number, Primitive(*value)); }
        return *this;
    }
    template <class T>
    ParameterWriter& application(const T& value) {
        write_application(writer_, Primitive(value));
        return *this;
    }
    ParameterWriter& open(std::uint8_t number);
    ParameterWriter& close(std::uint8_t number);
    /// Octets that are tagged already, between an opening and a closing tag.
    ParameterWriter& any(std::uint8_t number, ByteView octets);
    ParameterWriter& octets(ByteView octets);
    Bytes take() { return writer_.take(); }

private:
    ByteWriter writer_;
};

} // namespace meterctl::codecs::bacnet
