"""States that several environments or root modules share, and such as are kept under another environment's name."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Command
from depcheck.project import Project, states
from depcheck.project.states import State
from depcheck.values import Known


def shared(project: Project) -> Iterator[Outcome]:
    """States that two root modules, or two environments of one, write."""
    kept = [each for each in states.states(project) if not states.is_sample(each.root) and each.backend.name != "local"]
    by_identity: dict[tuple[str, ...], list[State]] = {}
    for state in kept:
        identity = state.identity
        if identity is not None:
            by_identity.setdefault(identity, []).append(state)
    for group in by_identity.values():
        roots = list(dict.fromkeys(each.root for each in group))
        if len(roots) > 1:
            yield from _of_roots(group, project)
        else:
            yield from _of_environments(group, project)


def _of_roots(group: list[State], project: Project) -> Iterator[Outcome]:
    """One finding at the root module that is wrong where its name tells, else at the last."""
    wrong = next((each for each in group if _names_another(each, project)), group[-1])
    others = [each for each in group if each.root != wrong.root]
    if wrong.place.path == others[0].place.path and wrong.place.start == others[0].place.start:
        # One file that is linked or included into several folders; the keys differ by what is given beside.
        return
    if any(states.uses_workspaces(each.root, project) for each in group):
        reason = "whether the workspaces of these root modules differ is decided when they are initialised"
        yield Undetermined(place=wrong.place, reason=reason, environment=wrong.environment)
        return
    notes = [Note(f"{each.root or 'the root folder'} keeps its state there too", each.place) for each in others[:6]]
    yield Violation(
        wrong.place,
        resource=wrong.backend.address,
        environment=wrong.environment,
        variant="roots",
        related=_distinct(notes),
        discriminator=wrong.root,
        words={"root": wrong.root or ".", "other": others[0].root or ".", "state": wrong.shown},
    )


def _distinct(notes: list[Note]) -> list[Note]:
    return list({(each.span.path, each.span.start): each for each in notes}.values())


def _of_environments(group: list[State], project: Project) -> Iterator[Outcome]:
    order = project.environments.names
    names = sorted({each.environment for each in group if each.environment is not None})
    names.sort(key=lambda name: order.index(name) if name in order else -1)
    first = next((each for each in group if names and each.environment == names[0]), group[0])
    if len(names) < 2:
        if first.environment is not None:
            said = f"{first.environment} has a state of its own"
            yield Held(first.place, said, resource=first.backend.address, environment=first.environment)
        return
    apart = len({each.given.path for each in group if each.given is not None}) > 1
    if states.uses_workspaces(first.root, project) or (not apart and _initialised_otherwise(project)):
        return
    literal = project.environments.within(first.shown)
    applied = _applied(project)
    if literal is None and not apart and len([each for each in names if each in applied]) < 2:
        reason = f"whether {' and '.join(names[:2])} are initialised with states of their own is decided by hand"
        yield Undetermined(place=first.place, reason=reason, resource=first.backend.address)
        return
    notes = [Note(f"it is applied to {name} here", applied[name].span) for name in names if name in applied]
    notes += [
        Note(f"{each.environment} keeps its state there too", each.place)
        for each in group
        if apart and each is not first
    ]
    yield Violation(
        first.place,
        resource=first.backend.address,
        variant="environments",
        related=notes[:6],
        discriminator=first.root,
        words={"names": f"{', '.join(names[:-1])} and {names[-1]}", "state": first.shown},
    )


def _initialised_otherwise(project: Project) -> bool:
    """Whether a command gives a backend anything that cannot be read here."""
    return any("-backend-config" in (word.raw or "") for each in _terraform(project) for word in each.words)


def _terraform(project: Project) -> Iterator[Command]:
    for command in project.facts.commands:
        if command.name in ("terraform", "tofu", "terragrunt"):
            yield command


def _applied(project: Project) -> dict[str, Command]:
    """The first command that applies a configuration to each environment."""
    found: dict[str, Command] = {}
    for command in _terraform(project):
        arguments = command.arguments()
        if "apply" not in arguments:
            continue
        for argument in arguments:
            name = (
                project.environments.within(argument)
                if "var-file" in argument or argument.endswith(".tfvars")
                else None
            )
            if name is not None:
                found.setdefault(name, command)
        if command.environment is not None:
            found.setdefault(command.environment, command)
    return found


def _names_another(state: State, project: Project) -> str | None:
    """The other environment that a state's key names, and not its own."""
    if state.environment is None:
        return None
    identity = state.identity
    parts = [str(state.get(name).span.text) for name in states.IDENTITY.get(state.backend.name, ())[1:]]
    if identity is None or not parts:
        return None
    told = project.environments.within("/".join(identity[2:]))
    return told if told is not None and told != state.environment else None


def misnamed(project: Project) -> Iterator[Outcome]:
    """States whose key names another environment than their root module's."""
    several: dict[str, set[str | None]] = {}
    kept = [each for each in states.states(project) if not states.is_sample(each.root)]
    identities: dict[tuple[str, ...], set[str]] = {}
    for state in kept:
        several.setdefault(state.root, set()).add(state.environment)
        if state.identity is not None:
            identities.setdefault(state.identity, set()).add(state.root)
    for state in kept:
        other = _names_another(state, project)
        if other is None or state.identity is None:
            continue
        if len(several[state.root]) > 1 or len(identities[state.identity]) > 1:
            continue  # it is shared, which is told already
        value = state.get(states.IDENTITY[state.backend.name][-1])
        yield Violation(
            value if isinstance(value, Known) else state.place,
            resource=state.backend.address,
            environment=state.environment,
            discriminator=state.root,
            words={"environment": state.environment, "other": other, "state": state.shown},
        )
