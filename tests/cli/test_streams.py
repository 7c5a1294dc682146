"""What the command line does where its input, its output or its folder is not as usual."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from depcheck.cli import run

DEPCHECK = f"{sys.executable} -m depcheck"
WORKFLOW = 'on: issues\njobs:\n  a:\n    steps:\n      - run: echo "${{ github.event.issue.title }}"\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "repository"
    (folder / ".github" / "workflows").mkdir(parents=True)
    (folder / ".github" / "workflows" / "a.yml").write_text(WORKFLOW)
    (folder / "empty.tf").write_text("")
    monkeypatch.chdir(folder)
    return folder


def shell(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        ["bash", "-c", f'depcheck() {{ {DEPCHECK} "$@"; }}; {script}'],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize(("arguments", "code"), [("scan .", 1), ("scan empty.tf", 0), ("rules --format json", 0)])
def test_a_reader_that_goes_away_changes_no_exit_code(here: Path, arguments: str, code: int) -> None:
    done = shell(f"depcheck {arguments} | true; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize(("arguments", "code"), [("scan .", 1), ("rules", 0), ("model", 0)])
def test_standard_output_may_be_closed(here: Path, arguments: str, code: int) -> None:
    done = shell(f"depcheck {arguments} >&-")
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_a_sentence(here: Path) -> None:
    done = shell("depcheck scan >/dev/full")
    assert done.returncode == 2
    assert done.stderr == "standard output cannot be written: no space left on device\n"


def test_standard_input_may_be_closed(here: Path) -> None:
    done = shell("depcheck scan - --stdin-filename a.tf <&-")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("standard input is closed")


def test_the_current_folder_may_be_gone(here: Path) -> None:
    done = shell("mkdir gone; cd gone; rmdir ../gone; depcheck scan")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the current folder does not exist any more" in done.stderr


def test_the_locale_changes_nothing(here: Path) -> None:
    (here / ".github" / "workflows" / "größe.yml").write_text(WORKFLOW)
    subprocess.run(["git", "init", "-q"], check=True)
    plain = shell("depcheck scan", PYTHONUTF8="1")
    other = shell("depcheck scan", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "2 findings" in other.stdout
    assert plain.returncode == other.returncode == 1


def test_an_empty_path_is_not_the_current_folder(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", ""]) == 2
    assert capfd.readouterr() == ("", 'a path is empty; write "." for the current folder\n')


@pytest.mark.parametrize("epoch", ["9" * 20, "²", "soon", "-1e3"])
def test_a_wrong_epoch_is_a_sentence(
    here: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert run(["scan"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f'SOURCE_DATE_EPOCH: "{epoch}" is no number of seconds')


@pytest.mark.parametrize("end", ["", "/", "/.", "//"])
def test_a_link_to_a_folder_is_what_it_leads_to(here: Path, capfd: pytest.CaptureFixture[str], end: str) -> None:
    (here.parent / "link").symlink_to(here)
    assert run(["scan", f"{here.parent}/link{end}"]) == 1
    assert "1 finding" in capfd.readouterr().out
    (here / "inside").symlink_to(".github")
    assert run(["scan", f"inside{end}"]) == 1
    assert "1 finding" in capfd.readouterr().out


@pytest.mark.parametrize("path", [".", ".github", ".github/workflows/a.yml"])
def test_folders_may_be_shown_of_a_whole_project(here: Path, capfd: pytest.CaptureFixture[str], path: str) -> None:
    assert run(["scan", "--whole-project", path]) == 1
    assert run(["scan", "--whole-project", "empty.tf"]) == 0


def test_names_cannot_give_commands_to_a_terminal(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / ".github" / "workflows" / "esc\x1b[31m\nred.yml").write_text(WORKFLOW)
    (here / "skip\x1b[31m.py").write_text("")
    for arguments in (["scan", "--explain-skips"], ["model"], ["scan", "skip\x1b[31m.py", "--explain-skips"]):
        run(arguments)
        out, err = capfd.readouterr()
        assert "\x1b" not in out
        assert "\x1b" not in err
        assert "red.yml" in out + err or "skip" in err


def test_names_that_are_not_utf8(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import os

    try:
        (here / ".github" / "workflows" / os.fsdecode(b"caf\xe9.yml")).write_text(WORKFLOW)
    except OSError:
        pytest.skip("this file system wants UTF-8")
    formats = ("text", "json", "sarif", "github", "junit", "html", "markdown")
    files = [f"--output={name}:{here.parent / name}" for name in formats]
    assert run(["scan", *files]) == 1
    assert all("caf" in (here.parent / name).read_text("utf-8") for name in formats)
    assert run(["baseline"]) == 0
    assert run(["scan", "--baseline", ".depcheck-baseline.json"]) == 0
    assert run(["model"]) == 0
    assert run(["model", "--format", "json"]) == 0


def test_a_baseline_that_cannot_be_written_leaves_nothing(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "folder").mkdir()
    (here / "folder" / "x").touch()
    before = sorted(here.iterdir())
    assert run(["baseline", "--write-to", "folder"]) == 2
    assert '--write-to: "folder" cannot be written: is a directory' in capfd.readouterr().err
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("module", ["depcheck.cli", "depcheck.engine"])
def test_an_interrupt_is_no_traceback(here: Path, module: str) -> None:
    """Also one that comes while modules are imported."""
    script = (
        "import sys; from importlib.abc import MetaPathFinder\n"
        "class Interrupts(MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupts()); sys.argv = ['depcheck', 'scan']\n"
        "from depcheck.__main__ import main; main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")
