// Compressed files for the tests, made by libarchive.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace compressor {

struct Filter {
    const char* name;
    int (*add)(archive*);
};

constexpr Filter filters[] = {{"gzip", archive_write_add_filter_gzip},
                              {"zstd", archive_write_add_filter_zstd},
                              {"xz", archive_write_add_filter_xz},
                              {"bzip2", archive_write_add_filter_bzip2}};

/// `head`, then `body` as often as asked, compressed.
inline std::vector<std::uint8_t> repeated(const std::vector<std::uint8_t>& head, const std::vector<std::uint8_t>& body,
                                          std::size_t times, const Filter& filter) {
    std::vector<std::uint8_t> out;
    archive* writer = archive_write_new();
    filter.add(writer);
    archive_write_set_format_raw(writer);
    archive_write_set_bytes_per_block(writer, 0);
    const auto append = [](archive*, void* to, const void* data, std::size_t size) {
        const auto* octets = static_cast<const std::uint8_t*>(data);
        static_cast<std::vector<std::uint8_t>*>(to)->insert(static_cast<std::vector<std::uint8_t>*>(to)->end(), octets,
                                                            octets + size);
        return static_cast<la_ssize_t>(size);
    };
    bool good = archive_write_open(writer, &out, nullptr, append, nullptr) == ARCHIVE_OK;
    archive_entry* entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    good = good && archive_write_header(writer, entry) == ARCHIVE_OK;
    archive_entry_free(entry);
    good = good && archive_write_data(writer, head.data(), head.size()) >= 0;
    for (std::size_t i = 0; good && i < times; ++i) {
        good = archive_write_data(writer, body.data(), body.size()) >= 0;
    }
    good = archive_write_close(writer) == ARCHIVE_OK && good;
    archive_write_free(writer);
    if (!good) { throw std::runtime_error("cannot compress"); }
    return out;
}

inline std::vector<std::uint8_t> compressed(const std::vector<std::uint8_t>& plain, const Filter& filter) {
    return repeated(plain, {}, 0, filter);
}

} // namespace compressor
