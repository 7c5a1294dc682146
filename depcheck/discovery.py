"""Which files are scanned: what git lists in a work tree, an own walker that honours ``.gitignore`` elsewhere.

Nothing is followed out of the root, nothing that the repository configures is run, and every file that is passed over
is told with its reason. Paths are texts here: importing ``pathlib`` takes as long as reading a small file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from stat import S_ISDIR, S_ISLNK, S_ISREG

from depcheck.findings import Skipped
from depcheck.gitignore import Pattern, ignored, patterns
from depcheck.source import Source

#: Files above this size are skipped unless the caller says otherwise (bytes).
SIZE_LIMIT = 5 * 1024 * 1024
#: Why a link inside the scanned root is skipped.
LINKED = "a symbolic link; its target is read where it stands"
#: What a policy file is called.
POLICY_NAMES = ("depcheck.yaml", "depcheck.yml")
_NEVER_ENTERED = frozenset({".git", ".hg", ".svn", "node_modules", ".terraform", ".venv", "__pycache__"})


#: What stands there looks like files, and reading some of it never ends.
_NO_FILES = frozenset({"/proc", "/sys", "/dev"})


class Candidate:
    """A file to read: its path relative to the root, and whether git tracks it (None where git cannot say)."""

    __slots__ = ("path", "tracked")

    def __init__(self, path: str, tracked: bool | None = None) -> None:
        self.path = path
        self.tracked = tracked


class Discovery:
    """What was found below a root, what was passed over, and things the person may want to know."""

    __slots__ = ("candidates", "notices", "root", "skipped")

    def __init__(self, root: str) -> None:
        self.root = root
        self.candidates: list[Candidate] = []
        self.skipped: list[Skipped] = []
        self.notices: list[str] = []


def find_root(paths: Sequence[str | os.PathLike[str]]) -> str:
    """The folder that paths are told relative to: the nearest one upwards with a ``depcheck.yaml`` or the top of a
    work tree; else the current folder, where it holds all of the paths; else their common folder."""
    places = [os.path.abspath(path) for path in paths]  # realpath() would follow links
    common = os.path.commonpath(places)
    if not os.path.isdir(common):
        common = os.path.dirname(common)
    for folder in _upwards(common):
        if policies_in(folder) or _has_git(folder):
            return folder
    here = os.getcwd()
    if all(below(place, here) is not None for place in places):
        return here
    return common


def below(path: str, folder: str) -> str | None:
    """A path relative to a folder that it is in, with ``/``; empty for the folder itself, None outside of it."""
    if os.path.normcase(path) == os.path.normcase(folder):
        return ""
    start = os.path.join(folder, "")
    if not os.path.normcase(path).startswith(os.path.normcase(start)):
        return None
    return path[len(start) :].replace(os.sep, "/")


def policies_in(folder: str) -> list[str]:
    """The names of the policy files that stand in a folder."""
    return [name for name in POLICY_NAMES if os.path.isfile(os.path.join(folder, name))]


def _upwards(folder: str) -> Iterator[str]:
    """A folder and those that it is in."""
    while True:
        yield folder
        outer = os.path.dirname(folder)
        if outer == folder:
            return
        folder = outer


def _has_git(folder: str) -> bool:
    """Whether a folder is the top of a work tree; ``.git`` is a file in linked work trees and submodules."""
    return os.path.exists(os.path.join(folder, ".git"))


def in_work_tree(folder: str | os.PathLike[str]) -> bool:
    """Whether git keeps this folder."""
    return any(_has_git(each) for each in _upwards(os.fspath(folder)))


def discover(
    root: str | os.PathLike[str], paths: Sequence[str | os.PathLike[str]], *, use_git: bool = True
) -> Discovery:
    """The files below ``paths`` (files or folders inside ``root``), sorted, each once.

    Raises:
        FileNotFoundError: a path does not exist. The message is a sentence for the person.
    """
    root = os.path.abspath(root)
    found = Discovery(root)
    wanted = [_relative(root, os.fspath(path)) for path in paths]
    folders = [path for path in wanted if not path or _is_folder(os.path.join(root, path))]
    files = [path for path in dict.fromkeys(wanted) if path not in folders]
    for path in files:
        if not os.path.lexists(os.path.join(root, path)):
            raise FileNotFoundError(f'no such file or folder: "{path}"')
    listed: dict[str, bool | None] = {}
    by_tree: dict[str, list[str]] = {}
    for folder in folders:
        by_tree.setdefault(_tree_of(root, folder), []).append(folder)
    for tree, inside in by_tree.items():
        in_tree = (
            _listed_by_git(root, tree, inside, found) if use_git and in_work_tree(os.path.join(root, tree)) else None
        )
        listed.update(in_tree if in_tree is not None else dict.fromkeys(_walk(root, inside, found)))
    tracked = _tracked(root, [path for path in files if path not in listed]) if use_git else {}
    for path in files:
        listed.setdefault(path, tracked.get(path))
    for path in sorted(listed):
        reason = _not_readable(root, path)
        if reason:
            found.skipped.append(Skipped(path, reason))
        else:
            found.candidates.append(Candidate(path, listed[path]))
    return found


def read(root: str | os.PathLike[str], path: str, *, limit: int = SIZE_LIMIT) -> Source | Skipped:
    """The text of a file, or why it was not read. Bytes that are not UTF-8 become U+FFFD."""
    try:
        full = os.path.join(root, path)
        size = os.stat(full).st_size
        if size > limit:
            return Skipped(path, f"larger than {_size(limit)} ({_size(size)})")
        with open(full, "rb") as handle:
            data = handle.read(limit + 1)
    except PermissionError:
        return Skipped(path, "no permission to read it")
    except OSError as error:
        return Skipped(path, f"could not be read: {(error.strerror or 'input/output error').lower()}")
    return decode(path, data)


def decode(path: str, data: bytes) -> Source | Skipped:
    """Bytes as a source: UTF-8, or UTF-16 with a byte order mark; binary content is skipped."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _decoded(path, data[2:], encoding, bom=True)
    if b"\0" in data[:8192]:
        return Skipped(path, "binary")
    bom = data.startswith(b"\xef\xbb\xbf")
    return _decoded(path, data[3:] if bom else data, "utf-8", bom=bom)


