"""A small configuration, what it promises, and what it can really reach."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from depcheck.policy import environments_of, load
from depcheck.project import Project
from depcheck.project.loading import Options
from depcheck.project.loading import load as load_project
from depcheck.recovery.assessment import Assessment, Survey, assess
from depcheck.source import Source

TODAY = date(2026, 6, 1)
ALARM = 'resource "aws_cloudwatch_metric_alarm" "down" {\n  alarm_name = "down"\n}\n'
EAST = 'provider "aws" {\n  region = "us-east-1"\n}\nprovider "aws" {\n  alias  = "west"\n  region = "us-west-2"\n}\n'


def project(files: Mapping[str, str] | str, policy: str | None = None, *, as_of: date = TODAY) -> Project:
    """A project of texts; one text alone is main.tf."""
    named = {"main.tf": files} if isinstance(files, str) else dict(files)
    sources = [Source(path, textwrap.dedent(text)) for path, text in named.items()]
    loaded = load(Source("depcheck.yaml", textwrap.dedent(policy))) if policy is not None else None
    environments = environments_of(loaded) if loaded is not None else None
    options = Options([], root=Path(), sources=sources, use_git=False, as_of=as_of)
    return load_project(options, loaded, environments)


def assessments(files: Mapping[str, str] | str, policy: str | None = None, *, as_of: date = TODAY) -> list[Assessment]:
    """Every verdict on a project of texts."""
    return assess(project(files, policy, as_of=as_of))


def survey(files: Mapping[str, str] | str, policy: str | None = None) -> Survey:
    """What is known of a project of texts."""
    return Survey(project(files, policy))


def promise(match: str, loss: str, target: str, more: str = "") -> str:
    """A policy with one store, judged for one loss: ``rpo=15m rto=4h retention=7d``."""
    figures = ", ".join(each.replace("=", ": ") for each in target.split())
    entry = f'{{match: ["{match}"], against: [{loss}]' + (f", {figures}" if figures else "") + "}"
    return f"version: 1\nrecovery:\n  stores:\n    store: {entry}\n{more}"
