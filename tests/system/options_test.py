#!/usr/bin/python3
"""The parser, --help, the man pages and the completions know the same options, for every subcommand."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden  # noqa: E402

MAN = pathlib.Path(os.environ.get("METERCTL_MAN", golden.METERCTL.parent / "man"))


def meterctl(*words):
    with tempfile.TemporaryDirectory(prefix="meterctl-") as folder:
        return subprocess.run([golden.METERCTL, *words], capture_output=True, text=True, check=False, cwd=folder,
                              stdin=subprocess.DEVNULL, timeout=20)


def subcommands():
    overview = meterctl("--help").stdout
    return re.findall(r"^  (\w+) +", overview.split("SUBCOMMANDS\n")[1].split("\n\n")[0], re.M)


def in_help(subcommand):
    part = meterctl(subcommand, "--help").stdout.split("OPTIONS\n")[1].split("EXAMPLES\n")[0]
    return set(re.findall(r"^  (?:-\w, |    )(--[\w-]+)", part, re.M))


def in_summary(subcommand):
    return set(re.findall(r"^  (?:-\w, |    )(--[\w-]+)", meterctl(subcommand, "-h").stdout, re.M))


def in_man(subcommand):
    page = (MAN / f"meterctl-{subcommand}.1").read_text().replace("\\-", "-")
    part = page.split(".SH OPTIONS\n")[1].split("\n.SH ")[0]
    return set(re.findall(r"^\.TP\n(?:\\fB-\w\\fR, )?\\fB(--[\w-]+)\\fR", part, re.M))


def completed(subcommand):
    lines = meterctl("__complete", "--", subcommand, "--").stdout.splitlines()
    return {line.split("\t")[0] for line in lines if line.startswith("--")}


class Options(unittest.TestCase):
    def test_every_place_lists_the_same(self):
        self.assertGreaterEqual(len(subcommands()), 7)
        for subcommand in subcommands():
            with self.subTest(subcommand):
                listed = in_help(subcommand)
                self.assertIn("--help", listed)
                self.assertEqual(in_summary(subcommand), listed)
                self.assertEqual(in_man(subcommand), listed)
                self.assertEqual(completed(subcommand), listed)

    def test_the_parser_takes_what_is_listed(self):
        for subcommand in subcommands():
            for option in in_help(subcommand):
                with self.subTest(subcommand=subcommand, option=option):
                    run = meterctl(subcommand, f"{option}=1", "--help")
                    self.assertNotIn("has no option", run.stderr)

    def test_the_parser_takes_nothing_else(self):
        everything = set().union(*(in_help(subcommand) for subcommand in subcommands()))
        for subcommand in subcommands():
            for option in everything - in_help(subcommand):
                with self.subTest(subcommand=subcommand, option=option):
                    run = meterctl(subcommand, option)
                    self.assertEqual(run.returncode, 2)
                    self.assertIn(f"has no option {option}", run.stderr)

    def test_every_page_is_well_formed(self):
        for page in MAN.glob("*.1"):
            with self.subTest(page.name):
                lint = subprocess.run(["mandoc", "-T", "lint", "-W", "style", page], capture_output=True, text=True,
                                      check=False)
                self.assertEqual(lint.stdout, "")

    def test_every_help_ends_in_examples(self):
        for subcommand in subcommands():
            with self.subTest(subcommand):
                last = meterctl(subcommand, "--help").stdout.rstrip("\n").splitlines()[-1]
                self.assertTrue(last.startswith("    "), last)
                self.assertIn("meterctl", last)


if __name__ == "__main__":
    unittest.main()
