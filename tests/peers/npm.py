"""Peers from npm: a package of one version in the build folder, put there when it is first asked for."""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

FOLDER = pathlib.Path(os.environ.get("PEER_NPM", "build/peers-npm")).resolve()


def skip(why):
    """The test cannot run here; where it must, that is a failure."""
    print(f"skipped: {why}")
    sys.exit(1 if os.environ.get("CI") else 77)


def modules(package, version, scripts=False):
    """The folder that `require` finds `package` in. `scripts`: its native parts are built by its own install script."""
    folder = FOLDER / f"{package}-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    # Two tests of one package may begin at once.
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return installed(package, version, folder, scripts)


def installed(package, version, folder, scripts):
    done = folder / "installed"
    if not done.exists():
        if not shutil.which("npm") or not shutil.which("node"):
            skip("npm and node are missing (scripts/install-deps test)")
        words = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--loglevel", "error"]
        words += [] if scripts else ["--ignore-scripts"]
        told = subprocess.run([*words, f"{package}@{version}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=240, check=False)
        if told.returncode:
            skip(f"npm cannot install {package} {version}:\n{told.stdout}")
        done.touch()
    return folder / "node_modules"
