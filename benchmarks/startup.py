"""How long `chaffinch --help` takes, from the shell's point of view.

python benchmarks/startup.py [--times 15]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=15)
    wanted = parser.parse_args()

    took = []
    for _ in range(wanted.times):
        start = time.monotonic()
        subprocess.run([sys.executable, "-m", "chaffinch", "--help"], check=True, stdout=subprocess.DEVNULL)
        took.append(time.monotonic() - start)
    print(f"chaffinch --help: {statistics.median(took):.2f} s (median of {wanted.times}, longest {max(took):.2f} s)")


if __name__ == "__main__":
    main()
