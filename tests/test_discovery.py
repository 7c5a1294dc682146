"""Which files are found, and what is said of the others. git itself is the oracle for ignore files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depcheck.discovery import Discovery, decode, discover, find_root, read
from depcheck.findings import Skipped
from depcheck.gitignore import ignored, patterns


def paths(found: Discovery) -> list[str]:
    return [candidate.path for candidate in found.candidates]


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(
        tmp_path,
        **{
            "main.tf": "",
            "a/x.tf": "",
            "a/ignored.tf": "",
            "b/keep.log": "",
            "b/no.log": "",
            "node_modules/x/y.tf": "",
            ".gitignore": "*.log\n!keep.log\n/a/ignored.tf\n",
        },
    )
    return tmp_path


def test_walk_honours_ignore_files(tree: Path) -> None:
    found = discover(tree, [tree])
    assert paths(found) == [".gitignore", "a/x.tf", "b/keep.log", "main.tf"]
    assert [(skip.path, skip.reason) for skip in found.skipped] == [
        ("node_modules", "a folder of dependencies or caches")
    ]


def test_git_tells_which_files_are_tracked(tree: Path) -> None:
    git(tree, "init", "-q")
    git(tree, "add", "main.tf")
    found = discover(tree, [tree])
    assert {candidate.path: candidate.tracked for candidate in found.candidates}["main.tf"] is True
    assert {candidate.path: candidate.tracked for candidate in found.candidates}["a/x.tf"] is False
    assert "b/no.log" not in paths(found)


def test_a_folder_of_a_work_tree(tree: Path) -> None:
    git(tree, "init", "-q")
    assert Path(find_root([tree / "a"])) == tree
    assert paths(discover(tree, [tree / "a"])) == ["a/x.tf"]


def test_the_policy_marks_the_root(tree: Path) -> None:
    git(tree, "init", "-q")
    (tree / "a" / "depcheck.yaml").write_text("version: 1\n")
    assert Path(find_root([tree / "a" / "x.tf"])) == tree / "a"


def test_an_explicit_file_is_read_though_ignored(tree: Path) -> None:
    assert paths(discover(tree, [tree / "a" / "ignored.tf"])) == ["a/ignored.tf"]


def test_links(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.tf"
    outside.write_text("")
    (tree / "out.tf").symlink_to(outside)
    (tree / "in.tf").symlink_to("main.tf")
    (tree / "folder").symlink_to(outside.parent)
    found = discover(tree, [tree])
    reasons = {skip.path: skip.reason for skip in found.skipped}
    assert reasons["out.tf"] == "a symbolic link out of the scanned root"
    assert reasons["in.tf"].startswith("a symbolic link;")
    assert reasons["folder"] == "a symbolic link out of the scanned root"
    assert "folder/secret.tf" not in paths(found)


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q")
    write(folder, **{"in.tf": "", "deep/er.tf": "", "ignored.tf": "", ".gitignore": "ignored.tf\n"})
    return folder


def test_a_repository_inside_is_told(tree: Path) -> None:
    git(tree, "init", "-q")
    repository(tree / "inner")
    found = discover(tree, [tree])
    assert "inner/in.tf" not in paths(found)
    assert [(skip.path, skip.reason) for skip in found.skipped if "inner" in skip.path] == [
        ("inner", "a git repository of its own; scan it by itself")
    ]


@pytest.mark.parametrize("top", [True, False])
def test_a_repository_inside_is_read_where_it_is_named(tree: Path, top: bool) -> None:
    if top:
        git(tree, "init", "-q")
    repository(tree / "inner")
    repository(tree / "b" / "other")
    found = discover(tree, [tree / "inner", tree / "b" / "other" / "deep", tree / "main.tf"])
    assert paths(found) == [
        "b/other/deep/er.tf",
        "inner/.gitignore",
        "inner/deep/er.tf",
        "inner/in.tf",
        "main.tf",
    ]
    assert {each.tracked for each in found.candidates if each.path.startswith("inner")} == {False}


def test_a_linked_work_tree_and_a_submodule(tree: Path) -> None:
    git(tree, "init", "-q")
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"]
    git(tree, "add", "main.tf")
    git(tree, *identity, "commit", "-qm", "one")
    git(tree, "worktree", "add", "-q", str(tree.parent / "linked"))
    assert Path(find_root([tree.parent / "linked" / "main.tf"])) == tree.parent / "linked"
    assert paths(discover(tree.parent / "linked", [tree.parent / "linked"])) == ["main.tf"]
    git(tree, *identity, "submodule", "add", "-q", str(tree.parent / "linked"), "module")
    found = discover(tree, [tree])
    assert {skip.path: skip.reason for skip in found.skipped}["module"].endswith("scan it by itself")
    assert Path(find_root([tree / "module" / "main.tf"])) == tree / "module"
    assert paths(discover(tree, [tree / "module", tree / "a"])) == ["a/x.tf", "module/main.tf"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("tracked", [True, False])
def test_what_is_no_regular_file_is_not_opened(tree: Path, tracked: bool) -> None:
    if tracked:
        git(tree, "init", "-q")
    os.mkfifo(tree / "pipe.tf")
    for found in (discover(tree, [tree]), discover(tree, [tree / "pipe.tf"])):
        assert "pipe.tf" not in paths(found)
    assert [(skip.path, skip.reason) for skip in found.skipped] == [("pipe.tf", "not a regular file")]


def test_a_path_given_twice_is_read_once(tree: Path) -> None:
    assert paths(discover(tree, [tree / "main.tf", tree / "main.tf", tree / "a" / ".." / "main.tf"])) == ["main.tf"]


@pytest.mark.skipif(os.name != "posix", reason="names of POSIX")
@pytest.mark.parametrize("tracked", [True, False])
@pytest.mark.parametrize(
    "name", ["-x.tf", " a b .tf", "new\nline.tf", 'q"uote.tf', ":(top)x.tf", "*.tf", "ü.tf", "\\.tf"]
)
def test_odd_names(tmp_path: Path, name: str, tracked: bool) -> None:
    (tmp_path / name).write_text("")
    (tmp_path / "other.tf").write_text("")
    if tracked:
        git(tmp_path, "init", "-q")
        git(tmp_path, "add", "-A")
    assert sorted(paths(discover(tmp_path, [tmp_path]))) == sorted([name, "other.tf"])
    assert paths(discover(tmp_path, [tmp_path / name])) == [name]


@pytest.mark.parametrize("folder", ["*", ":(top)", "-x", "a b"])
def test_odd_folders(tmp_path: Path, folder: str) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, **{f"{folder}/x.tf": "", "other/y.tf": ""})
    assert paths(discover(tmp_path, [tmp_path / folder])) == [f"{folder}/x.tf"]


def test_folders_of_the_operating_system_hold_no_files(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("depcheck.discovery._NO_FILES", frozenset({str(tree / "a")}))
    found = discover(tree, [tree])
    assert "a/x.tf" not in paths(found)
    assert "a" in {skip.path for skip in found.skipped}


def test_a_folder_named_like_a_file(tree: Path) -> None:
    (tree / "weird.tf").mkdir()
    assert "weird.tf" not in paths(discover(tree, [tree]))


def test_a_missing_path_is_a_sentence(tree: Path) -> None:
    with pytest.raises(FileNotFoundError, match='no such file or folder: "nowhere"'):
        discover(tree, [tree / "nowhere"])


def test_git_configuration_runs_nothing(tree: Path) -> None:
    git(tree, "init", "-q")
    marker = tree / "ran"
    hook = tree / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    git(tree, "config", "core.fsmonitor", str(hook))
    discover(tree, [tree])
    assert not marker.exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"\x00\x01binary", "binary"), (b"a" * 100, "larger than 50 bytes (100 bytes)")],
)
def test_what_is_not_read(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "f.tf").write_bytes(data)
    result = read(tmp_path, "f.tf", limit=50)
    assert isinstance(result, Skipped)
    assert result.reason == reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "f.tf"
    path.write_text("x")
    path.chmod(0)
    result = read(tmp_path, "f.tf")
    assert isinstance(result, Skipped)
    assert result.reason == "no permission to read it"


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may enter everything")
def test_a_folder_that_may_not_be_entered(tree: Path) -> None:
    for mode in (0o000, 0o444):
        (tree / "a").chmod(mode)
        try:
            assert Path(find_root([tree / "a"])) in (tree, Path.cwd(), tree / "a")
            found = discover(tree, [tree])
        finally:
            (tree / "a").chmod(0o755)
        assert "main.tf" in paths(found)
        assert any("permission denied" in skip.reason for skip in found.skipped)


@pytest.mark.parametrize(
    ("data", "text", "bom", "lossy"),
    [
        (b"\xef\xbb\xbfa = 1", "a = 1", True, False),
        ("é = 1".encode("utf-16-le").join([b"\xff\xfe", b""]), "é = 1", True, False),
        (b"\xff\xfea", "\ufffd", True, True),
        (b"caf\xe9", "caf\ufffd", False, True),
        ("caf\ufffd".encode(), "caf\ufffd", False, False),
        (b"", "", False, False),
    ],
)
def test_encodings(data: bytes, text: str, bom: bool, lossy: bool) -> None:
    source = decode("f", data)
    assert not isinstance(source, Skipped)
    assert (source.text, source.bom, source.lossy) == (text, bom, lossy)


NAMES = st.sampled_from(["a", "b", "ab", "aab", "a.txt", "x.tf", "#a", "a b", "a ", "a-b", "[", "]", "\\a", "aa\x0cb"])
WORDS = r"""a /a a/ *.tf !x.tf b/* **/a a/** a/**/b /* !/a/ ?b [ab] \#a * *a*b a*b **/a/**/b a**b ** **/**/b /**/a
    b/**/a/* [!a] [^a]b [a-b]b []] [[] [a-] [-a] [!a-z] [a \[ [\]] *[a-z]* \a \\a a\ ü [&&] [a--b] [b-a] [[:alpha:]]b
    [![:digit:]] !a !**/a !b/ *b/ a/b/ ab/a ./a a//b # \!a"""
