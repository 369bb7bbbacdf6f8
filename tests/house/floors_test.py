#!/usr/bin/python3
"""The floor checker catches each breach it is there for, and lets good files pass."""

import pathlib
import tempfile
import unittest

import floors

GOOD = '#include "src/core/hex.hpp"\n#include <vector>\n'

# (file, its text, what the message must say; None where the file is good)
SAMPLES = [
    ("codecs/modbus/good.cpp", GOOD, None),
    ("codecs/modbus/bad.cpp", '#include "sessions/session.hpp"\n', "upward"),
    ("codecs/modbus/spaced.cpp", '  #  include  "transports/task.hpp"\n', "upward"),
    ("codecs/modbus/angled.cpp", "#include <transports/task.hpp>\n", "upward"),
    ("codecs/modbus/relative.cpp", '#include "../../sessions/session.hpp"\n', "by path from the root"),
    ("src/core/bad.hpp", '#include "src/catalogue/definition.hpp"\n', "upward"),
    ("src/catalogue/bad.hpp", '#include "src/output/json.hpp"\n', "upward"),
    ("src/output/good.hpp", '#include "src/catalogue/definition.hpp"\n', None),
    ("transports/bad.cpp", '#include "sessions/session.hpp"\n', "upward"),
    ("commands/good.cpp", '#include "sessions/session.hpp"\n#include <CLI/CLI.hpp>\n', None),
    ("tests/codecs/bad_test.cpp", '#include "transports/loop.hpp"\n', "upward"),
    ("tests/codecs/good_test.cpp", '#include "codecs/decoder.hpp"\n#include <nlohmann/json.hpp>\n', None),
    ("codecs/heavy.cpp", "#include <nlohmann/json.hpp>\n", "nlohmann"),
    ("sessions/heavy.cpp", "#include <boost/asio/io_context.hpp>\n", "asio stays inside"),
    ("transports/heavy.hpp", "#include <boost/asio/io_context.hpp>\n", "_impl.hpp"),
    ("transports/heavy_impl.hpp", "#include <boost/asio/io_context.hpp>\n", None),
    ("transports/heavy.cpp", "#include <boost/asio/io_context.hpp>\n", None),
    ("codecs/coroutine.cpp", "void f() { co_await g(); }\n", "coroutine"),
    ("codecs/comment.cpp", '// co_await\nauto text = "co_await";\n', None),
    ("sessions/coroutine.cpp", "Task<void> f() { co_await g(); }\n", None),
    ("src/output/dump.cpp", "auto text = document.dump();\n", "JSON written"),
    ("sessions/long.cpp", "\n" * 401, "401 lines"),
    ("sessions/short.cpp", "\n" * 400, None),
    ("docs/path.md", "see /" + "home/somebody/notes\n", "somebody's own machine"),
    ("docs/url.md", "see https://example.org/home/page and ~/work/notes\n", None),
    ("scripts/long.py", "\n" * 401, "401 lines"),
]


class Floors(unittest.TestCase):
    def test_samples(self):
        for path, text, expected in SAMPLES:
            with self.subTest(path), tempfile.TemporaryDirectory() as folder:
                root = pathlib.Path(folder)
                (root / path).parent.mkdir(parents=True)
                (root / path).write_text(text)
                messages = [message for _, _, message in floors.breaches(root)]
                if expected is None:
                    self.assertEqual(messages, [])
                else:
                    self.assertEqual(len(messages), 1, messages)
                    self.assertIn(expected, messages[0])


if __name__ == "__main__":
    unittest.main()
