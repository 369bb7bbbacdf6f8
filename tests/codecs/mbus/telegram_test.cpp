#include "tests/codecs/mbus/vectors.hpp"

#include <doctest/doctest.h>

namespace {

TEST_CASE("answers of meters decode to their records") {
    for (const auto& vector : mbus_vectors::answers()) {
        CAPTURE(vector.name);
        mbus_vectors::check_telegram(vector.expect, mbus_vectors::variable_data(vector.octets));
    }
}

} // namespace
