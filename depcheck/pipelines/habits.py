"""Ways of deploying that go wrong sooner or later: past CloudFormation, on after an error, with retired actions."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Violation
from depcheck.model import Image
from depcheck.patterns import Pattern
from depcheck.pipelines.deployments import deployments, deployments_to, earlier
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.telling import is_run
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.values import string

#: Action → its last major version that GitHub has switched off, and since when. From GitHub's changelog.
_RETIRED = {
    "actions/upload-artifact": (3, "2025-01-30"),
    "actions/download-artifact": (3, "2025-01-30"),
    "actions/cache": (2, "2025-03-01"),
}
_MAJOR = Pattern(r"v(?P<major>\d+)(?:\.\d+)*")
#: Commands that change something and that a script should not go on after.
_CHANGES = frozenset({"deploy", "migrate", "backup", "image-push", "rollback"})


def hotswapped(project: Project) -> Iterator[Outcome]:
    """``cdk deploy --hotswap`` in a deployment to a critical environment."""
    for deployment in deployments(project):
        if deployment.environment not in project.environments.critical:
            continue
        for index in deployment.at:
            done = deployment.unit.done[index]
            words = done.command.words if done.command is not None else []
            flag = next((each for each in words if (each.text or "").startswith("--hotswap")), None)
            if flag is not None:
                yield Violation(
                    flag.span,
                    resource=deployment.unit.address,
                    environment=deployment.environment,
                    words={"job": deployment.name, "environment": deployment.environment, "flag": flag.text},
                )


def goes_on(project: Project) -> Iterator[Outcome]:
    """Scripts that deploy in several steps and do not stop at an error."""
    for unit in dict.fromkeys(each.unit for each in deployments(project)):
        if unit.job is not None:
            continue
        own = [each for each in unit.done if each.inner is None and each.command is not None]
        changes = [each for each in own if _CHANGES & set(each.names) and not _is_handled(each)]
        if len(own) < 2 or not changes:
            continue
        first = changes[0].command
        if first is None:
            continue
        if "e" in first.strict:
            yield Held(unit.span, f"{unit.name} stops at the first error", resource=unit.address)
        elif len(changes) > 1 or not _is_last(changes[-1].text, own[-1].text):
            chained = all(each.command is not None and each.command.joined == "&&" for each in own[1:])
            if not chained:
                yield Violation(
                    unit.span,
                    resource=unit.address,
                    related=[Note("it goes on after this", changes[0].span)],
                    words={"script": unit.name, "command": changes[0].text.split("\n", 1)[0][:60]},
                )


def _is_handled(done: Done) -> bool:
    """Whether the script looks itself at how a command ended."""
    source, span = done.span.source.text, done.span
    start = source.rfind("\n", 0, span.start) + 1
    before, behind = source[start : span.start], source[span.end : span.end + 200]
    asked = before.strip().startswith(("if ", "if!", "while ", "until ", "elif "))
    return asked or behind.lstrip(" \t").startswith(("||", "&&")) or "$?" in behind


def _is_last(one: str, other: str) -> bool:
    return one == other


def retired(project: Project) -> Iterator[Outcome]:
    """Actions of versions that GitHub has switched off."""
    for image in project.facts.images:
        if image.role == "action" and is_run(image.span.path):
            yield from _retired(image)


def _retired(image: Image) -> Iterator[Outcome]:
    reference = string(image.reference)
    if reference is None:
        return
    name, _, ref = reference.partition("@")
    owner = "/".join(name.lower().split("/")[:2])
    known = _RETIRED.get(owner)
    match = _MAJOR.fullmatch(ref)
    if known is None or match is None:
        return
    if int(match["major"][:4]) <= known[0]:
        words: dict[str, object] = {"action": reference, "name": name, "since": known[1]}
        yield Violation(image.reference, resource=image.scope, discriminator=name, words=words)
    else:
        yield Held(image.reference, f"{owner} {ref} works", resource=image.scope)


def migrates_late(project: Project) -> Iterator[Outcome]:
    """Migrations behind the deployment of the code, where no promise asks for their order."""
    pipeline = pipeline_of(project)
    promised = project.policy.pipeline.deploys if project.policy is not None else {}
    for deployment in deployments(project):
        environment = deployment.environment
        if environment is None or (environment in promised and "migrate" in promised[environment].before):
            continue
        own, units = earlier(deployment, pipeline, code_only=True)
        before = [done for done in [*own, *(each for unit in units for each in unit.done)] if "migrate" in done.names]
        behind = [each for each in deployment.unit.done[deployment.at[0] :] if "migrate" in each.names]
        if not before and behind and any(index for index in deployment.at if _is_code(deployment.unit, index)):
            yield Violation(
                behind[0].span,
                resource=deployment.unit.address,
                environment=environment,
                related=[Note("the code is deployed here", deployment.first.span)],
                words={"job": deployment.name, "environment": environment},
            )


def _is_code(unit: Unit, index: int) -> bool:
    return "terraform" not in unit.done[index].text


def built_again(project: Project) -> Iterator[Outcome]:
    """Images that are built for production after staging has got one of its own."""
    environments = project.environments
    lower = {each.unit for each in deployments(project) if environments.role(each.environment) == "staging"}
    for critical in environments.critical:
        for deployment in deployments_to(project, critical):
            unit = deployment.unit
            built = next((each for each in unit.done[: deployment.at[-1]] if "image-build" in each.names), None)
            other = next(
                (
                    (one, each)
                    for one in lower
                    if one is not unit and one.chain[-1].workflow is unit.chain[-1].workflow
                    for each in one.done
                    if "image-build" in each.names
                ),
                None,
            )
            if built is None or other is None or unit.job is None:
                continue
            yield Violation(
                built.span,
                resource=unit.address,
                environment=critical,
                related=[Note(f"{other[0].name} builds its own here", other[1].span)],
                words={"job": unit.name, "environment": critical, "other": other[0].environment or "staging"},
            )