def _decoded(path: str, data: bytes, encoding: str, *, bom: bool) -> Source:
    try:
        return Source(path, data.decode(encoding), bom=bom)
    except UnicodeDecodeError:
        return Source(path, data.decode(encoding, "replace"), bom=bom, lossy=True)


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _tree_of(root: str, folder: str) -> str:
    """The work tree below the root that a folder is in: git lists nothing of a repository inside of another."""
    while folder and not _has_git(os.path.join(root, folder)):
        folder = folder.rpartition("/")[0]
    return folder


def _relative(root: str, path: str) -> str:
    relative = below(os.path.abspath(path), root)  # realpath() would follow links
    if relative is None:
        raise FileNotFoundError(f'"{path}" is outside the scanned root "{root}"; scan it on its own')
    return relative


def _not_readable(root: str, path: str) -> str:
    """Why a listed path is not a file to read; empty when it is one."""
    full = os.path.join(root, path)
    try:
        mode = os.lstat(full).st_mode
    except FileNotFoundError:
        return "listed by git but not in the work tree"
    except OSError as error:
        return f"could not be read: {(error.strerror or 'input/output error').lower()}"
    if S_ISLNK(mode):
        if below(os.path.realpath(full), os.path.realpath(root)) is None:
            return "a symbolic link out of the scanned root"
        return LINKED
    if S_ISDIR(mode):
        return "a folder, or a submodule that is a repository of its own; scan it by itself"
    return "" if S_ISREG(mode) else "not a regular file"


def _git(root: str, arguments: Iterable[str]) -> bytes | None:
    import subprocess

    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C", root, *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _listed_by_git(root: str, tree: str, folders: list[str], found: Discovery) -> dict[str, bool | None] | None:
    prefix = f"{tree}/" if tree else ""
    specs = [f":(literal){folder.removeprefix(prefix)}" if folder != tree else "." for folder in folders]
    arguments = ["ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard", "--", *specs]
    output = _git(os.path.join(root, tree), arguments)
    if output is None:
        where = f'the work tree "{tree}"' if tree else "this work tree"
        found.notices.append(f"git could not list {where}, so files were found by walking its folders")
        return None
    listed: dict[str, bool | None] = {}
    for record in output.split(b"\0"):
        if record:
            tag, path = record[:1], prefix + os.fsdecode(record[2:])
            if path.endswith("/"):
                found.skipped.append(Skipped(path.rstrip("/"), "a git repository of its own; scan it by itself"))
                continue
            listed[path] = listed.get(path) or tag != b"?"
    return listed


def _tracked(root: str, paths: list[str]) -> dict[str, bool]:
    """Which of some paths git tracks. Asked only for files where it matters, because it costs a process."""
    names = [path for path in paths if ".env" in path.rsplit("/", 1)[-1]]
    if not names or not in_work_tree(root):
        return {}
    output = _git(root, ["ls-files", "-z", "--", *[f":(literal){path}" for path in names]])
    if output is None:
        return {}
    tracked = {os.fsdecode(record) for record in output.split(b"\0")}
    return {path: path in tracked for path in names}


def _walk(root: str, folders: list[str], found: Discovery) -> Iterator[str]:
    """Files below folders, ignore files honoured from the root down."""
    seen: set[str] = set()
    for folder in sorted(folders):
        rules: list[Pattern] = []
        at = ""
        for part in ["", *folder.split("/")] if folder else [""]:
            at = f"{at}/{part}".strip("/")
            if at != folder:
                rules = _with_ignore_file(root, at, rules)
        stack = [(folder, rules)]
        while stack:
            current, inherited = stack.pop()
            if current in seen:
                continue
            seen.add(current)
            here = _with_ignore_file(root, current, inherited)
            try:
                entries = sorted(os.scandir(os.path.join(root, current)), key=lambda entry: entry.name)
            except OSError as error:
                found.skipped.append(Skipped(current, f"could not be listed: {(error.strerror or '').lower()}"))
                continue
            for entry in entries:
                path = f"{current}/{entry.name}".lstrip("/")
                is_folder = entry.is_dir(follow_symlinks=False)
                if ignored(path, here, folder=is_folder):
                    continue
                if not is_folder:
                    yield path
                elif os.path.join(root, path) in _NO_FILES:
                    found.skipped.append(Skipped(path, "a folder of the operating system that holds no files"))
                elif entry.name not in _NEVER_ENTERED:
                    stack.append((path, here))
                elif entry.name not in (".git", ".hg", ".svn"):
                    found.skipped.append(Skipped(path, "a folder of dependencies or caches"))


def _with_ignore_file(root: str, folder: str, inherited: list[Pattern]) -> list[Pattern]:
    file = os.path.join(root, folder, ".gitignore")
    try:
        if not os.path.isfile(file) or os.stat(file).st_size > 1024 * 1024:
            return inherited
        with open(file, encoding="utf-8", errors="replace") as handle:
            return inherited + patterns(handle.read(), folder)
    except OSError:
        return inherited


def _size(count: int) -> str:
    if count >= 1024 * 1024:
        return f"{count / 1024 / 1024:.3g} MiB"
    return f"{count / 1024:.3g} KiB" if count >= 1024 else f"{count} bytes"
