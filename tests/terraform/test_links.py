from __future__ import annotations

from pathlib import Path

from depcheck.project.loading import Options, load
from depcheck.values import plain


def test_a_linked_file_belongs_to_the_folder_of_the_link(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "inputs.tf").write_text('variable "x" { default = 3 }\n')
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(f'resource "a_b" "{name}" {{ x = var.x }}\n')
        (tmp_path / name / "inputs.tf").symlink_to("../shared/inputs.tf")
    outside = tmp_path.parent / f"{tmp_path.name}-outside.tf"
    outside.write_text('resource "a_b" "outside" {}\n')
    (tmp_path / "one" / "far.tf").symlink_to(outside)
    (tmp_path / "one" / "loop.tf").symlink_to("loop.tf")
    project = load(Options([tmp_path], root=tmp_path, use_git=False))
    assert {each.address: plain(each.get("x")) for each in project.facts.resources} == {"a_b.one": 3, "a_b.two": 3}
    assert [each.span.path for each in project.facts.settings] == ["shared/inputs.tf"]
