// Decompression by libarchive: its raw format over the four filters that captures come in. The others are left off, as
// some of them start programs and some take plain text for theirs.
#include "transports/capture_source.hpp"

#include <algorithm>
#include <archive.h>
#include <cerrno>
#include <fmt/format.h>
#include <utility>

namespace meterctl::transports {

namespace {

struct ArchiveCloser {
    void operator()(archive* handle) const { archive_read_free(handle); }
};

class Decompressed : public OctetSource {
public:
    Decompressed(std::unique_ptr<OctetSource> inner, Bytes head)
        : inner_(std::move(inner)), block_(std::move(head)), head_length_(block_.size()) {
        block_.resize(std::max(block_.size(), std::size_t{64} << 10U));
    }

    Result<std::size_t> read(std::span<std::uint8_t> room) override {
        if (!archive_ && !open()) { return failure(); }
        const la_ssize_t got = archive_read_data(archive_.get(), room.data(), room.size());
        if (got < 0) { return failure(); }
        return static_cast<std::size_t>(got);
    }

private:
    bool open() {
        archive_.reset(archive_read_new());
        archive_read_support_filter_gzip(archive_.get());
        archive_read_support_filter_zstd(archive_.get());
        archive_read_support_filter_xz(archive_.get());
        archive_read_support_filter_bzip2(archive_.get());
        archive_read_support_format_raw(archive_.get());
        archive_entry* entry = nullptr;
        return archive_read_open(archive_.get(), this, nullptr, &Decompressed::next_block, nullptr) == ARCHIVE_OK &&
               archive_read_next_header(archive_.get(), &entry) == ARCHIVE_OK;
    }

    tl::unexpected<Error> failure() const {
        if (inner_error_) { return tl::unexpected<Error>(*inner_error_); }
        const char* reason = archive_error_string(archive_.get());
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
        archive_set_error(handle, EIO, "read error");
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
