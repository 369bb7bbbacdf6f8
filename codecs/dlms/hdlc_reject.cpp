#include "codecs/dlms/hdlc_reject.hpp"

#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr std::uint8_t w_bit = 0x01, x_bit = 0x02, y_bit = 0x04, z_bit = 0x08;

struct Reason {
    bool Reject::*set;
    std::uint8_t bit;
    std::string_view text;
};
constexpr std::array reasons{
    Reason{&Reject::unknown_control, w_bit, "its control octet is unknown"},
    Reason{&Reject::information_unwanted, x_bit, "it has information where none is allowed"},
    Reason{&Reject::too_long, y_bit, "its information is too long"},
    Reason{&Reject::bad_receive_number, z_bit, "its N(R) is wrong"},
};

} // namespace

Bytes encode(const Reject& reject) {
    unsigned bits = 0;
    for (const auto& reason : reasons) { bits |= reject.*reason.set ? reason.bit : 0U; }
    const auto numbers = static_cast<std::uint8_t>(((reject.receive & 7U) << 5) | ((reject.send & 7U) << 1));
    return {reject.control, numbers, static_cast<std::uint8_t>(bits)};
}

std::optional<Reject> decode_reject(ByteView information) {
    if (information.size() < 3) { return std::nullopt; }
    Reject reject;
    reject.control = information[0];
    reject.send = (information[1] >> 1) & 7U;
    reject.receive = information[1] >> 5;
    for (const auto& reason : reasons) { reject.*reason.set = (information[2] & reason.bit) != 0; }
    return reject;
}

std::string text(const Reject& reject) {
    std::string said;
    for (const auto& reason : reasons) {
        if (!(reject.*reason.set)) { continue; }
        said += (said.empty() ? "" : ", ") + std::string(reason.text);
    }
    return said.empty() ? "no reason given" : said;
}

Error reject_error(ByteView information) {
    const auto reject = decode_reject(information);
    auto what = std::string("the meter rejects a frame (FRMR)");
    if (reject) { what += fmt::format(": {}: {}", text(decode_control(reject->control)), text(*reject)); }
    return {Category::refused, std::move(what), {}, {"asking again: the connection is made anew"}, "dlms.hdlc.frmr"};
}

} // namespace meterctl::codecs::dlms::hdlc
