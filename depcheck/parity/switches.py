"""What is switched on in one environment and off in the next: protections, features."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depcheck.findings import Note, Outcome, Violation
from depcheck.parity.between import differences
from depcheck.parity.comparison import Comparison
from depcheck.parity.given import words_of
from depcheck.parity.production import OFF, ON, switches
from depcheck.patterns import Pattern
from depcheck.project import Project
from depcheck.values import Known, Value, scalar_text

Pair = tuple[str, str]


def _is_local(pair: Pair, project: Project) -> bool:
    return project.environments.role(pair[0]) in ("development", "test", "preview")


def weaker_switches(compared: Comparison) -> Iterator[Outcome]:
    """Protections that are on before production and off in it."""
    table = switches()
    for each in differences(compared):
        row, pair, less, more, first, second = each.row, each.pair, each.less, each.more, each.first, each.second
        before, after = _truth(first), _truth(second)
        if pair[1] not in compared.project.environments.critical or before is None or after is None:
            continue
        name = row.name.upper()
        unsafe = table.unsafe.fullmatch(name) is not None
        if (not unsafe and not table.safe.fullmatch(name)) or (before, after) != (not unsafe, unsafe):
            continue
        yield Violation(
            more,
            environment=pair[1],
            discriminator=row.name,
            related=[Note(f"it is {first} in {pair[0]}", less.span)],
            words={"name": row.name, "value": second, "environment": pair[1], "less": pair[0], "other": first},
        )


def _truth(text: str) -> bool | None:
    lowered = text.strip().lower()
    return True if lowered in ON else False if lowered in OFF else None


#: What flags are called among variables.
FLAG = Pattern(
    r"(?:.*_)?(?:FEATURE|FEATURES|FF|FLAG|FLAGS)_.+|(?:NEXT_PUBLIC_|VITE_|REACT_APP_|EXPO_PUBLIC_)?ENABLE_.+"
)
#: Flags that are made to differ: they turn something off in a hurry, or are about the deployment itself.
_OPERATED = frozenset(("kill", "killswitch", "ops", "maintenance", "analytics", "tracking", "monitoring", "sentry"))
_OPERATED |= {
    "telemetry",
    "metrics",
    "cdn",
    "gtm",
    "ads",
    "newrelic",
    "datadog",
    "pixel",
    "hotjar",
    "backup",
    "backups",
}
_OPERATED |= {"prod", "production", "live", "real", "https", "ssl", "tls", "hsts", "payments", "email", "emails", "sms"}
_OPERATED |= {"compression", "cache", "caching", "replica", "replicas", "alerts", "alerting", "logging", "secure"}


def flags(compared: Comparison) -> Iterator[Outcome]:
    """Features that are on in production and were not in the environment before it."""
    project = compared.project
    for row in compared.of_kind("variable", "flag"):
        if row.kind == "variable" and not FLAG.fullmatch(row.name.upper()):
            continue
        if not _OPERATED.isdisjoint(words_of(row.name)) or row.relation.promised is not None:
            continue
        for pair in compared.pairs(row):
            if pair[1] not in project.environments.critical or _is_local(pair, project):
                continue
            less, more = row.values[pair[0]], row.values[pair[1]]
            state = flag_state(less) if less is not None else False if row.kind == "flag" else None
            if not isinstance(more, Known) or flag_state(more) is not True or state is not False:
                continue
            absent = less is None
            yield Violation(
                more,
                environment=pair[1],
                discriminator=row.name,
                variant="absent" if absent else "",
                related=[Note(f"it is off in {pair[0]}", less.span)] if less is not None else [],
                words={"name": row.name, "environment": pair[1], "less": pair[0]},
            )


def flag_state(value: Value) -> bool | None:
    """Whether a flag is on. A share of the users (``25``, ``0.25``) is on from the first of them."""
    text = scalar_text(value)
    if text is None:
        return None
    truth = _truth(text)
    if truth is None and re.fullmatch(r"\d{1,3}(?:\.\d+)?%?", text):
        return float(text.rstrip("%")) > 0
    return truth
