"""CPU time of whole processes: bare Python, ``--version``, a scan of one small file of each kind.

    python benchmarks/startup.py [RUNS]

Prints the least of RUNS (default 20) user+system milliseconds, and what is above bare Python. Targets: ``--version``
within 1.3 times bare Python, a scan of one small file within 70 ms above it.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

FILES = {
    "main.tf": 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n',
    "Dockerfile": "FROM alpine:3.20\nRUN apk add --no-cache curl\nUSER 1000\n",
    "compose.yaml": "services:\n  web:\n    image: nginx:1.27.3\n",
    ".env": "NAME=value\n",
    ".github/workflows/ci.yml": (
        "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make test\n"
    ),
}


def cpu(command: list[str], cwd: Path, runs: int) -> float:
    """The least CPU time of some runs, in milliseconds."""
    best = float("inf")
    # As on a person's machine: compiled modules are kept from the first run on.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        best = min(best, used * 1000)
    return best


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in FILES.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        depcheck = str(Path(sys.executable).parent / "depcheck")
        bare = cpu([sys.executable, "-c", ""], root, runs)
        print(f"{'bare python':<36}{bare:7.1f} ms")
        version = cpu([depcheck, "--version"], root, runs)
        print(f"{'depcheck --version':<36}{version:7.1f} ms   {version / bare:.2f} times bare")
        for name in FILES:
            used = cpu([depcheck, "scan", name], root, runs)
            print(f"{'depcheck scan ' + name:<36}{used:7.1f} ms   {used - bare:+.1f} ms")


if __name__ == "__main__":
    main()
