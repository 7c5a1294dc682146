"""The rules of AWS Backup plans: when they run, how long they keep what they made, where copies of it go."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.recovery import places
from depcheck.recovery.intervals import UNBOUNDED, Range
from depcheck.recovery.lookup import Lookup
from depcheck.recovery.places import Place
from depcheck.recovery.schedules import NEVER, Cadence, ScheduleError, cadence
from depcheck.source import Span
from depcheck.values import Absent, Known, Missing, Unknown, Value, scalar_text, string

YES, NO, OPEN = "yes", "no", "open"
_DAY = 86_400
_HOUR = 3_600
#: The schedule of a rule that has none ("ScheduleExpression" in AWS Backup's API).
DEFAULT_SCHEDULE = "cron(0 5 ? * * *)"
LONGEST_CONTINUOUS = 35
#: "The retention period … up to 100 years" (AWS Backup, creating a plan), in days.
_LONGEST_KEPT = 36_500
#: "This value … must be at least 60 minutes to avoid errors" (StartWindowMinutes).
_SHORTEST_WINDOW = 60
#: What is moved to cold storage stays there for that many days at least.
_COLDEST = 90


class Copy:
    """A copy of a rule's recovery points: where to, and how long it is kept there."""

    __slots__ = ("kept", "place", "span")

    def __init__(self, place: Place, kept: Range, span: Span) -> None:
        self.place = place
        self.kept = kept
        self.span = span


class PlanRule:
    """One rule of a backup plan.

    ``cadence`` is None where the schedule is not decided or cannot be read; ``trouble`` says why. ``window`` is the
    start window in seconds, None where the service's default holds. ``locked`` tells whether its vault is locked in
    compliance mode. ``defeated`` are reasons why its jobs fail, each with its place.
    """

    __slots__ = (
        "cadence",
        "continuous",
        "copies",
        "defeated",
        "expression",
        "kept",
        "locked",
        "plan",
        "span",
        "trouble",
        "window",
        "zone",
    )

    def __init__(self, plan: Resource, rule: Value, lookup: Lookup) -> None:
        self.plan = plan
        schedule = rule.get("schedule")
        self.span = schedule.span if not isinstance(schedule, Absent) else rule.span
        self.expression = DEFAULT_SCHEDULE if isinstance(schedule, Absent) else scalar_text(schedule) or ""
        self.zone = string(rule.get("schedule_expression_timezone")) or "UTC"
        self.cadence: Cadence | None = None
        self.trouble: Missing | None = None
        self.defeated: list[tuple[str, Span]] = []
        self._read_schedule(schedule)
        self.window = _window(rule.get("start_window"))
        self.continuous = rule.get("enable_continuous_backup")
        self.kept = _kept(rule.get("lifecycle", 0, "delete_after"))
        place = places.place_of(plan, lookup.project)
        self.copies = [
            Copy(
                _destination(each, plan, place, lookup),
                _kept(each.get("lifecycle", 0, "delete_after")),
                each.span if isinstance(each, Known) else self.span,
            )
            for each in rule.get("copy_action").elements()
        ]
        self._refused(rule)
        self.locked = NO
        self._read_vault(rule, lookup)

    def _read_schedule(self, schedule: Value) -> None:
        if isinstance(schedule, Unknown):
            self.trouble = missing_of(schedule, "the schedule of a backup rule")
            return
        try:
            found = cadence(self.expression, "aws", self.zone)
        except ScheduleError as error:
            self.trouble = Missing(f"the schedule of {self.plan.address}: {error}", self.span)
            return
        if found.longest == NEVER:
            self.defeated.append((f"its schedule {self.expression} makes no recovery point: {found.words}", self.span))
        elif found.longest < _HOUR:
            found = Cadence(_HOUR, "AWS Backup takes a snapshot every hour at most")
        self.cadence = found

    def _refused(self, rule: Value) -> None:
        """What AWS Backup does not accept, so that no job ever runs."""
        start, deleted = rule.get("start_window"), rule.get("lifecycle", 0, "delete_after")
        cold = rule.get("lifecycle", 0, "cold_storage_after")
        window, days, moved = _number(start), _number(deleted), _number(cold)
        if window is not None and window < _SHORTEST_WINDOW:
            words = f"start_window is {window:g}, and {_SHORTEST_WINDOW} minutes are the least"
            self.defeated.append((f"{words} that AWS Backup accepts", start.span))
        if days is not None and days < 0:
            self.defeated.append((f"delete_after is {days:g}, which is no retention", deleted.span))
        elif days is not None and days > _LONGEST_KEPT:
            words = f"delete_after is {days:.0f}, and {_LONGEST_KEPT} days are the most"
            self.defeated.append((f"{words} that AWS Backup accepts", deleted.span))
        elif days and moved is not None and moved >= 0 and days < moved + _COLDEST:
            words = f"delete_after is {days:g}, and AWS Backup asks for {_COLDEST} days in cold storage"
            self.defeated.append((f"{words} after the {moved:g} before it", deleted.span))

    def _read_vault(self, rule: Value, lookup: Lookup) -> None:
        if not isinstance(rule.get("target_logically_air_gapped_backup_vault_arn"), Absent):
            self.locked = YES
        name = rule.get("target_vault_name")
        vault = lookup.named(name, "aws_backup_vault", self.plan)
        if vault is None:
            return
        locks = lookup.related(vault, "aws_backup_vault_lock_configuration", "backup_vault_name")
        for lock in locks.found:
            days = lock.get("changeable_for_days")
            self.locked = YES if isinstance(days, Known) else OPEN if isinstance(days, Unknown) else self.locked
            self._hold_retention(lock)
        if not locks.found and locks.undecided:
            self.locked = OPEN

    def _hold_retention(self, lock: Resource) -> None:
        """Jobs whose retention is outside of what the vault's lock allows fail."""
        least, most = _number(lock.get("min_retention_days")), _number(lock.get("max_retention_days"))
        if self.kept.decided and least is not None and self.kept.high < least * _DAY:
            days = round(self.kept.high / _DAY)
            words = f"its vault's lock asks for {least:g} days at least and the rule keeps {days}, so its jobs fail"
            self.defeated.append((words, lock.get("min_retention_days").span))
        if self.kept.decided and most is not None and self.kept.low > most * _DAY:
            words = f"its vault's lock allows {most:g} days at most and the rule keeps more, so its jobs fail"
            self.defeated.append((words, lock.get("max_retention_days").span))


