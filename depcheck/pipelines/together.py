"""Jobs of one file that have one defect are told together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from depcheck.findings import Note, Outcome, Violation

#: More places than these are not listed one by one.
_LISTED = 12


def told_once(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Violations that differ only by their job become the first of them, with the others as related places."""
    groups: dict[tuple[object, ...], list[Violation]] = {}
    for outcome in outcomes:
        if not isinstance(outcome, Violation):
            yield outcome
            continue
        same = sorted((name, str(value)) for name, value in outcome.words.items() if name != "job")
        key = (outcome.span.path, outcome.environment, outcome.variant, outcome.severity, *same)
        groups.setdefault(key, []).append(outcome)
    for leader, *others in groups.values():
        count = len(others)
        leader.words = {**leader.words, "others": ""}
        if others:
            leader.words["others"] = f", and so do {count} more jobs" if count > 1 else ", and so does 1 more job"
            leader.related += [Note(f"{each.words.get('job')} too", each.span) for each in others[:_LISTED]]
        yield leader
