"""The mechanisms of MongoDB Atlas clusters: elections, continuous backup, snapshots, copies."""

from __future__ import annotations

from collections.abc import Iterator

from depcheck.recovery.found import DAY, HOUR, NO, OPEN, Answer, Context, Mechanism, both, is_on, number, span_of
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.recovery.lookup import scope_of
from depcheck.source import Span
from depcheck.values import Absent, Missing, Unknown, Value, scalar_text, string

_SHARED = frozenset({"M0", "M2", "M5", "TENANT", "FLEX"})
_ITEMS = (
    ("policy_item_hourly", "hourly", float(HOUR)),
    ("policy_item_daily", "daily", float(DAY)),
    ("policy_item_weekly", "weekly", 7.0 * DAY),
    ("policy_item_monthly", "monthly", 31.0 * DAY),
    ("policy_item_yearly", "yearly", 366.0 * DAY),
)
_UNITS = {"days": DAY, "weeks": 7 * DAY, "months": 30 * DAY, "years": 365 * DAY}
#: Atlas's own policy where none is described: every 6 hours, kept for a week.
_DEFAULT_GAP, _DEFAULT_KEPT = 6.0 * HOUR, 7.0 * DAY


class _Item:
    """One kind of scheduled snapshot: how far apart (None where it is not decided), how long kept, and where."""

    __slots__ = ("gap", "kept", "name", "span")

    def __init__(self, name: str, gap: float | None, kept: Range, span: Span) -> None:
        self.name = name
        self.gap = gap
        self.kept = kept
        self.span = span


def of(context: Context) -> Iterator[Mechanism]:
    """An Atlas cluster."""
    yield from _elections(context)
    cluster = context.resource
    size = _instance_size(context)
    if size == "M0":
        return
    if size in _SHARED:
        yield from _of_flex(context)
        return
    old = cluster.type == "mongodbatlas_cluster"
    enabled = is_on(cluster.get("cloud_backup" if old else "backup_enabled"), cluster)
    if enabled.state == NO:
        return
    schedules = context.related("mongodbatlas_cloud_backup_schedule", "cluster_name")
    schedule: Value = schedules[0].attributes if schedules else Absent(cluster.span)
    continuous = both(enabled, is_on(cluster.get("pit_enabled"), cluster))
    if continuous.state != NO:
        kept = _reaching(_window(schedule, cluster.span), _items(schedule))
        yield context.make("atlas-continuous", continuous.span, kept=kept, answer=continuous)
    items = _items(schedule) if schedules else [_Item("hourly", _DEFAULT_GAP, Range(_DEFAULT_KEPT), enabled.span)]
    yield from _compliance(items, enabled, context)
    for item in items:
        yield context.make("atlas-snapshots", item.span, rpo=_rpo(item, context), kept=item.kept, answer=enabled)
    retained = is_on(cluster.get("retain_backups_enabled"), cluster)
    if retained.state != NO and items:
        best = min(items, key=lambda each: each.gap if each.gap is not None else UNBOUNDED)
        rpo = _rpo(best, context)
        yield context.make(
            "atlas-retained-backups", retained.span, rpo=rpo, kept=best.kept, answer=both(enabled, retained)
        )
    for copy in schedule.get("copy_settings").elements():
        yield from _copied(copy, items, continuous, enabled, context)


def _of_flex(context: Context) -> Iterator[Mechanism]:
    """A cluster on shared hardware, of which Atlas makes a snapshot a day by itself."""
    span = context.resource.span
    kept = Range(0.0, UNBOUNDED, (Missing(f"how long Atlas keeps the snapshots of {context.resource.address}", span),))
    yield context.make("atlas-snapshots", span, rpo=_rpo(_Item("daily", float(DAY), kept, span), context), kept=kept)


def _reaching(window: Range, items: list[_Item]) -> Range:
    """A moment is restored from the snapshot before it, so that no window reaches further back than snapshots do."""
    if not items:
        return window
    low, high = max(each.kept.low for each in items), max(each.kept.high for each in items)
    missing = tuple(each for item in items for each in item.kept.missing)
    return Range(min(window.low, low), min(window.high, high), (*window.missing, *missing))


def _compliance(items: list[_Item], enabled: Answer, context: Context) -> Iterator[Mechanism]:
    """A backup compliance policy of the project: nobody, whatever rights he has, deletes its snapshots."""
    cluster = context.resource
    for policy in context.lookup.project.of_type("mongodbatlas_backup_compliance_policy"):
        own, other = cluster.get("project_id"), policy.get("project_id")
        same = string(own) == string(other) if string(own) and string(other) else True
        if scope_of(policy) != scope_of(cluster) or not same or not items:
            continue
        best = min(items, key=lambda each: each.gap if each.gap is not None else UNBOUNDED)
        rpo = _rpo(best, context)
        yield context.make("atlas-compliance-policy", policy.span, rpo=rpo, kept=best.kept, answer=enabled)


