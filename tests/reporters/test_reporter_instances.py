"""What the same lines make several times is told once, and only where it is the same."""

from __future__ import annotations

import json

from depcheck.findings import Finding, Report
from depcheck.reporters import Options, render
from depcheck.source import Source, Span
from depcheck.values import Step

MODULE = Source("modules/db/main.tf", 'resource "aws_db_instance" "main" {\n  multi_az = var.multi_az\n}\n')
CALLS = Source("main.tf", "multi_az = false\nmulti_az = false\n")


def finding(address: str, environment: str | None, *, via: Span | None = None) -> Finding:
    return Finding(
        rule="single-zone",
        pack="p",
        title="t",
        severity="high",
        confidence="high",
        message=f"{address} runs in one zone",
        span=MODULE.span(36, 59),
        fingerprint=f"{address}{environment}",
        environment=environment,
        resource=address,
        via=(Step("var.multi_az", via),) if via is not None else (),
    )


def told(*findings: Finding) -> list[str]:
    report = Report(
        files=1,
        resources=2,
        rules=[],
        findings=list(findings),
        unknown=[],
        passed=[],
        suppressed=[],
        skipped=[],
        errors=[],
        environments=["staging", "production"],
    )
    assert len(json.loads(render(report, "json"))["findings"]) == len(findings)
    text = render(report, "text", options=Options(width=0))
    return [line.partition(": ")[2] for line in text.splitlines() if line.startswith("high[")]


def test_instances_of_the_same_lines_are_one() -> None:
    assert told(
        *(finding(f"module.{name}.aws_db_instance.main", env) for name in "abc" for env in ("staging", "production"))
    ) == ["module.a.aws_db_instance.main runs in one zone (the same in 2 more instances)"]


def test_instances_with_values_from_elsewhere_stay_apart() -> None:
    first, second = CALLS.span(0, 16), CALLS.span(17, 33)
    assert len(told(finding("module.a.x.y", None, via=first), finding("module.b.x.y", None, via=second))) == 2


def test_instances_in_other_environments_stay_apart() -> None:
    assert len(told(finding("module.a.x.y", "staging"), finding("module.b.x.y", "production"))) == 2
