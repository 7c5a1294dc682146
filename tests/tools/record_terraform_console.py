"""Ask ``terraform console`` for the answers in tests/data/terraform-console.json.

    python tests/tools/record_terraform_console.py [path to the terraform binary]

Each expression is evaluated in a process of its own, because the console stops at the first error. Expressions that
span lines are evaluated as a local value.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from terraform_expressions import CONFIGURATION, FILES, GROUPS
from terraform_generated import GENERATED
from terraform_mixtures import MIXTURES

DATA = Path(__file__).parents[1] / "data" / "terraform-console.json"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def expressions(text: str) -> list[str]:
    """The expressions of a group; one that begins with § goes on to the next §."""
    if "§" in text:
        return [part.rstrip("\n") for part in text.split("§") if part.strip()]
    return [line for line in text.splitlines() if line.strip()]


def lay(folder: Path, expression: str) -> str:
    """Write the configuration; what the console is to be asked."""
    (folder / "main.tf").write_text(CONFIGURATION)
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    if "\n" not in expression:
        return expression
    (folder / "case.tf").write_text(f"locals {{\n  case = {expression}\n}}\n")
    return "local.case"


def ask(binary: str, expression: str) -> dict[str, str]:
    """The console's answer, or the summary of its error."""
    with tempfile.TemporaryDirectory() as name:
        asked = lay(Path(name), expression)
        done = subprocess.run(
            [binary, "console"],
            cwd=name,
            input=asked + "\n",
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": ""},
            check=False,
        )
    complaint = _COLOURS.sub("", done.stderr)
    found = re.search(r"Error: (.*)", complaint)
    if found:
        return {"expression": expression, "error": found[1].strip()}
    return {"expression": expression, "answer": done.stdout.removesuffix("\n")}


def main() -> None:
    """Record everything."""
    binary = sys.argv[1] if len(sys.argv) > 1 else "terraform"
    version = json.loads(subprocess.run([binary, "version", "-json"], capture_output=True, check=True).stdout)
    groups: dict[str, list[dict[str, str]]] = {}
    with ThreadPoolExecutor(4) as pool:
        for group, text in {**GROUPS, "mixtures": MIXTURES, "generated": GENERATED}.items():
            groups[group] = list(pool.map(lambda expression: ask(binary, expression), expressions(text)))
    document = {
        "generated": "by tests/tools/record_terraform_console.py; do not edit",
        "terraform": version["terraform_version"],
        "configuration": CONFIGURATION,
        "files": FILES,
        "groups": groups,
    }
    DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    print(sum(map(len, groups.values())), "expressions")


if __name__ == "__main__":
    main()
