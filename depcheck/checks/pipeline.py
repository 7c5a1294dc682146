"""Checks of pipelines: what outsiders can put in, what a deployment passes through, which checks cannot fail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Image, Job, Workflow
from depcheck.project import Project, workflows
from depcheck.project.activities import Activity, activities, is_off
from depcheck.source import Span
from depcheck.values import Absent, Known, Unknown, Value, string

_PRIVILEGED = ("pull_request_target", "workflow_run")
_HEAD = re.compile(r"github\.event\.(?:pull_request|workflow_run)\.head|github\.head_ref|refs/pull/")
#: The name of a branch, and nothing else of the head: a checkout looks for it in the workflow's own repository.
_BRANCH = re.compile(r"github\.head_ref|github\.event\.(?:pull_request\.head\.ref|workflow_run\.head_branch)\b")
#: A condition that holds for no fork: its branch is here, or the request is by somebody who is named.
_NO_FORK = re.compile(
    r"github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)\.full_name\s*==\s*github\.repository\b"
    r"|github\.repository\s*==\s*github\.event\.(?:pull_request\.head\.repo|workflow_run\.head_repository)\.full_name\b"
    r"|!\s*github\.event\.pull_request\.head\.repo\.fork\b"
    r"|github\.event\.pull_request\.head\.repo\.fork\s*==\s*false\b"
    r"|github\.event\.pull_request\.user\.login\s*==\s*'"
    r"|github\.event\.workflow_run\.event\s*==\s*'(?:push|schedule|workflow_dispatch)'"
)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_VERSION = re.compile(r"v?\d+([.-].*)?")
_CHECKS = ("tests", "security-scan", "lint", "type-check")


def script_injection(subject: Job, project: Project) -> Iterator[Outcome]:
    """No text that outsiders write is pasted into a script."""
    for step in subject.steps:
        for placed in workflows.injections(step):
            yield Violation(
                placed.use.span,
                resource=subject.address,
                discriminator=placed.use.dotted,
                words={"expression": placed.use.dotted},
            )


def untrusted_checkout(subject: Job, project: Project) -> Iterator[Outcome]:
    """A workflow with the rights of the base repository does not run the code of a pull request."""
    trigger = next((name for name in _PRIVILEGED if name in subject.triggers), None)
    if trigger is None:
        return
    checkout: Value | None = None
    for step in subject.steps:
        used = string(step.uses) if step.uses is not None else None
        if used is not None and used.lower().startswith("actions/checkout@"):
            outside = _from_outside(step.tree.get("with", "ref"), step.tree.get("with", "repository"))
            if outside is not None and (_for_no_fork(subject.condition) or _for_no_fork(step.condition)):
                yield Held(outside, "it runs for no fork")
            elif outside is not None:
                checkout = outside
        elif checkout is not None and (step.run is not None or (used is not None and used.startswith("./"))):
            command = used or _first_line(step.tree.get("run"))
            yield Violation(
                checkout,
                resource=subject.address,
                related=[Note("the code that was checked out runs here", step.span)],
                words={"trigger": trigger, "ref": checkout.span.text.strip(), "command": command},
            )
            return


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


def always_true_condition(subject: Job, project: Project) -> Iterator[Outcome]:
    """A condition can be false."""
    places = [(subject.condition, f"the job {subject.id}")]
    places += [(step.condition, f'the step "{step.name or step.index + 1}"') for step in subject.steps]
    for condition, what in places:
        if isinstance(condition, Known) and _around(condition) and workflows.always(condition):
            yield Violation(condition, resource=subject.address, discriminator=what, words={"what": what})


def _around(condition: Known) -> bool:
    """Text around an expression; a plain ``true`` or ``always()`` is meant."""
    return isinstance(condition.value, str) and "${{" in condition.value


def tests_cannot_fail(subject: Workflow, project: Project) -> Iterator[Outcome]:
    """What is checked before a deployment can stop it."""
    by_job = {job.id: activities(job, project.facts.commands) for job in subject.jobs}
    deploys = [job for job in subject.jobs if any(each.name == "deploy" for each in by_job[job.id])]
    for deploy in deploys:
        before = _needed(deploy, subject)
        for job in [*before, deploy]:
            for activity, how in _ignored_failures(job, by_job[job.id]):
                if job is deploy and not _precedes(activity, by_job[job.id]):
                    continue
                yield Violation(
                    activity.span,
                    resource=job.address,
                    environment=deploy.environment,
                    discriminator=activity.name,
                    words={
                        "activity": activity.name.replace("-", " ").replace("tests", "test"),
                        "what": activity.span.text.split("\n", 1)[0][:60],
                        "how": how,
                        "deploy": deploy.id,
                    },
                )
        if deploy is deploys[-1]:
            return


def _needed(job: Job, workflow: Workflow) -> list[Job]:
    by_id = {each.id: each for each in workflow.jobs}
    found: list[Job] = []
    pending = [string(need) for need in job.needs]
    while pending:
        other = by_id.get(pending.pop() or "")
        if other is not None and other not in found:
            found.append(other)
            pending.extend(string(need) for need in other.needs)
    return [each for each in workflow.jobs if each in found]


def _ignored_failures(job: Job, done: list[Activity]) -> Iterator[tuple[Activity, str]]:
    whole_job = job.tree.get("continue-on-error")
    seen: set[Span] = set()
    for activity in done:
        if activity.name not in _CHECKS or activity.span in seen:
            continue
        seen.add(activity.span)
        own = activity.step.tree.get("continue-on-error") if activity.step is not None else whole_job
        if any(isinstance(value, Known) and value.value is True for value in (own, whole_job)):
            yield activity, "continue-on-error"
        elif re.match(r"[^\n;&]*\|\|\s*(?:true|:|exit 0)\b", _rest_of_line(activity.span)):
            yield activity, "|| true"


def _rest_of_line(span: Span) -> str:
    text = span.source.text
    end = text.find("\n", span.end)
    return text[span.end : end if end >= 0 else len(text)]


def _precedes(activity: Activity, done: list[Activity]) -> bool:
    return any(other.name == "deploy" and other.span.start > activity.span.start for other in done)


def promised_step_missing(subject: Project, _: Project) -> Iterator[Outcome]:
    """Every step that is promised before or after a deployment exists."""
    from depcheck.pipelines import promised

    yield from promised.missing(subject)


def promised_step_not_awaited(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment waits for the steps that are promised before it, and those promised after it come after it."""
    from depcheck.pipelines import promised

    yield from promised.elsewhere(subject)


