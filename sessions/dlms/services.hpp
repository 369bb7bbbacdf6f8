// GET, SET and ACTION within an association: one request at a time, what is long in blocks, and answers to earlier
// requests told by their invoke id and dropped. IEC 62056-5-3 clause 7.3. Meters that know their objects by short names
// are asked by those (clause 7.4); attributes are named alike on both.
#pragma once

#include "codecs/dlms/array_stream.hpp"
#include "codecs/dlms/xdlms.hpp"
#include "sessions/dlms/association.hpp"

#include <map>

namespace meterctl::sessions::dlms {

using codecs::dlms::AttributeDescriptor;
using codecs::dlms::Data;
using codecs::dlms::MethodDescriptor;

struct ServiceOptions {
    std::size_t most_in_list = 32;                      ///< attributes in one GET; 1: never a list
    std::size_t longest_value = std::size_t{64} << 20U; ///< octets of one value that is held whole
    std::map<std::string, std::uint16_t> short_names{}; ///< base names by "class:logical name", where they are known
};

/// An array that came row by row.
struct Rows {
    std::uint32_t count = 0;
    std::size_t left_over = 0; ///< octets behind the array: the meter's fault, and worth a word
};

class Services {
public:
    /// `association` is open and outlives it.
    explicit Services(Association& association, ServiceOptions options = {});

    /// Refused, "dlms.access.N", with the reason; untrusted where blocks come out of order or the value does not
    /// decode.
    Task<Result<Data>> get(AttributeDescriptor attribute);
    /// As many results as attributes. With lists where the meter has them, else, and from when it refuses one, single;
    /// fails as a whole only where nothing more can be asked.
    Task<Result<std::vector<Result<Data>>>> get_list(std::vector<AttributeDescriptor> attributes);
    /// Raw octets of the value as its blocks come. A sink that fails ends it.
    using RawSink = std::function<Result<void>(ByteView raw)>;
    Task<Result<void>> get_raw(AttributeDescriptor attribute, RawSink sink);
    /// The elements of an array as its blocks come.
    using RowSink = std::function<Result<void>(Data&& row)>;
    Task<Result<Rows>> get_rows(AttributeDescriptor attribute, RowSink sink);
    /// In blocks where it does not fit the APDU that the meter takes.
    Task<Result<void>> set(AttributeDescriptor attribute, Data value);
    /// Whether the meter takes a selection with an attribute: selective access, of short names parameterized access.
    [[nodiscard]] bool selects() const;
    /// Whether several attributes go into one request, as far as is known.
    [[nodiscard]] bool sets_lists() const;
    /// As many results as attributes, in one request where the meter takes it and it fits, else, and from when it
    /// refuses a list, one by one; fails as a whole only where nothing more can be asked.
    Task<Result<std::vector<Result<void>>>> set_list(std::vector<AttributeDescriptor> attributes,
                                                     std::vector<Data> values);
    /// What the method returns, where it does. Refused, "dlms.action.N".
    Task<Result<std::optional<Data>>> action(MethodDescriptor method, std::optional<Data> parameter);

    /// The requests themselves, for --dry-run.
    static Bytes get_apdu(const AttributeDescriptor& attribute);
    static Bytes set_apdu(const AttributeDescriptor& attribute, const Data& value);
    static Bytes set_list_apdu(const std::vector<AttributeDescriptor>& attributes, const std::vector<Data>& values);
    static Bytes action_apdu(const MethodDescriptor& method, const std::optional<Data>& parameter);

private:
    using GetResponse = codecs::dlms::GetResponse;
    Task<Result<Bytes>> exchange(Bytes request, std::uint8_t answer_tag, std::string what);
    Task<Result<std::vector<Result<Data>>>> get_one_list(std::vector<AttributeDescriptor> attributes);
    Task<Result<std::vector<Result<Data>>>> get_singly(std::vector<AttributeDescriptor> attributes);
    Task<Result<void>> take_blocks(Bytes answer, std::uint8_t invoke, std::string what, RawSink sink);
    Task<Result<std::vector<Result<void>>>> set_one_list(std::vector<AttributeDescriptor> attributes, Bytes request);
    Task<Result<void>> set_in_blocks(AttributeDescriptor attribute, Bytes value);
    Task<Result<Bytes>> send_parameter(MethodDescriptor method, Bytes parameter);
    Task<Result<Bytes>> returned_blocks(Bytes answer, std::uint8_t invoke, std::string what);

    Task<Result<void>> get_short(AttributeDescriptor attribute, RawSink sink);
    Task<Result<void>> set_short(AttributeDescriptor attribute, Data value);
    Task<Result<Data>> read_short_names();
    Task<Result<std::uint16_t>> short_name(AttributeDescriptor attribute);
    Task<Result<void>> read_variable(Bytes request, std::string what, RawSink sink);

    codecs::dlms::Invoke next_invoke();
    [[nodiscard]] bool by_short_names() const;
    [[nodiscard]] std::size_t room() const;
    [[nodiscard]] std::string at(const std::string& what) const;

    Association& association_;
    ServiceOptions options_;
    std::uint8_t invoke_ = 0;
    bool lists_ = true;
    bool named_ = false; ///< the list of short names has been read
};

} // namespace meterctl::sessions::dlms
