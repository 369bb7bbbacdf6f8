// Decompression by libarchive: its raw format over the four filters that captures come in. The others are left off, as
// some of them start programs and some take plain text for theirs. The library is loaded when the first compressed file
// comes: it brings a dozen others with it, for which every start of the program would pay.
#include "transports/capture_source.hpp"

#include <algorithm>
#include <archive.h>
#include <cerrno>
#include <dlfcn.h>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace meterctl::transports {

namespace {

constexpr const char* library_name = "libarchive.so.13";

/// The functions of libarchive that are used here.
struct Library {
    decltype(&archive_read_new) read_new = nullptr;
    decltype(&archive_read_free) read_free = nullptr;
    decltype(&archive_read_support_filter_gzip) support_gzip = nullptr;
    decltype(&archive_read_support_filter_zstd) support_zstd = nullptr;
    decltype(&archive_read_support_filter_xz) support_xz = nullptr;
    decltype(&archive_read_support_filter_bzip2) support_bzip2 = nullptr;
    decltype(&archive_read_support_format_raw) support_raw = nullptr;
    decltype(&archive_read_open) open = nullptr;
    decltype(&archive_read_next_header) next_header = nullptr;
    decltype(&archive_read_data) data = nullptr;
    decltype(&archive_error_string) error_string = nullptr;
    decltype(&archive_set_error) set_error = nullptr;
};

template <class Function>
bool find(void* handle, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    return function != nullptr;
}

std::optional<Library> load() {
    void* handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    Library library;
    const bool found = handle != nullptr && find(handle, "archive_read_new", library.read_new) &&
                       find(handle, "archive_read_free", library.read_free) &&
                       find(handle, "archive_read_support_filter_gzip", library.support_gzip) &&
                       find(handle, "archive_read_support_filter_zstd", library.support_zstd) &&
                       find(handle, "archive_read_support_filter_xz", library.support_xz) &&
                       find(handle, "archive_read_support_filter_bzip2", library.support_bzip2) &&
                       find(handle, "archive_read_support_format_raw", library.support_raw) &&
                       find(handle, "archive_read_open", library.open) &&
                       find(handle, "archive_read_next_header", library.next_header) &&
                       find(handle, "archive_read_data", library.data) &&
                       find(handle, "archive_error_string", library.error_string) &&
                       find(handle, "archive_set_error", library.set_error);
    return found ? std::optional(library) : std::nullopt;
}

/// Loaded once, and kept; nullptr where it is not installed.
const Library* library() {
    static const std::optional<Library> loaded = load();
    return loaded ? &*loaded : nullptr;
}

struct ArchiveCloser {
    void operator()(archive* handle) const { library()->read_free(handle); }
};

class Decompressed : public OctetSource {
public:
    Decompressed(std::unique_ptr<OctetSource> inner, Bytes head)
        : inner_(std::move(inner)), block_(std::move(head)), head_length_(block_.size()) {
        block_.resize(std::max(block_.size(), std::size_t{64} << 10U));
    }

    Result<std::size_t> read(std::span<std::uint8_t> room) override {
        if (library() == nullptr) { return missing(); }
        if (!archive_ && !open()) { return failure(); }
        const la_ssize_t got = library()->data(archive_.get(), room.data(), room.size());
        if (got < 0) { return failure(); }
        return static_cast<std::size_t>(got);
    }

private:
    bool open() {
        archive_.reset(library()->read_new());
        library()->support_gzip(archive_.get());
        library()->support_zstd(archive_.get());
        library()->support_xz(archive_.get());
        library()->support_bzip2(archive_.get());
        library()->support_raw(archive_.get());
        archive_entry* entry = nullptr;
        return library()->open(archive_.get(), this, nullptr, &Decompressed::next_block, nullptr) == ARCHIVE_OK &&
               library()->next_header(archive_.get(), &entry) == ARCHIVE_OK;
    }

    static tl::unexpected<Error> missing() {
        return fail(Category::endpoint, fmt::format("the input is compressed, and {} is not installed", library_name),
                    {}, {"apt install libarchive13", "to decompress it first"}, "capture.compressed");
    }

    tl::unexpected<Error> failure() const {
        if (inner_error_) { return tl::unexpected<Error>(*inner_error_); }
        const char* reason = library()->error_string(archive_.get());
        return fail(Category::untrusted,
                    fmt::format("compressed input is damaged or ends early: {}", reason ? reason : "unknown reason"),
                    {}, {"check that the file was copied whole"});
    }

    static la_ssize_t next_block(archive* handle, void* self_pointer, const void** block) {
        auto& self = *static_cast<Decompressed*>(self_pointer);
        *block = self.block_.data();
        if (self.head_length_ > 0) { return static_cast<la_ssize_t>(std::exchange(self.head_length_, 0)); }
        const auto got = self.inner_->read(self.block_);
        if (got) { return static_cast<la_ssize_t>(*got); }
        self.inner_error_ = got.error();
        library()->set_error(handle, EIO, "read error");
        return -1;
    }

    std::unique_ptr<OctetSource> inner_;
    Bytes block_;
    std::size_t head_length_;
    std::optional<Error> inner_error_;
    std::unique_ptr<archive, ArchiveCloser> archive_;
};

} // namespace

std::unique_ptr<OctetSource> decompressed(std::unique_ptr<OctetSource> inner, Bytes head) {
    return std::make_unique<Decompressed>(std::move(inner), std::move(head));
}

} // namespace meterctl::transports
