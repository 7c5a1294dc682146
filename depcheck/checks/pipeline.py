"""Checks of pipelines: what outsiders can put in, what a deployment passes through, which checks cannot fail."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Outcome, Undetermined, Violation
from depcheck.model import Image, Job, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project, workflows
from depcheck.values import Known, Unknown

_COMMIT = Pattern(r"[0-9a-f]{40}|[0-9a-f]{64}")
#: Also a branch on which a major version is kept, as some publishers recommend (``release/v1``).
_VERSION = Pattern(r"(?:releases?/)?v?\d+([.-].*)?")


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
    if workflows.PRIVILEGED.keys().isdisjoint(subject.triggers):
        return
    from depcheck.pipelines import untrusted

    yield from untrusted.checkouts(subject)


def always_true_condition(subject: Job, project: Project) -> Iterator[Outcome]:
    """A condition can be false."""
    conditions = list(workflows.conditions_of(subject))
    if not conditions:
        return
    from depcheck.pipelines import comparisons

    for condition, what in conditions:
        around = isinstance(condition, Known) and _around(condition) and comparisons.expression_of(condition) is None
        if around and workflows.always(condition):
            yield Violation(condition, resource=subject.address, discriminator=what, words={"what": what, "why": ""})
            continue
        why = comparisons.truthy_operand(condition)
        if why is not None:
            words: dict[str, object] = {"what": what, "why": why}
            yield Violation(condition, resource=subject.address, variant="operand", discriminator=what, words=words)


def _around(condition: Known) -> bool:
    """Text around an expression; a plain ``true`` or ``always()`` is meant."""
    return isinstance(condition.value, str) and "${{" in condition.value


def impossible_comparison(subject: Job, project: Project) -> Iterator[Outcome]:
    """A condition compares with what its context can be."""
    if not any(workflows.conditions_of(subject)):
        return
    from depcheck.pipelines import comparisons

    yield from comparisons.impossible(subject)


def hotswap_in_production(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment to production goes through CloudFormation."""
    from depcheck.pipelines import habits

    yield from habits.hotswapped(subject)


def deploy_script_goes_on(subject: Project, _: Project) -> Iterator[Outcome]:
    """A script that deploys stops at the first command that fails."""
    from depcheck.pipelines import habits

    yield from habits.goes_on(subject)


def retired_action(subject: Project, _: Project) -> Iterator[Outcome]:
    """An action is of a version that still works."""
    from depcheck.pipelines import habits

    yield from habits.retired(subject)


def migration_after_deployment(subject: Project, _: Project) -> Iterator[Outcome]:
    """The schema is changed before the code that needs it is there."""
    from depcheck.pipelines import habits

    yield from habits.migrates_late(subject)


def artifact_rebuilt(subject: Project, _: Project) -> Iterator[Outcome]:
    """Production gets the artifact that staging has shown to work."""
    from depcheck.pipelines import habits

    yield from habits.built_again(subject)


def tests_cannot_fail(subject: Project, _: Project) -> Iterator[Outcome]:
    """What is checked before or after a deployment can fail."""
    from depcheck.pipelines import silenced

    yield from silenced.ignored_failures(subject)


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


def deploys_to_other_environment(subject: Project, _: Project) -> Iterator[Outcome]:
    """A job deploys to the environment that it is for."""
    from depcheck.pipelines import mixed

    yield from mixed.other_targets(subject)


def other_environment_in_job(subject: Project, _: Project) -> Iterator[Outcome]:
    """A job uses the secrets and variables of its own environment, and checks that one."""
    from depcheck.pipelines import mixed

    yield from mixed.foreign_references(subject)


def deployment_despite_failure(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment does not go out when what comes before it has failed."""
    from depcheck.pipelines import gates

    yield from gates.despite_failure(subject)


def tests_not_awaited(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment waits for the tests that run beside it."""
    from depcheck.pipelines import gates

    yield from gates.unawaited_checks(subject)


def environments_side_by_side(subject: Project, _: Project) -> Iterator[Outcome]:
    """Staging is deployed to before production, not beside it."""
    from depcheck.pipelines import gates

    yield from gates.side_by_side(subject)


def deployment_strategy_differs(subject: Resource, project: Project) -> Iterator[Outcome]:
    """A service replaces its old version in a way that is promised."""
    from depcheck.pipelines import strategies

    yield from strategies.of_service(subject, project)


def checkout_missing(subject: Project, _: Project) -> Iterator[Outcome]:
    """A job checks the repository out before it uses its files."""
    from depcheck.pipelines import preparation

    yield from preparation.without_checkout(subject)


def package_manager_missing(subject: Project, _: Project) -> Iterator[Outcome]:
    """A job installs pnpm before it is asked for pnpm's cache."""
    from depcheck.pipelines import preparation

    yield from preparation.without_package_manager(subject)


def deployment_steps_differ(subject: Project, _: Project) -> Iterator[Outcome]:
    """Staging and production are deployed to in the same way."""
    from depcheck.pipelines import likeness

    yield from likeness.lacking(subject)


def deployment_tools_differ(subject: Project, _: Project) -> Iterator[Outcome]:
    """Staging and production are deployed to with the same versions of actions, tools and runners."""
    from depcheck.pipelines import tools

    yield from tools.differing(subject)


def production_deploy_on_pull_request(subject: Project, _: Project) -> Iterator[Outcome]:
    """No pull request starts a deployment to production."""
    from depcheck.pipelines import protection

    yield from protection.by_request(subject)


def ungated_production_deploy(subject: Project, _: Project) -> Iterator[Outcome]:
    """A deployment that matters passes a GitHub environment, where reviewers can be required."""
    from depcheck.pipelines import protection

    yield from protection.ungated(subject)


def cancelled_deployment(subject: Project, _: Project) -> Iterator[Outcome]:
    """A newer run does not cancel a deployment to production."""
    from depcheck.pipelines import protection

    yield from protection.cancelled(subject)


def unserialised_deployment(subject: Project, _: Project) -> Iterator[Outcome]:
    """Two runs do not deploy to production at once."""
    from depcheck.pipelines import protection

    yield from protection.unserialised(subject)


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
                from depcheck.project.repository import is_own

                severity = "low" if is_own(name, project) else None
                yield Violation(value, severity=severity, discriminator=name, words={"reference": reference})
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
