"""How fast texts are searched for providers' tokens, how many tokens are named, and what the worst lines cost.

    python benchmarks/secrets.py FOLDER...      MB of text per second of CPU, with the automaton and without
    python benchmarks/secrets.py --tokens 20    so many seeds of one token per kind: how many are named
    python benchmarks/secrets.py --lines        lines of one megabyte that are nothing but beginnings

Targets on one core: 20 MB/s with the automaton, 3 MB/s without it; 58 of 60 tokens of 60 vendors.
"""

from __future__ import annotations

import argparse
import base64
import gc
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from depcheck.secrets import Match, find_in_text, find_in_value
from depcheck.secrets.formats import table

#: What readers of binary files would only stumble over.
LARGEST = 5 * 1024 * 1024


def main() -> None:
    """Measure what the command line asks for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folders", nargs="*", type=Path)
    options.add_argument("--megabytes", type=int, default=60, help="stop reading after so many (default 60)")
    options.add_argument("--tokens", type=int, default=0, metavar="SEEDS")
    options.add_argument("--lines", action="store_true")
    chosen = options.parse_args()
    gc.disable()  # as the command line does
    if chosen.folders:
        speed(texts(chosen.folders, chosen.megabytes * 1_000_000))
    if chosen.tokens:
        named(chosen.tokens)
    if chosen.lines:
        lines()


def texts(folders: list[Path], most: int) -> list[str]:
    """The texts below some folders, up to so many characters."""
    found: list[str] = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if ".git" in path.parts or not path.is_file() or path.stat().st_size > LARGEST:
                continue
            data = path.read_bytes()
            if b"\0" not in data[:8192]:
                found.append(data.decode("utf-8", "replace"))
                most -= len(found[-1])
            if most < 0:
                return found
    return found


def speed(found: list[str]) -> None:
    """Megabytes per second of CPU."""
    size = sum(map(len, found)) / 1e6
    table()
    for name, little in (("with the automaton", False), ("without it", True)):
        find_in_text("", little=little)
        start = time.process_time()
        secrets = [match for text in found for match in find_in_text(text, little=little)]
        spent = time.process_time() - start
        told = sum(match.verdict == "secret" for match in secrets)
        print(f"{name}: {len(found)} texts, {size:.1f} MB, {spent:.2f} s, {size / spent:.1f} MB/s; {told} secrets")


def named(seeds: int) -> None:
    """How many tokens are told as what they are."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    from secret_tokens import tokens

    made = [token for seed in range(seeds) for token in tokens(seed)]
    for name, find in _ways().items():
        good = sum([match.id for match in find(token.name, token.text)] == [token.id] for token in made)
        vendors = len({token.vendor for token in made})
        print(f"{name}: {good} of {len(made)} tokens of {vendors} vendors, {len(made) - good} not or wrongly named")


def _ways() -> dict[str, Callable[[str, str], list[Match]]]:
    def in_value(name: str, text: str) -> list[Match]:
        return [match for match in find_in_value(text, name) if match.verdict == "secret"]

    def in_text(name: str, text: str) -> list[Match]:
        return [match for match in find_in_text(f"{name}: '{text}'\n") if match.verdict == "secret"]

    return {"in a value": in_value, "in a line": in_text}


def lines() -> None:
    """The slowest of long lines: each literal of the table and a few more, over and over."""
    pieces = [
        *table().literals,
        *(f"{name}_token=" for name in table().names),
        "eyJ.",
        "eyJhbGciOiJub25l.eyJ",
        "sk-a",
        '"a":',
    ]
    spent: list[tuple[float, str]] = []
    for piece in pieces:
        text = piece * (1_000_000 // len(piece))
        start = time.process_time()
        find_in_text(text)
        spent.append((time.process_time() - start, piece))
    blob = base64.b64encode(random.Random(1).randbytes(750_000)).decode()
    start = time.process_time()
    find_in_text(blob)
    print(f"1 MB of base 64: {time.process_time() - start:.3f} s")
    for seconds, piece in sorted(spent, reverse=True)[:8]:
        print(f"1 MB of {piece!r}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
