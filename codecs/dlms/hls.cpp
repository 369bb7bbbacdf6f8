#include "codecs/dlms/hls.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array<std::string_view, 8> names{
    "no security",   "LLS (password)", "HLS 2 (the maker's own)", "HLS 3 (MD5)",
    "HLS 4 (SHA-1)", "HLS 5 (GMAC)",   "HLS 6 (SHA-256)",         "HLS 7 (ECDSA)",
};
constexpr std::size_t block = 16;
/// SC, invocation counter, tag.
constexpr std::size_t gmac_octets = 5 + crypto::tag_octets;

tl::unexpected<Error> no_secret() {
    return fail(Category::usage, "the HLS secret is not known", {}, {"hls_secret in the file of keys: --keys FILE"},
                "dlms.key_missing");
}

/// The octets one after another, wiped when they go.
SecretBytes joined(std::initializer_list<ByteView> parts) {
    Bytes octets;
    std::size_t size = 0;
    for (const ByteView part : parts) { size += part.size(); }
    octets.reserve(size);
    for (const ByteView part : parts) { octets.insert(octets.end(), part.begin(), part.end()); }
    SecretBytes secret(octets);
    wipe(octets);
    return secret;
}

Result<Bytes> gmac(const Proof& proof, std::uint32_t counter) {
    if (proof.keys == nullptr || proof.keys->unicast.empty() || proof.keys->authentication.empty()) {
        return fail(Category::usage, "HLS 5 needs the encryption key and the authentication key", {},
                    {"guek and gak in the file of keys: --keys FILE"}, "dlms.key_missing");
    }
    const Keys& keys = *proof.keys;
    const std::size_t wanted = key_octets(proof.suite);
    if (keys.unicast.size() != wanted || keys.authentication.size() != wanted) {
        return fail(Category::usage,
                    "keys of suite " + std::to_string(proof.suite) + " have " + std::to_string(wanted) + " octets", {},
                    {}, "dlms.key_size");
    }
    const SecurityControl control{.suite = proof.suite, .authenticated = true, .encrypted = false};
    const Bytes head = ByteWriter().u8(control.octet()).u32be(counter).take();
    crypto::Iv iv{};
    std::ranges::copy(proof.prover, iv.begin());
    std::copy(head.begin() + 1, head.end(), iv.begin() + title_octets);
    const SecretBytes aad = joined({ByteView(head).first(1), keys.authentication.view(), proof.challenge});
    const auto sealed = crypto::gcm_seal(keys.unicast.view(), iv, aad.view(), {});
    if (!sealed) { return tl::unexpected(sealed.error()); }
    return ByteWriter().bytes(head).bytes(sealed->tag).take();
}

Result<Bytes> code_book(const Proof& proof) {
    const SecretBytes& secret = *proof.secret;
    if (secret.size() > block) { return no_secret(); }
    Bytes key(block), text((proof.challenge.size() + block - 1) / block * block);
    std::ranges::copy(secret.view(), key.begin());
    std::ranges::copy(proof.challenge, text.begin());
    auto answer = crypto::ecb_encrypt(key, text);
    wipe(key);
    return answer;
}

Result<Bytes> hashed(const Proof& proof) {
    using crypto::Hash;
    if (proof.mechanism == Mechanism::hls_sha256) {
        const SecretBytes text =
            joined({proof.secret->view(), proof.prover, proof.verifier, proof.challenge, proof.own_challenge});
        return crypto::digest(Hash::sha256, text.view());
    }
    const SecretBytes text = joined({proof.challenge, proof.secret->view()});
    return crypto::digest(proof.mechanism == Mechanism::hls_md5 ? Hash::md5 : Hash::sha1, text.view());
}

} // namespace

std::string_view mechanism_name(Mechanism mechanism) {
    const auto index = static_cast<std::size_t>(mechanism);
    return index < names.size() ? names.at(index) : "an unknown mechanism";
}

bool is_hls(Mechanism mechanism) {
    return mechanism >= Mechanism::hls;
}

Result<Bytes> prove(const Proof& proof, std::uint32_t counter) {
    switch (proof.mechanism) {
    case Mechanism::hls_gmac:
        return gmac(proof, counter);
    case Mechanism::hls:
    case Mechanism::hls_md5:
    case Mechanism::hls_sha1:
    case Mechanism::hls_sha256:
        if (proof.secret == nullptr || proof.secret->empty()) { return no_secret(); }
        return proof.mechanism == Mechanism::hls ? code_book(proof) : hashed(proof);
    case Mechanism::none:
    case Mechanism::lls:
        return fail(Category::usage, "this mechanism proves nothing by a challenge");
    case Mechanism::hls_ecdsa:
        break;
    }
    return fail(Category::usage, "HLS 7 needs elliptic curves, which are not supported", {}, {}, "dlms.mechanism");
}

Result<std::optional<std::uint32_t>> check_proof(const Proof& proof, ByteView received) {
    std::optional<std::uint32_t> counter;
    if (proof.mechanism == Mechanism::hls_gmac && received.size() == gmac_octets) {
        counter = ByteReader(received.subspan(1)).u32be();
    }
    const auto expected = prove(proof, counter.value_or(0));
    if (!expected) { return tl::unexpected(expected.error()); }
    if (equal_in_constant_time(*expected, received)) { return counter; }
    return fail(Category::refused, "the answer to the challenge is not the one that this key gives",
                std::string(mechanism_name(proof.mechanism)),
                {"the keys or the secret in the file of keys", "the system titles"}, "dlms.hls_proof");
}

Result<Bytes> make_challenge(std::size_t count) {
    if (count < least_challenge || count > most_challenge) {
        return fail(Category::usage, "a challenge has 8 to 64 octets", {}, {}, "dlms.challenge");
    }
    return crypto::random_octets(count);
}

} // namespace meterctl::codecs::dlms
