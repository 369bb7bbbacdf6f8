#include "codecs/dlms/conversation.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::dlms {

Conversation::Conversation(const DecodeOptions& options) : options_(options) {}

void Conversation::explain(DecodedFrame& frame, ByteView apdu, std::size_t base, const Parties& /*parties*/) {
    if (apdu.empty()) { return; }
    const auto name = apdu_name(apdu[0]);
    const auto said = name.empty() ? fmt::format("no APDU known by tag {:02X}", apdu[0]) : std::string(name);
    frame.summary += (frame.summary.empty() ? "" : ": ") + said;
    frame.fields.push_back({"apdu", Bytes(apdu.begin(), apdu.end()), said, base, apdu.size(), {}});
}

} // namespace meterctl::codecs::dlms
