"""`chaffinch`, the command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; the exit status is one of sysexits' (see `errors`)."""
    from chaffinch.cli.app import run  # only now: `python -m chaffinch` and the tests want a light start

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
