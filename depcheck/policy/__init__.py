"""``depcheck.yaml``: what a deployment promises, read, typed and checked.

This module is light. Pydantic and the models in :mod:`depcheck.policy.models` are imported by :func:`load`, so only
where there is a policy file; ``precedence``, ``words``, ``vocabulary`` and ``assumptions`` never need them.
"""

from __future__ import annotations

from depcheck.environments import Environments
from depcheck.policy.document import Policy
from depcheck.policy.errors import Mistake, PolicyError
from depcheck.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Mistake", "Policy", "PolicyError", "environments_of", "load"]

#: A policy is written by hand; more than this is something else.
_LARGEST = 1024 * 1024


def load(policy: Path | str | Source, *, name: str | None = None) -> Policy:
    """Read a policy from a path or from its text. ``name`` is how messages call the file; default: its last part.

    Raises:
        PolicyError: the file cannot be read, or something in it is wrong; it holds every mistake.
    """
    source = policy if isinstance(policy, Source) else _read(policy, name)
    from depcheck.policy.reading import read

    return read(source)


def environments_of(policy: Policy) -> Environments:
    """The environments that a policy declares; the usual ones where it declares none."""
    declared = policy.environments
    return Environments(
        {name: entry.aliases for name, entry in declared.items()} or None,
        sources={name: entry.sources for name, entry in declared.items() if entry.sources},
        critical=[name for name, entry in declared.items() if entry.critical],
    )


def _read(policy: Path | str, name: str | None) -> Source:
    from pathlib import Path

    path = Path(policy)
    shown = name or path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PolicyError(shown, 1, 1, f"cannot be read: {(error.strerror or 'unreadable').lower()}") from None
    if len(content) > _LARGEST:
        raise PolicyError(shown, 1, 1, "has more than 1 MiB, which is no policy")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        line, column = Source(shown, before).position(len(before))
        raise PolicyError(shown, line, column, "this byte is not UTF-8: save the file as UTF-8") from None
    return Source(shown, text, bom=content.startswith(b"\xef\xbb\xbf"))
