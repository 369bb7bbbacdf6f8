"""The metric dlms_profile of bench/run."""

import os
import pathlib
import re
import subprocess
import tempfile

import peers

HERE = pathlib.Path(__file__).resolve().parent
DEFINITION = HERE / "dlms_profile.json"
RECORDS, CHANNELS = 11_520, 15
KEYS = ("guek = 000102030405060708090A0B0C0D0E0F\ngbek = 202122232425262728292A2B2C2D2E2F\n"
        "gak = D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF\nkek = 404142434445464748494A4B4C4D4E4F\n")


def peak(bench, command, environment):
    """Most memory that the process had at once, in MB, by GNU time."""
    done = subprocess.run(["/usr/bin/time", "-v", *map(str, command)], capture_output=True, text=True, check=True,
                          env=environment)
    return int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", done.stderr).group(1)) / 1024


def profile(bench):
    """A load profile of 11,520 records and 15 channels over TCP, whole processes: plain and ciphered. Beside it a client
    that is named with --dlms-peer, if any: its command, in which PORT stands for the port."""
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder) / "keys"
        keys.write_text(KEYS, encoding="ascii")
        keys.chmod(0o600)
        os.environ["XDG_STATE_HOME"] = folder
        with peers.simulate("bench-profile", "--meter-file", DEFINITION, "--speed", 0, "--days", 130, "--latency", "0ms",
                            "--listen", "tcp://127.0.0.1:0") as meter:
            for what, words in (("plain", ["--client", "public"]), ("ciphered", ["--client", "read", "--keys", keys])):
                command = [bench.meterctl, "dump-profile", f"tcp://127.0.0.1:{meter.port}", "-m", "bench-profile",
                           "--meter-file", DEFINITION, "load_profile_2", *words, "-f", "csv", "-q"]
                records = sum(",value," in line for line in peers.run(*command).splitlines())
                if records != RECORDS:
                    raise SystemExit(f"bench: {records} records, not {RECORDS}")
                ours = bench.timed(*command)
                memory = peak(bench, command, os.environ)
                rate = RECORDS * CHANNELS / ours / 1e6
                bench.row("dlms_profile", f"{RECORDS} records of {CHANNELS} channels over TCP, {what}, s", f"{ours:.2f}",
                          f"million values a second {rate:.2f}", "", "", True)
                bench.row("dlms_profile", "the same, most memory, MB", f"{memory:.1f}", "limit 32",
                          f"{memory / 32:.2f}", "<= 1", memory <= 32)
                if what == "plain" and bench.dlms_peer:
                    theirs_command = bench.dlms_peer.replace("PORT", str(meter.port)).split()
                    theirs = bench.timed(*theirs_command)
                    their_memory = peak(bench, theirs_command, os.environ)
                    bench.row("dlms_profile", "the same, s", f"{ours:.2f}", f"peer {theirs:.2f}",
                              f"{ours / theirs:.2f}", "<= 0.20", 5 * ours <= theirs)
                    bench.row("dlms_profile", "the same, MB", f"{memory:.1f}", f"peer {their_memory:.1f}",
                              f"{memory / their_memory:.2f}", "<= 0.10", 10 * memory <= their_memory)
