"""From which severity a scanner of the pipeline fails the run, held against ``scan_severity`` of the policy.

Defaults from the scanners' own documentation: npm and yarn audit fail from low, Snyk from low, Trivy and Grype never
unless they are told to, Anchore's action from medium.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.pipelines.deployments import deployments, on_failure
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.project.command_lines import unwrapped
from depcheck.values import Absent, Unknown, scalar_text

_ORDER = ("info", "low", "medium", "high", "critical")
_SAME = {"moderate": "medium", "negligible": "info", "unknown": "info", "none": "info"}
NEVER = "never"


class Scan:
    """A scanner that is run, and the lowest severity from which it fails the run: ``never``, or None if undecided."""

    __slots__ = ("done", "fails_from", "name", "unit")

    def __init__(self, name: str, unit: Unit, done: Done, fails_from: str | None) -> None:
        self.name = name
        self.unit = unit
        self.done = done
        self.fails_from = fails_from


@lru_cache(maxsize=1)
def _scans(project: Project) -> tuple[Scan, ...]:
    found: list[Scan] = []
    for unit in pipeline_of(project).units:
        for done in unit.done:
            if "security-scan" in done.names and not on_failure(done):
                scan = _of_command(unit, done) if done.command is not None else _of_action(unit, done)
                if scan is not None:
                    found.append(scan)
    return tuple(found)


def lets_pass(project: Project) -> Iterator[Outcome]:
    """Whether each scanner in front of a deployment fails from the promised severity."""
    policy = project.policy
    wanted = policy.pipeline.scan_severity if policy is not None else None
    if policy is None or wanted is None:
        return
    pipeline = pipeline_of(project)
    gating = {each.unit for each in deployments(project)}
    for unit in list(gating):
        gating.update(pipeline.before(unit))
    for scan in _scans(project):
        about = scan.unit.address
        if scan.fails_from is None:
            yield Undetermined(
                place=scan.done.span,
                reason=f"from which severity {scan.name} fails is decided when it runs",
                resource=about,
            )
        elif scan.fails_from != NEVER and _ORDER.index(scan.fails_from) <= _ORDER.index(wanted):
            yield Held(scan.done.span, f"{scan.name} fails the run from {scan.fails_from}", resource=about)
        elif scan.unit in gating or scan.fails_from != NEVER:
            yield Violation(
                scan.done.span,
                resource=about,
                variant="never" if scan.fails_from == NEVER else "",
                related=[Note("it is promised here", policy.span("pipeline", "scan_severity"))],
                discriminator=scan.name,
                words={"scanner": scan.name, "from": scan.fails_from, "promised": wanted},
            )


def _level(text: str) -> str | None:
    lowered = text.strip().lower()
    lowered = _SAME.get(lowered, lowered)
    return lowered if lowered in _ORDER else None


def _lowest(text: str) -> str | None:
    levels = [level for each in text.replace(" ", ",").split(",") if each and (level := _level(each)) is not None]
    return min(levels, key=_ORDER.index) if levels else None


def _option(words: list[str], *names: str) -> str | None:
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else words[index + 1] if index + 1 < len(words) else ""
    return None


def _of_command(unit: Unit, done: Done) -> Scan | None:
    words = next((each for each in reversed(unwrapped(done.text.split())) if each), [])
    if len(words) < 2:
        return None
    program, rest = words[0].rsplit("/", 1)[-1], words[1:]
    level: str | None = None
    if program in ("npm", "pnpm", "yarn") and "audit" in rest:
        told = _option(rest, "--audit-level", "--severity", "--level")
        level = "low" if told is None else _level(told)
    elif program == "snyk":
        told = _option(rest, "--severity-threshold")
        level = NEVER if "monitor" in rest else "low" if told is None else _level(told)
    elif program == "trivy":
        code, told = _option(rest, "--exit-code"), _option(rest, "--severity", "-s")
        level = NEVER if code in (None, "0") else "info" if told is None else _lowest(told)
    elif program == "grype":
        told = _option(rest, "--fail-on", "-f")
        level = NEVER if told is None else _level(told)
    else:
        return None
    return Scan(f"{program} {rest[0]}" if program != "grype" else program, unit, done, level)


def _of_action(unit: Unit, done: Done) -> Scan | None:
    name = done.text.split("@", 1)[0].lower()
    if done.step is None:
        return None
    given = done.step.tree.get("with")

    def text(key: str, default: str) -> str | None:
        value = given.get(key)
        if isinstance(value, Unknown):
            return None
        told = default if isinstance(value, Absent) else scalar_text(value) or default
        return None if "${{" in told else told

    level: str | None
    if name == "aquasecurity/trivy-action":
        code, listed = text("exit-code", "0"), text("severity", "unknown,low,medium,high,critical")
        level = NEVER if code == "0" else None if code is None or listed is None else _lowest(listed)
    elif name == "anchore/scan-action":
        build, cutoff = text("fail-build", "true"), text("severity-cutoff", "medium")
        level = NEVER if build == "false" else None if build is None or cutoff is None else _level(cutoff)
    elif name.startswith("snyk/actions/"):
        arguments = text("args", "")
        told = _option((arguments or "").split(), "--severity-threshold")
        level = None if arguments is None else "low" if told is None else _level(told)
    elif name == "actions/dependency-review-action":
        cutoff = text("fail-on-severity", "low")
        level = None if cutoff is None else _level(cutoff)
    else:
        return None
    return Scan(name, unit, done, level)
