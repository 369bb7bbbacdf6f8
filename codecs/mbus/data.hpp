// The data of a record: types A (BCD), B and C (integers), D (bits), F to J (times), H (real), and LVAR.
// EN 13757-3:2018 clause 6.3 and annex A. Inside the codec only.
#pragma once

#include "codecs/mbus/header.hpp"

namespace meterctl::codecs::mbus {

std::uint64_t unsigned_of(ByteView octets, ByteOrder order);
std::int64_t signed_of(ByteView octets, ByteOrder order);
Bytes octets_of(std::uint64_t bits, std::size_t count, ByteOrder order);

/// The digits, most significant first, hexadecimal ones kept.
std::string bcd_digits(ByteView octets, ByteOrder order);

/// Fills value, unit, flags and text of a record whose header and data are set.
void fill_value(Record& record, const Meaning& meaning, ByteOrder order);
/// A BCD number: null, flagged and with its digits where one of them is none; F as the first is a minus.
void fill_bcd(ByteView octets, ByteOrder order, const Meaning& meaning, Value& value, std::vector<std::string>& flags,
              std::string& text);
/// A signed integer: null and flagged where it is the most negative one, which means that there is none.
void fill_integer(ByteView octets, ByteOrder order, const Meaning& meaning, Value& value,
                  std::vector<std::string>& flags);

/// The data, LVAR included, that hold `value`. Category::rejected.
Result<Bytes> encode_data(const Record& header, const Meaning& meaning, const Value& value, ByteOrder order);

} // namespace meterctl::codecs::mbus
