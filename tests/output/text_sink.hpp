// A sink whose text a test can look at.
#pragma once

#include "src/output/sink.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace meterctl::output::testing {

class TextSink {
public:
    TextSink() : stream_(open_memstream(&data_, &size_)), sink_(stream_sink(stream_)) {}
    TextSink(const TextSink&) = delete;
    TextSink& operator=(const TextSink&) = delete;
    ~TextSink() {
        sink_.reset();
        std::fclose(stream_);
        std::free(data_); // NOLINT(cppcoreguidelines-no-malloc): open_memstream allocates so
    }

    Sink& sink() { return *sink_; }
    /// What has been handed on so far, without what the sink still gathers.
    std::string arrived() {
        std::fflush(stream_);
        return {data_, size_};
    }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::FILE* stream_;
    std::unique_ptr<Sink> sink_;
};

} // namespace meterctl::output::testing
