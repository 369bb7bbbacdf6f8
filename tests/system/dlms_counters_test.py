#!/usr/bin/python3
"""A thousand associations, killed at random: no frame counter comes to the meter twice under one key.

The simulated meter keeps every counter that it hears in an object of its own, also those of processes that were killed
before they had an answer. METERCTL_ASSOCIATIONS says how many, where a thousand take too long.
"""

import collections
import concurrent.futures
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "peers"))
import dlms  # noqa: E402  (lives beside the peers' tests)
import peers  # noqa: E402

ASSOCIATIONS = int(os.environ.get("METERCTL_ASSOCIATIONS", "1000"))
AT_ONCE, KILLED_SHARE = 4, 0.5
LOG = "1:0-0:128.43.1.255:2"  # of the simulator: {client, counter, accepted} of all that it heard
CLIENTS = ["read", "management"]  # which have one key, and so one counter


class Counters(unittest.TestCase):
    def setUp(self):
        context = dlms.state()
        self.folder = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.keys = dlms.write_keys(self.folder / "keys")
        meter = peers.simulate("dtsd545", "--speed", 0, "--latency", "0ms", "--listen", "tcp://127.0.0.1:0")
        self.target = f"tcp://127.0.0.1:{meter.__enter__().port}"
        self.addCleanup(meter.__exit__)

    def start(self, client):
        return subprocess.Popen([peers.METERCTL, "read", self.target, "-m", "dtsd545", "--client", client, "--keys",
                                 str(self.keys), "clock"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def log(self):
        """(client, counter, accepted) of each that the meter heard."""
        document = peers.read(self.target, "-m", "dtsd545", "--client", "public", LOG)
        rows = document["readings"][0]["value"]
        return [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in rows]

    def associate(self, count, seed):
        """How they ended. Some are let live, which tells how long the others would: they are killed at any moment of that."""
        chance = random.Random(seed)
        times, ended = collections.deque(maxlen=9), collections.Counter()
        for _ in range(count):
            begin = time.monotonic()
            with self.start(chance.choice(CLIENTS)) as process:
                killed = times and chance.random() < KILLED_SHARE
                if killed:
                    time.sleep(chance.uniform(0, statistics.median(times)))
                    process.kill()
                ended[process.wait(peers.PATIENCE)] += 1
            if not killed:
                times.append(time.monotonic() - begin)
        return ended

    def test_none_comes_twice(self):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as workers:
            ended = sum(workers.map(self.associate, [ASSOCIATIONS // AT_ONCE] * AT_ONCE, range(AT_ONCE)),
                        collections.Counter())
        for path in (self.folder / "meterctl/frame-counters").iterdir():
            path.unlink()  # as on another machine, where the meter is asked for its counter
        self.assertEqual(self.start("read").wait(peers.PATIENCE), 0)

        heard = self.log()
        print(f"{sum(ended.values())} associations, {dict(ended)}; {len(heard)} counters", file=sys.stderr)
        self.assertEqual(sum(ended.values()), ASSOCIATIONS // AT_ONCE * AT_ONCE)
        self.assertGreater(ended[-9], ASSOCIATIONS // 20, "hardly any was killed")
        self.assertGreater(ended[0], ASSOCIATIONS // 4, "hardly any came to its end")
        self.assertGreater(len(heard), 3 * ended[0], "the log lacks counters")
        times = collections.Counter(counter for _, counter, _ in heard)
        self.assertEqual([counter for counter, count in times.items() if count > 1], [])
        self.assertEqual(set(ended) - {0, -9}, set(), "some failed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
