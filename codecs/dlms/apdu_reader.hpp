// Reads the elements of an APDU one by one, and where somebody wants to see them, keeps each as a named field. So an
// APDU has one reader for its structure and its tree. Inside the codec only.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/dlms/data.hpp"
#include "codecs/dlms/date_time.hpp"
#include "src/core/obis.hpp"

#include <string_view>

namespace meterctl::codecs::dlms {

class ApduReader {
public:
    /// Fields are kept where `fields` is given; their offsets count from `base`.
    explicit ApduReader(ByteView apdu, std::vector<Field>* fields = nullptr, std::size_t base = 0);

    using Names = std::string_view (*)(std::uint8_t);
    std::uint8_t u8(std::string_view name, Names meaning = nullptr);
    std::uint16_t u16(std::string_view name);
    std::uint32_t u32(std::string_view name);
    bool flag(std::string_view name);
    /// 00 or 01: whether what is optional follows.
    bool present(std::string_view name);
    /// A number of things of at least `least` octets each; fails where so many cannot follow.
    std::uint32_t count(std::string_view name, std::size_t least = 1);
    /// Octets behind their length.
    Bytes octets(std::string_view name);
    Bytes fixed(std::string_view name, std::size_t size);
    Bytes rest(std::string_view name);
    Obis logical_name(std::string_view name);
    Data data(std::string_view name);
    /// What the caller has made of all that is left.
    Data given(std::string_view name, Data data);
    /// 12 octets behind the length 0C, or nothing behind the length 00. The data tag 09 before the length is skipped.
    std::optional<CosemTime> date_time(std::string_view name);

    /// What is read until close() is part of a field of this name.
    void open(std::string_view name);
    void close(std::string text = {});
    /// Adds words to the field that was read last.
    void explain(std::string text);
    /// Not shown, neither as a value nor as octets.
    Bytes secret(std::string_view name);

    [[nodiscard]] bool ok() const { return !error_; }
    [[nodiscard]] std::size_t offset() const { return reader_.offset(); }
    [[nodiscard]] std::size_t remaining() const { return reader_.remaining(); }
    [[nodiscard]] std::uint8_t peek() const { return reader_.peek(); }
    /// All that is left; the reader stays.
    [[nodiscard]] ByteView ahead() const { return octets_.subspan(reader_.offset()); }
    /// Keeps the first failure; all later reads give zeros.
    void fail(std::string what);
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    struct Opened {
        std::string name;
        std::size_t offset = 0;
        std::size_t first = 0; ///< of its children in the fields
    };
    void keep(std::string_view name, Value value, std::string text, std::size_t at);
    bool enough(std::size_t octets, std::string_view name);

    ByteView octets_;
    ByteReader reader_;
    std::vector<Field>* fields_;
    std::size_t base_;
    std::vector<Opened> opened_;
    std::optional<Error> error_;
};

} // namespace meterctl::codecs::dlms
