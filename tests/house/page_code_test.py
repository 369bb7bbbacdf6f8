#!/usr/bin/python3
"""Compiles the C++ of a page: page_code_test.py ROOT PAGE COMPILER. Each ```cpp block opens with its path as a comment."""

import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```cpp\n// (\S+)\n(.*?)^```$", re.M | re.S)
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Werror"]


def main():
    root, page, compiler = sys.argv[1:]
    blocks = FENCE.findall(pathlib.Path(page).read_text(encoding="utf-8"))
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="meterctl-") as folder:
        for path, code in blocks:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(code, encoding="utf-8")
        for path, _ in blocks:
            if path.endswith(".cpp"):
                done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", *WARNINGS, f"-I{folder}", f"-I{root}",
                                       f"{folder}/{path}"], check=False)
                wrong += done.returncode != 0
    print(f"{len(blocks)} blocks, {wrong} wrong")
    return 1 if wrong or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
