"""Functions of paths and files. Files are read through what the scope gives, never from the disk."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache

from depcheck.terraform.functions.encoding import to_base64
from depcheck.terraform.functions.hashes import digest
from depcheck.terraform.functions.spec import Files, Function, Parameter, plain, text
from depcheck.terraform.functions.strings import bounded
from depcheck.terraform.types import BOOL, SET_OF_STRING, STRING
from depcheck.terraform.values import (
    MARKS,
    EvaluationError,
    LimitError,
    TfValue,
    boolean,
    combined,
    make_set,
    string,
    text_of,
    unknown,
)


def _basename(path: str) -> str:
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


def _dirname(path: str) -> str:
    folder = path[: path.rfind("/") + 1]
    return _clean(folder)


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path) if path else "."
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def _absolute(path: str) -> str:
    if path.startswith("/"):
        return _clean(path)
    raise LimitError("abspath() depends on where Terraform runs")


def _expanded(path: str) -> str:
    if path != "~" and not path.startswith("~/"):
        if path.startswith("~"):
            raise EvaluationError("the home folder of another user cannot be told", 0)
        return path
    raise LimitError("pathexpand() depends on who runs Terraform")


def _content(value: TfValue, files: Files) -> bytes:
    path = text_of(value)
    found = files.read(path)
    if found is None:
        shown = "at this path" if value.flags & MARKS else repr(path)
        raise EvaluationError(f"there is no file {shown}", 0)
    return found


def _reader(convert: Callable[[bytes], str]) -> Function:
    def implementation(arguments: list[TfValue], files: Files) -> TfValue:
        path = arguments[0]
        marks = path.flags & MARKS
        if not path.known:
            return unknown(combined(arguments), STRING, marks=marks, not_null=True)
        return string(convert(_content(path, files))).marked(marks)

    return Function(None, (Parameter("path", STRING, unknown=True, marked=True),), result=STRING, reader=implementation)


def _as_text(content: bytes) -> str:
    bounded(len(content))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError("the file is not UTF-8; filebase64() reads any", 0) from None


def _as_base64(content: bytes) -> str:
    bounded(len(content) * 4 // 3)
    return to_base64(content)


def _exists(arguments: list[TfValue], files: Files) -> TfValue:
    path = arguments[0]
    marks = path.flags & MARKS
    if not path.known:
        return unknown(combined(arguments), BOOL, marks=marks, not_null=True)
    found = files.is_file(text_of(path))
    if found is None:
        raise EvaluationError(f"{text_of(path)!r} is no regular file", 0)
    return boolean(found).marked(marks)


def _set(arguments: list[TfValue], files: Files) -> TfValue:
    marks = (arguments[0].flags | arguments[1].flags) & MARKS
    if not arguments[0].known or not arguments[1].known:
        return unknown(combined(arguments), SET_OF_STRING, marks=marks, not_null=True)
    folder, pattern = text_of(arguments[0]), _clean(text_of(arguments[1]))
    if pattern.startswith("../"):
        raise LimitError("fileset() looks outside of its folder")
    matches = _glob(pattern.removeprefix("/"))
    found = [string(path) for path in files.below(folder) if matches.match(path)]
    return make_set(STRING, found).marked(marks)


@lru_cache(maxsize=64)
def _glob(pattern: str) -> re.Pattern[str]:
    """The pattern of ``fileset``: ``*``, ``**``, ``?``, ``[a-z]``, ``{a,b}``; each group is tried once per name."""
    if pattern.count("*") > 16 or len(pattern) > 1000:
        raise LimitError("the pattern of fileset() has too many parts")
    parts: list[str] = []
    depth = 0
    at = 0
    while at < len(pattern):
        mark = pattern[at]
        if pattern.startswith("**/", at) and (at == 0 or pattern[at - 1] == "/"):
            parts.append("(?:[^/]+/)*")
            at += 3
            continue
        if pattern[at:] == "**" and (at == 0 or pattern[at - 1] == "/"):
            parts.append(".*")
            break
        if mark == "*":
            parts.append("[^/]*")
        elif mark == "?":
            parts.append("[^/]")
        elif mark == "[" and "]" in pattern[at + 2 :]:
            end = pattern.index("]", at + 2)
            inner = pattern[at + 1 : end]
            negated = inner[:1] in ("^", "!")
            inner = re.sub(r"([\\\[\]^])", r"\\\1", inner[1:] if negated else inner)
            parts.append(f"[{'^' if negated else ''}{inner}]")
            at = end
        elif mark == "{":
            parts.append("(?:")
            depth += 1
        elif mark == "}" and depth:
            parts.append(")")
            depth -= 1
        elif mark == "," and depth:
            parts.append("|")
        else:
            at += mark == "\\"
            parts.append(re.escape(pattern[at : at + 1]))
        at += 1
    if depth:
        raise EvaluationError(f"the pattern {pattern!r} of fileset() is not valid", 1)
    try:
        return re.compile("".join(parts) + r"\Z")
    except re.error:
        raise EvaluationError(f"the pattern {pattern!r} of fileset() is not valid", 1) from None


def _hash(algorithm: str, *, base64: bool = False) -> Function:
    if base64:
        return _reader(lambda content: to_base64(digest(algorithm, content)))
    return _reader(lambda content: digest(algorithm, content).hex())


_PATH = Parameter("path", STRING, unknown=True, marked=True)
FUNCTIONS = {
    "abspath": plain(STRING, _absolute, text("path")),
    "basename": plain(STRING, _basename, text("path")),
    "dirname": plain(STRING, _dirname, text("path")),
    "file": _reader(_as_text),
    "filebase64": _reader(_as_base64),
    "filebase64sha256": _hash("sha256", base64=True),
    "filebase64sha512": _hash("sha512", base64=True),
    "fileexists": Function(None, (_PATH,), result=BOOL, reader=_exists),
    "filemd5": _hash("md5"),
    "fileset": Function(
        None,
        (_PATH, Parameter("pattern", STRING, unknown=True, marked=True)),
        result=SET_OF_STRING,
        reader=_set,
    ),
    "filesha1": _hash("sha1"),
    "filesha256": _hash("sha256"),
    "filesha512": _hash("sha512"),
    "pathexpand": plain(STRING, _expanded, text("path")),
}
