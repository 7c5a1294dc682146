"""What must hold of every assessment: more never makes worse, and what is not known never meets a target."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recovery_case import EAST, assessments, promise

from depcheck.policy.precedence import Promise, Target
from depcheck.recovery import figures
from depcheck.recovery.assessment import VERDICTS, Judged, judge
from depcheck.recovery.found import Mechanism
from depcheck.recovery.intervals import UNBOUNDED, Estimate, Interval, Range, Term
from depcheck.source import Source
from depcheck.values import Missing

SPAN = Source("main.tf", "x").span(0, 1)
OPEN = (Missing("var.x"),)
LOSSES = ("deletion", "zone")
NUMBERS = st.sampled_from([0.0, 60.0, 300.0, 900.0, 3600.0, 86400.0, UNBOUNDED])


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = sorted((draw(NUMBERS), draw(NUMBERS)))
    return Range(low, high, OPEN) if draw(st.booleans()) else Range(low)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    typical, worst = draw(ranges()), draw(ranges())
    interval = Interval(typical, Range(max(typical.low, worst.low), max(typical.high, worst.high), OPEN))
    return Estimate([Term("x", interval, "assumed")])


@st.composite
def found(draw: st.DrawFn) -> Mechanism:
    return Mechanism(
        figures.row("rds-pitr"),
        SPAN,
        draw(estimates()),
        draw(estimates()),
        losses=draw(st.sets(st.sampled_from(LOSSES))),
        kept=draw(ranges()),
        exists=draw(st.sampled_from(["yes", "open"])),
        missing=OPEN,
        defeated=draw(st.sampled_from([[], [("it does not work", SPAN)]])),
    )


@st.composite
def targets(draw: st.DrawFn) -> Target:
    def figure() -> Promise[int] | None:
        value = draw(st.sampled_from([None, 0, 60, 300, 900, 3600, 86400]))
        return Promise(value) if value is not None else None

    return Target(figure(), figure(), figure())


def worse(after: Judged, before: Judged) -> bool:
    """Whether the best or the worst that a verdict can turn out to be is worse than before.

    ``unknown`` is no place between the others: what could be at risk or breached and is then known to be at risk has
    not become worse.
    """
    return any(late > early for late, early in zip(after.possible, before.possible, strict=True))


@settings(deadline=None, max_examples=150)
@given(st.lists(found(), max_size=4), found(), targets(), st.sampled_from(LOSSES))
def test_a_further_mechanism_never_makes_a_verdict_worse(
    some: list[Mechanism], more: Mechanism, target: Target, loss: str
) -> None:
    before, after = judge(some, target, loss), judge([*some, more], target, loss)
    assert not worse(after, before)


@settings(deadline=None, max_examples=80)
@given(st.lists(found(), max_size=4), targets(), st.sampled_from(LOSSES))
def test_nothing_is_met_by_what_may_not_be_there(some: list[Mechanism], target: Target, loss: str) -> None:
    sure = [each for each in some if each.exists == "yes" and not each.defeated]
    if judge(some, target, loss).verdict == "met":
        assert judge(sure, target, loss).verdict == "met"


@settings(deadline=None, max_examples=150)
@given(st.lists(found(), max_size=4), targets(), st.sampled_from(LOSSES), st.integers(1, 10**6))
def test_longer_retention_never_hurts(some: list[Mechanism], target: Target, loss: str, more: int) -> None:
    longer = [
        Mechanism(
            each.row,
            each.span,
            each.rpo,
            each.rto,
            losses=each.losses,
            kept=Range(each.kept.low + more, each.kept.high + more, OPEN),
            exists=each.exists,
            missing=each.missing,
            defeated=each.defeated,
        )
        for each in some
    ]
    assert not worse(judge(longer, target, loss), judge(some, target, loss))


def test_what_is_at_most_at_risk_is_decided_by_what_is_at_risk_for_sure() -> None:
    """Beside a backup that is at risk for sure, one that may be there but cannot be better leaves nothing open."""
    rpo = Estimate([Term("x", Interval.of(300, 600), "assumed")])
    rto = Estimate([Term("x", Interval.of(60), "assumed")])

    def backup(kept: float, exists: str = "yes") -> Mechanism:
        return Mechanism(
            figures.row("rds-pitr"), SPAN, rpo, rto, losses=("deletion",), kept=Range(kept), exists=exists, missing=OPEN
        )

    target = Target(Promise(300), Promise(3600), Promise(7 * 86400))
    short = [backup(86400), backup(86400), backup(86400)]
    open_ = backup(7 * 86400, "open")
    before = judge([*short, open_], target, "deletion")
    assert (before.verdict, before.possible) == ("unknown", (1, 2))
    after = judge([*(backup(7 * 86400) for _ in short), open_], target, "deletion")
    assert (after.verdict, after.possible) == ("at_risk", (1, 1))
    assert not worse(after, before)


@settings(deadline=None, max_examples=60)
@given(st.lists(found(), max_size=4), targets(), st.sampled_from(LOSSES))
def test_a_tighter_target_is_never_easier(some: list[Mechanism], target: Target, loss: str) -> None:
    def half(promise: Promise[int] | None) -> Promise[int] | None:
        return Promise(promise.value // 2) if promise is not None else None

    easier = judge(some, target, loss).verdict
    harder = judge(some, Target(half(target.rpo), half(target.rto), target.retention), loss).verdict
    if harder == "met":
        assert easier == "met"


#: A resource, the attributes that may be open, and the values that they may have.
OPENED = [
    (
        "aws_db_instance",
        {
            "multi_az": ["true", "false"],
            "backup_retention_period": ["0", "7", "35"],
            "deletion_protection": ["true", "false"],
        },
    ),
    (
        "aws_rds_cluster",
        {
            "backup_retention_period": ["1", "7"],
            "backtrack_window": ["0", "86400"],
            "skip_final_snapshot": ["true", "false"],
        },
    ),
    (
        "aws_elasticache_replication_group",
        {
            "snapshot_retention_limit": ["0", "7"],
            "automatic_failover_enabled": ["true", "false"],
            "multi_az_enabled": ["true", "false"],
            "num_cache_clusters": ["1", "2"],
        },
    ),
    ("aws_dynamodb_table", {"deletion_protection_enabled": ["true", "false"]}),
    ("aws_s3_bucket", {"force_destroy": ["true", "false"]}),
    ("aws_memorydb_cluster", {"num_replicas_per_shard": ["0", "1"], "snapshot_retention_limit": ["0", "7"]}),
]


def _verdict(type_: str, values: dict[str, str], loss: str, target: str) -> str:
    body = "".join(f"  {name} = {value}\n" for name, value in values.items())
    text = f'{EAST}variable "open" {{}}\nresource "{type_}" "main" {{\n{body}}}\n'
    (assessment,) = assessments(text, promise(f"{type_}.main", loss, target))
    return assessment.verdict


@pytest.mark.parametrize(("type_", "attributes"), OPENED, ids=[each[0] for each in OPENED])
@pytest.mark.parametrize("loss", ["deletion", "destroy", "instance", "zone"])
def test_an_open_attribute_is_met_only_where_every_value_meets(
    type_: str, attributes: dict[str, list[str]], loss: str
) -> None:
    target = "rpo=26h rto=4h retention=7d"
    names = list(attributes)
    for opened in names:
        others = [name for name in names if name != opened]
        for chosen in product(*(attributes[name] for name in others)):
            fixed = dict(zip(others, chosen, strict=True))
            with_open = _verdict(type_, {**fixed, opened: "var.open"}, loss, target)
            decided = {_verdict(type_, {**fixed, opened: value}, loss, target) for value in attributes[opened]}
            if with_open == "met":
                assert decided == {"met"}, (opened, fixed)
            elif with_open == "breached":
                assert "met" not in decided, (opened, fixed)
            elif with_open == "unrecoverable":
                assert decided == {"unrecoverable"}, (opened, fixed)


RETENTIONS = [
    ("aws_db_instance", "backup_retention_period"),
    ("aws_rds_cluster", "backup_retention_period"),
    ("aws_docdb_cluster", "backup_retention_period"),
    ("aws_elasticache_replication_group", "snapshot_retention_limit"),
]


@pytest.mark.parametrize(("type_", "name"), RETENTIONS)
def test_keeping_backups_longer_never_hurts(type_: str, name: str) -> None:
    order = [
        VERDICTS.index(_verdict(type_, {name: str(days)}, "deletion", "rpo=26h rto=6h retention=7d"))
        for days in (1, 6, 7, 14, 35)
    ]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize(("type_", "attributes"), OPENED[:3], ids=[each[0] for each in OPENED[:3]])
def test_a_backup_plan_never_makes_it_worse(type_: str, attributes: dict[str, list[str]]) -> None:
    plan = (
        'resource "aws_backup_plan" "p" {\n  name = "p"\n  rule {\n    rule_name = "r"\n    target_vault_name = "v"\n'
        '    schedule = "cron(0 5 ? * * *)"\n  }\n}\nresource "aws_backup_selection" "s" {\n  name = "s"\n'
        f'  iam_role_arn = "r"\n  plan_id = aws_backup_plan.p.id\n  resources = [{type_}.main.arn]\n}}\n'
    )
    for loss in ("deletion", "destroy", "instance", "zone", "region"):
        for chosen in product(*attributes.values()):
            body = "".join(f"  {name} = {value}\n" for name, value in zip(attributes, chosen, strict=True))
            text = f'resource "{type_}" "main" {{\n{body}}}\n'
            policy = promise(f"{type_}.main", loss, "rpo=33h rto=4h retention=7d")
            (without,) = assessments(text, policy)
            (with_plan,) = assessments(text + plan, policy)
            assert VERDICTS.index(with_plan.verdict) <= VERDICTS.index(without.verdict), (loss, chosen)
