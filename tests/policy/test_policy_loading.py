from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from depcheck.policy import Policy, environments_of, load
from depcheck.source import Source

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
EXAMPLES = sorted((HERE / "examples").glob("*.yaml"))


def policy(text: str) -> Policy:
    return load(Source("depcheck.yaml", text))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_products_policies_load(path: Path) -> None:
    loaded = load(path)
    assert loaded.product == path.stem
    assert environments_of(loaded).critical == ("production",)


def test_every_key_of_the_format_loads() -> None:
    promises = load(HERE / "format" / "promises.yaml")
    assert list(promises.recovery.stores) == ["database", "cache", "uploads", "accounts"]
    assert promises.recovery.assumptions["restore.logical"] == 40 * 2**30 / 3_600
    assert promises.rules.ignore[0].until == date(2027, 3, 31)
    documents = load(HERE / "format" / "documents.yaml")
    assert documents.environments["production"].marks == ["mainnet"]
    assert documents.recovery.scenarios["region_failure"].procedure == "scripts/disaster-recovery.sh"
    assert documents.capacity["production"].functions.memory == 2**30
    for loaded in (promises, documents):
        written = set(dict(loaded.root.items()))
        assert all(loaded.written(key) for key in written)


@pytest.mark.parametrize("path", sorted(REPOSITORY.glob("fixtures/systems/*/*/depcheck.yaml")), ids=str)
def test_the_fixtures_policies_load(path: Path) -> None:
    assert load(path).version == 1


@pytest.mark.parametrize("text", ["", "# nothing\n", "~", "environments:\nrecovery:\nrules:\n  ignore:\n"])
def test_a_policy_may_say_nothing(text: str) -> None:
    loaded = policy(text)
    assert loaded.environments == {}
    assert loaded.recovery.stores == {}
    assert (loaded.rules.profile, loaded.rules.fail_on, loaded.rules.ignore) == ("default", "medium", [])
    assert loaded.docs is False
    assert environments_of(loaded).named("prod") == "production"


def test_values_are_typed() -> None:
    loaded = load(HERE / "examples" / "vibelog.yaml")
    database = loaded.recovery.stores["database"]
    assert (database.rpo, database.by_loss["zone"].rpo) == (900, 60)
    assert [(backup.every, backup.retention, backup.to) for backup in database.backups] == [
        (86_400, 2_592_000, ["other_provider"]),
        (604_800, 7_257_600, ["other_region", "cold"]),
    ]
    assert database.backups[1].at is not None
    assert database.backups[1].at.weekday == 6
    assert loaded.recovery.declared[0].until == date(2027, 6, 30)
    deploy = loaded.pipeline.deploys["production"]
    assert (deploy.from_, deploy.migrations.approval.people, deploy.approval.people) == (["push", "manual"], 2, 0)
    trips = [(trip.signal, trip.above.unit if trip.above else "", trip.for_) for trip in deploy.rollback_when]
    assert trips == [("error_rate", "percent", 300), ("latency_p95", "seconds", 600)]


def test_two_ways_of_writing_become_one() -> None:
    loaded = policy(
        "variables: {A: {values: [1.10, true, x], prefix: p}, B: {values: {prod: [y]}}}\n"
        "pipeline: {deploys: {production: {approval: true, strategy: canary, verify: [smoke-test, {watch: 30m}]}}}\n"
        "tags: {required: [Project]}\npromises: [a]\nversions: {terraform: 1.10, node: 20}\n"
    )
    assert loaded.variables["A"].values == {"*": ["1.10", "true", "x"]}
    assert loaded.variables["A"].prefix == {"*": "p"}
    assert loaded.variables["B"].values == {"production": ["y"]}
    deploy = loaded.pipeline.deploys["production"]
    assert (deploy.approval.people, deploy.strategy) == (1, ["canary"])
    assert [(step.do, step.lasting) for step in deploy.verify] == [("smoke-test", None), ("watch", 1_800)]
    assert loaded.tags.required == {"Project": "*"}
    assert loaded.promises == {"*": ["a"]}
    assert loaded.versions["terraform"].text == "1.10"


