"""An action's ``action.yml`` → its steps as those of a job, its runtime or image, and the scripts inside."""

from __future__ import annotations

import re

from depcheck.model import Image, Problem, Runtime, Workflow
from depcheck.parsers import Context, Parsed
from depcheck.parsers.workflow_jobs import Reader
from depcheck.source import Text
from depcheck.syntax import yaml
from depcheck.values import Absent, Known, string

_NODE = re.compile(r"node([0-9]+)")


def parse(text: Text, context: Context) -> Parsed:
    """Read an action. A composite one is a workflow of kind ``action`` with one job, ``runs``."""
    file = yaml.parse(text)
    root = file.root
    parsed = Parsed(tree=root, comments=file.comments, problems=file.problems)
    if not isinstance(root, Known) or not isinstance(root.value, dict):
        if not isinstance(root, Absent):
            parsed.problems.append(Problem("an action is a map with runs:", root.span, "see GitHub's metadata syntax"))
        return parsed
    folder = (context.path or text.source.path).rpartition("/")[0].rsplit("/", 1)[-1]
    name = string(root.get("name")) or folder or "action"
    runs = root.get("runs")
    reader = Reader(file, context.environments, context.environment, name=folder or name, tree=root, triggers={})
    facts = parsed.facts = reader.facts
    using = string(runs.get("using")) or ""
    scope = f"action.{folder or name}"
    name_value = root.get("name")
    span = (
        name_value.span
        if isinstance(name_value, Known)
        else text.span(0, len(text.text.partition("\n")[0].rstrip("\r")))
    )
    workflow = Workflow(name, span, root, kind="action")
    facts.workflows.append(workflow)
    if isinstance(runs, Known) and isinstance(runs.value, dict):
        if using == "composite":
            workflow.jobs.append(reader.job("runs", runs, f"{scope}.runs"))
        elif match := _NODE.fullmatch(using):
            version = runs.get("using")
            facts.runtimes.append(
                Runtime("node", Known(match.group(1), version.span, key=version.key), version.span, scope=scope)
            )
        elif using == "docker" and (string(runs.get("image")) or "").startswith("docker://"):
            facts.images.append(_image(file, runs, scope))
    parsed.problems += reader.problems
    parsed.embedded = reader.embedded
    return parsed


def _image(file: yaml.YamlFile, runs: Known, scope: str) -> Image:
    value = runs.get("image")
    text = yaml.scalar_text(value, file)
    at = len("docker://")
    span = text.span(at, len(text.text))
    return Image(Known(text.text[at:], span, key=value.key), "container", span, scope=scope)
