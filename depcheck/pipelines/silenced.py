"""Checks around a deployment whose failure is ignored."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Outcome, Violation
from depcheck.patterns import Pattern
from depcheck.pipelines.deployments import Deployment, deployments, earlier, later, on_failure
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Known

_BEFORE = ("tests", "security-scan", "lint", "type-check")
_AFTER = ("smoke-test", "health-check")
_HIDES = Pattern(r"[^\n;&]*\|\|\s*(?:true|:|exit 0)\b")


def ignored_failures(project: Project) -> Iterator[Outcome]:
    """Tests and scans before a deployment, and verifications after it, that cannot fail."""
    pipeline = pipeline_of(project)
    told: set[Span] = set()
    critical = project.environments.critical
    for deployment in sorted(deployments(project), key=lambda each: each.environment not in critical):
        if deployment.unit.job is None:
            continue
        own, units = earlier(deployment, pipeline)
        yield from _found(deployment, [(deployment.unit, own), *((each, each.done) for each in units)], _BEFORE, told)
        own, units = later(deployment, pipeline)
        yield from _found(deployment, [(deployment.unit, own), *((each, each.done) for each in units)], _AFTER, told)


def _found(
    deployment: Deployment, groups: list[tuple[Unit, list[Done]]], words: tuple[str, ...], told: set[Span]
) -> Iterator[Outcome]:
    for unit, done in groups:
        whole = unit.job.tree.get("continue-on-error") if unit.job is not None else None
        for each in done:
            name = next((name for name in each.names if name in words), None)
            if name is None or each.span in told or on_failure(each):
                continue
            step = each.step.tree.get("continue-on-error") if each.step is not None else None
            if any(isinstance(value, Known) and value.value is True for value in (whole, step)):
                how = "continue-on-error"
            elif each.command is not None and _HIDES.match(_rest_of_line(each)):
                if _is_read_later(each, unit):
                    continue
                how = "|| true"
            else:
                continue
            told.add(each.span)
            yield Violation(
                each.span,
                resource=unit.address,
                environment=deployment.environment,
                variant="after" if words is _AFTER else "",
                discriminator=name,
                words={
                    "activity": name.replace("-", " ").replace("tests", "test"),
                    "name": name,
                    "what": each.span.text.split("\n", 1)[0][:60],
                    "how": how,
                    "deploy": deployment.name,
                },
            )


def _is_read_later(done: Done, unit: Unit) -> bool:
    """Whether what a check writes into a file is looked at by a later script of the job, which may fail."""
    command, job = done.command, unit.job
    if command is None or job is None or done.step is None:
        return False
    files = [each.target.text for each in command.redirections if each.operator in (">", ">>")]
    words = [each.text or "" for each in command.words]
    files += [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-o", "--output", "--output-file")]
    names = [name.rsplit("/", 1)[-1] for name in files if name and "$" not in name and name != "/dev/null"]
    later = [each.tree.get("run").span.text for each in job.steps if each.index > done.step.index]
    return any(name in text for name in names for text in later)


def _rest_of_line(done: Done) -> str:
    """What stands behind a command, in the file where it stands."""
    span = done.inner or done.span
    text = span.source.text
    end = text.find("\n", span.end)
    return text[span.end : end if end >= 0 else len(text)][:400]