def test_environments_are_called_as_they_were_declared() -> None:
    loaded = policy(
        "environments: {Acceptance: {aliases: [acc]}, Live: {critical: true, sources: ['x/**']}}\n"
        "capacity: {acc: {min: 1}, production: {min: 2}}\nparity: {compare: [[ACC, live]]}\n"
    )
    assert list(loaded.capacity) == ["Acceptance", "Live"]
    assert loaded.parity.compare == [["Acceptance", "Live"]]
    assert loaded.span("capacity", "Live", "min").text == "2"
    environments = environments_of(loaded)
    assert environments.names == ("Acceptance", "Live")
    assert environments.critical == ("Live",)
    assert environments.of_path("x/y.tf") == "Live"


SPANS = [
    (("recovery", "stores", "database", "rpo"), "15m"),
    (("recovery", "stores", "database"), "database"),
    (("recovery", "stores", "database", "match"), "match"),
    (("recovery", "stores", "database", "match", 1), '"aws_db_instance.*"'),
    (("recovery", "stores", "database", "by_loss", "zone", "rto"), "5m"),
    (("recovery", "stores", "database", "by_environment", "staging", "rpo"), "24h"),
    (("recovery", "stores", "database", "retention"), "database"),
    (("recovery", "declared", 0), "{store: database, loss: zone, rpo: 1m, source: contract}"),
    (("promises", "*", 1), "iam-mfa"),
    (("variables", "A", "prefix", "*"), "x_"),
    (("nowhere", "at", "all"), ""),
]


@pytest.mark.parametrize(("path", "text"), SPANS, ids=str)
def test_the_place_of_an_entry(path: tuple[str | int, ...], text: str) -> None:
    loaded = policy(
        "environments: {staging: {aliases: [stage]}, production: {}}\n"
        "recovery:\n"
        "  stores:\n"
        "    database:\n"
        '      match: ["aws_rds_cluster.*", "aws_db_instance.*"]\n'
        "      rpo: 15m\n"
        "      by_loss: {zone: {rto: 5m}}\n"
        "      by_environment: {stage: {rpo: 24h}}\n"
        "  declared:\n"
        "    - {store: database, loss: zone, rpo: 1m, source: contract}\n"
        "variables: {A: {prefix: x_}}\n"
        "promises: [net-private-subnets, iam-mfa]\n"
    )
    span = loaded.span(*path)
    if text:
        assert span.text == text
    else:
        assert (span.line, span.column) == (1, 1)
    assert loaded.written(*path) is (path[-1] not in ("retention", "all"))


def test_the_place_of_a_key() -> None:
    loaded = policy("docs: true\nrules: {fail_on: high}\n")
    assert loaded.key_span("docs").text == "docs"
    assert loaded.key_span("rules", "fail_on").text == "fail_on"
    assert loaded.path == "depcheck.yaml"


def test_a_file_with_a_mark_and_other_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "depcheck.yaml"
    file.write_bytes(b"\xef\xbb\xbfproduct: shop\r\nregions:\r\n  primary: eu-west-1\r\n")
    loaded = load(file)
    span = loaded.span("regions", "primary")
    assert (loaded.product, span.text, span.line, span.column) == ("shop", "eu-west-1", 3, 12)


def test_without_a_policy_nothing_heavy_is_imported() -> None:
    code = (
        "import sys\n"
        "import depcheck.policy, depcheck.policy.precedence, depcheck.policy.words, depcheck.policy.ranges\n"
        "import depcheck.policy.vocabulary, depcheck.policy.assumptions\n"
        "heavy = {'pydantic', 'pydantic_core', 'yaml', 'dataclasses', 'inspect', 'difflib', 'typing_extensions'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.strip() == "[]"
