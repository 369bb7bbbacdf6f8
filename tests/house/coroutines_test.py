#!/usr/bin/python3
"""The coroutine checker catches the forms that g++ 12 miscompiles, and passes those that are safe."""

import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import coroutines

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["-std=c++20", f"-I{ROOT}"]
HEAD = """
#include "transports/task.hpp"
#include <string>
using meterctl::Task;
struct Request { std::string text; int number; };
Task<int> send(Request request);
template <class F> Task<int> apply(F function) { function(); co_return 1; }
"""

BAD = {
    "aggregate temporary": "Task<int> f(std::string s) { co_return co_await send(Request{s, 7}); }",
    "bare braces": "Task<int> f(std::string s) { co_return co_await send({s, 7}); }",
    "capturing lambda": "Task<int> f(std::string s) { co_return co_await apply([s] { return s; }); }",
    "co_await inside braces": "Task<Request> f(std::string s) { Request r{s, co_await send(Request(s, 1))}; co_return r; }",
    "nested in an argument": "Task<int> f(std::string s) { auto x = 1 + co_await send(Request{s, 7}); co_return x; }",
}
GOOD = {
    "named first": "Task<int> f(std::string s) { Request r{s, 7}; co_return co_await send(std::move(r)); }",
    "named lambda": "Task<int> f(std::string s) { auto l = [s] { return s; }; co_return co_await apply(l); }",
    "constructor call": "Task<int> g(std::string t); Task<int> f() { co_return co_await g(std::string(3, 'x')); }",
}


class Coroutines(unittest.TestCase):
    def breaches(self, snippet):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "sample.cpp"
            file.write_text(HEAD + snippet + "\n")
            return coroutines.check(file, FLAGS)

    def test_unit(self):
        """A breach is found in a file that is read with others, and told of that file alone."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder).resolve()
            for name, snippet in (("a", GOOD["named first"]), ("b", BAD["bare braces"]), ("c", GOOD["named lambda"])):
                (root / f"{name}.cpp").write_text(HEAD.replace("struct", f"namespace {name} {{\nstruct") + snippet + "\n}\n")
            files = [root / f"{name}.cpp" for name in "abc"]
            gathered = coroutines.gather(root, files, lambda file: FLAGS)
            self.assertEqual([names for _, names, _ in gathered], [["a.cpp", "b.cpp", "c.cpp"]])
            found = coroutines.check_unit(root, root / "unit.cpp", *gathered[0])
        self.assertEqual([name for name, breaches in found.items() if breaches], ["b.cpp"])

    def test_bad(self):
        for name, snippet in BAD.items():
            with self.subTest(name):
                found = self.breaches(snippet)
                self.assertTrue(found, "not caught")
                self.assertIn("sample.cpp:", found[0])

    def test_good(self):
        for name, snippet in GOOD.items():
            with self.subTest(name):
                self.assertEqual(self.breaches(snippet), [])

    def test_a_file_that_cannot_be_read_is_no_pass(self):
        with self.assertRaises(RuntimeError):
            self.breaches('#include "no/such/header.hpp"')


if __name__ == "__main__":
    if not shutil.which(coroutines.QUERY):
        print(f"skipped: {coroutines.QUERY} is missing")
        sys.exit(1 if os.environ.get("CI") else 77)
    unittest.main()
