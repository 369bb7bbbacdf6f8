// Writes pcapng (draft-ietf-opsawg-pcapng) that Wireshark opens with no settings: little-endian, nanoseconds, one
// section, an interface for each line or link that the octets passed.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace meterctl::transports {

struct WrittenPacket {
    std::uint32_t interface = 0;
    std::chrono::system_clock::time_point time;
    bool outbound = false;
    bool damaged = false; ///< the line reported a fault in these octets
    std::string comment;  ///< shown by Wireshark beside the packet; may be empty
    ByteView octets;
};

/// A capture being written. Each packet is in the file when packet() returns, so that an interrupted run leaves a whole
/// file behind.
class CaptureFile {
public:
    /// Endpoint error where the file cannot be made.
    static Result<std::shared_ptr<CaptureFile>> create(const std::string& path);

    /// The number of the interface of this link type and description, which is written where it is new.
    std::uint32_t interface(std::uint32_t link_type, const std::string& description);
    void packet(const WrittenPacket& packet);
    /// The first error of writing (a full disk); nothing is written after it.
    [[nodiscard]] const Result<void>& result() const { return result_; }

private:
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    CaptureFile(std::unique_ptr<std::FILE, Closer> file, std::string path);
    void block(std::uint32_t type, ByteView body);

    std::unique_ptr<std::FILE, Closer> file_;
    std::string path_;
    Result<void> result_;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> interfaces_;
};

} // namespace meterctl::transports
