"""Terraform that is applied with its state in a local file."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import join, normpath

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Resource
from depcheck.pipelines.nouns import Done, Unit
from depcheck.pipelines.units import pipeline_of
from depcheck.project import Project
from depcheck.project.states import folder_of, is_sample, states
from depcheck.source import Span

_TOOLS = frozenset({"terraform", "tofu"})
#: Commands that write Terraform's own files, so that a backend can be among what they write.
_WRITES = ("backend", ".tf")


def locally(project: Project) -> Iterator[Outcome]:
    """Root modules of critical environments, and such as a workflow applies, whose state is a local file."""
    roots: dict[str, Resource] = {}
    for resource in project.facts.resources:
        if (
            resource.format == "terraform"
            and resource.kind in ("resource", "module")
            and not resource.address.startswith("module.")
        ):
            roots.setdefault(folder_of(resource), resource)
    kept = {state.root: state for state in states(project)}
    applied = _applied(project)
    for root, resource in roots.items():
        if is_sample(root) or _is_module(root) or "#" in root or _is_terragrunt(root, project):
            continue
        state = kept.get(root)
        local = state is None or state.backend.name == "local"
        if not local:
            continue
        where = applied.get(root)
        critical = resource.environment in project.environments.critical
        if where is None and not critical:
            continue
        place = state.backend.span if state is not None else _place(root, resource, project)
        if where is not None and any(_gives_backend(each, project) for each in where[0].done):
            reason = "a backend is written or given when it is initialised"
            yield Undetermined(place=place, reason=reason, environment=resource.environment)
            continue
        notes = [Note("it is applied here", where[1].span)] if where is not None else []
        in_workflow = where is not None and where[0].job is not None
        yield Violation(
            place,
            environment=resource.environment,
            variant="runner" if in_workflow else "",
            related=notes,
            discriminator=root,
            words={"root": root or ".", "job": where[0].name if where is not None else ""},
        )
    for root, state in kept.items():
        if state.backend.name != "local" and root in roots:
            yield Held(state.backend.span, f"the state of {root or '.'} is kept in {state.backend.name}")


def _applied(project: Project) -> dict[str, tuple[Unit, Done]]:
    """Root folder → the first job that applies it."""
    found: dict[str, tuple[Unit, Done]] = {}
    for unit in pipeline_of(project).units:
        if unit.job is None or _keeps_files(unit):
            continue
        for done in unit.done:
            if done.command is None or done.command.name not in _TOOLS or "apply" not in done.command.arguments():
                continue
            changed = next((each for each in done.command.arguments() if each.startswith("-chdir=")), "")
            if any("$" in word.raw for word in done.command.words if word.raw.startswith("-chdir")):
                continue
            folder = normpath(join(done.folder, changed.removeprefix("-chdir=")))
            found.setdefault("" if folder == "." else folder, (unit, done))
    return found


def _keeps_files(unit: Unit) -> bool:
    """Whether what a job writes outlives it: a machine of one's own, a cache, an artifact, a commit."""
    runner = unit.job.tree.get("runs-on").span.text if unit.job is not None else ""
    texts = [each.text for each in unit.done]
    return "self-hosted" in runner or any(
        each.startswith(("actions/cache", "actions/upload-artifact", "git push", "git commit")) or "tfstate" in each
        for each in texts
    )


def _gives_backend(done: Done, project: Project) -> bool:
    text = done.text
    command = done.command
    if command is None:
        return False
    if "-backend-config" in text and "=false" not in text:
        return True
    targets = [each.target.raw for each in command.redirections]
    return any(
        all(part in target for part in _WRITES)
        for target in [*targets, text if command.name in ("cp", "mv", "envsubst", "sed", "tee") else ""]
    )


def _is_module(root: str) -> bool:
    parts = [part.lower() for part in root.split("/")]
    return "modules" in parts or "module" in parts


def _is_terragrunt(root: str, project: Project) -> bool:
    folder = root
    while True:
        if project.file(f"{folder}/terragrunt.hcl" if folder else "terragrunt.hcl") is not None:
            return True
        if not folder:
            return False
        folder = folder.rpartition("/")[0]


def _place(root: str, resource: Resource, project: Project) -> Span:
    """Where a backend would stand: the first line of ``versions.tf``, ``main.tf`` or the file of a resource."""
    for name in ("backend.tf", "terraform.tf", "versions.tf", "providers.tf", "main.tf"):
        file = project.file(f"{root}/{name}" if root else name)
        if file is not None:
            return file.span
    return resource.span
