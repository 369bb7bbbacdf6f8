"""Man pages pass mandoc's lint. Usage: man_lint.py PAGE...

What mandoc says about references is left out: it looks for the pages among those installed on this machine.
"""
import shutil
import subprocess
import sys

if not shutil.which("mandoc"):
    print("skipped: mandoc is not installed")
    sys.exit(77)

result = subprocess.run(["mandoc", "-T", "lint", *sys.argv[1:]], capture_output=True, text=True, check=False)
wrong = [line for line in (result.stdout + result.stderr).splitlines() if "referenced manual not found" not in line]
print("\n".join(wrong))
sys.exit(1 if wrong or len(sys.argv) < 2 else 0)
