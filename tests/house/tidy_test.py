#!/usr/bin/python3
"""Sources are linted many at once, and nothing is hidden by that."""

import contextlib
import io
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

import declared
import tidy
import units

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = '#pragma once\nnamespace house {\nextern const int promised;\nint shared(int value);\n}\n'


def source(body, includes=""):
    return f'#include "codecs/shared.hpp"\n{includes}\nnamespace house {{\n{body}\n}} // namespace house\n'


def private(body):
    return f"namespace {{\n{body}\n}} // namespace"


GOOD = {f"codecs/good{number}.cpp": source(f"int good{number}() {{ return shared({number}); }}") for number in range(2)}

# What one source more says, and what must be told of it. Each is linted in a unit with the good ones if it can be.
FINDINGS = {
    "performance-inefficient-vector-operation": source(
        "std::vector<int> f() { std::vector<int> v; for (int i = 0; i < 9; ++i) { v.push_back(i); } return v; }",
        "#include <vector>"),
    "bugprone-use-after-move": source(
        "std::size_t f(std::string s) { const std::string t = std::move(s); return t.size() + s.size(); }",
        "#include <string>"),
    "cppcoreguidelines-init-variables": source("int f() { int i; return shared(i = 1); }"),
    "misc-unused-alias-decls": source("namespace chronic = house;\nint f();"),
    "readability-duplicate-include": source("", "#include <vector>\n#include <map>\n#include <vector>"),
    "readability-redundant-preprocessor": source("", "#ifndef A\n#ifndef A\n#endif\n#endif"),
    "bugprone-suspicious-include": source("", '#include "codecs/good0.cpp"'),
    "cppcoreguidelines-interfaces-global-init": source("extern const int far; const int near = far + shared(1);"),
    "clang-diagnostic-error": source("int f() { return std::max(1, 2) + std::vector<int>().size(); }"),
}


class Linting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        for name in ("codecs", "cmake", "build"):
            (self.root / name).mkdir()
        shutil.copy(ROOT / ".clang-tidy", self.root)
        shutil.copy(ROOT / "cmake/precompiled.cmake", self.root / "cmake")
        (self.root / "codecs/shared.hpp").write_text(SHARED)

    def lint(self, sources, *options):
        """(exit code, what was told)."""
        entries = []
        for file, text in sources.items():
            path = self.root / file
            path.write_text(text)
            entries.append({"file": str(path), "directory": str(self.root),
                            "command": f"c++ -I{self.root} -std=c++20 -c {path} -o {path}.o"})
        (self.root / "build/compile_commands.json").write_text(json.dumps(entries))
        told = io.StringIO()
        arguments, sys.argv = sys.argv, ["tidy.py", str(self.root), str(self.root / "build"), *options, *sources]
        try:
            with contextlib.redirect_stdout(told):
                status = tidy.main()
        finally:
            sys.argv = arguments
        return status, told.getvalue()

    def test_good_files_are_one_unit(self):
        self.assertEqual(self.lint(GOOD), (0, "tidy: 2 files in 1 units\n"))

    def test_findings(self):
        for check, text in FINDINGS.items():
            with self.subTest(check):
                status, told = self.lint(GOOD | {"codecs/more.cpp": text})
                self.assertEqual(status, 1, told)
                self.assertIn(check, told)
                self.assertIn("codecs/more.cpp", told)
                self.assertEqual(told.splitlines()[-1], "tidy: findings in codecs/more.cpp")

    def test_finding_in_header(self):
        (self.root / "codecs/shared.hpp").write_text(SHARED + "inline const char* f() { return 0; }\n")
        status, told = self.lint(GOOD)
        self.assertEqual(status, 1)
        self.assertIn("shared.hpp", told)

    def test_forgotten_include_is_not_hidden_by_another_file(self):
        has = '#include <map>\nnamespace house {\nstd::map<int, int> f() { return {}; }\n} // namespace house\n'
        forgot = has.split("\n", 1)[1].replace(" f()", " g()")
        status, told = self.lint({"codecs/a.cpp": has, "codecs/b.cpp": forgot})
        self.assertEqual(status, 1, told)
        self.assertIn("codecs/b.cpp:2:1: error", told)

    def test_a_unit_that_cannot_be_read_is_read_one_by_one(self):
        same = "int twice() { return shared(1); }"
        status, told = self.lint({"codecs/a.cpp": source(same), "codecs/b.cpp": source(same)})
        self.assertEqual(status, 0, told)
        self.assertIn("2 files one by one", told)

    def test_own_names_are_kept_apart(self):
        status, told = self.lint({f"codecs/{file}.cpp": source(private("int twice() { return 1; }") + "\nint "
                                                               + file + "() { return twice(); }") for file in "ab"})
        self.assertEqual((status, told), (0, "tidy: 2 files in 2 units\n"))


class Declared(unittest.TestCase):
    def own(self, text):
        return set().union(*declared.read(text).own.values())

    def test_own_names(self):
        text = private("""
            constexpr std::array<Row, 2> rows = {{{"a", Kind::b}, {}}};
            constexpr std::string_view first = "x", second = R"(struct no {};)";
            template <class T> Result<T> take(const T& thing) { int local = 0; return {}; }
            struct Row { int member; };
            enum class Kind { a, b };
            enum { plain, other };
            Reader::Reader() : a_{1}, b_{2} {}
            using Words = std::vector<int>;
        """) + "\nstatic int still() { return 0; }\nint outside(int argument) { return 1; }\nclass Known;"
        self.assertGreaterEqual(self.own(text), {"rows", "first", "second", "take", "Row", "Kind", "plain", "other",
                                                 "Words", "still"})
        self.assertTrue(self.own(text).isdisjoint({"no", "local", "member", "outside", "argument", "Known", "std"}))

    def test_mentions(self):
        names = declared.read("namespace a::b { int f() { return x.member + q::inner + outer; } } // comment")
        self.assertGreaterEqual(names.mentions, {"outer", "x", "f"})
        self.assertTrue(names.mentions.isdisjoint({"member", "inner", "comment"}))
        self.assertIn(("a", "b"), names.namespaces)


if __name__ == "__main__":
    if not shutil.which(tidy.TIDY) or not shutil.which(tidy.COMPILER):
        print(f"skipped: {tidy.TIDY} or {tidy.COMPILER} is missing (scripts/install-deps lint)")
        sys.exit(1 if os.environ.get("CI") else 77)
    unittest.main()
