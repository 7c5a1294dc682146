from __future__ import annotations

from pathlib import Path

import pytest

from depcheck.cli import run

MAIN = 'resource "aws_sqs_queue" "q" {\n  sqs_managed_sse_enabled = false\n}\n'


def notes(folder: Path, capsys: pytest.CaptureFixture[str], policy: str, *options: str) -> list[str]:
    (folder / "main.tf").write_text(MAIN)
    (folder / "depcheck.yaml").write_text(policy)
    run(["scan", str(folder), *options])
    lines = capsys.readouterr().out.splitlines()
    return [line.removeprefix("note: depcheck.yaml:") for line in lines if line.startswith("note: depcheck.yaml")]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            "environments: {staging: {}, production: {}}\n",
            ['1:16: nothing that was read belongs to the environment "sta'],
        ),
        (
            "variables:\n  A: {environments: [stagin]}\n",
            ['2:7: nothing that was read belongs to the environment "stagin"'],
        ),
        (
            'recovery:\n  stores:\n    db: {match: ["aws_db_instance.*"], rpo: 1h}\n',
            ['3:10: the store "db" matches no resource that was read'],
        ),
        ('recovery:\n  stores:\n    db: {match: ["aws_sqs_queue.*"], rpo: 1h}\n', []),
        ("recovery:\n  stores:\n    db: {at: supabase, kind: database, rpo: 1h}\n", []),
        (
            "tags: {required: [Owner]}\nversions: {node: supported}\nmonitoring: {health_check: {path: /}}\n",
            ["3:1: no rule reads monitoring yet, so no promise there was checked"],
        ),
        (
            "rules:\n  ignore:\n    - {rule: unencrypted-queue, reason: x, until: 2020-01-31}\n",
            [],  # that is a finding
        ),
        (
            "rules:\n  ignore:\n    - {rule: unencrypted-queue, reason: x}\n    - {rule: open-ingress, reason: x}\n",
            ["4:7: the exception for open-ingress covers no finding"],
        ),
    ],
)
def test_what_was_held_against_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str, expected: list[str]
) -> None:
    (tmp_path / "production.env").write_text("A=1\n")
    found = notes(tmp_path, capsys, policy, "--fail-on", "never")
    assert len(found) == len(expected), found
    assert all(line.startswith(start) for line, start in zip(found, expected, strict=True)), found


def test_it_is_said_only_where_everything_was_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = "rules:\n  ignore:\n    - {rule: open-ingress, reason: x}\n"
    assert notes(tmp_path, capsys, policy, "--select", "unencrypted-queue") == []
    assert notes(tmp_path, capsys, policy, "--environment", "production") == []
    assert notes(tmp_path, capsys, policy) != []
