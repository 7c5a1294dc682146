"""Environments, precedence, drills, declared facts, services, and the shape of what is told."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import date

import pytest
from recovery_case import ALARM, EAST, TODAY, assessments, project, promise, survey

from depcheck.recovery import figures
from depcheck.recovery.assessment import Assessment, Survey, assess
from depcheck.recovery.changes import changed
from depcheck.recovery.records import record
from depcheck.recovery.stores import mistakes, stores_of
from depcheck.values import scalar_text

RDS = 'resource "aws_db_instance" "main" {\n  identifier = "main"\n  engine = "postgres"\n  backup_retention_period = 7\n}\n'
TABLE = 'resource "aws_dynamodb_table" "main" {\n  name = "main"\n  hash_key = "id"\n}\n'


def verdicts(found: list[Assessment]) -> dict[tuple[str | None, str, str | None], str]:
    return {(each.environment, each.store.name, each.loss): each.verdict for each in found}


def test_without_a_policy_there_is_one_record_per_store() -> None:
    (found,) = assessments(RDS)
    assert (found.loss, found.verdict, found.target.promised) == (None, "no_target", False)
    assert record(found, survey(RDS).assumptions)["current"] is None


def test_targets_hold_in_the_critical_environments_only() -> None:
    files = {"environments/production/main.tf": RDS, "environments/staging/main.tf": RDS}
    found = verdicts(assessments(files, promise("aws_db_instance.main", "deletion", "rpo=15m")))
    assert found == {("production", "store", "deletion"): "met", ("staging", "store", None): "no_target"}


def test_an_environment_that_nothing_tells_is_held_against_the_defaults() -> None:
    policy = "version: 1\nrecovery:\n  defaults: {rpo: 15m, against: [deletion]}\n"
    assert verdicts(assessments(RDS, policy)) == {(None, "aws_db_instance.main", "deletion"): "met"}


def test_by_environment_and_by_loss() -> None:
    policy = """
    version: 1
    recovery:
      stores:
        store:
          match: ["aws_db_instance.*"]
          rpo: 5m
          against: [deletion]
          by_environment: {staging: {rpo: 1h}}
          by_loss: {zone: {rpo: 15m, rto: 5h}}
    """
    files = {"environments/production/main.tf": RDS, "environments/staging/main.tf": RDS}
    assert verdicts(assessments(files, policy)) == {
        ("production", "store", "deletion"): "at_risk",
        ("production", "store", "zone"): "at_risk",
        ("staging", "store", "deletion"): "met",
        ("staging", "store", "zone"): "at_risk",
    }


def test_the_default_losses_are_four() -> None:
    found = assessments(RDS, 'version: 1\nrecovery:\n  stores:\n    store: {match: ["kind:database"], rpo: 1d}\n')
    assert [each.loss for each in found] == ["deletion", "destroy", "instance", "zone"]


@pytest.mark.parametrize(
    "match",
    [
        "aws_db_instance.main",
        "aws_db_instance.*",
        "module.data.aws_db_instance.main",
        "kind:database",
        "tag:data=orders",
        "path:modules/**",
    ],
)
def test_what_selects_a_store(match: str) -> None:
    files = {
        "main.tf": 'module "data" {\n  source = "./modules/data"\n}\n',
        "modules/data/main.tf": RDS.replace("}\n", '  tags = { data = "orders" }\n}\n'),
    }
    loaded = project(files, promise(match, "deletion", "rpo=1h"))
    assert [each.name for each in stores_of(loaded) if each.promised] == ["store"]
    assert mistakes(loaded) == []


def test_an_index_may_be_left_out() -> None:
    files = RDS.replace('"main" {', '"main" {\n  count = 2', 1).replace('"main"\n', '"main-${count.index}"\n')
    loaded = project(files, promise("aws_db_instance.main", "deletion", "rpo=1h"))
    assert {each.address for each in stores_of(loaded) if each.promised == "store"} == {
        "aws_db_instance.main[0]",
        "aws_db_instance.main[1]",
    }


def test_containers_and_volumes_are_stores() -> None:
    files = {
        "compose.yaml": """
        services:
          db: {image: "postgres:16", volumes: ["data:/var/lib/postgresql/data"]}
          cache: {image: "registry.example.com/library/redis:7@sha256:abc"}
          web: {image: "nginx:1.27", volumes: ["uploads:/uploads"]}
          files: {image: "minio/minio:latest"}
        volumes: {data: {}, uploads: {}}
        """
    }
    found = {each.address: each.kind for each in stores_of(project(files))}
    assert found == {
        "compose.db": "database",
        "compose.cache": "cache",
        "compose.files": "object",
        "compose.volume.uploads": "volume",
    }


def test_replicas_are_no_stores() -> None:
    files = (
        EAST
        + RDS
        + 'resource "aws_db_instance" "copy" {\n  provider = aws.west\n'
        + "  replicate_source_db = aws_db_instance.main.arn\n}\n"
        + 'resource "aws_s3_bucket" "a" {\n  bucket = "a"\n}\nresource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n'
        + "".join(
            f'resource "aws_s3_bucket_replication_configuration" "{one}" {{\n  bucket = aws_s3_bucket.{one}.id\n'
            f'  role = "r"\n  rule {{\n    status = "Enabled"\n    destination {{\n'
            f"      bucket = aws_s3_bucket.{other}.arn\n    }}\n  }}\n}}\n"
            for one, other in (("a", "b"), ("b", "a"))
        )
    )
    # Two buckets that replicate each other are both stores: there is no first.
    found = {each.address: [copy.address for copy in each.replicas] for each in stores_of(project(files))}
    assert found == {"aws_db_instance.main": ["aws_db_instance.copy"], "aws_s3_bucket.a": [], "aws_s3_bucket.b": []}


def test_mistakes_of_the_policy_have_a_place() -> None:
    policy = """version: 1
