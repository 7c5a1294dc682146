"""Workflows with the rights of the base repository that run the code of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Violation
from depcheck.model import Job, Step
from depcheck.patterns import Pattern
from depcheck.pipelines.conditions import Situation, holds
from depcheck.project.workflows import PRIVILEGED
from depcheck.values import Known, Unknown, Value, string

#: A script that fetches a pull request itself.
_FETCHED = Pattern(
    r"\bgh pr checkout\b|\bgit pull\b[^\n;&|]*\bpull/"
    r"|\bgit fetch\b[^\n;&|]*\bpull/[\s\S]{0,400}?\bgit (?:checkout|switch|merge|reset)\b"
)
_BUILDS = Pattern(
    r"(?m)^\s*(?:sudo )?(?:npm|pnpm|yarn|bun|make|pip|python3?|node|go|cargo|docker|bash|sh|mvn|gradle|\./)[\w./ -]"
)
#: A step that asks who it was that commented.
_ASKS_WHO = Pattern(
    r"getCollaborator|/permission|collaborators/|teams?/|author_association|membership|allow-?list|authoriz"
    r"|permission-check|user\.login",
    re.IGNORECASE,
)
_HEAD = Pattern(r"github\.event\.(?:pull_request|workflow_run)\.head|github\.head_ref|refs/pull/")
#: The name of a branch, and nothing else of the head: a checkout looks for it in the workflow's own repository.
_BRANCH = Pattern(r"github\.head_ref|github\.event\.(?:pull_request\.head\.ref|workflow_run\.head_branch)\b")
#: A condition that holds for no fork: its branch is here, or the request is by somebody who is named.
_NO_FORK = Pattern(
    r"github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)\.full_name\s*==\s*github\.repository\b"
    r"|github\.repository\s*==\s*github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)\.full_name\b"
    r"|!\s*github\.event\.pull_request\.head\.repo\.fork\b"
    r"|github\.event\.pull_request\.head\.repo\.fork\s*==\s*false\b"
    r"|github\.event\.pull_request\.user\.login\s*==\s*'"
    r"|github\.event\.workflow_run\.event\s*==\s*'(?:push|schedule|workflow_dispatch)'"
    r"|author_association|github\.event\.comment\.user\.login\s*==\s*'"
)


def checkouts(subject: Job) -> Iterator[Outcome]:
    """A workflow with the rights of the base repository does not run the code of a pull request."""
    for trigger, lacking in PRIVILEGED.items():
        if trigger not in subject.triggers:
            continue
        situation = Situation({"github.event_name": trigger}, lacking)
        if holds(subject.condition, situation) is False or (trigger == "issue_comment" and _asks_who(subject)):
            continue
        found = list(_after(trigger, subject, situation))
        yield from found
        if found:
            return


def _after(trigger: str, subject: Job, situation: Situation) -> Iterator[Outcome]:
    """What a job checks out and runs when one event starts it."""
    checkout: Value | None = None
    for step in subject.steps:
        if holds(step.condition, situation) is False:
            continue
        used = string(step.uses) if step.uses is not None else None
        if used is not None and used.lower().startswith("actions/checkout@"):
            outside = _from_outside(step.tree.get("with", "ref"), step.tree.get("with", "repository"))
            if outside is None or _is_empty(outside, situation):
                continue
            if _for_no_fork(subject.condition) or _for_no_fork(step.condition):
                yield Held(outside, "it runs for no fork")
            else:
                checkout = outside
        elif checkout is not None and (_runs(step, checkout) or (used is not None and used.startswith("./"))):
            command = used or _first_line(step.tree.get("run"))
            yield Violation(
                checkout,
                resource=subject.address,
                related=[Note("the code that was checked out runs here", step.span)],
                words={"trigger": trigger, "ref": _first_line(checkout), "command": command},
            )
            return
        elif step.run is not None and _FETCHED.search(string(step.tree.get("run")) or ""):
            for_nobody = _for_no_fork(subject.condition) or _for_no_fork(step.condition)
            checkout = None if for_nobody else step.tree.get("run")


def _is_empty(value: Value, situation: Situation) -> bool:
    """Whether a checkout would take what the event does not say: it fails, or takes the default branch."""
    text = value.span.text.lower()
    return "||" not in text and any(f"{name}{end}" in text for name in situation.empty for end in (".", " ", "}"))


def _runs(step: Step, checkout: Value) -> bool:
    """Whether a step runs something; after a script that fetched the code, something of it."""
    if step.run is None:
        return False
    fetched = "\n" in checkout.span.text or _FETCHED.search(checkout.span.text) is not None
    return not fetched or _BUILDS.search(string(step.tree.get("run")) or "") is not None


def _asks_who(job: Job) -> bool:
    """Whether a job looks at who it was that commented."""
    condition = job.condition.span.text if isinstance(job.condition, (Known, Unknown)) else ""
    needs = " ".join(string(each) or "" for each in job.needs)
    steps = " ".join(
        f"{string(each.uses) if each.uses is not None else ''} {each.name} {each.tree.span.text}" for each in job.steps
    )
    return _ASKS_WHO.search(f"{condition} {needs} {steps}") is not None


def _from_outside(ref: Value, repository: Value) -> Value | None:
    """What of a checkout leads to code of a fork."""
    for value, harmless in ((repository, None), (ref, _BRANCH)):
        if isinstance(value, (Known, Unknown)):
            text = value.span.text if harmless is None else harmless.sub("", value.span.text)
            if _HEAD.search(text):
                return value
    return None


def _for_no_fork(condition: Value | None) -> bool:
    """Whether a condition leaves forks out; of alternatives each would have to."""
    text = condition.span.text if isinstance(condition, (Known, Unknown)) else ""
    return "||" not in text and _NO_FORK.search(text) is not None


def _first_line(run: Value) -> str:
    lines = [line.strip() for line in (string(run) or "").splitlines() if line.strip()]
    return lines[0][:60] if lines else "…"
