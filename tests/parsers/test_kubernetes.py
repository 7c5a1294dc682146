"""Scheduled jobs of Kubernetes and Velero, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depcheck.environments import Environments
from depcheck.parsers import Context, Parsed
from depcheck.parsers.kubernetes import parse
from depcheck.parsers.table import kind_of
from depcheck.source import Source, Text
from depcheck.values import string

JOB = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: dump
  namespace: production
spec:
  schedule: "15 2 * * *"
  timeZone: Europe/Berlin
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: dump
              image: postgres:16
              command: [pg_dump, --format=custom]
              args: [orders]
            - name: upload
              command: ["sh", "-c", "aws s3 cp /dump s3://acme-dumps/"]
"""
VELERO = "apiVersion: velero.io/v1\nkind: Schedule\nmetadata: {name: nightly}\nspec: {schedule: '0 3 * * *'}\n"


def read(text: str) -> Parsed:
    return parse(Text.of(Source("k8s/dump.yaml", text)), Context(Environments()))


def test_a_job_with_its_schedule_and_commands() -> None:
    parsed = read(JOB)
    (schedule,) = parsed.facts.schedules
    assert (string(schedule.expression), schedule.zone, schedule.scope) == (
        "15 2 * * *",
        "Europe/Berlin",
        "cronjob.dump",
    )
    assert schedule.environment == "production"
    (command,) = parsed.facts.commands
    assert [word.text for word in command.words] == ["pg_dump", "--format=custom", "orders"]
    assert (command.scope, command.origin) == ("cronjob.dump", "script")
    (script,) = parsed.embedded
    assert script.text.text == "aws s3 cp /dump s3://acme-dumps/"
    assert parsed.problems == []


def test_a_schedule_of_velero() -> None:
    parsed = read(VELERO)
    assert [(string(each.expression), each.scope) for each in parsed.facts.schedules] == [
        ("0 3 * * *", "velero.nightly")
    ]
    assert [(each.type, each.address) for each in parsed.facts.resources] == [("velero_schedule", "velero.nightly")]


@pytest.mark.parametrize(
    "text",
    [
        JOB.replace("  schedule:", "  suspend: true\n  schedule:"),
        JOB.replace('  schedule: "15 2 * * *"\n', ""),
        JOB.replace("CronJob", "Job"),
        VELERO.replace("velero.io", "example.org"),
        "kind: CronJob\nspec: [1]\n",
        "kind: CronJob\n",
        "- kind: CronJob\n",
    ],
)
def test_what_runs_by_no_schedule(text: str) -> None:
    assert read(text).facts.schedules == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (JOB, "kubernetes"),
        (VELERO, "kubernetes"),
        (JOB.replace("CronJob", "Deployment"), None),
        (JOB.replace("orders", "{{ .Values.database }}"), None),
        ("kind: Schedule\napiVersion: example.org/v1\n", None),
    ],
)
def test_which_manifests_are_read(text: str, kind: str | None) -> None:
    assert kind_of("k8s/dump.yaml", text) == kind


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="kind:CroJbspe\n -[]{}'\"*", max_size=80))
def test_nothing_raises(tail: str) -> None:
    for schedule in read(f"kind: CronJob\n{tail}").facts.schedules:
        assert schedule.span.text