recovery:
  stores:
    one: {match: ["aws_db_instance.*"], rpo: 1h}
    two: {match: ["kind:database"], rpo: 1h}
    none: {match: ["aws_rds_cluster.*"], rpo: 1h}
    mixed: {match: ["aws_dynamodb_table.main", "aws_dynamodb_table.gone"], rpo: 1h}
"""
    found = [(each.span.line, each.message) for each in mistakes(project(RDS + TABLE, policy))]
    assert (5, "aws_db_instance.main is the store one already, two matches it too") in found
    assert (6, "match: aws_rds_cluster.* matches nothing that was read") in found
    assert (7, "aws_dynamodb_table.main is the store two already, mixed matches it too") in found
    assert len(found) == 3


DRILL = """
  evidence:
    - {store: store, loss: deletion, rpo: 5m, rto: 2h10m, date: %s, source: docs/drill.md}
"""


def test_a_measured_drill_beats_the_estimate() -> None:
    promised = promise("aws_db_instance.main", "deletion", "rpo=15m rto=3h retention=7d")
    (estimated,) = assessments(RDS, promised)
    (measured,) = assessments(RDS, promised + DRILL % "2026-05-01")
    assert (estimated.verdict, measured.verdict) == ("breached", "met")
    assert measured.mechanism is not None
    assert measured.mechanism.id == "evidence"
    figures_ = record(measured, survey(RDS).assumptions)["current"]
    assert figures_ == {
        "rpo_seconds": {"typical": 300, "worst": 300},
        "rto_seconds": {"typical": 7800, "worst": 7800},
        # How long backups are kept no drill shows.
        "retention_seconds": 7 * 86400,
    }


def test_a_drill_says_nothing_of_retention() -> None:
    promised = promise("aws_db_instance.main", "deletion", "rpo=15m rto=3h retention=30d")
    (found,) = assessments(RDS, promised + DRILL % "2026-05-01")
    assert found.verdict == "breached"


@pytest.mark.parametrize(
    ("day", "words"), [("2026-02-28", "older than 92 days"), ("2026-06-02", "still to come")], ids=["old", "future"]
)
def test_a_drill_that_does_not_count(day: str, words: str) -> None:
    promised = promise("aws_db_instance.main", "deletion", "rpo=15m rto=3h")
    (found,) = assessments(RDS, promised + DRILL % day)
    assert found.verdict == "breached"
    assert words in found.notes[0]


def test_a_drill_of_the_boundary_day_counts() -> None:
    promised = promise("aws_db_instance.main", "deletion", "rpo=15m rto=3h")
    day = date.fromordinal(TODAY.toordinal() - 92).isoformat()
    (found,) = assessments(RDS, promised + DRILL % day)
    assert found.verdict == "met"


def test_a_drill_beats_unrecoverable_too() -> None:
    (found,) = assessments(
        TABLE, promise("aws_dynamodb_table.main", "deletion", "rpo=15m rto=3h") + DRILL % "2026-05-01"
    )
    assert found.verdict == "met"


FACT = """
  declared:
    - {store: store, loss: region, rpo: 2m, rto: 1h, source: "a contract"%s}
