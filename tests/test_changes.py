"""Which lines differ from a revision, whatever git is configured to show."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from depcheck.changes import ChangesError, changes_since


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.tf").write_text("one\ntwo\nthree\n")
    (tmp_path / "sub" / "b.tf").write_text("one\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


def lines(tree: Path, revision: str = "HEAD") -> dict[str, list[int]]:
    return {path: sorted(numbers) for path, numbers in changes_since(tree, revision).lines.items()}


def test_changed_added_and_removed_lines(tree: Path) -> None:
    (tree / "a.tf").write_text("one\n2\nthree\nfour\nfive\n")
    (tree / "sub" / "b.tf").write_text("")
    assert lines(tree) == {"a.tf": [2, 4, 5]}


@pytest.mark.parametrize(
    ("text", "gaps"),
    [("two\nthree\n", [0]), ("one\nthree\n", [1]), ("one\ntwo\n", [2]), ("", [0]), ("one\n2\n", []), ("two\n", [0, 1])],
)
def test_where_lines_were_removed(tree: Path, text: str, gaps: list[int]) -> None:
    (tree / "a.tf").write_text(text)
    assert sorted(changes_since(tree, "HEAD").gaps.get("a.tf", ())) == gaps


@pytest.mark.parametrize("setting", ["diff.noprefix", "diff.mnemonicPrefix", "color.ui", "diff.renames"])
def test_what_git_is_told_to_show_hides_nothing(tree: Path, setting: str) -> None:
    git(tree, "config", setting, "always" if setting == "color.ui" else "true")
    (tree / "a.tf").write_text("1\ntwo\nthree\n")
    assert lines(tree) == {"a.tf": [1]}


@pytest.mark.parametrize("attribute", ["-diff", "binary", "diff=words"])
def test_attributes_hide_nothing(tree: Path, attribute: str) -> None:
    (tree / ".gitattributes").write_text(f"*.tf {attribute}\n")
    git(tree, "config", "diff.words.textconv", "false")
    (tree / "a.tf").write_text("1\ntwo\nthree\n")
    assert lines(tree) == {"a.tf": [1]}


def test_lines_that_look_like_a_header(tree: Path) -> None:
    (tree / "a.tf").write_text("one\n++ b/other.tf\n@@ -1 +1 @@\nthree\nfour\n")
    assert lines(tree) == {"a.tf": [2, 3, 5]}
    git(tree, "commit", "-aqm", "two")
    (tree / "a.tf").write_text("one\n-- /dev/null\nthree\nfour\nfive\n")
    assert lines(tree) == {"a.tf": [2, 5]}


@pytest.mark.parametrize(
    "name", [" space .tf", 'quo"te".tf', "tab\t.tf", "größe.tf", "back\\slash.tf", "line\nbreak.tf"]
)
def test_odd_names(tree: Path, name: str) -> None:
    (tree / name).write_text("one\n")
    assert changes_since(tree, "HEAD").files == [name]
    git(tree, "add", "-A")
    assert lines(tree) == {name: [1]}


def test_a_root_below_the_top(tree: Path) -> None:
    (tree / "a.tf").write_text("changed\n")
    (tree / "sub" / "b.tf").write_text("changed\n")
    (tree / "sub" / "new.tf").write_text("")
    found = changes_since(tree / "sub", "HEAD")
    assert (sorted(found.lines), found.files) == (["b.tf"], ["new.tf"])


@pytest.mark.parametrize("revision", ["nope", "-p", "--output=x", "", "HEAD..HEAD", "HEAD:a.tf", "a.tf"])
def test_what_is_no_revision(tree: Path, revision: str) -> None:
    with pytest.raises(ChangesError, match="git knows no revision"):
        changes_since(tree, revision)
    assert not (tree / "x").exists()


def test_outside_a_work_tree(tmp_path: Path) -> None:
    with pytest.raises(ChangesError):
        changes_since(tmp_path, "HEAD")
