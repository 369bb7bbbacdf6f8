// Joins the halves of a table that is too long for one file.
#pragma once

#include "codecs/bacnet/names.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace meterctl::codecs::bacnet::names {

template <std::size_t A, std::size_t B>
constexpr std::array<Name, A + B> joined(const Name (&first)[A], const Name (&second)[B]) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<Name, A + B>{(I < A ? first[I < A ? I : 0] : second[I < A ? 0 : I - A])...};
    }(std::make_index_sequence<A + B>());
}

} // namespace meterctl::codecs::bacnet::names
