from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from depcheck.findings import SEVERITIES
from depcheck.policy import PolicyError, load, schema, vocabulary
from depcheck.source import Source, Text
from depcheck.syntax.yaml import parse
from depcheck.values import plain

HERE = Path(__file__).parent
SCHEMA = json.loads(schema.text())
VALIDATOR = Draft202012Validator(SCHEMA)


def accepted(text: str) -> bool:
    return bool(VALIDATOR.is_valid(plain(parse(Text.of(Source("depcheck.yaml", text))).root)))


def loads(text: str) -> bool:
    try:
        load(Source("depcheck.yaml", text))
    except PolicyError:
        return False
    return True


def test_the_file_is_what_the_model_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert schema.main(["--check"]) == 0
    stale = tmp_path / schema.NAME
    stale.write_text("{}", "utf-8")
    monkeypatch.setattr(schema, "data_file", lambda folder, name: stale)
    assert schema.main(["--check"]) == 1
    assert schema.main([]) == 0
    assert schema.main(["--check"]) == 0
    assert schema.main(["--what"]) == 2


def test_it_is_a_schema_that_says_where_it_comes_from() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert "python -m depcheck.policy.schema" in SCHEMA["$comment"]


def test_an_editor_is_told_about_every_key() -> None:
    silent = [
        f"{name}.{key}"
        for name, definition in [("", SCHEMA), *SCHEMA["$defs"].items()]
        for key, field in definition.get("properties", {}).items()
        if not (field.get("description") or SCHEMA["$defs"][field["$ref"].split("/")[-1]]["description"])
    ]
    assert silent == []


@pytest.mark.parametrize(
    "path",
    [*sorted((HERE / "examples").glob("*.yaml")), *sorted((HERE / "format").glob("*.yaml"))],
    ids=lambda path: path.stem,
)
def test_good_policies_are_accepted(path: Path) -> None:
    errors = VALIDATOR.iter_errors(plain(parse(Text.of(Source(path.name, path.read_text("utf-8")))).root))
    assert [error.message for error in errors] == []


GOOD = [
    "version: 1",
    "environments: {staging: }",
    "recovery: {stores: }",
    "variables: {A: {values: [1, true, x], prefix: {'*': a}}}",
    "recovery: {stores: {a: {kind: database, rpo: 0}}}",
    "pipeline: {deploys: {production: {approval: {people: 2}, strategy: canary}}}",
]
BAD = [
    "version: 2",
    "prodct: x",
    "docs: yes",
    "environments: []",
    "recovery: {stores: {a: {match: [x], retension: 1d}}}",
    "recovery: {stores: {a: {match: [x], rpo: 15}}}",
    "recovery: {stores: {a: {match: [x], rpo: 4hours}}}",
    "recovery: {stores: {a: {match: [x], against: [az]}}}",
    "recovery: {stores: {a: {match: [x], backups: [{at: 02:00Z}]}}}",
    "recovery: {stores: {a: {match: [x], data_size: 50}}}",
    "recovery: {assumptions: {detekt: 5m}}",
    "variables: {A: {format: urll}}",
    "pipeline: {deploys: {production: {strategy: bluegreen}}}",
    "pipeline: {deploys: {production: {steps: [0]}}}",
    "secrets: {stores: [ssm]}",
    "rules: {fail_on: error}",
    "rules: {ignore: [{rule: x}]}",
    "rules: {ignore: [x]}",
    "parity: {shared: x}",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_loads_is_accepted(text: str) -> None:
    assert loads(text)
    assert accepted(text)


@pytest.mark.parametrize("text", BAD)
def test_what_does_not_load_is_refused(text: str) -> None:
    assert not loads(text)
    assert not accepted(text)


def test_one_list_of_severities() -> None:
    assert vocabulary.SEVERITIES == SEVERITIES


def test_activities_include_each_other_without_a_circle() -> None:
    entries = {
        entry["name"]: entry for entry in json.loads(Path(HERE, "../../schemas/activities.json").read_text())["entries"]
    }
    assert tuple(entries) == vocabulary.activities()
    for name in entries:
        seen = {name}
        pending = list(entries[name].get("includes", ()))
        while pending:
            included = pending.pop()
            assert included in entries
            assert included not in seen
            pending += entries[included].get("includes", ())
        assert set(entries[name]) <= {"name", "title", "includes", "scripts", "commands", "actions"}
        assert {"includes", "scripts", "commands", "actions"} & set(entries[name])
