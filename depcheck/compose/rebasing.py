"""Parts of files of other folders, with their paths as the project's own files would write them."""

from __future__ import annotations

import posixpath

from depcheck.compose.paths import is_remote
from depcheck.compose.shapes import like
from depcheck.values import Known, Step, Value, string


def rebased(entry: Known, section: str, folder: str, home: str) -> Known:
    """An entry of another folder's file with its paths as the project's own files would write them."""
    if folder == home or not isinstance(entry.value, dict):
        return entry
    inner = dict(entry.value)
    if section in ("secrets", "configs"):
        _move(inner, "file", folder, home)
    if section == "services":
        for name in ("env_file", "label_file", "volumes"):
            value = inner.get(name)
            if isinstance(value, Known) and isinstance(value.value, list):
                inner[name] = like(value, [_moved_entry(each, name, folder, home) for each in value.value])
        build = inner.get("build")
        if isinstance(build, Known) and isinstance(build.value, dict):
            moved = dict(build.value)
            _move(moved, "context", folder, home)
            inner["build"] = like(build, moved)
    return like(entry, inner)


def _moved_entry(value: Value, name: str, folder: str, home: str) -> Value:
    if name == "label_file":
        only = {name: value}
        _move(only, name, folder, home)
        return only[name]
    if not isinstance(value, Known) or not isinstance(value.value, dict):
        return value
    inner = dict(value.value)
    if name == "env_file":
        _move(inner, "path", folder, home)
    elif string(inner["type"]) == "bind" if "type" in inner else False:
        _move(inner, "source", folder, home)
    return like(value, inner)


def _move(inner: dict[str, Value], name: str, folder: str, home: str) -> None:
    value = inner.get(name)
    written = string(value) if value is not None else None
    if not isinstance(value, Known) or not written or written[0] in "/~\\$" or is_remote(written):
        return
    path = posixpath.relpath(posixpath.join("/", folder, written), posixpath.join("/", home))
    step = Step(f"relative to {folder or 'the root'}", value.span)
    inner[name] = Known(
        path if path.startswith("..") else f"./{path}", value.span, via=(*value.via, step), key=value.key
    )
