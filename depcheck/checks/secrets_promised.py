"""Checks of what the policy promises of secrets, and of who shares one: rotation, stores, environments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

from depcheck.data import load_json
from depcheck.findings import Held, Note, Outcome, Undetermined, Violation
from depcheck.model import Job, Resource
from depcheck.patterns import Pattern
from depcheck.project import Project, workflows
from depcheck.project.credentials import kind_of_name
from depcheck.source import Span
from depcheck.values import Absent, Unknown, Value, scalar_text, string

_DAY = 86_400
#: What several environments may well share: it lets nobody into one of them.
_COMMON = Pattern(
    r"(?:^|_)(?:GITHUB|GH|GHCR|NPM|NODE_AUTH|YARN|CODECOV|COVERALLS|SONAR|SLACK|DISCORD|TEAMS|TELEGRAM|MAIL|SMTP|SENTRY|DOCKER"
    r"|DOCKERHUB|REGISTRY|QUAY|TURBO|NX|SNYK|FOSSA|PYPI|RUBYGEMS|MAVEN|GRADLE|CHROMATIC|CYPRESS|PERCY|GPG|SIGNING|BOT|APP|PAT"
    r"|WEBHOOK|LINEAR|JIRA|DATADOG|DD|NEW_RELIC|HONEYBADGER|ROLLBAR|INFRACOST|TF_API|TFC|PULUMI|FONTAWESOME|LICENSE)(?:_|$)",
    re.IGNORECASE,
)


# --- rotation


def secret_rotation_slower_than_promised(subject: Resource, project: Project) -> Iterator[Outcome]:
    """Stored secrets are replaced as often as the policy promises."""
    promised = project.policy.secrets.rotation if project.policy is not None else None
    if promised is None or project.policy is None or subject.kind == "data":
        return
    note = [Note("the promise is made here", project.policy.key_span("secrets", "rotation"))]
    words: dict[str, object] = {"name": subject.address, "promised": _days(promised)}
    if subject.type == "google_secret_manager_secret":
        rotation = next(iter(subject.get("rotation").elements()), Absent(subject.span))
        period = rotation.get("rotation_period")
        text = string(period)
        seconds = float(text.rstrip("s")) if text and re.fullmatch(r"\d{1,12}(?:\.\d+)?s", text) else None
        yield from _judged(period, seconds, promised, subject, words, note)
        return
    found, open_ones = project.related(subject, "aws_secretsmanager_secret_rotation", "secret_id")
    if not found:
        if open_ones:
            yield Undetermined(open_ones[0])
        else:
            yield Violation(subject.span, variant="missing", related=note, words=words)
        return
    rules = found[0].get("rotation_rules")
    for rule in rules.elements():
        days, expression = rule.get("automatically_after_days"), rule.get("schedule_expression")
        given = days if not isinstance(days, Absent) else expression
        yield from _judged(given, _seconds(given), promised, subject, words, note)


def _judged(
    value: Value, seconds: float | None, promised: int, subject: Resource, words: dict[str, object], note: list[Note]
) -> Iterator[Outcome]:
    if isinstance(value, Unknown):
        yield Undetermined(value)
    elif isinstance(value, Absent):
        yield Violation(subject.span, variant="missing", related=note, words=words)
    elif seconds is None:
        yield Undetermined(place=value, reason="the schedule cannot be read")
    elif seconds > promised:
        yield Violation(value, related=note, words={**words, "every": _days(seconds)})
    else:
        yield Held(value, f"it is replaced every {_days(seconds)}")


def _seconds(value: Value) -> float | None:
    text = scalar_text(value)
    if text is None:
        return None
    if text.isdigit():
        return int(text) * _DAY
    from depcheck.recovery.schedules import ScheduleError, cadence

    try:
        return cadence(text, "aws").longest
    except ScheduleError:
        return None


def _days(seconds: float) -> str:
    days = seconds / _DAY
    if days < 1:
        return f"{seconds / 3600:.3g} h"
    return "1 day" if days == 1 else f"{days:.4g} days"


# --- stores


def secret_in_other_store(subject: Project, project: Project) -> Iterator[Outcome]:
    """Secrets are kept where the policy says that they are."""
    policy = project.policy
    if policy is None or not policy.secrets.stores:
        return
    note = [Note("the stores are named here", policy.key_span("secrets", "stores"))]
    allowed = ", ".join(_titles()[name] for name in policy.secrets.stores if name in _titles())
    for store, place, scope, environment, name in _kept(project):
        if store not in policy.secrets.stores:
            yield Violation(
                place,
                resource=scope,
                environment=environment,
                related=note,
                discriminator=f"{store} {name}",
                words={"name": name, "store": _titles()[store], "allowed": allowed},
            )


def _kept(project: Project) -> Iterator[tuple[str, Span, str, str | None, str]]:
    """Where secrets are kept: resources that are one, references to one."""
    for resource in project.facts.resources:
        if resource.kind == "data" or resource.format not in ("terraform", "cloudformation"):
            continue
        if resource.type == "aws_ssm_parameter" and string(resource.get("type")) != "SecureString":
            continue
        for store, types, _ in _stores():
            if any(fnmatchcase(resource.type, pattern) for pattern in types):
                yield store, resource.span, resource.address, resource.environment, resource.address
                break
    for setting in project.facts.settings:
        text = string(setting.value)
        if text is None or kind_of_name(setting.name) is None:
            continue
        for store, _, patterns in _stores():
            if any(fnmatchcase(text, pattern) for pattern in patterns):
                yield store, setting.value.span, setting.scope, setting.environment, setting.name
                break
    for job in project.facts.jobs:
        for placed in workflows.secrets(job.tree):
            if placed.use.path and placed.use.path[0] != "?":
                name = f"secrets.{placed.use.path[0]}"
                yield "github_secrets", placed.use.span, job.address, job.environment, name


@lru_cache(maxsize=1)
def _stores() -> list[tuple[str, list[str], list[str]]]:
    entries = load_json("schemas", "secret-stores.json")["entries"]
    return [
        (str(each["name"]), [str(type_) for type_ in each["resources"]], [str(ref) for ref in each["references"]])
        for each in (entries if isinstance(entries, list) else [])
    ]


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    entries = load_json("schemas", "secret-stores.json")["entries"]
    return {str(each["name"]): str(each["title"]) for each in (entries if isinstance(entries, list) else [])}


# --- sharing


def secret_shared_by_deployments(subject: Project, project: Project) -> Iterator[Outcome]:
    """Deployments of two environments use a secret of their own each."""
    critical = project.environments.critical
    shared = project.policy.parity.shared if project.policy is not None else ()
    uses: dict[str, list[tuple[Job, Span]]] = {}
    for job in project.facts.jobs:
        if job.environment is None or not isinstance(job.tree.get("environment"), Absent) or job.uses is not None:
            continue  # a GitHub environment may give the same name another value
        for placed in workflows.secrets(job.tree):
            name = placed.use.path[0] if placed.use.path else ""
            if name and kind_of_name(name) is not None and not _COMMON.search(name) and name not in shared:
                uses.setdefault(name, []).append((job, placed.use.span))
    for name, places in uses.items():
        more = next(((job, span) for job, span in places if job.environment in critical), None)
        less = next(((job, span) for job, span in places if job.environment not in critical), None)
        if more is None or less is None:
            continue
        (job, span), (other, place) = more, less
        yield Violation(
            span,
            resource=job.address,
            environment=job.environment,
            related=[Note(f"{other.environment} uses it here", place)],
            discriminator=name,
            words={"name": f"secrets.{name}", "environment": job.environment or "", "other": other.environment or ""},
        )