def promised_deployment_missing(subject: Project, _: Project) -> Iterator[Outcome]:
    """Something deploys to each environment whose deployment is promised."""
    from depcheck.pipelines import promised

    yield from promised.nowhere(subject)


def earlier_environment_skipped(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment waits for those to the environments that are promised to come first."""
    from depcheck.pipelines import promised

    yield from promised.earlier_environment(subject)


def stages_out_of_order(subject: Project, _: Project) -> Iterator[Outcome]:
    """The promised stages come in the promised order."""
    from depcheck.pipelines import promised

    yield from promised.out_of_order(subject)


def deployed_from_other_branch(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment starts only from the promised branches."""
    from depcheck.pipelines import allowed

    yield from allowed.other_branches(subject)


def deployed_by_other_trigger(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment is started only by the promised events."""
    from depcheck.pipelines import allowed

    yield from allowed.other_triggers(subject)


def promised_rollback_missing(subject: Project, _: Project) -> Iterator[Outcome]:
    """A failed deployment is rolled back where that is promised."""
    from depcheck.pipelines import failures

    yield from failures.without_rollback(subject, promised=True)


def deployment_without_rollback(subject: Project, _: Project) -> Iterator[Outcome]:
    """A failed deployment to a critical environment is rolled back."""
    from depcheck.pipelines import failures

    yield from failures.without_rollback(subject, promised=False)


def scheduled_activity_too_rare(subject: Project, _: Project) -> Iterator[Outcome]:
    """What is promised to run by itself does, and as often."""
    from depcheck.pipelines import scheduled

    yield from scheduled.too_rare(subject)


def scan_lets_findings_pass(subject: Project, _: Project) -> Iterator[Outcome]:
    """A scanner fails the run from the promised severity."""
    from depcheck.pipelines import thresholds

    yield from thresholds.lets_pass(subject)


def _critical_deploy(job: Job, project: Project) -> Activity | None:
    """The deployment of a job to a critical environment; none where the environment cannot be told."""
    if job.environment not in project.environments.critical or is_off(job.condition):
        return None
    for activity in activities(job, project.facts.commands):
        if activity.name == "deploy" and not (activity.step is not None and is_off(activity.step.condition)):
            return activity
    return None


def production_deploy_on_pull_request(subject: Job, project: Project) -> Iterator[Outcome]:
    """No pull request starts a deployment to production."""
    trigger = next((name for name in ("pull_request", "pull_request_target") if name in subject.triggers), None)
    deploy = _critical_deploy(subject, project) if trigger is not None else None
    if trigger is None or deploy is None:
        return
    event = subject.triggers[trigger].get("types")
    closed = [string(each) for each in event.elements()] == ["closed"]
    conditions = [subject.condition, deploy.step.condition if deploy.step is not None else None]
    guard = " ".join(each.span.text for each in conditions if isinstance(each, (Known, Unknown)))
    guarded = re.search(r"event_name|github\.ref\b|merged|ref_name|needs\.|inputs\.|ref_type", guard)
    if closed or guarded:
        yield Held(subject.span, f"{subject.id} is guarded against pull requests", resource=subject.address)
        return
    yield Violation(
        deploy.span,
        resource=subject.address,
        related=[Note(f"the trigger {trigger}", subject.triggers[trigger].key or subject.triggers[trigger].span)],
        words={"job": subject.id, "environment": subject.environment, "trigger": trigger},
    )


def ungated_production_deploy(subject: Job, project: Project) -> Iterator[Outcome]:
    """A deployment to production passes a GitHub environment, where reviewers can be required."""
    deploy = _critical_deploy(subject, project)
    if deploy is None:
        return
    match subject.tree.get("environment"):
        case Absent():
            yield Violation(
                subject.span,
                resource=subject.address,
                related=[Note("it deploys here", deploy.span)],
                words={"job": subject.id, "environment": subject.environment},
            )
        case Unknown() as value:
            yield Undetermined(value, resource=subject.address)
        case value:
            yield Held(value, f"{subject.id} names a GitHub environment", resource=subject.address)


def cancelled_deployment(subject: Job, project: Project) -> Iterator[Outcome]:
    """A newer run does not cancel a deployment to production."""
    deploy = _critical_deploy(subject, project)
    if deploy is None:
        return
    workflow = next((each for each in project.facts.workflows if subject in each.jobs), None)
    groups = [subject.tree.get("concurrency", "cancel-in-progress")]
    if workflow is not None:
        groups.append(workflow.tree.get("concurrency", "cancel-in-progress"))
    for value in groups:
        match value:
            case Known(value=True) | Known(value="true"):
                yield Violation(
                    value,
                    resource=subject.address,
                    related=[Note("it deploys here", deploy.span)],
                    words={"job": subject.id, "environment": subject.environment},
                )
                return
            case Unknown() | Known(value=str()):
                reason = "the expression of cancel-in-progress is decided when the workflow runs"
                yield Undetermined(place=value, reason=reason, resource=subject.address)
                return


def action_at_branch(subject: Image, project: Project) -> Iterator[Outcome]:
    """A third party's action is run at a tag or a commit."""
    match subject.reference:
        case Known(value=str(reference)) as value if _foreign(reference):
            name, _, ref = reference.partition("@")
            if _here(name, project):
                yield Held(value, f"{name} is a part of this repository")
                return
            if not ref or not (_COMMIT.fullmatch(ref) or _VERSION.fullmatch(ref)):
                if ref and not _looks_like_branch(ref):
                    return
                yield Violation(value, discriminator=name, words={"reference": reference})
            else:
                yield Held(value, f"{name} is run at {ref}")
        case Unknown() as value:
            yield Undetermined(value)


def _looks_like_branch(ref: str) -> bool:
    return ref in ("main", "master", "develop", "dev", "trunk", "latest", "HEAD", "next") or "/" in ref


def _foreign(reference: str) -> bool:
    """An action that somebody else owns; GitHub's own organisations run everybody's jobs anyway."""
    return not reference.startswith(("./", "../", "docker://", "actions/", "github/", "$")) and "/" in reference


def _here(name: str, project: Project) -> bool:
    """Whether the repository has itself what ``owner/repository/path`` names; a caller of the same name has not."""
    path = "/".join(name.split("/")[2:])
    if not path:
        return False
    if path.endswith((".yml", ".yaml")):
        return any(
            each.span.path == path and "workflow_call" in each.triggers
            for each in project.facts.workflows
            if each.kind == "workflow"
        )
    return any(project.file(f"{path}/action.{ending}") is not None for ending in ("yml", "yaml"))


def unpinned_action(subject: Image, project: Project) -> Iterator[Outcome]:
    """An action is named by its commit."""
    match subject.reference:
        case Known(value=str(reference)) as value if not reference.startswith(("./", "../", "docker://")):
            name, _, ref = reference.partition("@")
            if _COMMIT.fullmatch(ref):
                yield Held(value, f"{name} is pinned to a commit")
            else:
                yield Violation(value, discriminator=name, words={"reference": reference})
        case Unknown() as value:
            yield Undetermined(value)