LINES = st.sampled_from([*WORDS.split(), "a b", "a ", "a\\ ", "a\\  ", "aa\x0cb", " a"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINES, min_size=1, max_size=4), parts=st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=1)
)
def test_ignore_files_agree_with_git(tmp_path: Path, lines: list[str], parts: list[list[str]]) -> None:
    work = tmp_path / "work"
    if not work.exists():
        work.mkdir()
        git(work, "init", "-q")
    (work / ".gitignore").write_text("\n".join(lines) + "\n")
    rules = patterns("\n".join(lines))
    names = sorted({"/".join(part) for part in parts})
    done = subprocess.run(
        ["git", "-C", str(work), "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(names).encode(),
        capture_output=True,
        check=False,
    )
    by_git = set(done.stdout.decode().split("\0")) - {""}
    for name in names:
        folders = name.split("/")[:-1]
        above = any(ignored("/".join(folders[: n + 1]), rules, folder=True) for n in range(len(folders)))
        assert (above or ignored(name, rules, folder=False)) == (name in by_git), (lines, name)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*a" * 40 + "*b", "a" * 250 + ".tf"),
        ("**/a/" * 30 + "b", "a/" * 1000 + "c.tf"),
        ("*a*/" * 20 + "b", "aaaaaaaa/" * 200 + "c.tf"),
        ("a" + " " * 200_000 + "b", "a.tf"),
        ("[" * 5000, "a.tf"),
        ("\\" * 100_001 + "  ", "a.tf"),
    ],
)
def test_a_hostile_pattern_ends(line: str, path: str) -> None:
    assert not ignored(path, patterns(line), folder=False)