"""


def test_what_is_declared_counts_until_its_day() -> None:
    promised = promise("aws_db_instance.main", "region", "rpo=15m rto=1h")
    assert [each.verdict for each in assessments(RDS, promised)] == ["unrecoverable"]
    assert [each.verdict for each in assessments(RDS, promised + FACT % ", until: 2026-06-01")] == ["met"]
    (expired,) = assessments(RDS, promised + FACT % ", until: 2026-05-31")
    assert expired.verdict == "unrecoverable"
    assert expired.notes == ["what was declared (a contract) held until 2026-05-31"]


def test_what_is_declared_without_an_environment_is_for_the_critical_ones() -> None:
    files = {"environments/staging/main.tf": RDS}
    policy = """
    version: 1
    recovery:
      stores:
        store: {match: ["aws_db_instance.*"], against: [region], rpo: 1h, environments: [staging]}
      declared: [{store: store, loss: region, rpo: 2m, rto: 1h, source: contract%s}]
    """
    assert [each.verdict for each in assessments(files, policy % "")] == ["unrecoverable"]
    assert [each.verdict for each in assessments(files, policy % ", environment: staging")] == ["met"]


EXTERNAL = """
version: 1
recovery:
  stores:
    store: {kind: database, at: supabase, %s}
"""


def test_a_store_that_no_file_shows() -> None:
    files = {"compose.yaml": "services: {web: {image: nginx}}\n"}
    (unknown,) = assessments(files, EXTERNAL % "rpo: 1h, against: [deletion]")
    assert (unknown.verdict, unknown.environment, unknown.store.address) == ("unknown", "production", None)
    assert "recovery.declared" in unknown.missing[0].name
    backed = (
        EXTERNAL % "rpo: %s, retention: 7d, against: [deletion], backups: [{every: 1d, retention: 30d, to: object}]"
    )
    assert [each.verdict for each in assessments(files, backed % "1d")] == ["at_risk"]
    assert [each.verdict for each in assessments(files, backed % "25h")] == ["met"]
    assert [each.verdict for each in assessments(files, backed % "1h")] == ["breached"]


SERVICE = """
version: 1
recovery:
  stores:
    database: {match: ["aws_db_instance.main"]}
  services:
    api: {match: ["aws_ecs_service.api"], needs: [database], rto: %s, against: [%s]}
