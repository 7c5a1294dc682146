"""A cold scan of real files: CPU time, peak memory, files and findings.

    python benchmarks/scan.py FOLDER [--files N] [--suffix .tf] [--docs]

With ``--files`` a sample of N files with the suffix, evenly spread over the sorted list, is copied into a temporary
folder (keeping their folders) and scanned there, so that runs compare. Target: 1,000 Terraform files under 2 s of CPU
and 200 MiB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int)
    parser.add_argument("--suffix", default=".tf")
    parser.add_argument("--docs", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder.resolve()
        if options.files:
            found = sorted(path for path in folder.rglob("*" + options.suffix) if path.is_file())
            step = max(len(found) / options.files, 1)
            chosen = [found[int(index * step)] for index in range(min(options.files, len(found)))]
            for path in chosen:
                target = Path(temporary) / path.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            folder = Path(temporary)
        command = [sys.executable, "-m", "depcheck", "scan", str(folder), "--format", "json", "--fail-on", "never"]
        before = os.times()
        done = subprocess.run(command + (["--docs"] if options.docs else []), capture_output=True, check=False)
        after = os.times()
        used = after.children_user - before.children_user + after.children_system - before.children_system
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        if done.returncode:
            sys.exit(done.stderr.decode())
        report = json.loads(done.stdout)
        summary = report["summary"]
        print(f"files {summary['files']}, resources {summary['resources']}, skipped {summary['skipped']}")
        print(f"findings {summary['findings']}, unknown {summary['unknown']}, errors {len(report['errors'])}")
        print(f"CPU {used:.2f} s, wall {after.elapsed - before.elapsed:.2f} s, peak {peak:.0f} MiB")


if __name__ == "__main__":
    main()
