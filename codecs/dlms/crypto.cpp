#include "codecs/dlms/crypto.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace meterctl::codecs::dlms::crypto {

namespace {

struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

using Algorithm = const EVP_CIPHER* (*)();

/// One way of using AES, for both sizes of key.
struct Mode {
    Algorithm aes128, aes256;
};
constexpr Mode gcm{EVP_aes_128_gcm, EVP_aes_256_gcm};
constexpr Mode wrap{EVP_aes_128_wrap, EVP_aes_256_wrap};
constexpr Mode ecb{EVP_aes_128_ecb, EVP_aes_256_ecb};

tl::unexpected<Error> broken(std::string_view what) {
    ERR_clear_error();
    return fail(Category::untrusted, std::string(what), {}, {}, "dlms.crypto");
}

Result<int> int_size(ByteView octets) {
    if (octets.size() > static_cast<std::size_t>(std::numeric_limits<int>::max() / 2)) {
        return fail(Category::untrusted, "there is too much to encrypt at once", {}, {}, "dlms.crypto");
    }
    return static_cast<int>(octets.size());
}

Result<Context> start(const Mode& mode, ByteView key, const std::uint8_t* iv, bool encrypting) {
    if (key.size() != 16 && key.size() != 32) {
        return fail(Category::usage, "a key has 16 or 32 octets, this one " + std::to_string(key.size()), {}, {},
                    "dlms.key_size");
    }
    const EVP_CIPHER* cipher = key.size() == 16 ? mode.aes128() : mode.aes256();
    Context context(EVP_CIPHER_CTX_new());
    if (context == nullptr) { return broken("OpenSSL has no memory for a cipher"); }
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), iv, encrypting ? 1 : 0) != 1) {
        return broken("OpenSSL refuses this cipher");
    }
    return context;
}

/// Additional data where `out` is null.
Result<void> update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView in) {
    if (in.empty()) { return {}; }
    const auto size = int_size(in);
    if (!size) { return tl::unexpected(size.error()); }
    int written = 0;
    if (EVP_CipherUpdate(context, out, &written, in.data(), *size) != 1) { return broken("OpenSSL fails to encrypt"); }
    return {};
}

/// Key wrap and code book: all in, all out.
Result<Bytes> whole(const Mode& mode, ByteView key, ByteView in, bool encrypting, std::string_view failure) {
    const auto context = start(mode, key, nullptr, encrypting);
    if (!context) { return tl::unexpected(context.error()); }
    const auto size = int_size(in);
    if (!size) { return tl::unexpected(size.error()); }
    EVP_CIPHER_CTX_set_padding(context->get(), 0);
    Bytes out(in.size() + 16);
    int written = 0;
    if (EVP_CipherUpdate(context->get(), out.data(), &written, in.data(), *size) != 1 || written < 0) {
        return broken(failure);
    }
    out.resize(static_cast<std::size_t>(written));
    return out;
}

} // namespace

Result<Sealed> gcm_seal(ByteView key, const Iv& iv, ByteView aad, ByteView plain) {
    const auto context = start(gcm, key, iv.data(), true);
    if (!context) { return tl::unexpected(context.error()); }
    Sealed sealed{.text = Bytes(plain.size())};
    auto done = update(context->get(), nullptr, aad);
    if (done) { done = update(context->get(), sealed.text.data(), plain); }
    if (!done) { return tl::unexpected(done.error()); }
    std::array<std::uint8_t, 16> rest{};
    int written = 0;
    if (EVP_CipherFinal_ex(context->get(), rest.data(), &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(context->get(), EVP_CTRL_GCM_GET_TAG, tag_octets, sealed.tag.data()) != 1) {
        return broken("OpenSSL makes no tag");
    }
    return sealed;
}

Result<Opened> gcm_open(ByteView key, const Iv& iv, ByteView aad, ByteView cipher, ByteView tag) {
    const auto context = start(gcm, key, iv.data(), false);
    if (!context) { return tl::unexpected(context.error()); }
    Opened opened{.text = Bytes(cipher.size())};
    auto done = update(context->get(), nullptr, aad);
    if (done) { done = update(context->get(), opened.text.data(), cipher); }
    if (!done) { return tl::unexpected(done.error()); }
    if (tag.size() != tag_octets) { return opened; }
    Tag expected{};
    std::ranges::copy(tag, expected.begin());
    std::array<std::uint8_t, 16> rest{};
    int written = 0;
    opened.tag_fits = EVP_CIPHER_CTX_ctrl(context->get(), EVP_CTRL_GCM_SET_TAG, tag_octets, expected.data()) == 1 &&
                      EVP_CipherFinal_ex(context->get(), rest.data(), &written) == 1;
    ERR_clear_error();
    return opened;
}

Result<Bytes> key_wrap(ByteView kek, ByteView key) {
    if (key.size() < 16 || key.size() % 8 != 0) {
        return fail(Category::usage, "a key to wrap has 16 or 32 octets", {}, {}, "dlms.key_size");
    }
    return whole(wrap, kek, key, true, "OpenSSL does not wrap this key");
}

Result<Bytes> key_unwrap(ByteView kek, ByteView wrapped) {
    if (wrapped.size() < 24 || wrapped.size() % 8 != 0) {
        return fail(Category::untrusted, "a wrapped key has 24 or 40 octets", {}, {}, "dlms.key_unwrap");
    }
    auto key = whole(wrap, kek, wrapped, false, "the wrapped key does not fit this master key");
    if (key && key->size() + 8 != wrapped.size()) { return broken("the wrapped key does not fit this master key"); }
    return key;
}

Result<Bytes> digest(Hash hash, ByteView octets) {
    const EVP_MD* algorithm = hash == Hash::md5 ? EVP_md5() : hash == Hash::sha1 ? EVP_sha1() : EVP_sha256();
    Bytes out(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    if (EVP_Digest(octets.data(), octets.size(), out.data(), &size, algorithm, nullptr) != 1) {
        return broken("OpenSSL refuses this hash");
    }
    out.resize(size);
    return out;
}

Result<Bytes> ecb_encrypt(ByteView key, ByteView blocks) {
    return whole(ecb, key, blocks, true, "OpenSSL fails to encrypt");
}

Result<Bytes> random_octets(std::size_t count) {
    Bytes octets(count);
    const auto size = int_size(octets);
    if (!size) { return tl::unexpected(size.error()); }
    if (RAND_bytes(octets.data(), *size) != 1) { return broken("the system has no random octets"); }
    return octets;
}

} // namespace meterctl::codecs::dlms::crypto
