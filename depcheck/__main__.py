"""The entry point. ``--version`` is answered before anything is imported, because hooks ask for it often."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit."""
    if sys.argv[1:] == ["--version"]:
        from depcheck import __version__

        sys.stdout.write(f"depcheck {__version__}\n")
        sys.exit(0)
    try:
        from depcheck.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
