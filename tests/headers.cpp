// Where the headers that all tests share are precompiled.
#include <doctest/doctest.h>
