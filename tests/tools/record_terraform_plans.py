"""Ask ``terraform plan`` for the answers in tests/data/terraform-plans.json.

    python tests/tools/record_terraform_plans.py [path to the terraform binary]

Of each case are kept the planned resources with ``input`` and what of it is unknown and sensitive, or the error.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from terraform_plan_cases import CASES

DATA = Path(__file__).parents[1] / "data" / "terraform-plans.json"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def resources(module: dict[str, object]) -> Iterator[dict[str, object]]:
    """The planned resources of a module and of those that it calls."""
    yield from module.get("resources", ())  # type: ignore[misc]
    for child in module.get("child_modules", ()):  # type: ignore[attr-defined]
        yield from resources(child)


def ask(binary: str, case: dict[str, object]) -> dict[str, object]:
    """What terraform plans for a case."""
    with tempfile.TemporaryDirectory() as name:
        for path, content in case.items():
            if not path.startswith("-"):
                target = Path(name) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(str(content))
        options = [f"-var-file={each}" for each in case.get("-var-file", ())]  # type: ignore[attr-defined]

        def run(*command: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [binary, *command],
                cwd=name,
                capture_output=True,
                text=True,
                timeout=120,
                env={**os.environ, "CHECKPOINT_DISABLE": "1"},
                check=False,
            )

        for command in (("init", "-input=false"), ("plan", "-input=false", "-out=plan", *options)):
            done = run(*command)
            found = re.findall(r"Error: (.*)", _COLOURS.sub("", done.stderr + done.stdout))
            if found:
                return {"error": found[-1].strip()}
        plan = json.loads(run("show", "-json", "plan").stdout)
        unknown = {each["address"]: each["change"]["after_unknown"] for each in plan.get("resource_changes", ())}
        made: dict[str, object] = {}
        for each in resources(plan["planned_values"].get("root_module", {})):
            address = str(each["address"])
            told = {"input": each["values"].get("input")}  # type: ignore[attr-defined]
            for key, found_ in (("unknown", unknown.get(address, {})), ("sensitive", each["sensitive_values"])):
                marks = found_.get("input")  # type: ignore[attr-defined]
                if marks not in (None, False, {}, []):
                    told[key] = marks
            made[address] = told
        return {"resources": made}


def main() -> None:
    """Record everything."""
    binary = sys.argv[1] if len(sys.argv) > 1 else "terraform"
    version = json.loads(subprocess.run([binary, "version", "-json"], capture_output=True, check=True).stdout)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda case: ask(binary, case), CASES.values()))
    document = {
        "generated": "by tests/tools/record_terraform_plans.py; do not edit",
        "terraform": version["terraform_version"],
        "cases": {name: {"files": case, **answer} for (name, case), answer in zip(CASES.items(), answers, strict=True)},
    }
    DATA.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    print(len(answers), "plans,", sum("error" in each for each in answers), "of them refused")


if __name__ == "__main__":
    main()
