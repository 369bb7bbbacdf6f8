#!/usr/bin/python3
"""Completions: the committed scripts are those the program prints, and bash, zsh and fish show what it offers."""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import golden  # noqa: E402

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "completions"
PATIENCE = 60
FILES = {"bash": "meterctl.bash", "zsh": "_meterctl", "fish": "meterctl.fish"}

# (line up to the cursor, candidates among those offered)
CASES = [
    ("meterctl re", ["read"]),
    ("meterctl read --me", ["--meter", "--meter-file"]),
    ("meterctl read sim: -m pro380-mod voltage_l", ["voltage_l1", "voltage_l2", "voltage_l3"]),
    ("meterctl read -f ", ["json", "ndjson", "csv", "table"]),
    ("meterctl meters pro", ["pro380-mod", "pro380-mod-v1"]),
    ("meterctl help exit", ["exit-codes"]),
]
# Those with characters at which bash parts words: only what follows the last one is given.
BASH_CASES = [
    ("meterctl read sim://pro", ["//pro380-mod", "//pro380-mod-v1"]),
    ("meterctl write sim: -m pro380-mod parity=", ["1", "2", "3"]),
    ("meterctl simulate --unit 1=dts", ["dts307-modbus"]),
]
# The inventory's names complete as targets.
INVENTORY = '{"targets": {"kitchen": {"endpoint": "tcp://10.0.0.5:502"}, "cellar": {"endpoint": "/dev/ttyUSB0"}}}'


class Shells(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="meterctl-")
        self.addCleanup(self.folder.cleanup)
        config = pathlib.Path(self.folder.name, ".config", "meterctl")
        config.mkdir(parents=True)
        (config / "inventory.json").write_text(INVENTORY)
        self.environment = {**golden.environment(self.folder.name), "TERM": "dumb"}

    def run_in(self, *command):
        run = subprocess.run(command, cwd=self.folder.name, env=self.environment, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.splitlines()

    def bash(self, line):
        script = f"""source {SCRIPTS / FILES["bash"]}
            compopt() {{ :; }}
            COMP_LINE={line!r} COMP_POINT={len(line)}
            _meterctl && printf '%s\\n' "${{COMPREPLY[@]}}" """
        return self.run_in("bash", "--norc", "-c", script)

    def fish(self, line):
        script = f"source {SCRIPTS / FILES['fish']}; complete -C {line!r}"
        return [candidate.split("\t")[0] for candidate in self.run_in("fish", "--no-config", "-c", script)]

    def zsh(self, line, expected):
        """What a real terminal shows for Tab Tab, until all that is expected has come, or patience ends."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder.name)
            os.execvpe("zsh", ["zsh", "-f", "-i"], {**self.environment, "TERM": "vt100", "COLUMNS": "200"})
        try:
            # The prompt is written in two pieces, so that the echo of this line is not taken for it.
            self.talk(terminal, f"fpath=({SCRIPTS} $fpath); autoload -U compinit; compinit -u -D; LISTMAX=0;"
                                "zstyle ':completion:*' menu no; PS1='rea''dy> '\n", ["ready> "])
            return self.talk(terminal, line + "\t\t", expected)
        finally:
            os.close(terminal)
            os.waitpid(pid, 0)

    @staticmethod
    def talk(terminal, text, expected):
        os.write(terminal, text.encode())
        shown, end = b"", time.monotonic() + PATIENCE
        while time.monotonic() < end and not all(part.encode() in shown for part in expected):
            if select.select([terminal], [], [], 1)[0]:
                shown += os.read(terminal, 65536)
        return shown.decode(errors="replace")

    def test_the_committed_scripts_are_those_that_the_program_prints(self):
        for shell, file in FILES.items():
            with self.subTest(shell):
                printed = subprocess.run([golden.METERCTL, "__complete", shell], capture_output=True, text=True,
                                         check=True).stdout
                self.assertEqual((SCRIPTS / file).read_text(), printed)

    def test_bash(self):
        for line, expected in CASES + BASH_CASES:
            with self.subTest(line):
                offered = self.bash(line)
                for candidate in expected:
                    self.assertIn(candidate, offered)
        self.assertIn("kitchen", self.bash("meterctl read k"))
        pathlib.Path(self.folder.name, "frames.hex").write_text("01 03")
        self.assertIn("frames.hex", self.bash("meterctl decode fra"))

    @unittest.skipUnless(shutil.which("fish"), "fish is missing")
    def test_fish(self):
        for line, expected in CASES:
            with self.subTest(line):
                offered = self.fish(line)
                for candidate in expected:
                    self.assertIn(candidate, offered)
        self.assertIn("kitchen", self.fish("meterctl read k"))
        pathlib.Path(self.folder.name, "frames.hex").write_text("01 03")
        self.assertIn("frames.hex", self.fish("meterctl decode fra"))

    @unittest.skipUnless(shutil.which("zsh"), "zsh is missing")
    def test_zsh(self):
        for line, expected in [
                ("meterctl read sim: -m pro380-mod voltage_l", ["voltage_l1", "voltage_l2", "voltage_l3"]),
                ("meterctl help ex", ["it-codes"])]:  # the rest of exit-codes
            shown = self.zsh(line, expected)
            for candidate in expected:
                self.assertIn(candidate, shown)


if __name__ == "__main__":
    unittest.main()
