"""Where Terraform keeps its state, with what is given when it is initialised."""

from __future__ import annotations

from pathlib import Path

from depcheck.project.loading import Options, load
from depcheck.project.states import folder_of, states
from depcheck.source import Source

PARTIAL = 'terraform {\n  backend "s3" {\n    bucket = "states"\n    region = "eu-central-1"\n  }\n}\n'


def found(files: dict[str, str]) -> dict[tuple[str, str | None], tuple[str, ...] | None]:
    sources = [Source(path, text) for path, text in files.items()]
    project = load(Options([], root=Path("/nowhere"), sources=sources))
    states.cache_clear()
    return {(state.root, state.environment): state.identity for state in states(project)}


def test_a_whole_backend_says_where_its_state_is() -> None:
    text = PARTIAL.replace("region", 'key    = "app.tfstate"\n    region')
    assert found({"infra/main.tf": text}) == {("infra", None): ("s3", "states", "app.tfstate")}


def test_a_part_of_a_backend_says_nothing() -> None:
    assert found({"infra/main.tf": PARTIAL}) == {("infra", None): None}


def test_files_of_settings_complete_it_for_each_environment() -> None:
    files = {
        "infra/main.tf": PARTIAL,
        "infra/backends/staging.tfbackend": '# ours\nkey = "staging.tfstate"\n',
        "infra/backends/prod.hcl": 'key = "prod.tfstate"\n',
        "other/backends/prod.hcl": 'key = "other.tfstate"\n',
    }
    assert found(files) == {
        ("infra", "staging"): ("s3", "states", "staging.tfstate"),
        ("infra", "production"): ("s3", "states", "prod.tfstate"),
    }


def test_commands_complete_it_too() -> None:
    script = 'terraform init -backend-config=key=prod/app.tfstate -backend-config "bucket=others"\n'
    assert found({"main.tf": PARTIAL, "init.sh": script}) == {("", "production"): ("s3", "others", "prod/app.tfstate")}


def test_placeholders_are_no_place() -> None:
    text = PARTIAL.replace("region", 'key    = "app.tfstate"\n    region').replace('"states"', '"UPDATE_ME"')
    assert found({"main.tf": text}) == {("", None): None}


def test_other_backends() -> None:
    gcs = 'terraform {\n  backend "gcs" {\n    bucket = "b"\n  }\n}\n'
    azure = (
        'terraform {\n  backend "azurerm" {\n    storage_account_name = "a"\n    container_name = "c"\n'
        '    key = "k"\n  }\n}\n'
    )
    assert found({"g/main.tf": gcs, "a/main.tf": azure}) == {
        ("g", None): ("gcs", "b", "default.tfstate"),
        ("a", None): ("azurerm", "a", "c", "k"),
    }


def test_the_folder_of_a_root_is_told_without_its_values() -> None:
    sources = [Source("infra/main.tf", 'resource "aws_sqs_queue" "a" {}\n')]
    project = load(Options([], root=Path("/nowhere"), sources=sources))
    assert [folder_of(each) for each in project.facts.resources] == ["infra"]


def test_makefiles_complete_it_too() -> None:
    makefile = (
        'init-prod:\n\tterraform init \\\n\t  -backend-config=key=prod/app.tfstate -backend-config="region=$(R)"\n'
    )
    assert found({"main.tf": PARTIAL, "Makefile": makefile}) == {
        ("", "production"): ("s3", "states", "prod/app.tfstate")
    }