def _destination(action: Value, plan: Resource, place: Place, lookup: Lookup) -> Place:
    value = action.get("destination_vault_arn")
    if (string(value) or "").startswith("arn:"):
        # A vault of the same name may stand here too; the ARN says where the one that is meant is.
        return places.of_arn(value, plan)
    for type_ in ("aws_backup_vault", "aws_backup_logically_air_gapped_vault"):
        vault = lookup.named(value, type_, plan)
        if vault is not None:
            return places.place_of(vault, lookup.project)
    found = places.of_arn(value, plan)
    return Place(found.region, _own_account(found.account, place.account), found.root)


def _own_account(account: Value, own: Value) -> Value:
    """``data.aws_caller_identity`` is the account that it is deployed to."""
    if isinstance(account, Unknown) and any("aws_caller_identity" in each.name for each in account.missing):
        return own
    return account


def _window(value: Value) -> Range | None:
    if isinstance(value, Absent):
        return None
    number = _number(value)
    if number is None or number < 0 or number > _LONGEST_KEPT * 24 * 60:
        return Range(0.0, UNBOUNDED, (missing_of(value, "start_window"),))
    return Range(number * 60)


def _kept(value: Value) -> Range:
    """How long recovery points are kept, in seconds; without an end where nothing is said."""
    if isinstance(value, Unknown):
        return Range(0.0, UNBOUNDED, value.missing or (missing_of(value, "delete_after"),))
    number = _number(value)
    if isinstance(value, Absent) or number is None or number == 0:
        return Range(UNBOUNDED)
    return Range(min(max(number, 0.0), float(_LONGEST_KEPT)) * _DAY)


def _number(value: Value) -> float | None:
    text = scalar_text(value)
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def missing_of(value: Value, words: str) -> Missing:
    """What would decide a value: what it says itself, else ``words``."""
    if isinstance(value, Unknown) and value.missing:
        return value.missing[0]
    reason = f" ({value.reason})" if isinstance(value, Unknown) else ""
    return Missing(f"{words}{reason}", value.span)
