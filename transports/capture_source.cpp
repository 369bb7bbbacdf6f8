#include "transports/capture_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace meterctl::transports {

namespace {

constexpr std::size_t magic_length = 6;
constexpr std::size_t read_size = std::size_t{64} << 10U;

class FileSource : public OctetSource {
public:
    FileSource(int descriptor, bool owned, std::string name)
        : descriptor_(descriptor), owned_(owned), name_(std::move(name)) {}
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    ~FileSource() override {
        if (owned_) { ::close(descriptor_); }
    }

    Result<std::size_t> read(std::span<std::uint8_t> room) override {
        while (true) {
            const ssize_t got = ::read(descriptor_, room.data(), room.size());
            if (got >= 0) { return static_cast<std::size_t>(got); }
            if (errno != EINTR) {
                return fail(Category::endpoint, "cannot read: " + std::generic_category().message(errno), name_);
            }
        }
    }

private:
    int descriptor_;
    bool owned_;
    std::string name_;
};

class MemorySource : public OctetSource {
public:
    explicit MemorySource(ByteView octets) : left_(octets) {}
    Result<std::size_t> read(std::span<std::uint8_t> room) override {
        const std::size_t count = std::min(room.size(), left_.size());
        std::copy_n(left_.begin(), count, room.begin());
        left_ = left_.subspan(count);
        return count;
    }

private:
    ByteView left_;
};

/// Gives `head` again, then the rest of `inner`.
class Rewound : public OctetSource {
public:
    Rewound(std::unique_ptr<OctetSource> inner, Bytes head) : inner_(std::move(inner)), head_(std::move(head)) {}
    Result<std::size_t> read(std::span<std::uint8_t> room) override {
        if (given_ == head_.size()) { return inner_->read(room); }
        const std::size_t count = std::min(room.size(), head_.size() - given_);
        std::memcpy(room.data(), head_.data() + given_, count);
        given_ += count;
        return count;
    }

private:
    std::unique_ptr<OctetSource> inner_;
    Bytes head_;
    std::size_t given_ = 0;
};

/// Looks at the first octets and puts the decompressor before the source where they call for it.
std::unique_ptr<OctetSource> prepared(std::unique_ptr<OctetSource> inner) {
    Bytes head(magic_length);
    std::size_t have = 0;
    while (have < head.size()) {
        const auto got = inner->read(std::span(head).subspan(have));
        if (!got || *got == 0) { break; }
        have += *got;
    }
    head.resize(have);
    if (looks_compressed(head)) { return decompressed(std::move(inner), std::move(head)); }
    return std::make_unique<Rewound>(std::move(inner), std::move(head));
}

/// Damaged compression has no place of its own that would help: where its octets end does.
Error located(Error error, std::uint64_t offset) {
    if (error.where.empty()) { error.where = fmt::format("byte offset {} after decompression", offset); }
    return error;
}

} // namespace

bool looks_compressed(ByteView head) {
    using namespace std::string_view_literals;
    constexpr std::string_view magics[] = {"\x1f\x8b"sv, "\x28\xb5\x2f\xfd"sv, "\xfd\x37zXZ\x00"sv, "BZh"sv};
    return std::any_of(std::begin(magics), std::end(magics), [head](std::string_view magic) {
        return head.size() >= magic.size() && std::memcmp(head.data(), magic.data(), magic.size()) == 0;
    });
}

CaptureSource::CaptureSource(std::unique_ptr<OctetSource> source) : source_(std::move(source)) {}

Result<CaptureSource> CaptureSource::open(const std::string& path) {
    if (path == "-") { return CaptureSource(prepared(std::make_unique<FileSource>(STDIN_FILENO, false, "stdin"))); }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return fail(Category::endpoint, "cannot open: " + std::generic_category().message(errno), path);
    }
    return CaptureSource(prepared(std::make_unique<FileSource>(descriptor, true, path)));
}

CaptureSource CaptureSource::from_memory(ByteView octets) {
    return CaptureSource(prepared(std::make_unique<MemorySource>(octets)));
}

void CaptureSource::fill(std::size_t count) {
    if (end_ - begin_ >= count || ended_) { return; }
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    while (end_ < count && !ended_) {
        const std::size_t room = std::max(count - end_, read_size);
        if (buffer_.size() < end_ + room) { buffer_.resize(end_ + room); }
        const auto got = source_->read(std::span(buffer_).subspan(end_, room));
        if (!got) { error_ = located(got.error(), offset_ + end_); }
        ended_ = !got || *got == 0;
        end_ += got.value_or(0);
    }
}

ByteView CaptureSource::peek(std::size_t count) {
    count = std::min(count, look_ahead);
    fill(count);
    return ByteView(buffer_).subspan(begin_, std::min(count, end_ - begin_));
}

ByteView CaptureSource::peek_some(std::size_t least, std::size_t most) {
    fill(std::min(least, look_ahead));
    return ByteView(buffer_).subspan(begin_, std::min(most, end_ - begin_));
}

ByteView CaptureSource::take(std::size_t count) {
    const ByteView view = peek(count);
    begin_ += view.size();
    offset_ += view.size();
    return view;
}

ByteView CaptureSource::take_some(std::size_t most) {
    fill(1);
    return take(std::min(most, end_ - begin_));
}

bool CaptureSource::skip(std::uint64_t count) {
    while (count > 0) {
        const std::size_t step = take_some(static_cast<std::size_t>(std::min<std::uint64_t>(count, read_size))).size();
        if (step == 0) { return false; }
        count -= step;
    }
    return true;
}

bool CaptureSource::at_end() {
    return peek(1).empty();
}

} // namespace meterctl::transports
