"""Names in a policy that only the rest of depcheck knows: rules, packs and controls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from depcheck.policy.errors import Mistake, PolicyError
from depcheck.policy.vocabulary import SEVERITIES
from depcheck.policy.words import unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from depcheck.policy.document import Policy
    from depcheck.source import Span


def check_references(
    policy: Policy, *, rules: Iterable[str], packs: Iterable[str], controls: Iterable[str] | None = None
) -> None:
    """Refuse names of rules, packs and controls that nobody defines; ``controls`` None does not ask about controls.

    Raises:
        PolicyError: with every such name, its place and the nearest one.
    """
    known_rules = tuple(sorted(rules))
    found = list(_rules(policy, known_rules, tuple(sorted(packs))))
    if controls is not None:
        found += _controls(policy, tuple(sorted(controls)))
    if found:
        raise PolicyError.of(found)


def _rules(policy: Policy, rules: Sequence[str], packs: Sequence[str]) -> Iterator[Mistake]:
    chosen = policy.rules
    selectable = ("ALL", *rules, *packs, *SEVERITIES)
    for index, name in enumerate(chosen.select):
        if name not in selectable:
            what = unknown("rule, pack or severity", name, selectable)
            yield _mistake(policy.span("rules", "select", index), f"select: {what}")
    for index, entry in enumerate(chosen.ignore):
        if entry.rule not in rules:
            what = unknown("rule", entry.rule, tuple(rules))
            yield _mistake(policy.span("rules", "ignore", index, "rule"), f"rule: {what}")
    for name in chosen.severity:
        if name not in rules:
            yield _mistake(policy.key_span("rules", "severity", name), unknown("rule", name, tuple(rules)))


def _controls(policy: Policy, controls: tuple[str, ...]) -> Iterator[Mistake]:
    for environment, promised in policy.promises.items():
        for index, name in enumerate(promised):
            if name not in controls:
                what = unknown("control", name, controls)
                yield _mistake(policy.span("promises", environment, index), f"promises: {what}")
    for index, attestation in enumerate(policy.evidence):
        if attestation.control not in controls:
            what = unknown("control", attestation.control, controls)
            yield _mistake(policy.span("evidence", index, "control"), f"control: {what}")


def _mistake(span: Span, message: str) -> Mistake:
    return Mistake(span.path, span.line, span.column, message)
