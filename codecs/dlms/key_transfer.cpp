#include "codecs/dlms/key_transfer.hpp"

#include "codecs/dlms/length.hpp"

namespace meterctl::codecs::dlms {

namespace {

namespace type {
constexpr std::uint8_t array = 0x01, structure = 0x02, octet_string = 0x09, enumeration = 0x16;
}

constexpr std::array<std::string_view, 4> names{"global unicast encryption key", "global broadcast encryption key",
                                                "authentication key", "master key"};
constexpr std::array places{&Keys::unicast, &Keys::broadcast, &Keys::authentication, &Keys::master};

tl::unexpected<Error> misshaped() {
    return fail(Category::untrusted, "this is no array of key ids and wrapped keys", {}, {}, "dlms.key_transfer");
}

Result<NewKey> take_key(ByteReader& in, const SecretBytes& master) {
    const bool opens = in.u8() == type::structure && in.u8() == 2 && in.u8() == type::enumeration;
    const std::uint8_t id = in.u8();
    const bool string = in.u8() == type::octet_string;
    const auto wrapped = read_octets(in);
    if (!opens || !string || !wrapped || id >= names.size()) { return misshaped(); }
    auto key = crypto::key_unwrap(master.view(), *wrapped);
    if (!key) { return tl::unexpected(key.error()); }
    NewKey found{.id = static_cast<KeyId>(id), .key = SecretBytes(*key)};
    wipe(*key);
    return found;
}

} // namespace

std::string_view key_name(KeyId id) {
    return names.at(static_cast<std::size_t>(id));
}

Result<Bytes> encode_key_transfer(std::span<const NewKey> keys, const SecretBytes& master) {
    if (master.empty()) {
        return fail(Category::usage, "the master key, which wraps the new keys, is not known", {},
                    {"kek in the file of keys: --keys FILE"}, "dlms.key_missing");
    }
    ByteWriter out;
    out.u8(type::array);
    write_length(out, keys.size());
    for (const NewKey& one : keys) {
        const auto wrapped = crypto::key_wrap(master.view(), one.key.view());
        if (!wrapped) { return tl::unexpected(wrapped.error()); }
        out.u8(type::structure).u8(2).u8(type::enumeration).u8(static_cast<std::uint8_t>(one.id));
        out.u8(type::octet_string);
        write_octets(out, *wrapped);
    }
    return out.take();
}

Result<std::vector<NewKey>> decode_key_transfer(ByteView argument, const SecretBytes& master) {
    ByteReader in(argument);
    const bool opens = in.u8() == type::array;
    const auto count = read_length(in);
    if (!opens || !count) { return misshaped(); }
    std::vector<NewKey> keys;
    for (std::size_t i = 0; i < *count; ++i) {
        auto key = take_key(in, master);
        if (!key) { return tl::unexpected(key.error()); }
        keys.push_back(std::move(*key));
    }
    if (!in.at_end()) { return misshaped(); }
    return keys;
}

void take_new_keys(Keys& keys, std::span<const NewKey> changed) {
    for (const NewKey& one : changed) { keys.*places.at(static_cast<std::size_t>(one.id)) = one.key; }
}

} // namespace meterctl::codecs::dlms
