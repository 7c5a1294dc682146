from __future__ import annotations

from datetime import date

import pytest

from depcheck.policy import environments_of, load
from depcheck.policy import precedence as p
from depcheck.policy.assumptions import defaults
from depcheck.source import Source

POLICY = load(
    Source(
        "depcheck.yaml",
        """\
environments: {development: {}, staging: {}, production: {}}
recovery:
  defaults:
    environments: [production]
    rto: 4h
    rpo: 1d
    against: [deletion, instance]
    by_loss: {zone: {rto: 10m}}
    require: {encrypted: true, multi_zone: false}
  stores:
    database:
      match: [aws_db_instance.*]
      rpo: 15m
      by_loss: {region: {rpo: 24h}}
      by_environment: {staging: {rpo: 12h, retention: 7d, by_loss: {region: {rto: 2d}}, require: {multi_zone: false}}}
      require: {multi_zone: true, copies: [other_region]}
      data_size: 120GiB
    cache: {match: ["kind:cache"], environments: [staging]}
  services:
    api: {needs: [database], rto: 30m, by_loss: {region: {rto: 8h}}, by_environment: {staging: {rto: 1h}}}
    jobs: {}
  declared:
    - {store: database, loss: zone, rpo: 1m, source: s, until: 2027-06-30}
  evidence:
    - {store: database, loss: deletion, environment: staging, rto: 2h, date: 2026-10-02, source: s}
evidence:
  - {control: rec-dr-drill, every: 92d, last: 2026-10-02, source: s}
rules:
  ignore: [{rule: x, reason: y, until: 2026-12-31}]
""",
    )
)
ENVIRONMENTS = environments_of(POLICY)
DATABASE = "recovery.stores.database"

TARGETS = [
    ("production", "deletion", "rpo", 900, f"{DATABASE}.rpo"),
    ("production", "deletion", "rto", 14_400, "recovery.defaults.rto"),
    ("production", "region", "rpo", 86_400, f"{DATABASE}.by_loss.region.rpo"),
    ("production", "region", "rto", 14_400, "recovery.defaults.rto"),
    ("production", "zone", "rto", 600, "recovery.defaults.by_loss.zone.rto"),
    ("staging", "deletion", "rpo", 43_200, f"{DATABASE}.by_environment.staging.rpo"),
    ("staging", "deletion", "retention", 604_800, f"{DATABASE}.by_environment.staging.retention"),
    ("staging", "region", "rpo", 86_400, f"{DATABASE}.by_loss.region.rpo"),
    ("staging", "region", "rto", 172_800, f"{DATABASE}.by_environment.staging.by_loss.region.rto"),
    (None, "deletion", "rpo", 900, f"{DATABASE}.rpo"),
    ("production", "deletion", "retention", None, ""),
]


@pytest.mark.parametrize(("environment", "loss", "key", "value", "path"), TARGETS)
def test_targets(environment: str | None, loss: str, key: str, value: int | None, path: str) -> None:
    promise = getattr(p.target(POLICY, "database", environment, loss), key)
    assert (promise.value if promise else None) == value
    assert (".".join(promise.path) if promise else "") == path
    if promise:
        assert POLICY.written(*promise.path)


def test_a_store_without_an_entry_has_the_defaults() -> None:
    target = p.target(POLICY, "aws_s3_bucket.other", "production", "deletion")
    assert (target.rpo and target.rpo.value, target.rto and target.rto.value) == (86_400, 14_400)
    assert target.promised
    assert not p.target(None, "x", None, "zone").promised


def test_losses() -> None:
    assert p.losses(POLICY, "database", "production") == ("deletion", "instance", "zone", "region")
    assert p.losses(POLICY, "cache", "production") == ("deletion", "instance", "zone")
    assert p.losses(None, None, None) == ("deletion", "destroy", "instance", "zone")


def test_environments() -> None:
    assert p.promised_environments(POLICY, "database", ENVIRONMENTS) == ("staging", "production")
    assert p.promised_environments(POLICY, "cache", ENVIRONMENTS) == ("staging",)
    assert p.promised_environments(POLICY, None, ENVIRONMENTS) == ("production",)
    assert p.promised_environments(None, None, ENVIRONMENTS) == ("production",)


def test_requirements() -> None:
    def asked(environment: str, key: str) -> tuple[object, str] | None:
        promise = p.requirement(POLICY, "database", environment, key)
        return (promise.value, ".".join(str(part) for part in promise.path)) if promise else None

    assert asked("production", "multi_zone") == (True, f"{DATABASE}.require.multi_zone")
    assert asked("staging", "multi_zone") == (False, f"{DATABASE}.by_environment.staging.require.multi_zone")
    assert asked("staging", "copies") == (["other_region"], f"{DATABASE}.require.copies")
    assert asked("production", "encrypted") == (True, "recovery.defaults.require.encrypted")
    assert asked("production", "final_snapshot") is None
    with pytest.raises(KeyError):
        p.requirement(POLICY, "database", None, "multi_az")
    size = p.data_size(POLICY, "database", "staging")
    assert size is not None
    assert size.value == 120 * 2**30


def test_services() -> None:
    def rto(service: str, environment: str, loss: str) -> int | None:
        promise = p.service_target(POLICY, service, environment, loss)
        return promise.value if promise else None

    assert rto("api", "production", "zone") == 1_800
    assert rto("api", "production", "region") == 28_800
    assert rto("api", "staging", "zone") == 3_600
    assert rto("jobs", "production", "instance") == 14_400
    assert p.service_losses(POLICY, "jobs", None) == ("instance", "zone")
    assert p.service_losses(POLICY, "api", None) == ("instance", "zone", "region")
    assert p.service_environments(POLICY, "api", ENVIRONMENTS) == ("staging", "production")


def test_dates() -> None:
    declared = POLICY.recovery.declared[0]
    drill = POLICY.recovery.evidence[0]
    assert p.speaks_for(declared, "production", ENVIRONMENTS)
    assert p.speaks_for(declared, None, ENVIRONMENTS)
    assert not p.speaks_for(declared, "staging", ENVIRONMENTS)
    assert p.speaks_for(drill, "staging", ENVIRONMENTS)
    assert not p.speaks_for(drill, "production", ENVIRONMENTS)
    assert [p.is_fresh(drill, date(2026, *day)) for day in ((10, 1), (10, 2), (12, 31))] == [False, True, True]
    assert not p.is_fresh(drill, date(2027, 1, 3))
    ignored = POLICY.rules.ignore[0]
    assert [p.is_expired(ignored, day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [False, True]
    attestation = POLICY.evidence[0]
    assert [p.is_overdue(attestation, day) for day in (date(2027, 1, 2), date(2027, 1, 3))] == [False, True]
    assert p.is_overdue(attestation, date(2026, 10, 1))


def test_assumptions_have_documented_defaults() -> None:
    known = defaults()
    assert " ".join(known) == (
        "detect decide cutover validate infra.other_region provision.rds provision.aurora provision.elasticache "
        "restore.hydrate restore.logical restore.physical restore.efs replay.factor copy.cross_region dns.ttl "
        "backup.rate backup.duration schedule.github_delay restore.dynamodb restore.atlas restore.glacier"
    )
    assert all(entry.source and entry.title for entry in known.values())
    assert all(entry.worst >= entry.typical for entry in known.values() if entry.unit == "duration")
    assert known["detect"].variants == {"no_alarm": 900}
    assert (known["infra.other_region"].typical, known["infra.other_region"].worst) == (1_800, 14_400)
    assert known["restore.hydrate"].typical == 100 * 2**20
