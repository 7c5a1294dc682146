"""AWS Backup: the rules of plans, and which resources their selections take in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from depcheck.model import Resource
from depcheck.project.backups import NO, OPEN, PROTECTED, YES, matched, named
from depcheck.recovery.lookup import Lookup, Scope, scope_of
from depcheck.recovery.plan_rules import PlanRule, missing_of
from depcheck.recovery.stores import tag
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

__all__ = ["NO", "OPEN", "YES", "Covering", "Plans", "Taker"]

#: So many selections that miss a store are told, and no more.
_MOST_MISSED = 3


class Covering:
    """A rule that takes a resource in, by a selection; ``state`` is yes or open, ``missing`` what would decide it."""

    __slots__ = ("missing", "rule", "selection", "state")

    def __init__(self, rule: PlanRule, selection: Resource, state: str, missing: tuple[Missing, ...]) -> None:
        self.rule = rule
        self.selection = selection
        self.state = state
        self.missing = missing


class Taker:
    """A selection that takes a resource in; ``state`` is yes or open, ``missing`` what would decide it."""

    __slots__ = ("missing", "selection", "state")

    def __init__(self, selection: Resource, state: str, missing: tuple[Missing, ...]) -> None:
        self.selection = selection
        self.state = state
        self.missing = missing


class Plans:
    """All plans and selections of a project, read once."""

    __slots__ = ("_by_address", "_by_tag", "_found", "_lookup", "_opted_out", "_rules", "_selections", "_wide")

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._rules: dict[int, list[PlanRule]] = {}
        self._by_address: dict[tuple[object, str], list[Resource]] = {}
        self._by_tag: dict[tuple[str, str], list[Resource]] = {}
        self._wide: dict[str, list[Resource]] = {}
        self._selections: dict[Scope, list[Resource]] = {}
        self._found: dict[tuple[object, str], tuple[list[Covering], list[Missing], list[Taker]]] = {}
        project = lookup.project
        for plan in project.of_type("aws_backup_plan"):
            if plan.kind != "data":
                self._rules[id(plan)] = [PlanRule(plan, rule, lookup) for rule in plan.get("rule").elements()]
        for selection in project.of_type("aws_backup_selection"):
            if selection.kind != "data":
                self._file(selection)
        self._opted_out = [
            (scope_of(settings), name)
            for settings in project.of_type("aws_backup_region_settings")
            for name, value in settings.get("resource_type_opt_in_preference").items()
            if scalar_text(value) == "false"
        ]

    def _file(self, selection: Resource) -> None:
        """Remember a selection where it can be found again: by what it names, by its tags, else among the wide."""
        self._selections.setdefault(scope_of(selection), []).append(selection)
        filed = isinstance(selection.get("condition"), Absent)
        services: set[str] = set()
        for each in selection.get("resources").elements():
            if isinstance(each, Unknown) and each.refers is not None:
                self._by_address.setdefault((scope_of(selection), each.refers), []).append(selection)
                continue
            parts = (string(each) or "").split(":", 5)
            services.add(parts[2] if len(parts) == 6 and parts[2].isalnum() else "")
        for block in selection.get("selection_tag").elements():
            key, value = scalar_text(block.get("key")), scalar_text(block.get("value"))
            if key is not None and value is not None:
                self._by_tag.setdefault((key, value), []).append(selection)
            else:
                filed = False
        for service in services or ({""} if not filed else ()):
            self._wide.setdefault(service if filed else "", []).append(selection)

    def of(self, resource: Resource) -> list[Covering]:
        """The rules that take a resource in, or may."""
        return self._of(resource)[0]

    def takers(self, resource: Resource) -> list[Taker]:
        """The selections that take a resource in, or may."""
        return self._of(resource)[2]

    def missed(self, resource: Resource) -> list[tuple[str, Span]]:
        """Why selections that are deployed with a resource do not take it in, a few of them, each with its place."""
        found: list[tuple[str, Span]] = []
        if resource.type not in PROTECTED or self.of(resource):
            return found
        for selection in self._selections.get(scope_of(resource), ())[:_MOST_MISSED]:
            found += self._why_missed(selection, resource)
        return found

    def _why_missed(self, selection: Resource, resource: Resource) -> Iterator[tuple[str, Span]]:
        chosen, _ = self._chosen(selection, resource)
        listed = selection.get("not_resources")
        if chosen != NO:
            if named(listed, resource)[0] == YES or matched(listed, resource):
                yield f"{selection.address} leaves it out by name", listed.span
            for block in selection.get("condition").elements():
                yield f"a condition of {selection.address} leaves it out", block.span
            return
        for block in selection.get("selection_tag").elements():
            key, value = scalar_text(block.get("key")), scalar_text(block.get("value"))
            if key is None or value is None:
                continue
            own = tag(resource, key)
            if scalar_text(own) == value and self._is_opted_out(resource):
                words = f"{PROTECTED[resource.type][2]} is left out of what selections by tag take in"
                yield words, block.span
            elif scalar_text(own) != value and not isinstance(own, Unknown):
                has = "none" if scalar_text(own) is None else scalar_text(own)
                yield f"{selection.address} takes in what has the tag {key} = {value}, and it has {has}", block.span

    def idle(self) -> Iterator[tuple[Resource, Resource | None]]:
        """Plans that no selection is for, and plans with a selection that takes in nothing of what is deployed with it.

        What is chosen by a pattern may be elsewhere in the account; only names and tags that are decided tell.
        """
        project = self._lookup.project
        kept = [each for type_ in PROTECTED for each in project.of_type(type_) if each.kind != "data"]
        there = {scope_of(each) for each in kept}
        taking = {id(covering.selection) for each in kept for covering in self.of(each)}
        chosen: set[int] = set()
        open_in: set[Scope] = set()
        for scope, selections in self._selections.items():
            for selection in selections:
                plan = self._lookup.named(selection.get("plan_id"), "aws_backup_plan", selection)
                if plan is None:
                    open_in.add(scope)
                    continue
                chosen.add(id(plan))
                if id(selection) not in taking and scope in there and _is_narrow(selection):
                    yield plan, selection
        for plan in project.of_type("aws_backup_plan"):
            if plan.kind != "data" and id(plan) not in chosen and scope_of(plan) not in open_in:
                yield plan, None

    def undescribed(self, resource: Resource) -> list[Missing]:
        """Selections that take a resource in for a plan which is not described here."""
        return self._of(resource)[1]

    def _of(self, resource: Resource) -> tuple[list[Covering], list[Missing], list[Taker]]:
        if resource.type not in PROTECTED:
            return [], [], []
        key = (scope_of(resource), resource.address)
        known = self._found.get(key)
        if known is not None:
            return known
        found, undescribed, takers = self._found.setdefault(key, ([], [], []))
        for selection in self._candidates(resource):
            state, missing = self._takes(selection, resource)
            if state == NO:
                continue
            takers.append(Taker(selection, state, missing))
            plan = self._lookup.named(selection.get("plan_id"), "aws_backup_plan", selection)
            if plan is None:
                undescribed.append(Missing(f"the backup plan of {selection.address}", selection.span))
            for rule in self._rules.get(id(plan), ()) if plan is not None else ():
                found.append(Covering(rule, selection, state, missing))
        return found, undescribed, takers

    def _candidates(self, resource: Resource) -> Iterator[Resource]:
        seen: set[int] = set()
        groups: list[Iterable[Resource]] = [self._by_address.get((scope_of(resource), resource.address), ())]
        whole = resource.get("tags_all")
        tags = resource.get("tags") if isinstance(whole, Absent) else whole
        if isinstance(tags, Known) and tags.rest is None:
            for key, value in tags.items():
                text = scalar_text(value)
                if text is not None:
                    groups.append(self._by_tag.get((key, text), ()))
                elif isinstance(value, Unknown):
                    groups += [each for (name, _), each in self._by_tag.items() if name == key]
        elif not isinstance(tags, Absent):
            groups += self._by_tag.values()
        groups += [self._wide.get("", ()), self._wide.get(PROTECTED[resource.type][0], ())]
        for group in groups:
            for selection in group:
                if id(selection) not in seen:
                    seen.add(id(selection))
                    yield selection

    def _takes(self, selection: Resource, resource: Resource) -> tuple[str, tuple[Missing, ...]]:
        if selection.format != resource.format or selection.environment != resource.environment:
            return NO, ()
        state, missing = self._chosen(selection, resource)
        if state == NO:
            return NO, ()
        left_out, why = named(selection.get("not_resources"), resource)
        if left_out == YES or (left_out == NO and matched(selection.get("not_resources"), resource)):
            return NO, ()
        if left_out == OPEN and state == YES:
            state, missing = OPEN, why
        for each_state, each_missing in _conditions(selection, resource):
            if each_state == NO:
                return NO, ()
            if each_state == OPEN and state == YES:
                state, missing = OPEN, each_missing
        if state == YES and scope_of(selection) != scope_of(resource):
            # Another root module of the same environment: most likely the same account, but nothing says so.
            words = f"whether {resource.address} and {selection.address} are in one account"
            return OPEN, (Missing(words, selection.span),)
        return state, missing

    def _chosen(self, selection: Resource, resource: Resource) -> tuple[str, tuple[Missing, ...]]:
        listed, tags = selection.get("resources"), selection.get("selection_tag")
        by_name, why = named(listed, resource)
        if by_name == YES:
            return YES, ()
        answers = [_tagged(each.get("key"), each.get("value"), resource) for each in tags.elements()]
        if any(state == YES for state, _ in answers):
            return (NO, ()) if self._is_opted_out(resource) else (YES, ())
        if isinstance(listed, Absent) and isinstance(tags, Absent):
            everything = not isinstance(selection.get("condition"), Absent)
            return (YES if everything and not self._is_opted_out(resource) else NO), ()
        pattern = matched(listed, resource)
        if pattern and isinstance(tags, Absent):
            return (NO, ()) if self._is_opted_out(resource) else (YES, ())
        if pattern:
            words = f"whether the tags of {selection.address} narrow its list of resources"
            return OPEN, (Missing(words, selection.span),)
        undecided = [(state, each) for state, each in [(by_name, why), *answers] if state == OPEN]
        return undecided[0] if undecided else (NO, ())

    def _is_opted_out(self, resource: Resource) -> bool:
        name = PROTECTED[resource.type][2]
        return any(scope == scope_of(resource) and each == name for scope, each in self._opted_out)


def _is_narrow(selection: Resource) -> bool:
    """Whether a selection names what it takes in, by references or by tags that are decided."""
    if not isinstance(selection.get("condition"), Absent):
        return False
    listed = selection.get("resources")
    if isinstance(listed, Unknown) or any(string(each) is not None for each in listed.elements()):
        return False
    if any(isinstance(each, Unknown) and each.refers is None for each in listed.elements()):
        return False
    blocks = selection.get("selection_tag")
    if isinstance(blocks, Unknown):
        return False
    tags = [scalar_text(each.get(name)) for each in blocks.elements() for name in ("key", "value")]
    return None not in tags and not listed.elements()


def _conditions(selection: Resource, resource: Resource) -> Iterator[tuple[str, tuple[Missing, ...]]]:
    """What each condition of a selection says; all of them must hold."""
    for block in selection.get("condition").elements():
        if isinstance(block, Unknown):
            yield OPEN, block.missing or (missing_of(block, "the conditions of a backup selection"),)
            continue
        for name, wanted, like in (
            ("string_equals", True, False),
            ("string_like", True, True),
            ("string_not_equals", False, False),
            ("string_not_like", False, True),
        ):
            for each in block.get(name).elements():
                state, missing = _tagged(each.get("key"), each.get("value"), resource, like=like)
                yield (state if wanted or state == OPEN else NO if state == YES else YES), missing


def _tagged(key: Value, value: Value, resource: Resource, *, like: bool = False) -> tuple[str, tuple[Missing, ...]]:
    for each in (key, value):
        if isinstance(each, Unknown):
            return OPEN, each.missing or (missing_of(each, "a tag of a backup selection"),)
    name, wanted = scalar_text(key), scalar_text(value)
    if name is None or wanted is None:
        return NO, ()
    found = tag(resource, name.removeprefix("aws:ResourceTag/"))
    if isinstance(found, Unknown):
        return OPEN, found.missing or (missing_of(found, f"the tag {name} of {resource.address}"),)
    text = scalar_text(found)
    matches = text is not None and (fnmatchcase(text, wanted) if like else text == wanted)
    return (YES if matches else NO), ()
