"""Hold one subject against one rule: a rule that is data by the requirement language, any other by its check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module

from depcheck.engine.subjects import Subject, address_of
from depcheck.findings import Held, Outcome, Undetermined, Violation, shown
from depcheck.model import File, Job, Resource, Workflow
from depcheck.packs import Rule
from depcheck.packs.requirements import NO, OPEN, YES, Answer, judge
from depcheck.project import Project
from depcheck.source import Span
from depcheck.values import Known, Unknown, Value


class CheckNotFoundError(Exception):
    """A rule that is not data and has no check function; one sentence."""


def outcomes(rule: Rule, subject: Subject, project: Project) -> Iterable[Outcome]:
    """What a rule says of a subject; nothing where it does not apply."""
    if rule.is_data:
        return _by_data(rule, subject, project)
    return check_of(rule)(subject, project)


def check_of(rule: Rule) -> Callable[[Subject, Project], Iterable[Outcome]]:
    """The function of a rule, found by pack and id: nothing is registered. A module of a pack may take the functions of
    others; for the built-in rules the catalogue keeps which one it is, so that the rest is not imported.

    Raises:
        CheckNotFoundError: there is none.
    """
    base = f"{rule.plugin}.checks" if rule.plugin else "depcheck.checks"
    module_name = f"{base}.{rule.module.replace('-', '_')}"
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise CheckNotFoundError(f"rule {rule.id} needs the module {module_name}, which is not there") from error
    function: Callable[[Subject, Project], Iterable[Outcome]] | None = getattr(module, rule.id.replace("-", "_"), None)
    if function is None:
        raise CheckNotFoundError(f"rule {rule.id} needs a function {rule.id.replace('-', '_')} in {module_name}")
    return function


def _by_data(rule: Rule, subject: Subject, project: Project) -> Iterator[Outcome]:
    attributes = attributes_of(subject)
    if attributes is None:
        return
    resource = subject if isinstance(subject, Resource) else None
    condition = (
        judge(rule.when, attributes, every=True, resource=resource, related=project.related)
        if rule.when is not None
        else None
    )
    if condition is not None and condition.state == NO:
        return
    answers: list[tuple[Answer, str]] = []
    if rule.require is not None:
        answers.append((judge(rule.require, attributes, every=True, resource=resource, related=project.related), NO))
    if rule.forbid is not None:
        answers.append((judge(rule.forbid, attributes, every=False, resource=resource, related=project.related), YES))
    address = address_of(subject)
    wrong = [answer for answer, bad in answers if answer.state == bad]
    undecided = [answer for answer, _ in answers if answer.state == OPEN]
    if wrong and (condition is None or condition.state == YES):
        answer = wrong[0]
        words: dict[str, object] = {"value": shown(answer.value), "path": answer.path}
        name = getattr(subject, "name", "") or getattr(subject, "id", "")
        words["name"] = name
        yield Violation(_at(answer.value), resource=address, words=words)
    elif wrong or undecided:
        decisive = undecided[0].value if undecided else condition.value if condition else attributes
        if isinstance(decisive, Unknown):
            yield Undetermined(decisive, resource=address)
        else:
            yield Undetermined(place=_at(decisive), reason="the configuration does not decide it", resource=address)
    else:
        decided = answers[0][0]
        yield Held(
            _at(decided.value), f"{decided.path} = {shown(decided.value)}" if decided.path else "", resource=address
        )


def _at(value: Value) -> Value:
    return value


def attributes_of(subject: Subject) -> Known | None:
    """A subject as the map that the requirement language looks into."""
    if isinstance(subject, Resource):
        return subject.attributes
    if isinstance(subject, (Job, Workflow)):
        return subject.tree
    if isinstance(subject, File):
        return subject.tree if isinstance(subject.tree, Known) else None
    if isinstance(subject, Project):
        return None
    span = subject.span
    fields: dict[str, Value] = {}
    for name in type(subject).__slots__:
        value = getattr(subject, name)
        field = _field(value, span)
        if field is not None:
            fields[name] = field
    return Known(fields, span)


def _field(value: object, span: Span) -> Value | None:
    if isinstance(value, (Known, Unknown)):
        return value
    if value is None or isinstance(value, (str, bool, int)):
        return Known(value, span)
    if isinstance(value, list) and all(isinstance(each, (Known, Unknown)) for each in value):
        return Known(list(value), span)
    return None
