#include "transports/pcapng_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace meterctl::transports {

namespace {

constexpr std::uint32_t section_header = 0x0a0d0d0a, interface_description = 1, enhanced_packet = 6;
constexpr std::uint16_t comment_option = 1, name_option = 2, description_option = 3, resolution_option = 9,
                        user_application_option = 4, flags_option = 2;
constexpr std::uint8_t nanoseconds = 9;
constexpr std::uint32_t inbound_flag = 1, outbound_flag = 2, symbol_error_flag = 0x8000'0000;
constexpr std::size_t max_text = 1000;

ByteView as_octets(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void pad(ByteWriter& out) {
    while (out.size() % 4 != 0) { out.u8(0); }
}

void option(ByteWriter& out, std::uint16_t code, ByteView value) {
    out.u16le(code).u16le(static_cast<std::uint16_t>(value.size())).bytes(value);
    pad(out);
}

void text_option(ByteWriter& out, std::uint16_t code, std::string_view text) {
    if (!text.empty()) { option(out, code, as_octets(text.substr(0, max_text))); }
}

void end_of_options(ByteWriter& out) {
    out.u32le(0);
}

} // namespace

CaptureFile::CaptureFile(std::unique_ptr<std::FILE, Closer> file, std::string path)
    : file_(std::move(file)), path_(std::move(path)) {
    ByteWriter body;
    body.u32le(0x1a2b'3c4d).u16le(1).u16le(0);
    body.u32le(0xffff'ffff).u32le(0xffff'ffff); // length of the section: not given
    text_option(body, user_application_option, "meterctl");
    end_of_options(body);
    block(section_header, body.view());
}

Result<std::shared_ptr<CaptureFile>> CaptureFile::create(const std::string& path) {
    std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "wbe"));
    if (!file) {
        return fail(Category::endpoint, "cannot write the capture: " + std::generic_category().message(errno), path);
    }
    return std::shared_ptr<CaptureFile>(new CaptureFile(std::move(file), path));
}

std::uint32_t CaptureFile::interface(std::uint32_t link_type, const std::string& description) {
    const auto number = static_cast<std::uint32_t>(interfaces_.size());
    const auto [entry, is_new] = interfaces_.try_emplace({link_type, description}, number);
    if (!is_new) { return entry->second; }
    ByteWriter body;
    body.u16le(static_cast<std::uint16_t>(link_type)).u16le(0).u32le(0);
    text_option(body, name_option, std::string_view(description).substr(0, description.find(' ')));
    text_option(body, description_option, description);
    option(body, resolution_option, ByteView(&nanoseconds, 1));
    end_of_options(body);
    block(interface_description, body.view());
    return number;
}

void CaptureFile::packet(const WrittenPacket& packet) {
    const auto since_epoch = std::chrono::duration_cast<std::chrono::nanoseconds>(packet.time.time_since_epoch());
    const auto ticks = static_cast<std::uint64_t>(since_epoch.count());
    const auto length = static_cast<std::uint32_t>(packet.octets.size());
    ByteWriter body;
    body.u32le(packet.interface).u32le(static_cast<std::uint32_t>(ticks >> 32U));
    body.u32le(static_cast<std::uint32_t>(ticks & 0xffff'ffffU)).u32le(length).u32le(length).bytes(packet.octets);
    pad(body);
    ByteWriter flags;
    flags.u32le((packet.outbound ? outbound_flag : inbound_flag) | (packet.damaged ? symbol_error_flag : 0U));
    option(body, flags_option, flags.view());
    text_option(body, comment_option, packet.comment);
    end_of_options(body);
    block(enhanced_packet, body.view());
}

void CaptureFile::block(std::uint32_t type, ByteView body) {
    if (!result_) { return; }
    const auto length = static_cast<std::uint32_t>(body.size() + 12);
    ByteWriter out;
    out.u32le(type).u32le(length).bytes(body).u32le(length);
    const bool good =
        std::fwrite(out.view().data(), 1, out.size(), file_.get()) == out.size() && std::fflush(file_.get()) == 0;
    if (!good) {
        result_ =
            fail(Category::endpoint, "cannot write the capture: " + std::generic_category().message(errno), path_);
    }
}

} // namespace meterctl::transports
