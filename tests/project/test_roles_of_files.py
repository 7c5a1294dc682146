"""Which files are filled in before they are used, and which only tests and developers use, by their paths."""

from __future__ import annotations

import pytest

from depcheck.project.exposures import role_of


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("template.yaml", ""),
        ("infra/sam-template.yml", ""),
        ("cdk.out/App.template.json", ""),
        ("chart/templates/deployment.yaml", ""),
        ("cloudformation-templates/vpc.yaml", ""),
        ("example.template.json", ""),
        (".env.template", "template"),
        (".env.example", "template"),
        ("config.template.yaml", "template"),
        ("docker-compose.template.yml", "template"),
        ("templates/docker-compose.yml", "template"),
        ("templates/app.env", "template"),
        ("examples/vpc/template.yaml", "template"),
        ("sample-policy.json", "template"),
        ("tests/template.yaml", "test"),
        ("compose.override.yml", "test"),
        ("deploy/override.tf", ""),
        ("src/latest/main.tf", ""),
    ],
)
def test_the_path_tells_what_a_file_is_for(path: str, role: str) -> None:
    assert role_of(path) == role
