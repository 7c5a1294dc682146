"""From a folder to a project: what is joined, what is read beside it, what is never touched."""

from __future__ import annotations

from pathlib import Path

from depcheck.project import Project
from depcheck.project.loading import Options, load
from depcheck.values import scalar_text


def project(folder: Path, *paths: str, docs: bool = False) -> Project:
    return load(Options([folder / path for path in paths or ("",)], root=folder, docs=docs, use_git=False))


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_what_a_compose_file_extends_is_read_too(tmp_path: Path) -> None:
    base = "services:\n  base:\n    image: nginx:1.27.3\n    env_file: web.env\n"
    write(
        tmp_path,
        {
            "compose.yaml": "services:\n  web:\n    extends: {file: common.yml, service: base}\n",
            "common.yml": base,
            "web.env": "MODE=production\n",
        },
    )
    loaded = project(tmp_path, "compose.yaml")
    web = loaded.resource("compose.web")
    assert web is not None
    assert scalar_text(web.get("image")) == "nginx:1.27.3"
    assert {setting.name for setting in loaded.facts.settings if setting.scope == "compose.web"} == {"MODE"}
    assert loaded.problems == []


def test_nothing_outside_of_the_root_is_read(tmp_path: Path) -> None:
    (tmp_path / "outside.env").write_text("TOKEN=outside\n")
    root = tmp_path / "root"
    write(
        root,
        {
            "compose.yaml": "services:\n  web:\n    image: a:1\n    env_file: [../outside.env, link.env]\n",
            "main.tf": 'locals {\n  a = file("../outside.env")\n}\noutput "a" {\n  value = local.a\n}\n',
        },
    )
    (root / "link.env").symlink_to(tmp_path / "outside.env")
    loaded = project(root)
    assert all("outside" not in (scalar_text(setting.value) or "") for setting in loaded.facts.settings)


def test_scripts_in_workflows_in_documents_keep_their_places(tmp_path: Path) -> None:
    workflow = "on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n      - run: |\n          make all\n"
    write(tmp_path, {"guide.md": f"# Guide\n\n```yaml\n# .github/workflows/ci.yml\n{workflow}```\n"})
    assert project(tmp_path).facts.commands == []
    (command,) = project(tmp_path, docs=True).facts.commands
    assert command.name == "make"
    assert (command.span.path, command.span.line, command.span.text) == ("guide.md", 11, "make all")


def test_environments_come_from_paths(tmp_path: Path) -> None:
    write(tmp_path, {".env.production": "A=1\n", "environments/staging/main.tf": 'resource "x" "y" {}\n'})
    loaded = project(tmp_path)
    assert {setting.environment for setting in loaded.facts.settings} == {"production"}
    assert {resource.environment for resource in loaded.facts.resources} == {"staging"}


def test_bytes_that_are_no_text_are_a_problem_with_a_place(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(b'resource "aws_s3_bucket" "a" {\n  bucket = "caf\xe9"\n}\n')
    loaded = project(tmp_path)
    assert [(each.message, each.span.line, each.span.column) for each in loaded.problems] == [
        ("these bytes are not UTF-8", 2, 16)
    ]
    assert [resource.address for resource in loaded.facts.resources] == ["aws_s3_bucket.a"]


def test_related_resources_are_found_by_identity(tmp_path: Path) -> None:
    text = (
        'resource "aws_s3_bucket" "a" {\n  bucket = "logs"\n}\nresource "aws_s3_bucket" "b" {}\n'
        'resource "aws_s3_bucket_versioning" "by_id" {\n  bucket = aws_s3_bucket.b.id\n}\n'
        'resource "aws_s3_bucket_versioning" "by_name" {\n  bucket = "logs"\n}\n'
        'resource "aws_s3_bucket_versioning" "open" {\n  bucket = var.name\n}\nvariable "name" {}\n'
    )
    write(tmp_path, {"main.tf": text})
    loaded = project(tmp_path)
    for address, other in (("aws_s3_bucket.a", "by_name"), ("aws_s3_bucket.b", "by_id")):
        bucket = loaded.resource(address)
        assert bucket is not None
        found, undecided = loaded.related(bucket, "aws_s3_bucket_versioning", "bucket")
        assert [each.name for each in found] == [other]
        assert [each.missing[0].name for each in undecided] == ["var.name"]