def _window(schedule: Value, span: Span) -> Range:
    value = schedule.get("restore_window_days")
    days = number(value)
    if days is not None and days > 0:
        return Range(days * DAY)
    missing = value.missing if isinstance(value, Unknown) else ()
    return Range(0.0, UNBOUNDED, missing or (Missing("restore_window_days of the backup schedule", span),))


def _items(schedule: Value) -> list[_Item]:
    found: list[_Item] = []
    for name, frequency, unit in _ITEMS:
        for block in schedule.get(name).elements():
            value = block.get("frequency_interval")
            amount = number(value)
            gap: float | None = unit
            if frequency == "hourly":
                gap = amount * HOUR if amount is not None and amount > 0 else None
            found.append(_Item(frequency, gap, _kept(block), _span_of(block, value)))
    return found


def _span_of(block: Value, value: Value) -> Span:
    """The place of an interval, else of its block."""
    return block.span if isinstance(value, Absent) else value.span


def _kept(block: Value) -> Range:
    value, unit = block.get("retention_value"), string(block.get("retention_unit")) or "days"
    amount = number(value)
    if amount is None or amount <= 0 or unit not in _UNITS:
        missing = value.missing if isinstance(value, Unknown) else ()
        return Range(0.0, UNBOUNDED, missing or (Missing("retention_value of a snapshot policy", block.span),))
    return Range(amount * _UNITS[unit])


def _rpo(item: _Item, context: Context) -> Estimate:
    if item.gap is None:
        missing = (Missing("frequency_interval of a snapshot policy", item.span),)
        return Estimate([Term("a schedule that is not decided", Interval.open(missing), "configured")])
    words = f"the interval of {item.name} snapshots"
    return Estimate([Term(words, Interval.of(item.gap), "configured"), context.circumstances.backup()])


def _copied(
    copy: Value, items: list[_Item], continuous: Answer, enabled: Answer, context: Context
) -> Iterator[Mechanism]:
    oplogs = both(continuous, is_on(copy.get("should_copy_oplogs")))
    span = copy.span
    if oplogs.state != NO:
        yield context.make("atlas-copy-continuous", span, answer=oplogs)
    frequencies = [(scalar_text(each) or "").lower() for each in copy.get("frequencies").elements()]
    chosen = [each for each in items if each.name in frequencies]
    for item in chosen:
        rpo = _rpo(item, context).plus(context.circumstances.copying())
        yield context.make("atlas-copy", span, rpo=rpo, kept=item.kept, answer=enabled)


def _instance_size(context: Context) -> str:
    cluster = context.resource
    size = string(cluster.get("provider_instance_size_name"))
    if size is None:
        size = string(
            cluster.get("replication_specs", 0, "region_configs", 0, "electable_specs", 0, "instance_size")
        ) or string(cluster.get("replication_specs", 0, "region_configs", 0, "electable_specs", "instance_size"))
    return size or ""


def _elections(context: Context) -> Iterator[Mechanism]:
    cluster = context.resource
    nodes, missing, span = _electable(context)
    if missing:
        answer = Answer(OPEN, span, missing)
        yield context.make("atlas-nodes", span, answer=answer)
        if len(nodes) > 1:
            yield context.make("atlas-regions", span, answer=answer)
        return
    total = sum(nodes.values())
    if total >= 3:
        yield context.make("atlas-nodes", span_of(cluster.get("replication_specs"), cluster))
    if len(nodes) > 1:
        left = total - max(nodes.values())
        # The region with the most nodes may be the one that is lost.
        id = "atlas-regions" if left * 2 > total else "atlas-regions-minority"
        yield context.make(id, span)


def _electable(context: Context) -> tuple[dict[str, int], tuple[Missing, ...], Span]:
    """How many nodes that can be elected there are in each region, in the shard with the fewest."""
    cluster = context.resource
    specs = cluster.get("replication_specs")
    if isinstance(specs, Absent):
        factor = number(cluster.get("replication_factor"))
        return {"": int(factor) if factor is not None else 3}, (), cluster.span
    fewest: dict[str, int] | None = None
    span = specs.span
    for spec in specs.elements():
        nodes: dict[str, int] = {}
        configs = [*spec.get("region_configs").elements(), *spec.get("regions_config").elements()]
        for at, config in enumerate(configs):
            electable = config.get("electable_specs")
            count = config.get("electable_nodes")
            if isinstance(count, Absent):
                first = electable.elements()[0] if electable.elements() else electable
                count = first.get("node_count")
            if isinstance(count, Unknown):
                return nodes, count.missing or (Missing(count.reason, count.span),), count.span
            amount = number(count)
            region = string(config.get("region_name")) or f"region {at}"
            if amount is None and _instance_size(context) in _SHARED:
                amount = 3.0
            if amount is None:
                return nodes, (Missing(f"electable_specs.node_count of {cluster.address}", config.span),), config.span
            if amount > 0:
                nodes[region] = nodes.get(region, 0) + int(amount)
            span = config.span
        if isinstance(spec, Unknown):
            return {}, spec.missing or (Missing(spec.reason, spec.span),), spec.span
        if fewest is None or sum(nodes.values()) < sum(fewest.values()):
            fewest = nodes
    return fewest or {}, (), span
