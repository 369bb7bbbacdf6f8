// Headers and records as named fields. Inside the codec only.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/mbus/telegram.hpp"

namespace meterctl::codecs::mbus {

/// `data`: the telegram's, which stand at `base` in the frame.
void add_telegram_fields(std::vector<Field>& fields, const Telegram& telegram, ByteView data, std::size_t base);

/// Records that stand at `base`; of `octets`, those behind a damage are one field more.
void add_record_fields(std::vector<Field>& fields, const Records& found, std::size_t octets, std::size_t base);

} // namespace meterctl::codecs::mbus
