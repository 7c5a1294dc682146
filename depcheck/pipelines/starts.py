"""Which events on which branches start a job.

``on:`` has no end of branches, so a few stand for all: those that filters and promises name, and one that nobody names.
Written from "Events that trigger workflows" and "Workflow syntax" in GitHub's documentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.model import Step
from depcheck.pipelines.conditions import UNDECIDED, Datum, Situation, branch_matches, calls, holds
from depcheck.pipelines.nouns import Unit
from depcheck.source import Span
from depcheck.values import Absent, Known, Value, string

#: A branch that no filter and no promise names.
ANY = "some-other-branch"
_USUAL = ("main", "master", "develop")
#: Functions by which a job runs although one that it needs did not.
_ANYWAY = frozenset({"always", "failure", "cancelled"})
#: More jobs in a row than these are not asked.
_MOST = 200
#: Contexts that hold nothing unless somebody fills in a form.
_FORM = ("inputs.", "github.event.inputs.")


class Start:
    """An event on a branch: ``branch`` is None where the event does not say it (a tag, the default branch)."""

    __slots__ = ("branch", "event", "situation", "span")

    def __init__(self, event: str, branch: str | None, span: Span, situation: Situation) -> None:
        self.event = event
        self.branch = branch
        self.span = span
        self.situation = situation


def starts(unit: Unit, promised: Iterable[str] = ()) -> list[Start]:
    """What can start the workflow of a unit."""
    found: list[Start] = []
    for event, configuration in unit.triggers.items():
        span = configuration.key or configuration.span
        for start in _of_event(event, configuration, span, list(promised)):
            found.append(start)
    return found


def may_run(unit: Unit, start: Start, step: Step | None = None) -> bool | None:
    """Whether a unit (a step of it) runs after a start when everything succeeds; None where that is not decided."""
    answers = [_may_run(unit, start, {})]
    if step is not None:
        answers.append(holds(step.condition, start.situation))
    return _all(answers)


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _may_run(unit: Unit, start: Start, known: dict[Unit, bool | None]) -> bool | None:
    """Whether a unit runs, by its conditions and those of the units that it needs; each is asked once."""
    if unit not in known:
        known[unit] = None  # what needs itself never begins; nothing else can meet this
        answers = [holds(link.job.condition, start.situation) for link in unit.chain if link.job is not None]
        condition = unit.job.condition if unit.job is not None else None
        if not calls(condition) & _ANYWAY and len(known) < _MOST:
            answers += [_may_run(other, start, known) for other in unit.needs if _same_run(unit, other)]
        known[unit] = _all(answers)
    return known[unit]


def _same_run(unit: Unit, other: Unit) -> bool:
    return unit.chain[-1].workflow is other.chain[-1].workflow


def _of_event(event: str, configuration: Value, span: Span, promised: list[str]) -> Iterator[Start]:
    if event == "push":
        yield from _pushes(configuration, span, promised)
    elif event in ("pull_request", "pull_request_target"):
        bases = _accepted(configuration, "branches", [*promised, *_USUAL, ANY])
        for base in bases:
            ref = f"refs/heads/{base}" if event == "pull_request_target" else "refs/pull/1/merge"
            name = base if event == "pull_request_target" else "1/merge"
            yield _start(event, None, span, ref, name, {"github.base_ref": base, "github.head_ref": ANY})
    elif event == "workflow_dispatch":
        for branch in [*promised, ANY]:
            yield _start(event, branch, span, f"refs/heads/{branch}", branch, {}, form=True)
    elif event == "release":
        yield _start(event, None, span, "refs/tags/v1.0.0", "v1.0.0", {"github.ref_type": "tag"})
    elif event == "workflow_run":
        for branch in _accepted(configuration, "branches", [*promised, *_USUAL, ANY]):
            values: dict[str, Datum] = {
                "github.event.workflow_run.head_branch": branch,
                "github.event.workflow_run.conclusion": "success",
            }
            yield Start(event, branch, span, Situation({"github.event_name": event, **values}, _FORM))
    elif event == "workflow_call":
        yield Start(event, None, span, Situation({}))
    else:
        told: dict[str, Datum] = {"github.event_name": event, "github.ref_type": "branch"}
        yield Start(event, None, span, Situation(told, _FORM))


def _pushes(configuration: Value, span: Span, promised: list[str]) -> Iterator[Start]:
    branches, tags = configuration.get("branches"), configuration.get("tags")
    without = configuration.get("branches-ignore")
    if not isinstance(tags, Absent) or (isinstance(branches, Absent) and isinstance(without, Absent)):
        yield _start("push", None, span, "refs/tags/v1.0.0", "v1.0.0", {"github.ref_type": "tag"})
        if isinstance(branches, Absent) and isinstance(without, Absent) and not isinstance(tags, Absent):
            return
    for branch in _accepted(configuration, "branches", [*promised, *_USUAL, ANY]):
        place = next((each.span for each in branches.elements() if string(each) == branch), span)
        yield _start("push", branch, place, f"refs/heads/{branch}", branch, {})


def _start(
    event: str, branch: str | None, span: Span, ref: str, name: str, more: dict[str, Datum], *, form: bool = False
) -> Start:
    values: dict[str, Datum] = {
        "github.event_name": event,
        "github.ref": ref,
        "github.ref_name": name,
        "github.ref_type": "branch",
        "github.base_ref": "",
        "github.head_ref": "",
        "github.event.ref": ref if event == "push" else UNDECIDED,
        "github.event.workflow_run.conclusion": None,
        "github.event.workflow_run.head_branch": None,
        **more,
    }
    if not event.startswith("pull_request"):
        values["github.event.pull_request.merged"] = None
        values["github.event.action"] = None if event in ("push", "workflow_dispatch") else UNDECIDED
    return Start(event, branch, span, Situation(values, () if form else _FORM))


def _accepted(configuration: Value, key: str, candidates: list[str]) -> list[str]:
    """The branches among some, and among those that the filters name, which an event takes."""
    wanted, without = configuration.get(key), configuration.get(f"{key}-ignore")
    patterns = [text for each in wanted.elements() if (text := string(each)) is not None]
    refused = [text for each in without.elements() if (text := string(each)) is not None]
    named = [pattern.replace("**", "x").replace("*", "x") for pattern in patterns if not pattern.startswith("!")]
    found: list[str] = []
    for branch in dict.fromkeys([*named, *candidates]):
        taken = not (isinstance(wanted, Known) and patterns)
        for pattern in patterns:
            if branch_matches(branch, pattern.removeprefix("!")):
                taken = not pattern.startswith("!")
        if taken and not any(branch_matches(branch, pattern) for pattern in refused):
            found.append(branch)
    return found