"""


def service(count: str = "2", zones: tuple[str, ...] = ("a", "b"), multi_az: str = "true") -> str:
    subnets = "".join(
        f'resource "aws_subnet" "s{at}" {{\n  vpc_id = "v"\n  availability_zone = "us-east-1{zone}"\n}}\n'
        for at, zone in enumerate(zones)
    )
    listed = ", ".join(f"aws_subnet.s{at}.id" for at in range(len(zones)))
    return (
        RDS.replace("engine =", f"multi_az = {multi_az}\n  engine =")
        + subnets
        + f'resource "aws_ecs_service" "api" {{\n  name = "api"\n  desired_count = {count}\n'
        + f"  network_configuration {{\n    subnets = [{listed}]\n  }}\n}}\n"
    )


@pytest.mark.parametrize(
    ("files", "rto", "loss", "verdict", "why"),
    [
        (service(), "10m", "zone", "met", "a standby in 2 minutes, then tasks in 5"),
        (service(), "3m", "zone", "at_risk", "1 and 2 minutes typically, 2 and 5 at worst"),
        (service(), "2m", "zone", "breached", "more than 2 minutes typically"),
        (service("1"), "7m", "zone", "met", "one task over two zones takes 5 minutes"),
        (service(zones=("a", "a")), "10m", "zone", "breached", "both subnets are in one zone"),
        (service(multi_az="false"), "1h", "zone", "breached", "the database is restored first"),
        (service("0"), "10m", "instance", "unknown", "how many tasks run, something else decides"),
        (service().replace('availability_zone = "us-east-1a"', "").replace('availability_zone = "us-east-1b"', ""), "10m", "zone", "unknown", "the zones of its subnets cannot be told"),
    ],
)  # fmt: skip
def test_services_on_their_stores(files: str, rto: str, loss: str, verdict: str, why: str) -> None:
    found = [each for each in assessments(files, SERVICE % (rto, loss)) if each.store.kind == "service"]
    assert [(each.loss, each.verdict) for each in found] == [(loss, verdict)], why
    told = record(found[0], survey(files).assumptions)
    assert told["target"] == {
        "rpo_seconds": None,
        "rto_seconds": {"10m": 600, "3m": 180, "2m": 120, "7m": 420, "1h": 3600}[rto],
        "retention_seconds": None,
    }


def test_a_service_is_judged_for_an_instance_and_a_zone() -> None:
    policy = SERVICE.replace(", against: [%s]", "") % "1h"
    found = [each.loss for each in assessments(service(), policy) if each.store.kind == "service"]
    assert found == ["instance", "zone"]


def test_a_service_is_lost_with_its_store() -> None:
    files = service(multi_az="false").replace("backup_retention_period = 7", "backup_retention_period = 0")
    (found,) = [each for each in assessments(files, SERVICE % ("1h", "zone")) if each.store.kind == "service"]
    assert found.verdict == "unrecoverable"


def test_the_record_of_an_assessment() -> None:
    loaded = project(ALARM + RDS, promise("aws_db_instance.main", "deletion", "rpo=15m rto=4h retention=35d"))
    everything = Survey(loaded)
    (found,) = assess(loaded, everything)
    told = record(found, everything.assumptions)
    assert list(told) == [
        "environment", "store", "address", "kind", "loss", "verdict", "target", "current", "mechanism", "missing",
        "least_change", "assumptions", "sources",
    ]  # fmt: skip
    assert (told["store"], told["address"], told["kind"], told["verdict"]) == (
        "store",
        "aws_db_instance.main",
        "database",
        "breached",
    )
    assert told["target"] == {"rpo_seconds": 900, "rto_seconds": 14400, "retention_seconds": 35 * 86400}
    assert told["mechanism"] == {
        "id": "rds-pitr",
        "location": {"path": "main.tf", "start": {"line": 7, "column": 29}, "end": {"line": 7, "column": 30}},
        "defeated_by": [],
    }
    assumptions = told["assumptions"]
    assert isinstance(assumptions, dict)
    assert assumptions["detect"] == "5m"
    assert assumptions["replay.factor"] == "0.15"
    assert "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html" in str(told["sources"])


def test_an_unbounded_figure_is_null() -> None:
    files = (
        EAST
        + 'resource "aws_efs_file_system" "main" {}\nresource "aws_efs_replication_configuration" "main" {\n'
        + '  source_file_system_id = aws_efs_file_system.main.id\n  destination {\n    region = "us-west-2"\n  }\n}\n'
    )
    (found,) = assessments(files, promise("aws_efs_file_system.main", "region", "rpo=1h"))
    current = record(found, survey(files).assumptions)["current"]
    assert isinstance(current, dict)
    assert current["rpo_seconds"] == {"typical": 900, "worst": None}
    assert current["retention_seconds"] is None


def test_a_defeated_mechanism_is_named() -> None:
    files = {
        "main.tf": RDS.replace("backup_retention_period = 7", "backup_retention_period = 0"),
        ".github/workflows/d.yml": """
        on:
          schedule:
            - cron: "0 2 * * *"
        jobs:
          dump:
            runs-on: ubuntu-24.04
            steps:
              - run: |
                  pg_dump "$URL" | gzip > d.gz
                  aws s3 cp d.gz "s3://dumps/$(date +%F)"
        """,
    }
    (found,) = assessments(files, promise("aws_db_instance.main", "deletion", "rpo=2d"))
    mechanism = record(found, survey(files).assumptions)["mechanism"]
    assert isinstance(mechanism, dict)
    assert (mechanism["id"], mechanism["defeated_by"]) == ("dump", ["a pipeline without pipefail hides a failed dump"])


@pytest.mark.parametrize(
    ("files", "match", "loss", "target", "after"),
    [
        (RDS, "aws_db_instance.main", "deletion", "rpo=15m retention=30d", "backup_retention_period = 30"),
        (RDS, "aws_db_instance.main", "zone", "rpo=0 rto=5m", "multi_az = true"),
        (RDS.replace("engine", "skip_final_snapshot = true\n  engine"), "aws_db_instance.main", "destroy", "rto=1h", "deletion_protection = true"),
        (TABLE, "aws_dynamodb_table.main", "deletion", "rpo=5m", "point_in_time_recovery.enabled = true"),
        ('resource "aws_s3_bucket" "main" {\n  force_destroy = true\n}\n', "aws_s3_bucket.main", "destroy", "rto=1h", "force_destroy = false"),
    ],
)  # fmt: skip
def test_the_smallest_change_is_one_that_works(files: str, match: str, loss: str, target: str, after: str) -> None:
    (found,) = assessments(files, promise(match, loss, target))
    assert found.change is not None
    assert after in found.change.after
    assert found.change.verdict == "met"


def test_where_no_change_helps_none_is_named() -> None:
    (found,) = assessments(RDS, promise("aws_db_instance.main", "deletion", "rto=10m"))
    assert (found.verdict, found.change) == ("breached", None)


def test_a_changed_resource_leaves_the_original_alone() -> None:
    (store,) = stores_of(project(TABLE))
    assert store.resource is not None
    made = changed(store.resource, {"point_in_time_recovery.enabled": True, "name": "x"})
    assert scalar_text(made.get("point_in_time_recovery", 0, "enabled")) == "true"
    assert scalar_text(store.resource.get("name")) == "main"
    assert scalar_text(store.resource.get("point_in_time_recovery", 0, "enabled")) is None


def test_own_assumptions_replace_the_defaults() -> None:
    promised = promise(
        "aws_db_instance.main",
        "deletion",
        "rpo=15m rto=2h",
        '  assumptions: {"replay.factor": "0", "provision.rds": 10m}\n',
    )
    (found,) = assessments(ALARM + RDS.replace("engine =", "allocated_storage = 20\n  engine ="), promised)
    # 5 + 15 + 10 + 0 + 10 + 15, and 3m25s until the volume is read in.
    assert found.mechanism is not None
    assert found.mechanism.rto.interval.typical.low == 55 * 60
    assert round(found.mechanism.rto.interval.worst.high) == 55 * 60 + 205
    assert found.verdict == "met"
    bases = {term.assumption: term.basis for term in found.mechanism.rto.terms}
    assert (bases["provision.rds"], bases["detect"]) == ("declared", "assumed")


def test_every_row_of_the_catalogue_has_a_source_and_figures() -> None:
    for row in figures.rows():
        assert all(each.startswith("https://") for each in row.sources), row.id
        assert row.confidence in ("high", "medium", "low")
        assert row.covers
        assumptions = figures.Assumptions()
        size = figures.Range(float(2**30))
        circumstances = figures.Circumstances(assumptions, alarm=True, size=size, sized=True)
        estimate = (
            figures.recovery(row.rto if isinstance(row.rto, list) else {}, circumstances, row)
            if isinstance(row.rto, list)
            else None
        )
        if estimate is not None and row.rto:
            assert estimate.interval.worst.low >= estimate.interval.typical.low > 0, row.id


@pytest.mark.parametrize(
    ("policy", "verdict"),
    [
        (promise("aws_db_instance.main", "deletion", "rpo=15m rto=2h"), "breached"),
        (
            promise("aws_db_instance.main", "deletion", "rpo=15m rto=2h").replace(
                "against", "data_size: 500GiB, against"
            ),
            "breached",
        ),
    ],
)
def test_how_much_data_there_is(policy: str, verdict: str) -> None:
    assert [each.verdict for each in assessments(RDS, policy)] == [verdict]


def test_a_size_decides_the_worst_case() -> None:
    policy = promise("aws_db_instance.main", "deletion", "rto=6h").replace("against", "data_size: %s, against")
    assert [each.verdict for each in assessments(RDS, policy % "50GiB")] == ["met"]
    assert [each.verdict for each in assessments(RDS, policy % "1TiB")] == ["at_risk"]


def test_a_change_is_told_in_the_words_of_its_format() -> None:
    files = {
        "stack.yaml": """
        AWSTemplateFormatVersion: "2010-09-09"
        Resources:
          Orders:
            Type: AWS::RDS::DBInstance
            Properties: {Engine: postgres, BackupRetentionPeriod: 7}
        """
    }
    (found,) = assessments(files, promise("cfn.Orders", "deletion", "rpo=15m retention=14d"))
    assert found.change is not None
    assert (found.change.before, found.change.after) == ("BackupRetentionPeriod = 7", "BackupRetentionPeriod = 14")


def test_a_queue_is_a_store_where_the_policy_says_so() -> None:
    files = 'resource "aws_sqs_queue" "main" {\n  name = "main"\n}\n'
    defaults = "version: 1\nrecovery:\n  defaults: {rpo: 1h, against: [deletion]}\n"
    assert [each.verdict for each in assessments(files, defaults)] == ["no_target"]
    named = defaults + '  stores: {jobs: {match: ["kind:queue"]}}\n'
    assert [each.verdict for each in assessments(files, named)] == ["unrecoverable"]
