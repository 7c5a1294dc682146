"""Kinds of YAML files, by path and by content."""

from __future__ import annotations

import pytest

from depcheck.parsers.yaml_kinds import kind_of

SERVICES = "services:\n  web:\n    image: nginx\n"
WORKFLOW = "name: x\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
TEMPLATE = "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"

KINDS = [
    (".github/workflows/ci.yml", "", "workflow"),
    ("app/.github/workflows/ci.yaml", "anything", "workflow"),
    (".github/workflows/nested/ci.yml", "a: 1\n", None),
    (".github/dependabot.yml", "version: 2\n", "dependabot"),
    ("dependabot.yml", "version: 2\nupdates: []\n", None),
    ("action.yml", "name: x\nruns:\n  using: composite\n", "action"),
    (".github/actions/setup/action.yaml", "inputs:\n  a: {}\n", "action"),
    ("roles/action.yml", "- hosts: all\n", None),
    ("compose.yaml", SERVICES, "compose"),
    ("docker-compose.prod.yml", SERVICES, "compose"),
    ("docker-compose.yml", "include:\n  - a.yml\n", "compose"),
    ("deploy/stack-compose.yml", SERVICES, "compose"),
    ("compose.yaml", "a: 1\n", None),
    ("stack.yml", "# my stack\n\n" + SERVICES, "compose"),
    ("stack.yml", "services:\n  # the web\n\n  web:\n    build: .\n", "compose"),
    (".gitlab-ci.yml", "services:\n  - docker:dind\nbuild:\n  image: x\n", None),
    ("deployment.yaml", "apiVersion: v1\nkind: Service\n", None),
    ("template.yaml", TEMPLATE, "cloudformation"),
    ("stack.json", '{"AWSTemplateFormatVersion": "2010-09-09"}', "cloudformation"),
    ("examples/ci.yml", WORKFLOW, "workflow"),
    ("examples/ci.yml", '"on":\n  pull_request:\n' + "# x\n" * 10 + "jobs: {}\n", "workflow"),
    ("examples/call.yml", "on:\n  workflow_call:\n    inputs: {}\n", "workflow"),
    (".circleci/config.yml", "version: 2.1\njobs:\n  a: {}\nworkflows:\n  b: {}\n", None),
    ("values.yaml", "image: nginx\nservice:\n  port: 80\n", None),
    ("a.yml", "", None),
]


@pytest.mark.parametrize(("path", "head", "kind"), KINDS)
def test_kinds(path: str, head: str, kind: str | None) -> None:
    assert kind_of(path, head) == kind


def test_windows_line_ends_and_a_head_cut_anywhere() -> None:
    assert kind_of("stack.yml", SERVICES.replace("\n", "\r\n")) == "compose"
    assert [kind_of("x.yml", WORKFLOW[:end]) for end in (0, 10, len(WORKFLOW))] == [None, None, "workflow"]
